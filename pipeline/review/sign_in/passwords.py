"""Owns passwords: which are refused, how they are kept (argon2id), and whether one is right."""

import threading
import unicodedata
from functools import cache

from pwdlib import PasswordHash
from pwdlib.exceptions import UnknownHashError
from pwdlib.hashers.argon2 import Argon2Hasher

from pipeline.errors import UsageError

MIN_LENGTH = 12
MAX_LENGTH = 1024
_HOPELESS = ("password", "passwort", "123456789", "qwerty", "letmein", "filmroom", "changeme", "welcome")
_AT_ONCE = threading.Semaphore(2)
"""Each check takes 64 MiB for its length: many at the same time would take the machine's memory."""


def hash_password(password: str, *, names: tuple[str, ...] = ()) -> str:
    """What is kept of a new password: argon2id with its own salt.

    `names` are those of its user (id, name, e-mail address), which it must not consist of. Raises: UsageError for a
    password that is refused.
    """
    if (why := refusal(password, names=names)) is not None:
        raise UsageError(
            f"this password is refused: {why}",
            hint=f"take {MIN_LENGTH} characters or more, best a few words that nobody would expect together",
        )
    with _AT_ONCE:
        return _hashes().hash(_normal(password))


def refusal(password: str, *, names: tuple[str, ...] = ()) -> str | None:
    """Why a password may not be used; None for one that may.

    No rule about kinds of characters: length is what counts (NIST SP 800-63B, 5.1.1.2).
    """
    text = _normal(password)
    if len(text) < MIN_LENGTH:
        return f"it has {len(text)} characters, fewer than {MIN_LENGTH}"
    if len(text) > MAX_LENGTH:
        return f"it has more than {MAX_LENGTH} characters"
    left = text.casefold()
    for known in sorted((*_HOPELESS, *(_normal(n).casefold() for n in names if len(n) > 2)), key=len, reverse=True):
        left = left.replace(known, "")
    if sum(c.isalnum() for c in left) < 4 or len(set(text)) < 5:
        return "it is one of the first that anybody would try"
    return None


def check(password: str, kept: str | None) -> tuple[bool, str | None]:
    """Whether this is the password of which `kept` is kept, and what to keep from now on, where that differs.

    The same work is done where nothing is kept, so that the time tells nobody whether a user exists.
    """
    fits = len(password) <= MAX_LENGTH
    text = _normal(password) if fits else ""
    with _AT_ONCE:
        try:
            right, renewed = _hashes().verify_and_update(text, kept or _nobodys())
        except UnknownHashError:
            return False, None
    return (True, renewed) if right and fits and kept else (False, None)


def _normal(password: str) -> str:
    """As typed on any keyboard: the same letters are the same, however a system composes them."""
    return unicodedata.normalize("NFKC", password)


@cache
def _hashes() -> PasswordHash:
    return PasswordHash((Argon2Hasher(),))


@cache
def _nobodys() -> str:
    return _hashes().hash("of nobody at all")
