"""Owns the transcript as a call's page shows it: turns by name, quoted words marked, and when each word is said."""

from pipeline.domain.base import Value
from pipeline.domain.recording import Role
from pipeline.domain.result import CallResult
from pipeline.domain.speech import Turn
from pipeline.export.transcript import Piece, TurnRow
from pipeline.export.untrusted import visible


class TurnView(Value):
    """A turn. `start` and `end` are seconds, absent without times; `pieces`, joined by spaces, are its words.

    `cues` tells when each word that can be seen starts, in hundredths of a second after the turn's start, parted by
    spaces; "-" for a word without a time; empty where no word has one.
    """

    id: str
    role: Role
    speaker: str
    start: float | None
    end: float | None
    pieces: tuple[Piece, ...]
    backchannel: bool
    cues: str


def turn_views(result: CallResult, rows: tuple[TurnRow, ...], names: dict[str, str]) -> tuple[TurnView, ...]:
    """The turns of a call in order; `names` by speaker's label take the place of roles where a person gave one.

    `rows` are the same turns, with words marked as far as the viewer may see what was quoted.
    """
    return tuple(
        TurnView(
            id=row.id,
            role=row.role,
            speaker=visible(names.get(turn.speaker, "")) or row.speaker,
            start=None if row.span is None else row.span.start,
            end=None if row.span is None else row.span.end,
            pieces=row.pieces,
            backchannel=row.backchannel,
            cues=_cues(turn),
        )
        for turn, row in zip(result.conversation.turns, rows, strict=True)
    )


def _cues(turn: Turn) -> str:
    if (span := turn.span) is None:
        return ""
    cues: list[str] = []
    for word in turn.words:
        at = "-" if word.span is None else str(round((word.span.start - span.start) * 100))
        # A page knows words by the spaces between them, and a word of a transcript may hold some, or nothing visible.
        cues += [at] * (1 if word.text.isalnum() else len(visible(word.text).split()))
    return " ".join(cues)
