"""Owns the transcript of a page: turns cut into pieces, so that quoted and doubtful words can be told from the rest."""

from itertools import groupby

from pipeline.domain.assessment import Quote
from pipeline.domain.base import Value
from pipeline.domain.recording import Role
from pipeline.domain.result import CallResult
from pipeline.domain.span import Span
from pipeline.domain.speech import Turn
from pipeline.export.moments import MomentKind, Moments
from pipeline.export.untrusted import visible
from pipeline.export.wording import ROLES


class Piece(Value):
    """Neighbouring words that are alike: `moment` is the id of the moment that quotes them, empty for none."""

    text: str
    moment: str
    kind: MomentKind | None
    doubtful: bool


class TurnRow(Value):
    """One turn; its pieces, joined by single spaces, are the turn's visible text."""

    id: str
    role: Role
    speaker: str
    span: Span | None
    pieces: tuple[Piece, ...]
    backchannel: bool


def turn_rows(result: CallResult, moments: Moments) -> tuple[TurnRow, ...]:
    """The turns of a call in order. Speakers who share a role are told apart by their labels."""
    roles = [s.role for s in result.conversation.speakers]
    named = result.rubric.parties.named
    quoted: dict[str, list[tuple[Quote, str, MomentKind]]] = {}
    for moment in (*moments.observations.values(), *moments.missed):
        quoted.setdefault(moment.quote.turn_id, []).append((moment.quote, moment.id, moment.kind))
    return tuple(
        TurnRow(
            id=turn.id,
            role=turn.role,
            speaker=named(ROLES[turn.role]) + (f" ({visible(turn.speaker)})" if roles.count(turn.role) > 1 else ""),
            span=turn.span,
            pieces=_pieces(turn, quoted.get(turn.id, [])),
            backchannel=turn.backchannel,
        )
        for turn in result.conversation.turns
    )


def _pieces(turn: Turn, quoted: list[tuple[Quote, str, MomentKind]]) -> tuple[Piece, ...]:
    def sort_of(place: int) -> tuple[str, MomentKind | None, bool]:
        found = next(((i, kind) for q, i, kind in quoted if q.first_word <= place <= q.last_word), ("", None))
        return (*found, turn.words[place].unreliable is not None)

    pieces = []
    for (moment, kind, doubtful), places in groupby(range(len(turn.words)), key=sort_of):
        text = visible(" ".join(turn.words[p].text for p in places))
        if text:
            pieces.append(Piece(text=text, moment=moment, kind=kind, doubtful=doubtful))
    return tuple(pieces)
