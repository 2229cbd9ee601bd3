"""Owns the choice of the strength and of the improvement: open formulas, whose every factor is shown with its reason.

    improvement = importance x gap x evidence x focus
    strength    = importance x clarity x specificity

- importance: the capability's weight in the rubric, out of 5.
- gap: steps of the level scale from the level reached to just above the top, out of all: (of - level + 1) / of. It is
  never 0, so that a call at the top of every scale still has a next thing to learn.
- evidence: 1 - 0.2 / n for n quotes (moments missed, or ineffective behaviour in words); 0.6 for a behaviour looked
  for in 10 turns or more and not found, less in proportion below; 0.4 for a measure alone.
- focus: 1 inside the rep's current focus, or without one; 0.5 outside it.
- clarity: the claim's strength, by which a reader orders its own claims.
- specificity: words of the quote that are no function words, out of 6, at most 1.
"""

from collections.abc import Iterable
from math import prod

from pipeline.domain.assessment import Observation, Verdict
from pipeline.domain.coaching import Candidate, Factor
from pipeline.domain.evidence import Evidence
from pipeline.domain.normal import WordRun, content_words, normal_words
from pipeline.domain.rubric import Capability, Polarity

TOP_WEIGHT = 5
WIDE_SEARCH_TURNS = 10
NOT_FOUND, MEASURE_ONLY, ONE_QUOTE_SHORT = 0.6, 0.4, 0.2
OUTSIDE_FOCUS = 0.5
SPECIFIC_WORDS = 6

RankedStrength = tuple[Observation, tuple[Factor, ...]]


def candidates(evidence: Evidence, *, focus: str | None = None) -> tuple[Candidate, ...]:
    """Every behaviour that could be the improvement, the first choice first; ties go to the rubric's order.

    Effective behaviours that were looked for and not shown, and ineffective ones that were shown. Left out: what the
    rep already did in this call, what nothing called for, what was not read, and all of an unscored capability.
    `focus` is the id of the behaviour or capability the rep is working on; one that this rubric does not have leaves
    the order as it is, and the reasons say so.
    """
    found = [
        _candidate(evidence, verdict, focus)
        for verdict in evidence.assessment.verdicts
        if _could_improve(evidence, verdict)
    ]
    return tuple(sorted(found, key=lambda candidate: -candidate.rank_value))


def strengths(evidence: Evidence) -> tuple[RankedStrength, ...]:
    """The observations of effective behaviours, the first choice first, each with its factors; ties go to the earlier.

    Left out: behaviours of somebody else than the rep, and words that also show an ineffective behaviour, since one
    draft must not say two things of the same words.
    """
    against = [o for o in evidence.observations if o.kind is Polarity.INEFFECTIVE]
    found = [
        (observation, _strength_factors(evidence, observation))
        for observation in evidence.observations
        if observation.kind is Polarity.EFFECTIVE
        and observation.role == "rep"
        and not _shares_words(observation, against)
    ]
    return tuple(sorted(found, key=lambda pair: -_product(pair[1])))


def _could_improve(evidence: Evidence, verdict: Verdict) -> bool:
    if evidence.assessment.score(verdict.capability).level is None:
        return False
    is_effective = evidence.behaviour(verdict.behaviour).polarity is Polarity.EFFECTIVE
    return verdict.state == ("not_shown" if is_effective else "shown")


def _candidate(evidence: Evidence, verdict: Verdict, focus: str | None) -> Candidate:
    capability = evidence.capability_of(verdict.behaviour)
    factors = (
        _importance(capability),
        _gap(evidence, capability),
        _evidence(verdict),
        _focus(evidence, verdict, focus),
    )
    return Candidate(
        capability=capability.id, behaviour=verdict.behaviour, rank_value=_product(factors), factors=factors
    )


def _product(factors: Iterable[Factor]) -> float:
    return round(prod(factor.value for factor in factors), 6)


def _importance(capability: Capability) -> Factor:
    why = f"weight {capability.weight} of {TOP_WEIGHT} in the rubric"
    return Factor(name="importance", value=capability.weight / TOP_WEIGHT, why=why)


def _gap(evidence: Evidence, capability: Capability) -> Factor:
    score = evidence.assessment.score(capability.id)
    assert score.level is not None  # unscored capabilities were left out
    value = (score.of - score.level + 1) / score.of
    return Factor(name="gap", value=value, why=f"{capability.name}: level {score.level} of {score.of}")


def _evidence(verdict: Verdict) -> Factor:
    if verdict.missed:
        n = len(verdict.missed)
        return _quoted(n, f"{_times(n)} something was said that calls for it, and it did not follow")
    if verdict.observation_ids:
        n = len(verdict.observation_ids)
        return _quoted(n, f"{_times(n)} it can be quoted from this call")
    if verdict.measured is not None:
        return Factor(name="evidence", value=MEASURE_ONLY, why="decided by a measure, with no words to quote")
    n = len(verdict.looked_in)
    value = NOT_FOUND * min(1.0, n / WIDE_SEARCH_TURNS)
    return Factor(name="evidence", value=value, why=f"looked for in {n} turn{'s' * (n != 1)} and not found")


def _quoted(n: int, why: str) -> Factor:
    return Factor(name="evidence", value=1 - ONE_QUOTE_SHORT / n, why=why)


def _times(n: int) -> str:
    return "once" if n == 1 else f"{n} times"


def _focus(evidence: Evidence, verdict: Verdict, focus: str | None) -> Factor:
    if focus is None:
        return Factor(name="focus", value=1, why="no focus is open")
    if focus in (verdict.behaviour, verdict.capability):
        return Factor(name="focus", value=1, why="it is the current focus")
    known = {b.id for b in evidence.rubric.behaviours} | {c.id for c in evidence.rubric.capabilities}
    why = "outside the current focus" if focus in known else "the current focus is not in this rubric"
    return Factor(name="focus", value=OUTSIDE_FOCUS, why=why)


def _strength_factors(evidence: Evidence, observation: Observation) -> tuple[Factor, ...]:
    n = len(content_words(normal_words(observation.text)))
    return (
        _importance(evidence.capability_of(observation.behaviour)),
        Factor(name="clarity", value=observation.strength, why="how plainly the reader saw it, among its own claims"),
        Factor(name="specificity", value=min(1.0, n / SPECIFIC_WORDS), why=f"{n} words of content in the quote"),
    )


def _shares_words(observation: Observation, others: list[Observation]) -> bool:
    run = WordRun(observation.quote.first_word, observation.quote.last_word)
    return any(
        other.quote.turn_id == observation.quote.turn_id
        and run.overlaps(WordRun(other.quote.first_word, other.quote.last_word))
        for other in others
    )
