"""Random teams, and calls whose metadata names some of them, for laws that hold in every team."""

from dataclasses import dataclass
from datetime import UTC, datetime

from hypothesis import strategies as st

from pipeline.domain.people import User, UserRole

AT = datetime(2026, 3, 5, tzinfo=UTC)
ROLES: tuple[tuple[UserRole, ...], ...] = (
    ("rep",), ("manager",), ("second_level",), ("rep", "manager"), ("author",), ("admin",), ("admin", "rep"),
)  # fmt: skip


def user(user_id: str, *roles: UserRole, above: str | None = None, removed: bool = False) -> User:
    """A user who is known by their id, in any case, and by "Id Surname"."""
    name = user_id.capitalize()
    return User(
        id=user_id,
        name=name,
        known_as=(f"{name} Surname",),
        roles=frozenset(roles),
        reports_to=above,
        removed=removed,
        by="tests",
        at=AT,
    )


@dataclass(frozen=True)
class Team:
    """Users by id, and the names of rep and manager of calls."""

    users: dict[str, User]
    calls: list[tuple[str | None, str | None]]

    def above(self, user_id: str) -> set[str]:
        """Ids of everybody above a user, found by walking up: another way than that of the code."""
        found: set[str] = set()
        at = self.users[user_id].reports_to
        while at is not None and at not in found:
            found.add(at)
            at = self.users[at].reports_to
        return found

    def named(self, name: str | None) -> User | None:
        """The user whom a name in a call means."""
        first = (name or "").split()[:1]
        return self.users.get(first[0].lower()) if first else None


@st.composite
def teams(draw: st.DrawFn) -> Team:
    """Teams of up to nine without circles; anybody may be removed; calls by users, by strangers, by nobody."""
    n = draw(st.integers(1, 9))
    ids = [f"user{i}" for i in range(n)]
    users: dict[str, User] = {}
    for user_id in ids:
        managers = [u.id for u in users.values() if u.manages]
        above = draw(st.none() | st.sampled_from(managers)) if managers else None
        roles = draw(st.sampled_from(ROLES))
        users[user_id] = user(user_id, *roles, above=above, removed=draw(st.integers(0, 4)) == 0)
    spoken = [f"{i.upper()}" for i in ids] + [f"  {i} surname" for i in ids]
    name = st.none() | st.sampled_from([*spoken, "Stranger", "stranger two", "", "  ", "'; DROP TABLE calls; --"])
    return Team(users, draw(st.lists(st.tuples(name, name), min_size=1, max_size=12)))
