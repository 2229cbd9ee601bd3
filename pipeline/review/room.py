"""Owns what all places of the review room share: the workspace, the index, the people, the clock."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from pipeline.config import Config
from pipeline.domain.result import CallResult
from pipeline.domain.work import CallRecord
from pipeline.errors import NotFoundError
from pipeline.review.audit import Audit
from pipeline.review.entrance import Entrance
from pipeline.review.index import OpenIndex
from pipeline.review.people import People
from pipeline.store.workspace import Workspace


@dataclass(frozen=True)
class Room:
    """An open review room."""

    workspace: Workspace
    config: Config
    index: OpenIndex
    people: People
    entrance: Entrance
    audit: Audit
    now: Callable[[], datetime]

    def record(self, call: str) -> tuple[int, CallRecord]:
        """The latest record of a call, with its number. Raises: NotFoundError for anything but a whole id."""
        number = self.workspace.calls.last_number(call)
        if not number:
            raise NotFoundError(f"no call {call!r}", hint="go back to your calls")
        return number, self.workspace.calls.get(call, number)

    def result(self, record: CallRecord) -> CallResult:
        """Everything that is known of a call as this record says."""
        return self.workspace.result(record)


def open_room(workspace: Workspace, config: Config, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> Room:
    """The room over a workspace; it owns the index until it is closed. Raises: StoreError when another has it open."""
    people = People(workspace)
    return Room(
        workspace=workspace,
        config=config,
        index=OpenIndex(workspace),
        people=people,
        entrance=Entrance(people, now=now, hours=config.review.session_hours),
        audit=Audit(workspace, now=now),
        now=now,
    )
