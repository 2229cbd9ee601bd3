"""Who works with the review room: users, their roles, and who reports to whom."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, StringConstraints

from pipeline.domain.base import Value

UserRole = Literal["rep", "manager", "second_level", "author", "admin"]
"""rep: reviews their own calls; manager: listens to and edits drafts of those who report to them; second_level: manages
managers; author: writes rubrics and labels calls; admin: keeps users and the audit trail, and sees no call by it."""

MANAGING: frozenset[UserRole] = frozenset({"manager", "second_level"})
"""The roles to which others report."""

UserId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{3,40}$")]
"""Also the id of the user's records: lower-case letters, digits and hyphens, four characters at least."""

LOCAL_USER = "local-user"
"""Whoever opened the room on their own machine by the one-time link: there is nobody else, and every call is theirs."""


class ApiToken(Value):
    """A key for programs that act as a user; only its SHA-256 is kept. Without `writes` it may read, and no more."""

    name: str = Field(min_length=1, max_length=80)
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    at: AwareDatetime
    writes: bool = False


class Particulars(Value):
    """What is said of a user by whoever keeps the users; the fields are those of `User`."""

    name: str = Field(min_length=1, max_length=120)
    roles: frozenset[UserRole] = Field(min_length=1)
    known_as: tuple[Annotated[str, StringConstraints(min_length=1, max_length=120)], ...] = Field((), max_length=20)
    reports_to: UserId | None = None
    email: str | None = Field(None, max_length=200)


class User(Value):
    """A user as of their latest record.

    `known_as` are the names that stand for them in the metadata of calls, as `rep` and `manager`; compared without case
    and outer white space. `reports_to` is the id of their manager. `password` is an argon2 hash, absent for a user who
    signs in elsewhere. `removed` users cannot sign in; their records stay, since reviews name them, and so does their
    place between those below and those above them.
    """

    id: UserId
    name: str = Field(min_length=1, max_length=120)
    roles: frozenset[UserRole] = Field(min_length=1)
    known_as: tuple[str, ...] = ()
    reports_to: UserId | None = None
    email: str | None = None
    password: str | None = None
    tokens: tuple[ApiToken, ...] = ()
    removed: bool = False
    by: str
    at: AwareDatetime

    @property
    def names(self) -> frozenset[str]:
        """The names by which calls may mean this user, as compared."""
        return frozenset(same for name in (self.name, *self.known_as) if (same := same_name(name)))

    @property
    def has_calls(self) -> bool:
        """Whether calls may be this user's own: a rep's, and those that somebody who manages took themselves."""
        return not self.roles.isdisjoint({"rep", *MANAGING})

    @property
    def manages(self) -> bool:
        """Whether others may report to this user."""
        return not self.roles.isdisjoint(MANAGING)


class Viewer(Value):
    """Somebody who is signed in, for the length of one request.

    `by` is how: a session of the browser, a token of a program, a header of the trusted proxy. `csrf` is what every
    form of this session must carry; empty for tokens, which no browser sends by itself. `everything`: at their own
    machine, see `LOCAL_USER`. `writes`: False for a token that may only read.
    """

    user: User
    by: Literal["session", "token", "proxy"]
    csrf: str = ""
    everything: bool = False
    writes: bool = True

    def has(self, *roles: UserRole) -> bool:
        """Whether the user has one of these roles."""
        return not self.user.roles.isdisjoint(roles)


def same_name(name: str) -> str:
    """A name as it is compared: white space made single, case folded."""
    return " ".join(name.split()).casefold()
