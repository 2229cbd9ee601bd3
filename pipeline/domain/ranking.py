"""Owns the choice of the strength and of the improvement: open formulas, whose every factor is shown with its reason.

    improvement = importance x gap x evidence x focus
    strength    = importance x clarity x specificity

- importance: the capability's weight in the rubric, out of 5.
- gap: steps of the level scale from the level reached to just above the top, out of all: (of - level + 1) / of. It is
  never 0, so that a call at the top of every scale still has a next thing to learn.
- evidence: 1 - 0.2 / n for n moments missed; 0.6 for a behaviour looked for in 10 turns or more and not found, less in
  proportion below; either less 0.8 x how near the reader came to claiming it, since nobody is to be told to do what
  they may have done. 0.4 for a measure alone. For an ineffective behaviour in words 1 - 0.2 / n times the strength of
  the plainest claim, since a quote held against somebody has to show it; and none of those claims counts that is
  weaker than `PLAIN`.
- focus: 1 inside the rep's current focus, or without one; 0.5 outside it.
- clarity: the claim's strength, by which a reader orders its own claims, squared: praise for words that do not show it
  is worse than praise for a less specific quote.
- specificity: words of the quote that are no function words, out of 6, at most 1.
"""

from collections.abc import Collection, Iterable
from math import prod

from pipeline.domain.assessment import Observation, Verdict
from pipeline.domain.coaching import Candidate, Factor
from pipeline.domain.evidence import Evidence
from pipeline.domain.normal import WordRun, content_words, normal_words
from pipeline.domain.rubric import Capability, Polarity

TOP_WEIGHT = 5
WIDE_SEARCH_TURNS = 10
NOT_FOUND, MEASURE_ONLY, ONE_QUOTE_SHORT = 0.6, 0.4, 0.2
DOUBT = 0.8
OUTSIDE_FOCUS = 0.5
SPECIFIC_WORDS = 6
PLAIN = 0.45
"""Strength that a claim of an ineffective behaviour needs, to be the one thing a rep is asked to change.

A false one does more harm than a true one left out, which still stands in the scorecard. The similarity reader's five
claims on tests/fixtures/discovery_calls.yaml: true at 0.53, 0.47 and 0.43, false at 0.39 and 0.39; its false ones on
five real recordings are at 0.44 and less. The turnwise reader's begin at 0.48: five on the fixture, all true.
"""

RankedStrength = tuple[Observation, tuple[Factor, ...]]


def candidates(
    evidence: Evidence, *, focus: str | None = None, withheld: Collection[str] = ()
) -> tuple[Candidate, ...]:
    """Every behaviour that could be the improvement, the first choice first; ties go to the rubric's order.

    Effective behaviours that were looked for and not shown, and ineffective ones that were plainly shown. Left out:
    what the rep already did in this call, what nothing called for, what was not read, all of an unscored capability,
    and the `withheld` behaviours.
    `focus` is the id of the behaviour or capability the rep is working on; one that this rubric does not have leaves
    the order as it is, and the reasons say so.
    """
    found = [
        _candidate(evidence, verdict, focus)
        for verdict in evidence.assessment.verdicts
        if verdict.behaviour not in withheld and _could_improve(evidence, verdict)
    ]
    return tuple(sorted(found, key=lambda candidate: -candidate.rank_value))


def strengths(evidence: Evidence, *, withheld: Collection[str] = ()) -> tuple[RankedStrength, ...]:
    """The observations of effective behaviours, the first choice first, each with its factors; ties go to the earlier.

    Left out: behaviours of somebody else than the rep, the `withheld` ones, and words that also show an ineffective
    behaviour, even a withheld one, since one draft must not say two things of the same words.
    """
    against = [o for o in evidence.observations if o.kind is Polarity.INEFFECTIVE]
    found = [
        (observation, _strength_factors(evidence, observation))
        for observation in evidence.observations
        if observation.kind is Polarity.EFFECTIVE
        and observation.role == "rep"
        and observation.behaviour not in withheld
        and not _shares_words(observation, against)
    ]
    return tuple(sorted(found, key=lambda pair: -_product(pair[1])))


def _could_improve(evidence: Evidence, verdict: Verdict) -> bool:
    if evidence.assessment.score(verdict.capability).level is None:
        return False
    if evidence.behaviour(verdict.behaviour).polarity is Polarity.EFFECTIVE:
        return verdict.state == "not_shown"
    return verdict.state == "shown" and (verdict.measured is not None or bool(_plain(evidence, verdict)))


def _plain(evidence: Evidence, verdict: Verdict) -> list[float]:
    """The strengths of an ineffective behaviour's claims that may be held against somebody."""
    return [o.strength for o in evidence.of_behaviour(verdict.behaviour) if o.strength >= PLAIN]


def _candidate(evidence: Evidence, verdict: Verdict, focus: str | None) -> Candidate:
    capability = evidence.capability_of(verdict.behaviour)
    factors = (
        _importance(capability),
        _gap(evidence, capability),
        _evidence(evidence, verdict),
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


def _evidence(evidence: Evidence, verdict: Verdict) -> Factor:
    if verdict.missed:
        n = len(verdict.missed)
        why = f"{_times(n)} something was said that calls for it, and it did not follow"
        return _doubted(evidence, verdict, value=1 - ONE_QUOTE_SHORT / n, why=why)
    plain = _plain(evidence, verdict) if verdict.observation_ids else []
    if plain:
        n = len(plain)
        why = f"{_times(n)} it can be quoted from this call; weighed by how plainly the reader saw it"
        return Factor(name="evidence", value=(1 - ONE_QUOTE_SHORT / n) * max(plain), why=why)
    if verdict.measured is not None:
        return Factor(name="evidence", value=MEASURE_ONLY, why="decided by a measure, with no words to quote")
    n = len(verdict.looked_in)
    value = NOT_FOUND * min(1.0, n / WIDE_SEARCH_TURNS)
    return _doubted(evidence, verdict, value=value, why=f"looked for in {n} turn{'s' * (n != 1)} and not found")


def _doubted(evidence: Evidence, verdict: Verdict, *, value: float, why: str) -> Factor:
    """The factor of a behaviour that was not found, less where the reader came near to finding it."""
    nearness = evidence.nearness(verdict.behaviour)
    if not nearness:
        return Factor(name="evidence", value=value, why=why)
    why += f"; less since some words came near to it ({nearness:.0%} of what a claim needs)"
    return Factor(name="evidence", value=value * (1 - DOUBT * nearness), why=why)


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
        Factor(name="clarity", value=observation.strength**2, why="how plainly the reader saw it, of its own claims"),
        Factor(name="specificity", value=min(1.0, n / SPECIFIC_WORDS), why=f"{n} words of content in the quote"),
    )


def _shares_words(observation: Observation, others: list[Observation]) -> bool:
    run = WordRun(observation.quote.first_word, observation.quote.last_word)
    return any(
        other.quote.turn_id == observation.quote.turn_id
        and run.overlaps(WordRun(other.quote.first_word, other.quote.last_word))
        for other in others
    )
