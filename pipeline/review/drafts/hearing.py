"""Owns how much of a call's moments the viewer has played, as an approval asks for it."""

from pipeline.domain.span import Span
from pipeline.review.guards import Entry
from pipeline.review.sound.listening import heard_ratio
from pipeline.reviewing.cited import Listening


def listening_of(entry: Entry) -> Listening:
    """What the viewer has played of the call of the path, and how much of each moment the settings ask for."""

    def heard(span: Span) -> float:
        return heard_ratio(entry.room.workspace, entry.call, entry.viewer.user.id, span)

    return Listening(heard=heard, required=entry.room.config.review.listening)
