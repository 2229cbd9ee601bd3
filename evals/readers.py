"""Owns how good readers are: each is run on labelled calls as a night would run it, and compared with the labels.

Everything is counted after verification and scoring, since that is what a manager sees. Intervals resample whole
calls. Beside a reader stand three that need no model: one that claims nothing, one that claims everything, and one
that has the labels, so that what it is not given credit for is not the reading's fault: where the pipeline looks, and
the rubric's rule.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import reduce
from operator import add
from pathlib import Path

from pydantic import Field

from evals.cases import SUITE, Case, load_cases
from evals.figures import Figure, Mean, interval
from evals.judging import Judged, Told, add_reader_options, judge, reader_of, tell, untold
from evals.questions import Detection
from evals.reference_readers import EverythingReader, LabelReader, NothingReader
from pipeline.domain.assessment import Observation, RejectionReason
from pipeline.domain.base import Value
from pipeline.domain.chat import TokenUse
from pipeline.domain.rubric import Rubric
from pipeline.engines.readers import READERS
from pipeline.ports import Reader
from pipeline.rubrics import find_rubric


class CaseScore(Value):
    """One reader on one labelled call.

    `behaviours` counts those that need reading, shown or not; one left unread is not shown. In `evidenced` a behaviour
    rightly shown is a hit only where its strongest observation lies in a labelled turn, else a false alarm and a miss:
    a right verdict that a manager hears wrong words for is no right reading. `leading` is the share of such hits.
    `states` is the share whose verdict is the label's own. `observations` are all that stood, and whether each lies in
    a turn labelled for its behaviour.
    `level_error` is over capabilities that both label and rule give a level; `scored` is the share of capabilities that
    both give one, or neither. Answers that were kept count with the seconds that they took when they were had.
    """

    call: str
    behaviours: Detection
    evidenced: Detection
    by_capability: dict[str, Detection]
    states: Mean
    leading: Mean
    observations: Mean
    level_error: Mean
    exact_levels: Mean
    scored: Mean
    n_claims: int = Field(ge=0)
    rejected: dict[RejectionReason, int]
    n_unread: int = Field(ge=0)
    seconds: float = Field(ge=0)
    tokens: TokenUse = TokenUse()
    cost_usd: float | None = Field(default=0.0, ge=0)


def score_case(case: Case, judged: Judged, rubric: Rubric) -> CaseScore:
    """How far what was judged agrees with the labels of the call."""
    by_capability = {c.id: _detection(case, judged, [b.id for b in c.behaviours]) for c in rubric.capabilities}
    labels, usage = case.states, judged.reading.usage
    found = judged.verification.observations
    behaviours = reduce(add, by_capability.values(), Detection())
    leading = _leading_evidence(case, judged)
    levels = [(case.levels[score.capability], score.level) for score in judged.assessment.scores]
    errors = [float(abs(label - level)) for label, level in levels if label is not None and level is not None]
    return CaseScore(
        call=case.id,
        behaviours=behaviours,
        evidenced=_with_wrong_evidence(behaviours, n=sum(not right for right in leading)),
        by_capability=by_capability,
        states=_share(judged.assessment.verdict(name).state == label for name, label in labels.items()),
        leading=_share(leading),
        observations=_share(o.quote.turn_id in case.evidence(o.behaviour) for o in found),
        level_error=Mean(total=sum(errors), n=len(errors)),
        exact_levels=_share(error == 0 for error in errors),
        scored=_share((label is None) == (level is None) for label, level in levels),
        n_claims=len(judged.reading.claims),
        rejected=dict(Counter(rejected.reason for rejected in judged.verification.rejected)),
        n_unread=len(judged.reading.unread),
        seconds=max(judged.seconds, usage.seconds),
        tokens=usage.tokens,
        cost_usd=usage.cost_usd,
    )


def _detection(case: Case, judged: Judged, behaviours: Iterable[str]) -> Detection:
    labels = case.states
    pairs = Counter(
        (labels[name] == "shown", judged.assessment.verdict(name).state == "shown")
        for name in behaviours
        if name in labels
    )
    return Detection(
        n=sum(pairs.values()), hits=pairs[True, True], false_alarms=pairs[False, True], misses=pairs[True, False]
    )


def _leading_evidence(case: Case, judged: Judged) -> list[bool]:
    """For each behaviour rightly shown: is its strongest observation, the first of equals, in a labelled turn?"""
    return [
        _strongest(judged.verification.observations, name).quote.turn_id in case.evidence(name)
        for name, label in case.states.items()
        if label == "shown" and judged.assessment.verdict(name).state == "shown"
    ]


def _strongest(observations: Iterable[Observation], behaviour: str) -> Observation:
    return max((o for o in observations if o.behaviour == behaviour), key=lambda o: o.strength)


def _with_wrong_evidence(found: Detection, *, n: int) -> Detection:
    return found.model_copy(
        update={
            "hits": found.hits - n,
            "false_alarms": found.false_alarms + n,
            "misses": found.misses + n,
        }
    )


def _share(agreed: Iterable[bool]) -> Mean:
    known = list(agreed)
    return Mean(total=sum(known), n=len(known))


class ReaderScore(Value):
    """One reader on all calls: figures by name, what only needs counting, and the calls one by one."""

    reader: str
    identity: str
    n_calls: int = Field(ge=1)
    figures: dict[str, Figure]
    by_capability: dict[str, Detection]
    n_claims: int = Field(ge=0)
    rejected: dict[RejectionReason, int]
    n_unread: int = Field(ge=0)
    seconds_per_call: float = Field(ge=0)
    tokens: TokenUse
    cost_usd: float | None
    calls: tuple[CaseScore, ...]


_Parts = Sequence[CaseScore]
_Counted = tuple[float | None, int]
"""A value, and of how many things."""


def _detected(parts: _Parts) -> Detection:
    return sum((part.behaviours for part in parts), Detection())


def _evidenced_f1(parts: _Parts) -> _Counted:
    found = sum((part.evidenced for part in parts), Detection())
    return found.f1, found.n


def _precision(parts: _Parts) -> _Counted:
    found = _detected(parts)
    return found.precision, found.hits + found.false_alarms


def _recall(parts: _Parts) -> _Counted:
    found = _detected(parts)
    return found.recall, found.hits + found.misses


def _f1(parts: _Parts) -> _Counted:
    found = _detected(parts)
    return found.f1, found.n


def _mean_of(field: str) -> Callable[[_Parts], _Counted]:
    def counted(parts: _Parts) -> _Counted:
        mean: Mean = sum((getattr(part, field) for part in parts), Mean())
        return mean.value, mean.n

    return counted


_FIGURES: dict[str, Callable[[_Parts], _Counted]] = {
    "behaviour_precision": _precision,
    "behaviour_recall": _recall,
    "behaviour_f1": _f1,
    "evidenced_f1": _evidenced_f1,
    "state_right": _mean_of("states"),
    "leading_evidence_right": _mean_of("leading"),
    "observations_right": _mean_of("observations"),
    "level_error": _mean_of("level_error"),
    "level_exact": _mean_of("exact_levels"),
    "scored_alike": _mean_of("scored"),
}
_LESS_IS_BETTER = frozenset({"level_error"})


def combine(name: str, identity: str, parts: _Parts, *, trivial: Sequence[_Parts] = ()) -> ReaderScore:
    """The score of a reader over its calls; a figure's baseline is the best of the trivial readers' on these calls."""
    costs = [part.cost_usd for part in parts]
    capabilities = dict.fromkeys(name for part in parts for name in part.by_capability)
    return ReaderScore(
        reader=name,
        identity=identity,
        n_calls=len(parts),
        figures={figure: _figure(figure, parts, trivial) for figure in _FIGURES},
        by_capability={c: sum((p.by_capability.get(c, Detection()) for p in parts), Detection()) for c in capabilities},
        n_claims=sum(part.n_claims for part in parts),
        rejected=dict(sum((Counter(part.rejected) for part in parts), Counter())),
        n_unread=sum(part.n_unread for part in parts),
        seconds_per_call=round(sum(part.seconds for part in parts) / len(parts), 3),
        tokens=sum((part.tokens for part in parts), TokenUse()),
        cost_usd=None if None in costs else sum(cost for cost in costs if cost is not None),
        calls=tuple(parts),
    )


def _figure(name: str, parts: _Parts, trivial: Sequence[_Parts]) -> Figure:
    counted = _FIGURES[name]
    low, high = interval(parts, lambda drawn: counted(drawn)[0])
    known = [found for other in trivial if (found := counted(other)[0]) is not None]
    best = (min if name in _LESS_IS_BETTER else max)(known, default=None)
    value, n = counted(parts)
    return Figure(value=value, n=n, low=low, high=high, baseline=best)


def score_readers(readers: Mapping[str, Reader], cases: Sequence[Case], *, told: Told = untold) -> list[ReaderScore]:
    """The trivial readers, then these, then the labels themselves, each on all of the cases.

    `told` hears of each call that is done. Raises: StageError when a reader cannot read.
    """
    trivial: dict[str, Reader] = {"nothing": NothingReader(), "everything": EverythingReader()}
    parts = {
        name: [_scored(name, reader, case, told) for case in cases]
        for name, reader in {**trivial, **readers, "labels": LabelReader(cases)}.items()
    }
    identities = {name: reader.identity for name, reader in readers.items()}
    baselines = [parts[name] for name in trivial]
    return [combine(name, identities.get(name, name), found, trivial=baselines) for name, found in parts.items()]


def _scored(name: str, reader: Reader, case: Case, told: Told) -> CaseScore:
    rubric = find_rubric(case.rubric).rubric
    score = score_case(case, judge(case.conversation, rubric, reader), rubric)
    told(f"{name}: {case.id} in {score.seconds:.1f} s")
    return score


_HEAD = (
    "reader",
    "calls",
    "precision",
    "recall",
    "F1 (95%)",
    "F1 with evidence (95%)",
    "evidence",
    "quotes right",
    "level error (95%)",
    "exact",
)
_TAIL = ("refused", "unread", "s/call", "tokens in/cached/out", "cost $")


def table(scores: Iterable[ReaderScore]) -> str:
    """The scores as a table in Markdown."""
    rows = [_HEAD + _TAIL, tuple("---" for _ in _HEAD + _TAIL), *(_row(score) for score in scores)]
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def _row(score: ReaderScore) -> tuple[str, ...]:
    def shown(name: str, *, bounds: bool = False) -> str:
        figure = score.figures[name]
        if figure.value is None:
            return "-"
        span = f" ({figure.low:.2f} to {figure.high:.2f})" if bounds and figure.low is not None else ""
        return f"{figure.value:.2f}{span}"

    refused = ", ".join(f"{reason} {n}" for reason, n in sorted(score.rejected.items()))
    tokens = score.tokens
    return (
        score.reader,
        str(score.n_calls),
        shown("behaviour_precision"),
        shown("behaviour_recall"),
        shown("behaviour_f1", bounds=True),
        shown("evidenced_f1", bounds=True),
        f"{shown('leading_evidence_right')} of {score.figures['leading_evidence_right'].n}",
        f"{shown('observations_right')} of {score.figures['observations_right'].n}",
        shown("level_error", bounds=True),
        shown("level_exact"),
        f"{sum(score.rejected.values())} of {score.n_claims}" + (f": {refused}" if refused else ""),
        str(score.n_unread),
        f"{score.seconds_per_call:.1f}",
        f"{tokens.input_tokens}/{tokens.cached_tokens}/{tokens.output_tokens}" if tokens != TokenUse() else "-",
        "-" if score.cost_usd is None else f"{score.cost_usd:.4f}" if score.cost_usd else "0",
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Prints the table of the readers that the arguments name; `--out` keeps all figures as JSON."""
    parser = argparse.ArgumentParser(prog="python -m evals.readers", description="How good readers are.")
    parser.add_argument("--reader", action="append", choices=READERS, required=True)
    parser.add_argument("--suite", default=SUITE)
    add_reader_options(parser)
    parser.add_argument("--json", action="store_true", help="print the figures as JSON and no table")
    parser.add_argument("--out", type=Path, help="a file for the figures as JSON")
    given = parser.parse_args(arguments)
    readers = {name: reader_of(given, name) for name in given.reader}
    scores = score_readers(readers, load_cases(given.suite), told=tell)
    kept = json.dumps([score.model_dump(mode="json") for score in scores], indent=1)
    if given.out:
        given.out.write_text(kept + "\n", encoding="utf-8")
    sys.stdout.write((kept if given.json else table(scores)) + "\n")


if __name__ == "__main__":
    main()
