"""Owns who may come in where: every route has exactly one guard, and the application does not start with one that has
none."""

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from fastapi import Depends, FastAPI, Request
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.routing import Mount

from pipeline.domain.people import User, Viewer
from pipeline.errors import FilmroomError, NotFoundError
from pipeline.review.room import Room
from pipeline.review.scope import Scope, Sight
from pipeline.review.seals import require_open
from pipeline.review.sign_in.origins import is_of_another_site

Access = Literal[
    "public", "signed_in", "call", "coach", "judge", "rater", "coaches", "second_level", "author", "labeller", "admin",
    "person", "person_coach", "person_self",
]  # fmt: skip
"""public: anybody; signed_in: any user; call: who sees the call of the path; coach: who sees it as a coach; judge: the
same, once its rep has gone first (403 before); rater: who was asked to label it. By role: coaches (manager or second
level), second_level, author, labeller (who was asked to label any call), admin. Below /people/{person}: person (that
person, and those above them), person_coach (those above them, not that person), person_self (that person alone). To
everybody else the place does not exist: 404."""

_SAFE = ("GET", "HEAD", "OPTIONS")


class SignInNeeded(FilmroomError):
    """Nobody is signed in, where somebody has to be."""


class ForgeryError(FilmroomError):
    """A form came without the token of its session: another site may have sent it, or the session is a newer one."""


class ReadingOnlyError(FilmroomError):
    """A token that may only read was sent with a request that changes something."""


@dataclass(frozen=True)
class Entry:
    """What an endpoint may rely on: the room, who came in, which calls they see, and as what the call of the path.

    `person` is the user of a path with {person}; `sight` then is "own" for that user, "coach" for those above.
    """

    room: Room
    viewer: Viewer
    scope: Scope
    sight: Sight | None = None
    call: str = ""
    address: str = ""
    person: User | None = None

    @property
    def whose(self) -> User:
        """The user that the place is about, at places below /people/{person}."""
        assert self.person is not None, "only places below /people/{person} are about somebody"
        return self.person


class Guard:
    """A dependency that lets in only who has this access; the endpoint gets the `Entry`."""

    def __init__(self, access: Access) -> None:
        self.access = access

    async def __call__(self, request: Request) -> Entry | None:
        """The entry; None at public places.

        Raises: SignInNeeded, ReadingOnlyError, ForgeryError, NotFoundError, SealedError.
        """
        if self.access == "public":
            return None
        room: Room = request.app.state.room
        viewer = await run_in_threadpool(room.entrance.viewer, request)
        if viewer is None:
            raise SignInNeeded("nobody is signed in", hint="sign in first, or send a token: Authorization: Bearer ...")
        if request.method not in _SAFE:
            if not viewer.writes:
                raise ReadingOnlyError("this token may only read", hint="make one that may also write, at /account")
            if viewer.by != "token":
                await _require_no_forgery(request, viewer)
        return await run_in_threadpool(self._entry, room, viewer, request)

    def _entry(self, room: Room, viewer: Viewer, request: Request) -> Entry:
        call, named = (str(request.path_params.get(name, "")) for name in ("call", "person"))
        scope = room.people.scope(viewer)
        person = room.people.get(named) if named else None
        people = room.index.people_of(call) if call else None
        if person is not None and (not call or (people and people[0] in person.names)):
            sight = room.people.sight(viewer, person)
        elif named:
            sight = None
        else:
            sight = scope.sight(*people) if people else None
        if not self._lets_in(room, viewer, call, sight):
            raise nothing_here()
        if self.access == "judge":
            require_open(room, call, sight)
        address = room.entrance.address_of(request)
        return Entry(room=room, viewer=viewer, scope=scope, sight=sight, call=call, address=address, person=person)

    def _lets_in(self, room: Room, viewer: Viewer, call: str, sight: Sight | None) -> bool:
        roles = viewer.user.roles
        rules: dict[Access, Callable[[], bool]] = {
            "signed_in": lambda: True,
            "call": lambda: sight is not None,
            "coach": lambda: sight == "coach",
            "judge": lambda: sight == "coach",
            "rater": lambda: room.people.rates(viewer, call),
            "labeller": lambda: room.people.rates_any(viewer),
            "coaches": lambda: viewer.has("manager", "second_level"),
            "second_level": lambda: "second_level" in roles,
            "author": lambda: "author" in roles,
            "admin": lambda: "admin" in roles,
            "person": lambda: sight is not None,
            "person_coach": lambda: sight == "coach",
            "person_self": lambda: sight == "own",
        }
        return rules[self.access]()


def require_own_site(request: Request) -> None:
    """Refuse what a browser says another site sent. Raises: ForgeryError."""
    if is_of_another_site(request):
        raise ForgeryError("another site sent this", hint="open the page here and send it from there")


async def _require_no_forgery(request: Request, viewer: Viewer) -> None:
    require_own_site(request)
    sent = request.headers.get("x-csrf-token")
    if sent is None and request.headers.get("content-type", "").startswith(
        ("application/x-www-form-urlencoded", "multipart/form-data")
    ):
        form = await request.form()
        sent = str(form.get("csrf", ""))
    if not viewer.csrf or not hmac.compare_digest((sent or "").encode(), viewer.csrf.encode()):
        raise ForgeryError("this form is not of your session", hint="open the page again and send it from there")


def nothing_here() -> NotFoundError:
    """What everybody is told of a place that is not theirs, whether it exists or not."""
    return NotFoundError("there is nothing here, or it is not yours to see", hint="go back to the start")


PUBLIC = Depends(Guard("public"))
SIGNED_IN = Depends(Guard("signed_in"))
CALL = Depends(Guard("call"))
COACH = Depends(Guard("coach"))
JUDGE = Depends(Guard("judge"))
RATER = Depends(Guard("rater"))
COACHES = Depends(Guard("coaches"))
SECOND_LEVEL = Depends(Guard("second_level"))
AUTHOR = Depends(Guard("author"))
LABELLER = Depends(Guard("labeller"))
ADMIN = Depends(Guard("admin"))
PERSON = Depends(Guard("person"))
PERSON_COACH = Depends(Guard("person_coach"))
PERSON_SELF = Depends(Guard("person_self"))


def access_of(route: APIRoute) -> Access:
    """Who may come in there. Raises: LookupError for a route without exactly one guard."""
    found = {d.call.access for d in route.dependant.dependencies if isinstance(d.call, Guard)}
    if len(found) != 1:
        raise LookupError(f"{route.path} has {len(found)} guards: give it exactly one")
    return found.pop()


def routes_of(app: FastAPI) -> tuple[APIRoute, ...]:
    """Every guarded route of the application. Raises: LookupError for anything that could not be guarded."""
    found = [route for route in app.routes if isinstance(route, APIRoute)]
    others = [route for route in app.routes if not isinstance(route, (APIRoute, Mount))]
    if others:
        raise LookupError(f"not a guarded route: {others[0]}")
    return tuple(found)
