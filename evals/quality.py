"""Owns one number for how a call was held, by a rubric: whether it orders calls as people do.

The number is the *balance of evidence*: the mean strength with which the rubric's effective behaviours show, less that
of its ineffective ones, from -1 to 1. The strength of a behaviour is that of its plainest observation, 0 without any,
and 1 or 0 when a measure decides it. It rests on the same verdicts as levels, and ties less: levels of a few steps are
alike for many calls. What was not read and what nothing called for counts in neither mean.
"""

from collections.abc import Iterable, Sequence

from evals.judging import Judged
from evals.labelled import LabelledCall
from evals.measures import Measure, Unit, statistic_of
from pipeline.domain.assessment import Assessment, Observation
from pipeline.domain.rubric import Polarity, Rubric
from pipeline.domain.speech import Conversation

DECIDED = frozenset({"shown", "not_shown"})


def balance(rubric: Rubric, assessment: Assessment, observations: Iterable[Observation]) -> float | None:
    """The balance of evidence; None where no behaviour was decided at all."""
    plainest: dict[str, float] = {}
    for observation in observations:
        plainest[observation.behaviour] = max(observation.strength, plainest.get(observation.behaviour, 0.0))
    decided = {
        verdict.behaviour: verdict.state == "shown" for verdict in assessment.verdicts if verdict.state in DECIDED
    }
    strengths: dict[Polarity, list[float]] = {polarity: [] for polarity in Polarity}
    for behaviour in rubric.behaviours:
        if behaviour.id in decided:
            shown = plainest.get(behaviour.id, 1.0) if decided[behaviour.id] else 0.0
            strengths[behaviour.polarity].append(shown)
    if not decided:
        return None
    return (_mean(strengths[Polarity.EFFECTIVE]) or 0.0) - (_mean(strengths[Polarity.INEFFECTIVE]) or 0.0)


def mean_level(assessment: Assessment) -> float | None:
    """The mean over scored capabilities of how far up its scale each is, 0 the lowest level and 1 the highest."""
    return _mean([(s.level - 1) / (s.of - 1) for s in assessment.scores if s.level is not None])


def quality_measures(prefix: str, rubric: Rubric, judged: Sequence[tuple[LabelledCall, Judged]]) -> tuple[Measure, ...]:
    """How often a call of high quality stands above one of low, by the balance and by levels; none without both kinds.

    The baseline is the best of three numbers that need no reader, each taken the way in which it orders better.
    """
    rated = [(call, found) for call, found in judged if call.quality is not None]
    if len({call.quality for call, _ in rated}) < 2:
        return ()
    balances = [(c, balance(rubric, j.assessment, j.verification.observations)) for c, j in rated]
    levels = [(call, mean_level(found.assessment)) for call, found in rated]
    baseline = _best_of_words([call for call, _ in rated])
    return (
        _auc(f"{prefix}.quality_auc", "by the balance of evidence", balances, baseline=baseline, target=0.85),
        _auc(f"{prefix}.quality_levels_auc", "by the mean of levels", levels, baseline=baseline),
    )


def _auc(
    name: str,
    by: str,
    scores: Sequence[tuple[LabelledCall, float | None]],
    *,
    baseline: float | None,
    target: float | None = None,
) -> Measure:
    known = [(call, score) for call, score in scores if score is not None]
    return Measure(
        name=name,
        about=f"Calls of high quality above calls of low quality, {by} (AUC)",
        statistic="auc",
        units=_units(known),
        n=len(known),
        of="calls",
        baseline=baseline,
        baseline_is="the best of: lines with a question mark, the customer's share of words, length",
        target=target,
    )


def _units(scores: Iterable[tuple[LabelledCall, float]]) -> tuple[Unit, ...]:
    return tuple(Unit(id=call.id, parts=(float(call.quality == "high"), score)) for call, score in scores)


def _best_of_words(calls: Sequence[LabelledCall]) -> float | None:
    talks = [(call, call.conversation) for call in calls if call.conversation is not None]
    found = []
    for number in (_marks, _customer_share, _length):
        auc = statistic_of("auc", _units((call, number(talk)) for call, talk in talks))
        found += [] if auc is None else [max(auc, 1 - auc)]
    return max(found, default=None)


def _marks(conversation: Conversation) -> float:
    return float(sum("?" in turn.text for turn in conversation.turns if turn.role == "rep"))


def _customer_share(conversation: Conversation) -> float:
    words = {role: sum(len(t.words) for t in conversation.turns if t.role == role) for role in ("rep", "customer")}
    return words["customer"] / max(1, words["rep"] + words["customer"])


def _length(conversation: Conversation) -> float:
    return float(sum(len(turn.words) for turn in conversation.turns))


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None
