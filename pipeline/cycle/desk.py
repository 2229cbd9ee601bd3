"""Owns how an event gets into a person's stream: decided on what happened so far, and decided again where somebody was
quicker."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from pipeline.domain.cycle.events import CycleRecord, Event, Happened, History
from pipeline.errors import StaleError
from pipeline.store.workspace import Workspace

TRIES = 8
"""So often is an event decided anew when others write into the same stream at the same moment."""

Decide = Callable[[History], Event | None]
"""The event that follows from what happened so far, None for none; raises UsageError where a rule forbids it."""


@dataclass(frozen=True)
class CycleDesk:
    """Where somebody works at the coaching of people: who it is, and when."""

    workspace: Workspace
    now: datetime
    author: str

    def add(self, person: str, decide: Decide) -> int:
        """The number of the event that was decided, 0 where nothing was to be added.

        Raises: what `decide` raises; StaleError when others are quicker every time; StoreError.
        """
        for _ in range(TRIES):
            history = history_of(self.workspace, person)
            event = decide(history)
            if event is None:
                return 0
            record = CycleRecord(person=person, author=self.author, at=self.now, what=event)
            try:
                return self.workspace.cycle.append(person, record, after=len(history))
            except StaleError:
                continue
        raise StaleError(f"too many people write about {person} at this moment", hint="save again")


def history_of(workspace: Workspace, person: str) -> History:
    """Everything that happened to a person, in order, as the files have it. Raises: StoreError."""
    return tuple(
        Happened(number=number, author=record.author, at=record.at, what=record.what)
        for number, record in enumerate(workspace.cycle.all(person), start=1)
    )
