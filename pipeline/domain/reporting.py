"""Who reports to whom, and what users must be like beside each other. The rules need no file: all users are given.

Users who were removed keep their place: somebody above them goes on being above those below.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from pipeline.domain.people import LOCAL_USER, User, same_name
from pipeline.errors import UsageError


def below(user_id: str, users: Iterable[User]) -> tuple[User, ...]:
    """Everybody who reports to this user, directly or through others; a circle ends where it began."""
    direct: defaultdict[str, list[User]] = defaultdict(list)
    for user in users:
        if user.reports_to is not None:
            direct[user.reports_to].append(user)
    found: dict[str, User] = {}
    waiting = [user_id]
    while waiting:
        for user in direct[waiting.pop()]:
            if user.id not in found and user.id != user_id:
                found[user.id] = user
                waiting.append(user.id)
    return tuple(found.values())


def tree(users: Iterable[User]) -> tuple[tuple[int, User], ...]:
    """Each user after the one they report to, with how many of these stand above them.

    Those who report to nobody that is given come first in line, by name; so does whoever a circle would leave out.
    """
    given = {user.id: user for user in users}
    direct: defaultdict[str | None, list[User]] = defaultdict(list)
    for user in sorted(given.values(), key=lambda u: (same_name(u.name), u.id)):
        direct[user.reports_to if user.reports_to in given else None].append(user)
    found: dict[str, tuple[int, User]] = {}

    def walk(user: User, depth: int) -> None:
        if user.id not in found:
            found[user.id] = (depth, user)
            for under in direct[user.id]:
                walk(under, depth + 1)

    for user in (*direct[None], *given.values()):
        walk(user, 0)
    return tuple(found.values())


def require_sound(user: User, users: Mapping[str, User]) -> None:
    """Passes when the user, as they would be, goes with all the others, removed ones too.

    Raises: UsageError with what to do: a name or an e-mail address that is another's, a manager who is none, a circle,
    an end to managing while others report to them, no admin left.
    """
    others = [other for other in users.values() if other.id != user.id]
    _require_id(user)
    for other in others:
        _require_own_names(user, other)
    _require_manager(user, users)
    left = [other.id for other in others if other.reports_to == user.id and not other.removed]
    if left and not user.manages and not user.removed:
        raise UsageError(
            f"{', '.join(left)} report to {user.id}, who would be no manager any more",
            hint="give them another manager first",
        )
    before = users.get(user.id)
    was_admin = before is not None and not before.removed and "admin" in before.roles
    if was_admin and ("admin" not in user.roles or user.removed) and not any(map(_is_admin, others)):
        raise UsageError(f"{user.id} is the last admin", hint="make somebody else an admin first")


def _is_admin(user: User) -> bool:
    return "admin" in user.roles and not user.removed


def _require_id(user: User) -> None:
    if user.id == LOCAL_USER:
        raise UsageError(f"{user.id} stands for whoever is at their own machine", hint="take another id")
    if not same_name(user.name) or not all(map(same_name, user.known_as)):
        raise UsageError("a name is empty", hint="give at least one letter")
    if user.email is not None and "@" not in user.email:
        raise UsageError(f"{user.email!r} is no e-mail address", hint="give one with an @, or none")


def _require_own_names(user: User, other: User) -> None:
    if taken := sorted(user.names & other.names):
        gone = ", who was removed" if other.removed else ""
        raise UsageError(
            f"calls by {taken[0]!r} are {other.id}'s{gone}",
            hint=f"take the name from {other.id} first, or let {user.id} be known by another one",
        )
    if user.email is not None and same_name(user.email) == same_name(other.email or ""):
        raise UsageError(f"{user.email} is {other.id}'s e-mail address", hint="give another, or none")


def _require_manager(user: User, users: Mapping[str, User]) -> None:
    if user.reports_to is None or user.removed:
        return
    above = users.get(user.reports_to)
    before = users.get(user.id)
    if above is None or (above.removed and (before is None or before.reports_to != above.id)):
        raise UsageError(f"there is no user {user.reports_to!r} to report to", hint="give the id of a manager")
    if above.id != user.id and not above.manages:
        raise UsageError(f"{above.id} is no manager", hint="give the id of a manager, or make them one first")
    if above.id == user.id or above.id in {u.id for u in below(user.id, users.values())}:
        circle = "cannot report to themselves" if above.id == user.id else f"has {above.id} below them already"
        raise UsageError(f"{user.id} {circle}", hint="a line of reporting has no circles; give a manager from above it")
