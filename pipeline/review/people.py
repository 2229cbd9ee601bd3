"""Owns the users as the room knows them: who reports to whom, whose calls each sees, who was asked to label what."""

from pipeline.domain.people import LOCAL_USER, User, Viewer
from pipeline.review.scope import Scope
from pipeline.store.workspace import Workspace


class People:
    """The users of a workspace, read from their records when asked."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def get(self, user_id: str) -> User | None:
        """The user of this id as of now, removed ones too; None where there is none."""
        return self._workspace.users.last(user_id)

    def all(self) -> tuple[User, ...]:
        """All users that were not removed, by id; without whoever is at their own machine."""
        found = (self._workspace.users.last(user_id) for user_id in self._workspace.users.ids())
        return tuple(u for u in found if u is not None and not u.removed and u.id != LOCAL_USER)

    def below(self, user_id: str) -> tuple[User, ...]:
        """Everybody who reports to this user, directly or through others; a circle ends where it began."""
        users = self.all()
        found: dict[str, User] = {}
        above = {user_id}
        while above:
            above = {u.id for u in users if u.reports_to in above and u.id not in found and u.id != user_id}
            found.update((u.id, u) for u in users if u.id in above)
        return tuple(found.values())

    def scope(self, viewer: Viewer) -> Scope:
        """The names whose calls this viewer sees."""
        user, users = viewer.user, self.all()
        coaches = viewer.has("manager", "second_level")
        below = self.below(user.id) if coaches else ()
        managers = [user, *(u for u in below if u.roles & {"manager", "second_level"})] if coaches else []
        return Scope(
            everything=viewer.everything,
            own=user.names if "rep" in user.roles else frozenset(),
            coached=frozenset().union(*(u.names for u in below if "rep" in u.roles)),
            managers=frozenset().union(*(u.names for u in managers)),
            known=frozenset().union(*(u.names for u in users if "rep" in u.roles)),
        )

    def rates(self, viewer: Viewer, call: str) -> bool:
        """Whether this viewer was asked to label the call."""
        task = self._workspace.label_tasks.last(call)
        return task is not None and not task.withdrawn and viewer.user.id in task.raters

    def rates_any(self, viewer: Viewer) -> bool:
        """Whether this viewer was asked to label any call."""
        return any(self.rates(viewer, call) for call in self._workspace.label_tasks.ids())
