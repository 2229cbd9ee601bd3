"""Owns the sessions of browsers: files below <workspace>/sessions, so that they outlive a restart of the server.

A file is named by the SHA-256 of its cookie and holds no part of it: whoever reads the folder cannot sign in. Its time
of change is when the session was last used.
"""

import hashlib
import hmac
import os
import secrets
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

from pydantic import AwareDatetime, ValidationError

from pipeline.domain.base import Value
from pipeline.domain.people import User
from pipeline.errors import StoreError
from pipeline.log import get_logger
from pipeline.review.sign_in.private_files import write_private

_TOUCHED_EVERY = timedelta(minutes=1)
_log = get_logger(__name__)


class Session(Value):
    """Who signed in, when, and the `stamp` of their password at that time: another password ends the session."""

    user: str
    stamp: str
    opened: AwareDatetime


class Sessions:
    """The sessions of one workspace. They end `lasting` after they were opened, and `idle` after they were used."""

    def __init__(self, folder: Path, *, now: Callable[[], datetime], lasting: timedelta, idle: timedelta) -> None:
        self._folder = folder
        self._now = now
        self._lasting = lasting
        self._idle = idle

    def open(self, user: str, stamp: str) -> str:
        """The cookie's value of a new session, which nobody had before. Raises: StoreError."""
        self._sweep()
        cookie = secrets.token_urlsafe(32)
        self._write(self._path(cookie), Session(user=user, stamp=stamp, opened=self._now()))
        return cookie

    def get(self, cookie: str) -> Session | None:
        """The session of this cookie, used just now; None where there is none, or it is over. Raises: StoreError."""
        path = self._path(cookie)
        found = _read(path)
        if found is None:
            return None
        session, used = found
        now = self._now()
        if self._is_over(session, used, now):
            path.unlink(missing_ok=True)
            return None
        if now - used >= _TOUCHED_EVERY:
            _touch(path, now)
        return session

    def restamp(self, cookie: str, stamp: str) -> None:
        """Let this session go on although the password was changed; nothing happens where there is none."""
        if (found := _read(path := self._path(cookie))) is not None:
            self._write(path, found[0].model_copy(update={"stamp": stamp}))

    def close(self, cookie: str) -> None:
        """End the session of this cookie; nothing happens where there is none."""
        self._path(cookie).unlink(missing_ok=True)

    def close_all(self, user: str, *, keep: str = "") -> int:
        """How many sessions of this user were ended: all but that of the cookie `keep`."""
        kept = self._path(keep)
        ended = [p for p in self._files() if p != kept and (found := _read(p)) is not None and found[0].user == user]
        for path in ended:
            path.unlink(missing_ok=True)
        return len(ended)

    def _is_over(self, session: Session, used: datetime, now: datetime) -> bool:
        return now >= session.opened + self._lasting or now >= used + self._idle

    def _sweep(self) -> None:
        """Remove what nobody came back for."""
        now = self._now()
        for path in self._files():
            if (found := _read(path)) is not None and self._is_over(*found, now):
                path.unlink(missing_ok=True)

    def _write(self, path: Path, session: Session) -> None:
        write_private(path, session.model_dump_json().encode())
        _touch(path, self._now())

    def _files(self) -> Iterator[Path]:
        yield from self._folder.glob("*.json")

    def _path(self, cookie: str) -> Path:
        return self._folder / f"{hashlib.sha256(cookie.encode('utf-8', 'replace')).hexdigest()}.json"


def csrf_token(cookie: str) -> str:
    """What forms of this cookie's session carry: told by the cookie alone, which it does not tell."""
    return hmac.new(cookie.encode("utf-8", "replace"), b"csrf", hashlib.sha256).hexdigest()


def stamp_of(user: User | None) -> str:
    """What changes with the user's password, and tells nothing of it."""
    kept = user.password if user else None
    return hashlib.sha256(kept.encode()).hexdigest() if kept else ""


def _read(path: Path) -> tuple[Session, datetime] | None:
    """A session and when it was last used; None where there is none, or its file is damaged, which the log tells."""
    try:
        used = path.stat().st_mtime
        return Session.model_validate_json(path.read_bytes()), datetime.fromtimestamp(used).astimezone()
    except FileNotFoundError:
        return None
    except ValidationError:
        _log.warning("a damaged session is no session: %s; delete it", path)
        return None
    except OSError as error:
        raise StoreError(f"cannot read {path}: {error.strerror or error}", hint="check whose file it is") from error


def _touch(path: Path, at: datetime) -> None:
    try:
        os.utime(path, (at.timestamp(), at.timestamp()))
    except FileNotFoundError:
        _log.info("a session was ended while it was used")
