"""Owns what happens around an event of the cycle: who acts and when, the index brought up to date, the audit trail."""

from pipeline.cycle.desk import CycleDesk, Decide
from pipeline.cycle.reading import histories, history, past_calls
from pipeline.domain.audit import AuditAction
from pipeline.domain.cycle.events import Event, History
from pipeline.domain.cycle.past_calls import PastCall
from pipeline.domain.people import User
from pipeline.review.guards import Entry


def act(entry: Entry, person: str, decide: Decide, *, action: AuditAction = "coached", call: str | None = None) -> int:
    """The number of the event that was decided, in the index and in the trail by now; 0 where there was nothing to add.

    Raises: what `decide` raises; StaleError.
    """
    room = entry.room
    told: list[str] = []

    def decided(history: History) -> Event | None:
        event = decide(history)
        told[:] = [] if event is None else [event.kind]
        return event

    number = CycleDesk(room.workspace, room.now(), entry.viewer.user.id).add(person, decided)
    if number:
        room.index.pick_up("cycle", person)
        room.audit.tell(
            entry.viewer.user.id, action, call=call, detail=f"{told[0]} {person} {number}", address=entry.address
        )
    return number


def happened_to(entry: Entry, person: str) -> History:
    """Everything that happened to a person, in order."""
    return history(entry.room.index.rows, person)


def happened_to_all(entry: Entry, people: tuple[User, ...]) -> dict[str, History]:
    """The same of several people at once, by id."""
    return histories(entry.room.index.rows, [user.id for user in people])


def calls_of(entry: Entry, person: User) -> tuple[PastCall, ...]:
    """The calls of a person, oldest first."""
    return past_calls(entry.room.index.rows, person.names)
