"""Owns the one-time links by which whoever started the room on their own machine comes in."""

import hashlib
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

VALID_FOR = timedelta(minutes=10)


class Links:
    """Links that were printed and not used yet. They are in memory only: a restart ends them."""

    def __init__(self, *, now: Callable[[], datetime]) -> None:
        self._now = now
        self._until: dict[str, datetime] = {}

    def new(self) -> str:
        """A token that works once, for ten minutes."""
        token = secrets.token_urlsafe(32)
        self._until[_digest(token)] = self._now() + VALID_FOR
        return token

    def use(self, token: str) -> bool:
        """Whether the token lets somebody in; from now on it lets nobody in."""
        until = self._until.pop(_digest(token), None)
        return until is not None and self._now() < until


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
