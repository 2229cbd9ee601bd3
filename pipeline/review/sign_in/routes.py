"""Owns the places where people sign in and out: by password, and by the one-time link."""

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from starlette.responses import RedirectResponse, Response

from pipeline.domain.people import LOCAL_USER, User
from pipeline.errors import NotFoundError, StaleError
from pipeline.log import get_logger
from pipeline.review.guards import PUBLIC, SIGNED_IN, Entry, require_own_site
from pipeline.review.room import Room
from pipeline.review.sign_in.doors import UNKNOWN, refused, room_of, show, signed_in, too_many
from pipeline.review.sign_in.origins import local_path
from pipeline.review.sign_in.passwords import check

router = APIRouter(include_in_schema=False)
Wanted = Annotated[str, Query(alias="next")]
_LONGEST_LOGIN = 320
_WRONG = "That name and that password do not go together."
_OUT = {
    "session": "You are signed out.",
    "local": "You are signed out. For a new link, start filmroom review again.",
    "proxy": "You come in by the proxy of your organisation: sign out there.",
}
_log = get_logger(__name__)


@router.get("/sign-in", dependencies=[PUBLIC])
def show_sign_in(request: Request, wanted: Wanted = "/", out: str = "") -> Response:
    """The page to sign in at; whoever is signed in goes on."""
    if not out and room_of(request).entrance.viewer(request) is not None:
        return RedirectResponse(local_path(wanted), status_code=303)
    return show(request, wanted=wanted, told=_OUT.get(out, ""))


@router.post("/sign-in", dependencies=[PUBLIC])
def sign_in(
    request: Request,
    login: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    wanted: Annotated[str, Form(alias="next")] = "/",
) -> Response:
    """A new session for a right password; the same answer, after the same work, for every wrong one."""
    require_own_site(request)
    room, login = room_of(request), login.strip()[:_LONGEST_LOGIN]
    address = room.entrance.address_of(request)
    user = room.people.by_login(login)
    who = user.id if user else UNKNOWN  # never what was typed: it may be a password in the wrong field
    if seconds := room.entrance.pace.wait(login, address):
        if room.entrance.pace.is_to_be_told(address):
            refused(room, who, detail="too many tries", address=address)
        return too_many(request, seconds, wanted=wanted)
    right, renewed = check(password, user.password if user else None)
    if user is None or not right:
        refused(room, who, detail="by password", address=address)
        return show(request, wanted=wanted, login=login, wrong=_WRONG, status=401)
    room.entrance.pace.forget(login)
    if renewed is not None:
        _keep(room, user, renewed)
    return signed_in(request, user.id, wanted=wanted, how="by password")


@router.get("/open", dependencies=[PUBLIC])
def use_link(request: Request, token: str = "") -> Response:
    """The way in by the one-time link that was printed at the start. Raises: NotFoundError for any but a fresh one."""
    room = room_of(request)
    address = room.entrance.address_of(request)
    if seconds := room.entrance.pace.wait_at(address):
        return too_many(request, seconds, wanted="/")
    cookie = room.entrance.use_link(token)
    if cookie is not None:
        return signed_in(request, LOCAL_USER, wanted="/", how="by the one-time link", cookie=cookie)
    if room.entrance.viewer(request) is not None:
        return RedirectResponse("/", status_code=303)
    refused(room, UNKNOWN, detail="by a one-time link", address=address)
    raise NotFoundError(
        "this link was used already, or it is older than ten minutes",
        hint="start filmroom review again: it prints a new one",
    )


@router.post("/sign-out")
def sign_out(request: Request, entry: Annotated[Entry, SIGNED_IN]) -> Response:
    """End this session; others of the same user go on."""
    if entry.viewer.by == "proxy":
        return show(request, wanted="/", told=_OUT["proxy"])
    entrance = entry.room.entrance
    entrance.close_session(entrance.cookie_of(request))
    entry.room.audit.tell(entry.viewer.user.id, "signed_out", address=entry.address)
    out = "local" if entry.viewer.everything else "session"
    response = RedirectResponse(f"/sign-in?out={out}", status_code=303)
    response.delete_cookie(entrance.cookie, secure=entry.room.config.review.https, httponly=True, samesite="lax")
    return response


def _keep(room: Room, user: User, renewed: str) -> None:
    """Keep the password as it is kept today, where it was kept in an older way."""
    number = room.workspace.users.last_number(user.id)
    if room.workspace.users.get(user.id, number) != user:
        return
    try:
        room.workspace.users.append(user.id, user.model_copy(update={"password": renewed}), after=number)
    except StaleError:
        _log.info("a password is kept in the new way at the next sign-in: the user was changed meanwhile")
        return
    room.people.look()
