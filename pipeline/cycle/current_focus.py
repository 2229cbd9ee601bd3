"""Owns which focus a new draft keeps to: that which the call's rep had open when the call took place.

Not the one that is open by now: a call that was drafted before keeps its draft, with its key, when a focus is opened or
closed later. See docs/decisions/0023-focus.md.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache, partial

from pipeline.cycle.desk import history_of
from pipeline.cycle.focus import open_focuses
from pipeline.domain.cycle.events import History
from pipeline.domain.people import same_name
from pipeline.domain.recording import Recording
from pipeline.store.workspace import Workspace


class FocusBook:
    """The coaching of a workspace's users, by the names that calls know them by; each is read once, when asked for."""

    def __init__(self, people: Mapping[str, str], history: Callable[[str], History]) -> None:
        self._people = people
        self._history = cache(history)

    def at(self, rep: str | None, when: datetime, *, rubric: str) -> str | None:
        """The behaviour that this rep worked on then; None without a user of that name or an open focus.

        Of two, the one of this rubric, else the first that was opened. One of another rubric is given as
        "rubric/behaviour", which no rubric has: the draft then says so, and its ranking is as without a focus.
        Raises: StoreError.
        """
        person = self._people.get(same_name(rep or ""))
        if person is None:
            return None
        before = tuple(event for event in self._history(person) if event.at <= when)
        opened = [state.opened for state in open_focuses(before)]
        if not opened:
            return None
        first = next((focus for focus in opened if focus.rubric == rubric), opened[0])
        return first.behaviour if first.rubric == rubric else f"{first.rubric}/{first.behaviour}"


def focus_book(workspace: Workspace) -> FocusBook:
    """The coaching of everybody who can be told by name; a name that two users go by tells nobody.

    Users who were removed count as long as nobody else goes by their name. Raises: StoreError.
    """
    users = [user for user_id in workspace.users.ids() if (user := workspace.users.last(user_id)) is not None]
    taken = {name for user in users if not user.removed for name in user.names}
    named = [(name, user.id) for user in users for name in (user.names - taken if user.removed else user.names)]
    n_users = Counter(name for name, _ in named)
    people = {name: person for name, person in named if n_users[name] == 1}
    return FocusBook(people, partial(history_of, workspace))


def when_taken(workspace: Workspace, recording: Recording, *, now: datetime) -> datetime:
    """When the call took place; where nobody stated it, when it was first reviewed, which for a new call is now."""
    if recording.metadata.started_at is not None:
        return recording.metadata.started_at
    calls = workspace.calls
    return calls.get(recording.call, 1).at if calls.last_number(recording.call) else now
