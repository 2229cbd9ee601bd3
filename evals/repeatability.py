"""Owns how far a reader repeats itself: calls are read more than once, and verdicts, levels and quotes compared.

For a behaviour, a *pair* is two readings of one call of which the reader had a place to look at in at least one, and
of which at most one left the behaviour unread; it *flips* where the two verdicts' states differ. The flip rate is
flips over pairs: of k readings of each of n calls, up to n * k * (k - 1) / 2 pairs. Of a changed transcript each
reading is paired with that of the call as it is. Bounds resample calls, since the pairs of one call are alike.

Equal requests to a language model are answered from what is kept, so a further reading numbers its requests
(`ChatRequest.sample`). The embedded readers have nothing that could differ: for equal words they compute the same
again, and only changes of the transcript say how steady they are.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations

from evals.figures import Figure
from evals.judging import Judged, judge
from evals.measures import Measure, Unit
from evals.suites import Advance, unwatched
from evals.transcript_changes import changed
from pipeline.domain.assessment import VerdictState
from pipeline.domain.rubric import Rubric
from pipeline.domain.speech import Conversation
from pipeline.domain.stability import FlipRate, NotRead, Repeatability, Stability
from pipeline.errors import StageError
from pipeline.ports import Reader
from pipeline.rubrics import reading_hash
from pipeline.stages.measure import measure
from pipeline.stages.observe import openings

READING, CHANGING = "reading again", "reading changed transcripts"


@dataclass(frozen=True)
class Plan:
    """How calls are read again: `k` times as they are (once by a reader that is alike by construction), and with
    `changes` once more under each change of their transcripts.

    `reader` makes the reader of a reading, numbered from 0. All have the same identity; one that asks a language model
    asks anew for each number.
    """

    rubric: Rubric
    reader: Callable[[int], Reader]
    k: int
    changes: bool


@dataclass(frozen=True)
class Seen:
    """What one reading came to. `leading` is the turn of the plainest quote of what was shown, as the call has it.

    `asked` are the behaviours for which the reader had a place to look at.
    """

    states: Mapping[str, VerdictState]
    levels: Mapping[str, int | None]
    leading: Mapping[str, str]
    asked: frozenset[str]


@dataclass(frozen=True)
class Pair:
    """Two readings of a call; `change` is what was changed in its transcript for the second, if anything was."""

    call: str
    first: Seen
    second: Seen
    change: str = ""


def repeat(plan: Plan, calls: Sequence[Conversation], *, at: datetime, advance: Advance = unwatched) -> Repeatability:
    """Every call read as often as planned, and how far the readings agree; `at` is when.

    A call that cannot be read at all counts in nothing and is named. Raises: what asking a language model raises;
    what it answered by then is kept.
    """
    pairs: list[Pair] = []
    not_read: list[NotRead] = []
    readers = [plan.reader(number) for number in range(plan.k)]
    n = len(calls) * plan.k
    for number, call in enumerate(calls):
        try:
            read = []
            for reading, reader in enumerate(readers):
                read.append(_seen(call, plan.rubric, reader))
                advance(READING, number * plan.k + reading + 1, n)
            pairs += [Pair(call.call, a, b) for a, b in combinations(read, 2)]
            pairs += _under_changes(plan, call, read[0], readers[0]) if plan.changes else []
        except StageError as error:
            not_read.append(NotRead(call=call.call, reason=error.message))
        if plan.changes:
            advance(CHANGING, number + 1, len(calls))
    return Repeatability(
        reader=readers[0].identity,
        rubric=plan.rubric.id,
        rubric_version=plan.rubric.version,
        rubric_reads=reading_hash(plan.rubric),
        k=plan.k,
        n_calls=len(calls) - len(not_read),
        not_read=tuple(not_read),
        readings=stability([pair for pair in pairs if not pair.change], plan.rubric) if plan.k > 1 else None,
        transcripts=stability([pair for pair in pairs if pair.change], plan.rubric) if plan.changes else None,
        at=at,
    )


def _under_changes(plan: Plan, call: Conversation, before: Seen, reader: Reader) -> list[Pair]:
    return [
        Pair(call.call, before, _seen(found.conversation, plan.rubric, reader, found.origin), found.name)
        for found in changed(call)
    ]


def _seen(call: Conversation, rubric: Rubric, reader: Reader, origin: Mapping[str, str] | None = None) -> Seen:
    found = openings(call, rubric, measure(call).questions)
    asked = frozenset(opening.behaviour for opening in found if opening.places)
    return seen(judge(call, rubric, reader), asked, origin or {turn.id: turn.id for turn in call.turns})


def seen(judged: Judged, asked: frozenset[str], origin: Mapping[str, str]) -> Seen:
    """What a judged call came to, its turns told by where they come from."""
    leading: dict[str, str] = {}
    for observation in sorted(judged.verification.observations, key=lambda o: -o.strength):
        leading.setdefault(observation.behaviour, origin[observation.quote.turn_id])
    return Seen(
        states={verdict.behaviour: verdict.state for verdict in judged.assessment.verdicts},
        levels={score.capability: score.level for score in judged.assessment.scores},
        leading=leading,
        asked=asked,
    )


def stability(pairs: Sequence[Pair], rubric: Rubric) -> Stability:
    """What these pairs say, all of one kind."""
    names = [behaviour.id for behaviour in rubric.behaviours if behaviour.measure is None]
    kinds = sorted({pair.change for pair in pairs if pair.change})
    return Stability(
        overall=_rate("all", _verdict_flips(pairs, names)),
        behaviours=tuple(_rate(name, _verdict_flips(pairs, [name])) for name in names),
        levels=tuple(_rate(c.id, _level_flips(pairs, c.id)) for c in rubric.capabilities),
        quotes=_rate("all", _other_quotes(pairs, names)),
        changes=tuple(_rate(kind, _verdict_flips([p for p in pairs if p.change == kind], names)) for kind in kinds),
    )


_Flips = Iterable[tuple[str, bool]]
"""Of each pair that counts, its call and whether it flips."""


def _verdict_flips(pairs: Iterable[Pair], names: Sequence[str]) -> _Flips:
    for pair in pairs:
        for name in names:
            states = pair.first.states[name], pair.second.states[name]
            if name in pair.first.asked | pair.second.asked and states != ("unread", "unread"):
                yield pair.call, states[0] != states[1]


def _level_flips(pairs: Iterable[Pair], capability: str) -> _Flips:
    for pair in pairs:
        levels = pair.first.levels[capability], pair.second.levels[capability]
        if levels != (None, None):
            yield pair.call, levels[0] != levels[1]


def _other_quotes(pairs: Iterable[Pair], names: Sequence[str]) -> _Flips:
    for pair in pairs:
        for name in names:
            turns = pair.first.leading.get(name), pair.second.leading.get(name)
            if None not in turns:
                yield pair.call, turns[0] != turns[1]


def _rate(name: str, found: _Flips) -> FlipRate:
    by_call: dict[str, list[bool]] = {}
    for call, flips in found:
        by_call.setdefault(call, []).append(flips)
    units = tuple(Unit(id=call, parts=(sum(flips), len(flips))) for call, flips in by_call.items())
    n = sum(len(flips) for flips in by_call.values())
    figure = Measure(
        name=f"repeatability.flips.{name}", about="pairs that differ", better="less", units=units, n=n, of="pairs"
    ).figure
    low, high = _bounds(figure)
    return FlipRate(
        id=name,
        flips=sum(sum(flips) for flips in by_call.values()),
        pairs=n,
        calls=len(units),
        rate=figure.value,
        low=low,
        high=high,
    )


def _bounds(figure: Figure) -> tuple[float | None, float | None]:
    """The figure's bounds; where all resamples are alike, those of so many calls that had, or had not, one flip.

    Clopper and Pearson (1934) for none, or all, of n: a call's rate is at most 1 where it has any flip, and not seeing
    one in five calls is no proof that there are none.
    """
    if figure.units is None or figure.low is None or figure.value not in (0, 1):
        return figure.low, figure.high
    unseen = 0.025 ** (1 / figure.units)
    return (0.0, 1 - unseen) if figure.value == 0 else (unseen, 1.0)
