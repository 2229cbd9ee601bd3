"""Owns the part of the calls written for this project: whole verdicts and levels, after verification and scoring."""

from collections.abc import Callable, Sequence
from functools import reduce
from operator import add

from evals.against_people import LevelPair, level_measures
from evals.behaviours import f1_parts
from evals.cases import Case, load_cases
from evals.judging import Judged, judge
from evals.measures import Measure, Unit, statistic_of
from evals.questions import Detection
from evals.readers import CaseScore, score_case
from evals.reference_readers import EverythingReader, NothingReader
from evals.suites import Failure, Setting, Skipped
from evals.suites.behaviours_part import EXAMPLES, Part, Reading, sha256_of
from pipeline.domain.rubric import Rubric
from pipeline.ports import Reader

PREFIX = "behaviours.cases"
_TRIVIAL: tuple[Reader, ...] = (NothingReader(), EverythingReader())


def cases_part(setting: Setting, reading: Reading, *, cases: Sequence[Case] | None = None) -> Part:
    """What a reader makes of the written cases, beside the better of two that claim nothing and everything.

    A case with labels of behaviours or capabilities that a rubric which stands in does not have is skipped.
    """
    written = load_cases() if cases is None else tuple(cases)
    rubrics = {name: setting.rubric(name).rubric for name in dict.fromkeys(case.rubric for case in written)}
    strangers = {case.id: strange for case in written if (strange := _strange(case, rubrics[case.rubric]))}
    refused = [
        Skipped(what=f"cases: {name}", reason=f"the rubric has no {strange}") for name, strange in strangers.items()
    ]
    calls = [case for case in written if case.id not in strangers]
    judged = list(reading.judged(calls, lambda case: (case.conversation, rubrics[case.rubric]), refused=refused))
    if not judged:
        return Part(skipped=refused)
    scores = [score_case(case, found, rubrics[case.rubric]) for case, found in judged]
    trivial = [[_trivial(case, rubrics[case.rubric], reader) for case, _ in judged] for reader in _TRIVIAL]
    return Part(
        measures=(
            *(_f1(what, about, scores, trivial) for what, about in _DETECTIONS),
            _quotes(scores, trivial),
            _level_error(scores, trivial),
            *level_measures(PREFIX, [(case.id, _levels(case, found)) for case, found in judged]),
        ),
        failures=tuple(failure for case, found in judged for failure in _failures(case, found)),
        skipped=refused,
        inputs=(("cases", sha256_of(calls)),),
    )


_DETECTIONS = (
    ("f1", "Behaviours shown in a call: F1 of the verdicts"),
    ("evidenced_f1", "Behaviours shown in a call: F1 of verdicts whose strongest quote is in a labelled turn"),
)


def _strange(case: Case, rubric: Rubric) -> str:
    """Labelled behaviours and capabilities that the rubric does not have, as text."""
    missing = set(case.states) - {b.id for b in rubric.behaviours}
    missing |= set(case.levels) ^ {c.id for c in rubric.capabilities}
    return ", ".join(sorted(missing))


def _trivial(case: Case, rubric: Rubric, reader: Reader) -> CaseScore:
    return score_case(case, judge(case.conversation, rubric, reader), rubric)


def _f1(what: str, about: str, scores: Sequence[CaseScore], trivial: Sequence[Sequence[CaseScore]]) -> Measure:
    def counted(score: CaseScore) -> Detection:
        return score.behaviours if what == "f1" else score.evidenced

    return Measure(
        name=f"{PREFIX}.{what}",
        about=about,
        units=_units(scores, lambda score: f1_parts(counted(score))),
        n=reduce(add, (counted(score) for score in scores), Detection()).n,
        of="verdicts",
        baseline=_best([_units(other, lambda score: f1_parts(counted(score))) for other in trivial], max),
        baseline_is="the better of claiming nothing and claiming everything",
    )


def _quotes(scores: Sequence[CaseScore], trivial: Sequence[Sequence[CaseScore]]) -> Measure:
    def parts(score: CaseScore) -> tuple[float, float]:
        return score.observations.total, float(score.observations.n)

    return Measure(
        name=f"{PREFIX}.quotes_right",
        about="Of the quotes: the share in a turn labelled for their behaviour",
        units=_units(scores, parts),
        n=sum(score.observations.n for score in scores),
        of="quotes",
        baseline=_best([_units(other, parts) for other in trivial], max),
        baseline_is="claiming everything",
    )


def _level_error(scores: Sequence[CaseScore], trivial: Sequence[Sequence[CaseScore]]) -> Measure:
    def parts(score: CaseScore) -> tuple[float, float]:
        return score.level_error.total, float(score.level_error.n)

    return Measure(
        name=f"{PREFIX}.level_error",
        about="How many levels we are off, whichever way",
        better="less",
        units=_units(scores, parts),
        n=sum(score.level_error.n for score in scores),
        of="levels",
        baseline=_best([_units(other, parts) for other in trivial], min),
        baseline_is="the better of claiming nothing and claiming everything",
        unit="levels",
    )


def _units(scores: Sequence[CaseScore], parts: Callable[[CaseScore], tuple[float, float]]) -> tuple[Unit, ...]:
    return tuple(Unit(id=score.call, parts=parts(score)) for score in scores)


def _best(of: Sequence[Sequence[Unit]], choose: Callable[[Sequence[float]], float]) -> float | None:
    known = [value for units in of if (value := statistic_of("ratio", units)) is not None]
    return choose(known) if known else None


def _levels(case: Case, judged: Judged) -> list[LevelPair]:
    pairs = [(case.levels[score.capability], score.level) for score in judged.assessment.scores]
    return [(theirs, ours) for theirs, ours in pairs if theirs is not None and ours is not None]


def _failures(case: Case, judged: Judged) -> list[Failure]:
    """Quotes in turns that no label names, the strongest first."""
    wrong = [o for o in judged.verification.observations if o.quote.turn_id not in case.evidence(o.behaviour)]
    return [
        Failure(
            measure=f"{PREFIX}.quotes_right",
            unit=case.id,
            text=o.text,
            expected=f"{o.behaviour}: {case.states.get(o.behaviour, 'no label')}, not in {o.quote.turn_id}",
            found=o.behaviour,
        )
        for o in sorted(wrong, key=lambda o: -o.strength)[:EXAMPLES]
    ]
