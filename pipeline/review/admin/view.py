"""Owns what admins are shown of users: nothing that would let anybody in, and of calls only the names in them."""

from typing import Literal

from pydantic import AwareDatetime

from pipeline.domain.base import Value
from pipeline.domain.people import User, UserId, UserRole
from pipeline.domain.reporting import tree
from pipeline.export.untrusted import visible
from pipeline.review.admin.unknown import UnknownName
from pipeline.review.people import People

ROLES: dict[UserRole, tuple[str, str]] = {
    "rep": ("Rep", "reads the feedback on their own calls"),
    "manager": ("Manager", "listens to, edits and approves drafts of those who report to them"),
    "second_level": ("Second level", "manages managers, and sees the calls of everybody below"),
    "author": ("Author", "writes rubrics, labels calls and sees where people and software differ"),
    "admin": ("Admin", "keeps the users and the audit trail; sees no call by it"),
}


class UserView(Value):
    """A user as admins see them. `number` is that of the latest record: send it back as `after` with a change."""

    id: UserId
    number: int
    name: str
    roles: tuple[UserRole, ...]
    known_as: tuple[str, ...]
    reports_to: UserId | None
    manager_removed: bool
    email: str | None
    signs_in_by: Literal["password", "elsewhere"]
    tokens: int
    removed: bool
    changed_by: str
    changed_at: AwareDatetime
    depth: int = 0


class UsersView(Value):
    """All users, each below the one they report to (`depth` says how far); removed ones where somebody still does.

    `removed` are all who were removed. `unknown` are names in calls that are no user's; None where nobody looked.
    """

    users: tuple[UserView, ...]
    removed: tuple[UserView, ...]
    unknown: tuple[UnknownName, ...] | None


def user_view(people: People, user: User, *, depth: int = 0) -> UserView:
    """The user as admins see them."""
    above = people.get(user.reports_to) if user.reports_to else None
    return UserView(
        id=user.id,
        number=people.workspace.users.last_number(user.id),
        name=visible(user.name),
        roles=tuple(role for role in ROLES if role in user.roles),
        known_as=tuple(visible(name) for name in user.known_as),
        reports_to=user.reports_to,
        manager_removed=above is not None and above.removed,
        email=None if user.email is None else visible(user.email),
        signs_in_by="password" if user.password else "elsewhere",
        tokens=len(user.tokens),
        removed=user.removed,
        changed_by=visible(user.by),
        changed_at=user.at,
        depth=depth,
    )


def users_view(people: People, unknown: tuple[UnknownName, ...] | None) -> UsersView:
    """All users as admins see them."""
    active, everybody = people.all(), people.all(removed=True)
    needed = {user.reports_to for user in active}
    shown = [user for user in everybody if not user.removed or user.id in needed]
    return UsersView(
        users=tuple(user_view(people, user, depth=depth) for depth, user in tree(shown)),
        removed=tuple(user_view(people, user) for user in everybody if user.removed),
        unknown=unknown,
    )
