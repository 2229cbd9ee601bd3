"""Owns what users are shown of themselves; of a password and of tokens nothing but that they are there."""

from pydantic import AwareDatetime

from pipeline.domain.base import Value
from pipeline.domain.people import UserId, UserRole
from pipeline.export.untrusted import visible
from pipeline.review.admin.view import ROLES
from pipeline.review.guards import Entry


class TokenView(Value):
    """An API token by its name; without `writes` it may only read."""

    name: str
    at: AwareDatetime
    writes: bool


class AccountView(Value):
    """Who somebody is here. `local`: at their own machine, where there is no account to change."""

    id: UserId
    name: str
    roles: tuple[UserRole, ...]
    known_as: tuple[str, ...]
    email: str | None
    manager: str | None
    has_password: bool
    tokens: tuple[TokenView, ...]
    local: bool


def account_view(entry: Entry) -> AccountView:
    """The account of whoever came in."""
    people, local = entry.room.people, entry.viewer.everything
    user = (not local and people.get(entry.viewer.user.id)) or entry.viewer.user
    above = people.get(user.reports_to) if user.reports_to else None
    return AccountView(
        id=user.id,
        name=visible(user.name),
        roles=tuple(role for role in ROLES if role in user.roles),
        known_as=tuple(visible(name) for name in user.known_as),
        email=None if user.email is None else visible(user.email),
        manager=visible(above.name) if above and not above.removed else None,
        has_password=user.password is not None,
        tokens=tuple(TokenView(name=visible(token.name), at=token.at, writes=token.writes) for token in user.tokens),
        local=local,
    )
