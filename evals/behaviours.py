"""Owns how right found behaviours are, turn by turn and call by call, against what most raters say of each turn.

A reader keeps only a few claims of each behaviour, so it cannot find all turns of a long call. Three figures tell what
it can be held to: the share of its quotes that lie in a labelled turn; F1 over calls of whether a target is shown at
all; and the share of labelled turns in which something was found, which is bounded by the claims and only describes.
What is found without a reader, as questions are, has no such bound and is counted by turns.
"""

from collections.abc import Sequence
from functools import reduce
from operator import add

from evals.judging import Judged
from evals.labelled import LabelledCall
from evals.mapping import Target
from evals.measures import Measure, Unit
from evals.questions import Detection
from evals.rated_turns import TurnIds, rated_turns
from pipeline.domain.assessment import Observation
from pipeline.domain.base import Value
from pipeline.domain.metrics import Question


class Found(Value):
    """What was found in one call: observations that stood, and the questions that the detector sees."""

    observations: tuple[Observation, ...] = ()
    questions: tuple[Question, ...] = ()

    @classmethod
    def of(cls, judged: Judged, questions: Sequence[Question]) -> "Found":
        """What a reader's judgement and the detector found."""
        return cls(observations=judged.verification.observations, questions=tuple(questions))

    def turns(self, target: Target) -> TurnIds:
        """The rep's turns in which the target is found."""
        seen = {o.quote.turn_id for o in self.observations if o.behaviour in target.behaviours}
        asked = {q.turn_id for q in self.questions if q.role == "rep" and q.kind in target.questions}
        return frozenset(seen | asked)


class Counted(Value):
    """One target in one call. `turns` counts turns of the rep, `shown` the call: shown or not, by them and by us.

    `n_quotes` are observations, of which `n_right` lie in a turn that most raters label so.
    """

    call: str
    turns: Detection
    shown: Detection
    n_quotes: int
    n_right: int


def count_target(call: LabelledCall, found: Found, target: Target) -> Counted:
    """What was found against what more than half of the raters say; a target nobody sees is not shown."""
    rated = rated_turns(call, target)
    labelled, ours = rated.majority(), found.turns(target) & frozenset(rated.turns)
    quotes = [
        o.quote.turn_id for o in found.observations
        if o.behaviour in target.behaviours and o.quote.turn_id in rated.turns
    ]  # fmt: skip
    return Counted(
        call=call.id,
        turns=_detection(len(rated.turns), labelled, ours),
        shown=_detection(1, frozenset(["shown"] if labelled else []), frozenset(["shown"] if ours else [])),
        n_quotes=len(quotes),
        n_right=sum(turn in labelled for turn in quotes),
    )


def _detection(n: int, labelled: TurnIds, ours: TurnIds) -> Detection:
    return Detection(
        n=n, hits=len(labelled & ours), false_alarms=len(ours - labelled), misses=len(labelled - ours)
    )  # fmt: skip


def target_measures(prefix: str, target: Target, counted: Sequence[Counted]) -> tuple[Measure, ...]:
    """The measures of one target over all calls, named prefix.target_what; none where nobody labels it in any call."""
    turns = reduce(add, (one.turns for one in counted), Detection())
    if not turns.hits + turns.misses:
        return ()
    if target.questions:
        return _of_turns(f"{prefix}.{target.id}", target.about, counted)
    return (
        f1_measure(
            f"{prefix}.{target.id}_f1",
            f"Whether a call shows {target.about}: F1 against most raters",
            [(one.call, one.shown) for one in counted],
        ),
        _quotes_right(f"{prefix}.{target.id}_quotes_right", target.about, counted),
        _recall(f"{prefix}.{target.id}_recall", target.about, counted, capped=True),
    )


def f1_measure(name: str, about: str, counted: Sequence[tuple[str, Detection]], *, of: str = "calls") -> Measure:
    """F1 of counts by call; its baseline says yes to everything."""
    all_of = reduce(add, (found for _, found in counted), Detection())
    positive = all_of.hits + all_of.misses
    return Measure(
        name=name,
        about=about,
        units=tuple(Unit(id=call, parts=f1_parts(found)) for call, found in counted),
        n=all_of.n,
        of=of,
        baseline=2 * positive / (positive + all_of.n) if all_of.n else None,
        baseline_is=f"all {of} are said to show it" if all_of.n else None,
    )


def f1_parts(found: Detection) -> tuple[float, float]:
    """2 hits, and 2 hits + false alarms + misses: their sums' ratio is F1."""
    return 2.0 * found.hits, 2.0 * found.hits + found.false_alarms + found.misses


def macro_measure(name: str, about: str, by_target: Sequence[Sequence[Counted]]) -> Measure:
    """The mean over targets of F1 over calls; every target has the same calls in the same order."""
    rows = list(zip(*by_target, strict=True))
    base = [f1_measure(name, about, [(one.call, one.shown) for one in target]).baseline for target in by_target]
    known = [value for value in base if value is not None]
    return Measure(
        name=name,
        about=about,
        statistic="macro",
        units=tuple(
            Unit(id=row[0].call, parts=tuple(part for one in row for part in f1_parts(one.shown))) for row in rows
        ),
        n=len(rows) * len(by_target),
        of="verdicts",
        baseline=sum(known) / len(known) if known else None,
        baseline_is="all calls are said to show everything" if known else None,
    )


def quotes_measure(name: str, by_target: Sequence[Sequence[Counted]]) -> Measure:
    """The share of all quotes that lie in a turn labelled for their target; a quote of two targets counts for each."""
    rows = list(zip(*by_target, strict=True))
    parts = [(float(sum(one.n_right for one in row)), float(sum(one.n_quotes for one in row))) for row in rows]
    return Measure(
        name=name,
        about="Of the quotes for any behaviour: the share in a turn labelled so by most raters",
        units=tuple(Unit(id=row[0].call, parts=part) for row, part in zip(rows, parts, strict=True)),
        n=int(sum(n for _, n in parts)),
        of="quotes",
        baseline=_by_chance(by_target),
        baseline_is="turns of the rep by chance, as many for each behaviour",
    )


def _by_chance(by_target: Sequence[Sequence[Counted]]) -> float | None:
    quotes = [sum(one.n_quotes for one in counted) for counted in by_target]
    expected = sum(n * (_prevalence(counted) or 0.0) for n, counted in zip(quotes, by_target, strict=True))
    return expected / sum(quotes) if sum(quotes) else None


def _of_turns(name: str, about: str, counted: Sequence[Counted]) -> tuple[Measure, ...]:
    detected = [(one.call, one.turns) for one in counted]
    precision = Measure(
        name=f"{name}_precision",
        about=f"Of the turns found to hold {about}: the share labelled so by most raters",
        units=tuple(
            Unit(id=call, parts=(float(d.hits), float(d.hits + d.false_alarms))) for call, d in detected
        ),
        n=sum(d.hits + d.false_alarms for _, d in detected),
        of="turns",
        baseline=_prevalence(counted),
        baseline_is="all turns are said to show it",
    )  # fmt: skip
    recall = _recall(f"{name}_recall", about, counted, capped=False)
    return f1_measure(f"{name}_f1", f"Turns with {about}: F1 of the detector", detected, of="turns"), precision, recall


def _recall(name: str, about: str, counted: Sequence[Counted], *, capped: bool) -> Measure:
    bound = "; a reader keeps few claims, so that 1 is out of reach in a long call" if capped else ""
    return Measure(
        name=name,
        about=f"Of the turns that most raters label as {about}: the share in which it is found{bound}",
        better="neither" if capped else "more",
        units=tuple(
            Unit(id=one.call, parts=(float(one.turns.hits), float(one.turns.hits + one.turns.misses)))
            for one in counted
        ),
        n=sum(one.turns.hits + one.turns.misses for one in counted),
        of="turns",
    )


def _quotes_right(name: str, about: str, counted: Sequence[Counted]) -> Measure:
    return Measure(
        name=name,
        about=f"Of the quotes for {about}: the share in a turn labelled so by most raters",
        units=tuple(Unit(id=one.call, parts=(float(one.n_right), float(one.n_quotes))) for one in counted),
        n=sum(one.n_quotes for one in counted),
        of="quotes",
        baseline=_prevalence(counted),
        baseline_is="a turn of the rep by chance",
    )


def _prevalence(counted: Sequence[Counted]) -> float | None:
    turns = reduce(add, (one.turns for one in counted), Detection())
    return (turns.hits + turns.misses) / turns.n if turns.n else None
