"""Owns the users as the room knows them: who reports to whom, whose calls each sees, who was asked to label what.

Every request asks, so all users are kept in memory; a user that another process adds or changes counts within a second.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from pipeline.domain.labels import LabelTask
from pipeline.domain.people import LOCAL_USER, ApiToken, User, Viewer, same_name
from pipeline.domain.reporting import below
from pipeline.review.scope import Scope, Sight
from pipeline.store.watched import Watched
from pipeline.store.workspace import Workspace


@dataclass(frozen=True)
class _Known:
    """What follows from the users of one moment."""

    version: int
    by_id: Mapping[str, User]
    by_login: Mapping[str, User]
    by_token: Mapping[str, tuple[User, ApiToken]]
    scopes: dict[str, Scope]
    """Made when first asked for."""


class People:
    """The users of a workspace, as of now."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self._users = Watched(workspace.root / "users", workspace.users)
        self._tasks = Watched(workspace.root / "labelling", workspace.label_tasks)
        self._known = _known(0, {})
        self._raters: tuple[int, frozenset[str]] = (0, frozenset())

    def get(self, user_id: str) -> User | None:
        """The user of this id, removed ones too; None where there is none."""
        return self._now().by_id.get(user_id)

    def all(self, *, removed: bool = False) -> tuple[User, ...]:
        """All users by id, on request with those that were removed; without whoever is at their own machine."""
        return tuple(u for u in self._now().by_id.values() if removed or not u.removed)

    def by_login(self, name: str) -> User | None:
        """The user whose id or e-mail address this is, compared without case; None for nobody who may sign in."""
        return self._now().by_login.get(same_name(name))

    def by_token(self, sha256: str) -> tuple[User, ApiToken] | None:
        """The user of the API token with this digest, and it; None where there is none, or the user was removed."""
        return self._now().by_token.get(sha256)

    def below(self, user_id: str) -> tuple[User, ...]:
        """Everybody who reports to this user, directly or through others; not those who were removed."""
        return tuple(u for u in below(user_id, self._now().by_id.values()) if not u.removed)

    def look(self) -> None:
        """Make what was written just now count at once."""
        self._users.look()

    def scope(self, viewer: Viewer) -> Scope:
        """The names whose calls this viewer sees."""
        if viewer.everything:
            return Scope(everything=True)
        known = self._now()
        user = known.by_id.get(viewer.user.id)
        if user is None:
            return Scope()
        if user.id not in known.scopes:
            known.scopes[user.id] = scope_of(user, known.by_id)
        return known.scopes[user.id]

    def sight(self, viewer: Viewer, person: User) -> Sight | None:
        """As what the viewer sees the coaching of a person: their own, or as somebody above them; None for not at all.

        Those who were removed see nothing and are still seen by those above, as their calls are.
        """
        if viewer.everything:
            return "coach"
        if viewer.user.id == person.id:
            return "own"
        if not viewer.user.manages or self.get(viewer.user.id) is None:
            return None
        return "coach" if any(u.id == person.id for u in below(viewer.user.id, self._now().by_id.values())) else None

    def rates(self, viewer: Viewer, call: str) -> bool:
        """Whether this viewer was asked to label the call."""
        task = self._tasks.latest().by_id.get(call)
        return task is not None and not task.withdrawn and viewer.user.id in task.raters

    def rates_any(self, viewer: Viewer) -> bool:
        """Whether this viewer was asked to label any call."""
        latest = self._tasks.latest()
        if self._raters[0] != latest.version:
            self._raters = (latest.version, _raters(latest.by_id))
        return viewer.user.id in self._raters[1]

    def _now(self) -> _Known:
        latest = self._users.latest()
        known = self._known
        if known.version != latest.version:
            self._known = known = _known(latest.version, latest.by_id)
        return known


def _known(version: int, users: Mapping[str, User]) -> _Known:
    by_id = {i: users[i] for i in sorted(users) if i != LOCAL_USER}
    active = [user for user in by_id.values() if not user.removed]
    by_login = {same_name(user.email): user for user in active if user.email}
    by_login.update((user.id, user) for user in active)
    by_token = {token.sha256: (user, token) for user in active for token in user.tokens}
    return _Known(version, MappingProxyType(by_id), by_login, by_token, {})


def scope_of(user: User, users: Mapping[str, User]) -> Scope:
    """The names whose calls one of these users sees; nobody's for a user who was removed.

    Removed users keep their place: those above them go on seeing the calls of those below, and theirs.
    """
    if user.removed:
        return Scope()
    under = below(user.id, users.values()) if user.manages else ()
    return Scope(
        own=user.names if user.has_calls else frozenset(),
        coached=_names(u for u in under if u.has_calls),
        managers=_names(u for u in (user, *under) if u.manages),
        known=_names(u for u in users.values() if u.has_calls),
    )


def _names(users: Iterable[User]) -> frozenset[str]:
    return frozenset().union(*(user.names for user in users))


def _raters(tasks: Mapping[str, LabelTask]) -> frozenset[str]:
    return frozenset(rater for task in tasks.values() if not task.withdrawn for rater in task.raters)
