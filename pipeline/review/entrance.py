"""Owns who is signed in: sessions of browsers, kept at the server, and what a request proves of itself."""

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from fastapi import Request

from pipeline.domain.people import LOCAL_USER, User, UserRole, Viewer
from pipeline.review.people import People

COOKIE = "filmroom"


@dataclass(frozen=True)
class _Session:
    user: str
    csrf: str
    until: datetime


class Entrance:
    """Who a request comes from."""

    def __init__(self, people: People, *, now: Callable[[], datetime], hours: float = 12.0) -> None:
        self._people = people
        self._now = now
        self._lasting = timedelta(hours=hours)
        self._sessions: dict[str, _Session] = {}
        self._links: set[str] = set()

    def open_session(self, user_id: str) -> str:
        """The cookie's value of a new session of this user."""
        value = secrets.token_urlsafe(32)
        self._sessions[_digest(value)] = _Session(user_id, secrets.token_urlsafe(24), self._now() + self._lasting)
        return value

    def close_session(self, cookie: str) -> None:
        """End the session of this cookie; nothing happens where there is none."""
        self._sessions.pop(_digest(cookie), None)

    def csrf_of(self, cookie: str) -> str:
        """What forms of this cookie's session carry; empty where there is no such session."""
        session = self._sessions.get(_digest(cookie))
        return session.csrf if session else ""

    def new_link(self) -> str:
        """A token that signs in whoever is at this machine, once."""
        token = secrets.token_urlsafe(32)
        self._links.add(_digest(token))
        return token

    def use_link(self, token: str) -> str | None:
        """The cookie's value of a new session, for a token that was never used; None for any other."""
        if (digest := _digest(token)) not in self._links:
            return None
        self._links.discard(digest)
        return self.open_session(LOCAL_USER)

    def viewer(self, request: Request) -> Viewer | None:
        """Who is signed in; None for nobody."""
        return self.viewer_of(request.cookies.get(COOKIE, ""))

    def viewer_of(self, cookie: str) -> Viewer | None:
        """Who is signed in by the session of this cookie; None for nobody."""
        session = self._sessions.get(_digest(cookie))
        if session is None or session.until < self._now():
            return None
        if session.user == LOCAL_USER:
            return Viewer(user=self._local(), by="session", csrf=session.csrf, everything=True)
        user = self._people.get(session.user)
        return None if user is None or user.removed else Viewer(user=user, by="session", csrf=session.csrf)

    def _local(self) -> User:
        roles: frozenset[UserRole] = frozenset({"manager", "second_level", "author", "admin"})
        return User(id=LOCAL_USER, name="You", roles=roles, by=LOCAL_USER, at=self._now())


def _digest(value: str) -> str:
    return hashlib.sha256(value.encode()).hexdigest()
