"""Owns who a request comes from: a browser's session, a program's token, a user whom a trusted proxy names."""

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path

from fastapi import Request

from pipeline.config import ReviewRoom
from pipeline.domain.people import LOCAL_USER, User, UserRole, Viewer
from pipeline.errors import UsageError
from pipeline.review.people import People
from pipeline.review.sign_in.links import Links
from pipeline.review.sign_in.origins import is_loopback
from pipeline.review.sign_in.pace import Pace
from pipeline.review.sign_in.private_files import server_key
from pipeline.review.sign_in.provider import Provider
from pipeline.review.sign_in.proxy import Proxy
from pipeline.review.sign_in.sessions import Sessions, csrf_token, stamp_of

COOKIE = "filmroom"
SECURE_COOKIE = "__Host-filmroom"
"""The cookie's name where the room is reached by https: browsers take one of this name from nobody else."""


class Entrance:
    """Who comes into the room of one workspace, and how.

    Raises, when made: UsageError where [review.oidc] names a secret that is not there.
    """

    def __init__(self, root: Path, people: People, settings: ReviewRoom, *, now: Callable[[], datetime]) -> None:
        self._folder = root / "sessions"
        self._people = people
        self._now = now
        lasting = timedelta(hours=settings.session_hours)
        self._sessions = Sessions(self._folder, now=now, lasting=lasting, idle=timedelta(hours=settings.idle_hours))
        self._links = Links(now=now)
        self._is_local = False
        self._for_this_machine = is_loopback(settings.host)
        self.pace = Pace()
        self.proxy = Proxy(settings.proxy, lambda: self.key)
        self.provider = Provider(settings.oidc, lambda: self.key, now=now) if settings.oidc else None
        self.cookie = SECURE_COOKIE if settings.https else COOKIE

    @cached_property
    def key(self) -> bytes:
        """What the server signs with. Raises: StoreError."""
        return server_key(self._folder / "server.key")

    def open_session(self, user_id: str) -> str:
        """The cookie's value of a new session of this user. Raises: StoreError."""
        self._is_local = self._is_local or user_id == LOCAL_USER
        return self._sessions.open(user_id, stamp_of(self._people.get(user_id)))

    def close_session(self, cookie: str) -> None:
        """End the session of this cookie; nothing happens where there is none."""
        self._sessions.close(cookie)

    def close_all(self, user_id: str, *, keep: str = "") -> int:
        """How many sessions of this user were ended: all but that of the cookie `keep`."""
        return self._sessions.close_all(user_id, keep=keep)

    def password_changed(self, user_id: str, *, keep: str) -> None:
        """End the user's sessions but that of the cookie `keep`, in which they set the new password just now.

        Without this call that one ends too: another password ends all sessions.
        """
        self._people.look()
        self._sessions.restamp(keep, stamp_of(self._people.get(user_id)))
        self._sessions.close_all(user_id, keep=keep)

    def cookie_of(self, request: Request) -> str:
        """The cookie that a browser sent; empty for none."""
        return request.cookies.get(self.cookie, "")

    def csrf_of(self, cookie: str) -> str:
        """What forms of this cookie's session carry; empty where there is no such session."""
        return csrf_token(cookie) if self._sessions.get(cookie) else ""

    def new_link(self) -> str:
        """A token that signs in whoever is at this machine, once, for ten minutes.

        Only a room that was opened so knows anybody at this machine: their sessions of another start are none.
        Raises: UsageError where other machines reach the room.
        """
        if not self._for_this_machine:
            raise UsageError(
                "the one-time link is for a room that only this machine reaches",
                hint="leave --host out, or add users: filmroom users add",
            )
        self._is_local = True
        return self._links.new()

    def use_link(self, token: str) -> str | None:
        """The cookie's value of a new session, for a token that was never used; None for any other."""
        return self.open_session(LOCAL_USER) if self._links.use(token) else None

    def address_of(self, request: Request) -> str:
        """Where the request comes from; behind a trusted proxy, where the proxy had it from."""
        return self.proxy.address_of(request)

    def viewer(self, request: Request) -> Viewer | None:
        """Who is signed in; None for nobody. Raises: StoreError.

        What is said most plainly counts alone: a token of the API, else the name that the proxy gives, else the cookie.
        """
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and request.url.path.startswith("/api/"):
            found = self._people.by_token(hashlib.sha256(token.strip().encode("utf-8", "replace")).hexdigest())
            return Viewer(user=found[0], by="token", writes=found[1].writes) if found else None
        if (name := self.proxy.name_of(request)) is not None:
            user = self._people.by_login(name)
            return Viewer(user=user, by="proxy", csrf=self.proxy.csrf_of(user.id)) if user else None
        return self.viewer_of(self.cookie_of(request))

    def viewer_of(self, cookie: str) -> Viewer | None:
        """Who is signed in by the session of this cookie; None for nobody. Raises: StoreError."""
        session = self._sessions.get(cookie) if cookie else None
        if session is None:
            return None
        csrf = csrf_token(cookie)
        if session.user == LOCAL_USER:
            return Viewer(user=self._local(), by="session", csrf=csrf, everything=True) if self._is_local else None
        user = self._people.get(session.user)
        if user is None or user.removed or session.stamp != stamp_of(user):
            self._sessions.close(cookie)
            return None
        return Viewer(user=user, by="session", csrf=csrf)

    def _local(self) -> User:
        roles: frozenset[UserRole] = frozenset({"manager", "second_level", "author", "admin"})
        return User(id=LOCAL_USER, name="You", roles=roles, by=LOCAL_USER, at=self._now())


def end_sessions(root: Path, user_id: str) -> int:
    """How many sessions of this user were ended, whoever runs the room of this workspace. Raises: StoreError."""
    anything = timedelta(days=1)
    sessions = Sessions(root / "sessions", now=lambda: datetime.now().astimezone(), lasting=anything, idle=anything)
    return sessions.close_all(user_id)
