"""Owns how a manager's own readings of a rep's trust follow one another. Only who wrote them may be shown them.

A reading is a person's mark; nothing here makes, weighs or proposes one.
"""

from typing import Literal

from pydantic import AwareDatetime, Field

from pipeline.domain.base import Value
from pipeline.domain.cycle.events import History
from pipeline.domain.cycle.own import TrustLevel, TrustRead

LEVELS: tuple[TrustLevel, ...] = ("bronze", "silver", "gold")

Movement = Literal["first", "up", "down", "same"]


class TrustReading(Value):
    """One reading, and how it moved from the writer's reading before it."""

    number: int = Field(ge=1)
    at: AwareDatetime
    level: TrustLevel
    note: str
    moved: Movement


def trust(history_of_writer: History, rep: str) -> tuple[TrustReading, ...]:
    """The writer's readings of this rep's trust, oldest first; none where they have marked none."""
    found: list[TrustReading] = []
    for happened in history_of_writer:
        what = happened.what
        if isinstance(what, TrustRead) and what.rep == rep:
            moved = _moved(found[-1].level, what.level) if found else "first"
            found.append(
                TrustReading(number=happened.number, at=happened.at, level=what.level, note=what.note, moved=moved)
            )
    return tuple(found)


def read_trust(history_of_writer: History, rep: str, level: TrustLevel, note: str = "") -> TrustRead | None:
    """The next reading; None where it says the same as the last one."""
    before, said = trust(history_of_writer, rep), note.strip()
    if before and (before[-1].level, before[-1].note) == (level, said):
        return None
    return TrustRead(rep=rep, level=level, note=said)


def _moved(before: TrustLevel, after: TrustLevel) -> Movement:
    step = LEVELS.index(after) - LEVELS.index(before)
    return "same" if step == 0 else "up" if step > 0 else "down"
