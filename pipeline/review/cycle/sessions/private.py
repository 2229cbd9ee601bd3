"""Owns the viewer's own readings of a rep's trust, for the viewer alone: nothing else may carry them."""

from pydantic import AwareDatetime

from pipeline.cycle.trust import LEVELS, Movement, trust
from pipeline.domain.base import Value
from pipeline.domain.cycle.own import TrustLevel
from pipeline.review.cycle.acting import happened_to
from pipeline.review.drafts.parts import lines
from pipeline.review.guards import Entry

MEANS: dict[TrustLevel, str] = {
    "bronze": "they answer what I ask, and keep to what is safe to say",
    "silver": "they tell me what went wrong without being asked",
    "gold": "they ask me for help, and tell me when I am wrong",
}
MOVES: dict[Movement, str] = {"first": "first reading", "up": "up", "down": "down", "same": "as before"}


class ReadingView(Value):
    """One reading; `height` is its step, 0 for bronze to 2 for gold."""

    at: AwareDatetime
    level: TrustLevel
    note: str
    moved: Movement
    moved_told: str
    height: int


class TrustView(Value):
    """The viewer's own readings of a rep, oldest first; `current` is the last one's level, None without any."""

    rep: str
    readings: tuple[ReadingView, ...]
    current: TrustLevel | None


def trust_view(entry: Entry) -> TrustView:
    """What the viewer themselves marked of the person of the path."""
    found = trust(happened_to(entry, entry.viewer.user.id), entry.whose.id)
    readings = tuple(
        ReadingView(
            at=reading.at,
            level=reading.level,
            note=lines(reading.note),
            moved=reading.moved,
            moved_told=MOVES[reading.moved],
            height=LEVELS.index(reading.level),
        )
        for reading in found
    )
    return TrustView(rep=entry.whose.id, readings=readings, current=found[-1].level if found else None)
