"""Owns making lines of labelled calls: each turn somebody was asked about, what was said before it, and who says so."""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import groupby

from evals.labelled import LabelledCall, Openness, TurnLabel
from evals.questions import Detection, Line
from pipeline.domain.speech import Turn
from pipeline.text.backchannels import is_backchannel

MIN_RATERS = 3
"""People are compared with the majority of the others, so there have to be two others at least."""


def lines_of(call: LabelledCall, *, raters: int = 1) -> tuple[Line, ...]:
    """The turns of which so many raters or more say whether they ask, each once.

    A line asks when more than half of those asked say so; its openness is the one most of these gave, the first
    rater's among equals. Labels that are unclear do not count.
    """
    if call.conversation is None:
        return ()
    labels = _asked(call)
    before = _before(call.conversation.turns)
    return tuple(
        _line(call.id, turn, previous, labels[turn.id])
        for turn, previous in zip(call.conversation.turns, before, strict=True)
        if len(labels.get(turn.id, ())) >= raters
    )


def _line(call: str, turn: Turn, previous: str, labels: Sequence[TurnLabel]) -> Line:
    asking = [label for label in labels if label.asks]
    asks = 2 * len(asking) > len(labels)
    kinds = Counter(label.openness for label in asking if label.openness).most_common(1)
    openness: Openness | None = kinds[0][0] if asks and kinds else None
    declarative = asks and any(label.declarative for label in asking)
    return Line(
        conversation=call, text=turn.text, previous=previous, asks=asks, declarative=declarative, openness=openness
    )


def _asked(call: LabelledCall) -> dict[str, list[TurnLabel]]:
    labels = sorted((t for t in call.turns if t.asks is not None and not t.unclear), key=lambda label: label.turn_id)
    return {turn: list(own) for turn, own in groupby(labels, key=lambda label: label.turn_id)}


def _before(turns: Iterable[Turn]) -> list[str]:
    """What precedes each turn: what its speaker said just before, else the turn before it; backchannels end nothing."""
    before: list[str] = []
    speaker, said = "", ""
    for turn in turns:
        before.append(said)
        if turn.speaker == speaker:
            said = f"{said} {turn.text}"
        elif not is_backchannel(turn.text):
            speaker, said = turn.speaker, turn.text
    return before


def people_f1(calls: Iterable[LabelledCall]) -> float | None:
    """The F1 of people at telling which lines ask: each rater against the majority of the others, ties left out.

    None where no turn has three raters or more.
    """
    found = sum((_people(call) for call in calls), Detection())
    return found.f1


def _people(call: LabelledCall) -> Detection:
    pairs: Counter[tuple[bool, bool]] = Counter()
    for labels in _asked(call).values():
        if len(labels) < MIN_RATERS:
            continue
        for label in labels:
            yes = sum(bool(other.asks) for other in labels if other is not label)
            no = len(labels) - 1 - yes
            if yes != no:
                pairs[yes > no, bool(label.asks)] += 1
    return Detection(
        n=pairs.total(), hits=pairs[True, True], false_alarms=pairs[False, True], misses=pairs[True, False]
    )
