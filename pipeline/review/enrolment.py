"""Owns every change to users: the rules it has to follow, and the line in the audit trail that it leaves."""

import hashlib
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import TypeVar

from filelock import FileLock
from pydantic import ValidationError

from pipeline.domain.audit import AuditAction
from pipeline.domain.base import Value
from pipeline.domain.people import ApiToken, Particulars, User
from pipeline.domain.reporting import require_sound
from pipeline.errors import NotFoundError, UsageError
from pipeline.review.audit import Audit
from pipeline.review.entrance import end_sessions
from pipeline.review.people import People

COMMAND_LINE = "command line"
"""As the author of a change: whoever may write the workspace's files."""
MAX_TOKENS = 20
Changes = dict[str, object]
"""Fields of a user, by name."""
_V = TypeVar("_V", bound=Value)
_HINTS = {
    "id": "four or more lower-case letters, digits and hyphens, beginning with a letter or digit: maya-olsen",
    "roles": "give one or more of rep, manager, second_level, author, admin",
    "name": "give the name that people read, 120 characters at most",
    "reports_to": "give the id of their manager",
}
_FIELDS = tuple(Particulars.model_fields)


class Enrolment:
    """Changes to the users of a workspace by one person, from one place.

    `after` is the number of the user's record that the author of a change has seen; without it the change holds
    whatever came in between. Each method raises: UsageError with what to do, where a rule forbids it; NotFoundError;
    StaleError; StoreError.
    """

    def __init__(
        self, people: People, audit: Audit, *, now: Callable[[], datetime], by: str, address: str = ""
    ) -> None:
        self._people = people
        self._records = people.workspace.users
        self._audit = audit
        self._now = now
        self._by = by
        self._address = address

    def numbered(self, user_id: str) -> tuple[int, User]:
        """The latest record of a user with its number, removed ones too."""
        number = self._records.last_number(user_id) if self._people.get(user_id) else 0
        if not number:
            raise NotFoundError(f"no user {user_id!r}", hint="see them with: filmroom users list")
        return number, self._records.get(user_id, number)

    def add(self, user_id: str, said: Particulars, *, password: str | None = None) -> User:
        """The new user; `password` is a hash, or None for somebody who signs in elsewhere."""
        fields = {name: getattr(said, name) for name in _FIELDS}
        user = _valid(User, id=user_id, password=password, by=self._by, at=self._now(), **fields)
        with self._alone() as users:
            if (known := users.get(user.id)) is not None:
                other = "take another id" if not known.removed else "restore that user, or take another id"
                gone = ", who was removed" if known.removed else ""
                raise UsageError(f"there is a user {user.id} already: {known.name}{gone}", hint=other)
            require_sound(user, users)
            self._keep(user, after=0)
        self._tell("user_added", f"{user.id}: {_told(user, _FIELDS)}")
        return user

    def change(self, user_id: str, said: Particulars, *, after: int | None = None) -> User:
        """The user with these particulars; nothing is written where they are as before."""
        with self._alone() as users:
            number, before = self.numbered(user_id)
            changed = [name for name in _FIELDS if getattr(said, name) != getattr(before, name)]
            user = before.model_copy(update={name: getattr(said, name) for name in changed})
            require_sound(user, users)
            if changed:
                self._keep(user, after=number if after is None else after)
        if changed:
            self._tell("user_changed", f"{user_id}: {_told(user, changed)}")
        return user

    def set_password(self, user_id: str, password: str | None, *, after: int | None = None) -> None:
        """From now on the user signs in by the password of this hash; None: not by a password."""
        self._update(user_id, after, lambda _: {"password": password})
        self._tell("password_set", user_id if password else f"{user_id}: none")

    def remove(self, user_id: str, *, after: int | None = None) -> tuple[User, ...]:
        """Everybody who still reports to the user who can, from now on, neither sign in nor use a token.

        The user's sessions end. Those above the removed user go on seeing the calls of those below.
        """
        with self._alone() as users:
            number, before = self.numbered(user_id)
            if before.removed:
                raise UsageError(f"{user_id} was removed already", hint="there is nothing to do")
            user = before.model_copy(update={"removed": True, "tokens": (), "password": None})
            require_sound(user, users)
            self._keep(user, after=number if after is None else after)
            left = tuple(u for u in users.values() if u.reports_to == user_id and not u.removed)
        end_sessions(self._people.workspace.root, user_id)
        self._tell("user_removed", user_id)
        return left

    def restore(self, user_id: str, *, after: int | None = None) -> User:
        """The user, who may come in again; they need a new password."""
        user = self._update(user_id, after, lambda _: {"removed": False})
        self._tell("user_changed", f"{user_id}: restored")
        return user

    def add_token(self, user_id: str, name: str, *, writes: bool = False) -> str:
        """A new API token, of which only the digest is kept: nobody can be shown it again.

        It may read what its user sees, and with `writes` do what its user does.
        """
        token = f"filmroom_{secrets.token_urlsafe(32)}"
        made = _valid(ApiToken, name=" ".join(name.split()), sha256=_digest(token), at=self._now(), writes=writes)

        def with_it(user: User) -> Changes:
            if made.name in {known.name for known in user.tokens}:
                raise UsageError(f"there is a token {made.name!r} already", hint="take another name, or remove it")
            if len(user.tokens) >= MAX_TOKENS:
                raise UsageError(f"there are {MAX_TOKENS} tokens already", hint="remove one that is not used any more")
            return {"tokens": (*user.tokens, made)}

        self._update(user_id, None, with_it)
        self._tell("token_made", f"{user_id}: {made.name}, {'reads and writes' if writes else 'reads only'}")
        return token

    def remove_token(self, user_id: str, name: str) -> None:
        """End the token of this name at once."""

        def without_it(user: User) -> Changes:
            left = tuple(token for token in user.tokens if token.name != name)
            if len(left) == len(user.tokens):
                raise NotFoundError(f"no token {name!r}", hint="see those that there are on your account's page")
            return {"tokens": left}

        self._update(user_id, None, without_it)
        self._tell("token_removed", f"{user_id}: {name}")

    def _update(self, user_id: str, after: int | None, changes: Callable[[User], Changes]) -> User:
        with self._alone() as users:
            number, before = self.numbered(user_id)
            user = before.model_copy(update=changes(before))
            if before.removed and user.removed:
                raise UsageError(f"{user_id} was removed", hint="restore the user first")
            require_sound(user, users)
            self._keep(user, after=number if after is None else after)
        return user

    @contextmanager
    def _alone(self) -> Iterator[Mapping[str, User]]:
        """All users as of now, and nobody else changes one meanwhile: rules are about all of them together."""
        folder = self._people.workspace.root / "users"
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / ".lock"):
            self._people.look()
            yield {user.id: user for user in self._people.all(removed=True)}

    def _keep(self, user: User, *, after: int) -> None:
        written = user.model_copy(update={"by": self._by, "at": self._now()})
        self._records.append(user.id, written, after=after)
        self._people.look()

    def _tell(self, action: AuditAction, detail: str) -> None:
        self._audit.tell(self._by, action, detail=detail, address=self._address)


def particulars(**said: object) -> Particulars:
    """What is said of a user. Raises: UsageError naming the field that is off."""
    return _valid(Particulars, **said)


def _valid(kind: type[_V], **fields: object) -> _V:
    try:
        return kind.model_validate(fields)
    except ValidationError as error:
        first = error.errors()[0]
        field = str(first["loc"][0]) if first["loc"] else kind.__name__
        hint = _HINTS.get(field, "put it right and send it again")
        raise UsageError(f"{field}: {first['msg']}", hint=hint) from error


def _told(user: User, fields: Iterable[str]) -> str:
    """The fields as the audit trail names them."""
    told = {
        "name": f"name {user.name}",
        "roles": f"roles {', '.join(sorted(user.roles))}",
        "known_as": f"known as {', '.join(user.known_as) or 'nothing else'}",
        "reports_to": f"reports to {user.reports_to or 'nobody'}",
        "email": f"e-mail {user.email or 'none'}",
    }
    return "; ".join(told[field] for field in fields)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
