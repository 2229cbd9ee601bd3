"""A reader without a language model: sentences of the call that resemble a behaviour's example sentences.

It is what every other reader has to beat, and what the turnwise reader starts from.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipeline.domain.assessment import Claim, Doubt, Quote, Reading
from pipeline.domain.places import Opening
from pipeline.domain.rubric import Behaviour, Rubric
from pipeline.domain.speech import Conversation
from pipeline.ports import Progress, silent
from pipeline.text.resemblance import Embedder, Vectors

MIN_RESEMBLANCE = 0.37
"""Best F1 of claims on the three calls for tuning in tests/fixtures/discovery_calls.yaml (0.66); 0.44 held out."""

MOST_CLAIMS = 3
"""Claims a behaviour may have: more quotes of the same thing tell a manager nothing new."""

_NEAREST = 3
_RIVALRY = 0.5


@dataclass(frozen=True, slots=True)
class Match:
    """A place that may show a behaviour, its words, and how far they resemble the behaviour's examples, 0 to 1."""

    behaviour: str
    place: Quote
    text: str
    resemblance: float

    def claim(self, strength: float) -> Claim:
        """The claim that the behaviour shows in exactly these words."""
        return Claim(
            behaviour=self.behaviour,
            turn_id=self.place.turn_id,
            quote=self.text,
            first_word=self.place.first_word,
            strength=strength,
        )


class SimilarityReader:
    """Claims the places that resemble a behaviour's examples most, at most `MOST_CLAIMS` for each behaviour."""

    def __init__(self, embedder: Embedder, *, min_resemblance: float = MIN_RESEMBLANCE) -> None:
        self._embedder = embedder
        self._min_resemblance = min_resemblance

    @property
    def identity(self) -> str:
        """Name and version of the rule, the model's digest and the parameters."""
        return f"similarity@2 {self._embedder.identity} min_resemblance={self._min_resemblance:g} most={MOST_CLAIMS}"

    def read(
        self, conversation: Conversation, rubric: Rubric, openings: Sequence[Opening], *, progress: Progress = silent
    ) -> Reading:
        """Claims for every behaviour; none is left unread."""
        found = matches(conversation, rubric, openings, embedder=self._embedder)
        progress(1.0)
        scored = [(match, match.resemblance) for match in found]
        claimed = [(match, strength) for match, strength in scored if strength >= self._min_resemblance]
        return Reading(claims=best_claims(claimed), doubts=doubts_of(scored, claimed_from=self._min_resemblance))


def best_claims(scored: Iterable[tuple[Match, float]]) -> tuple[Claim, ...]:
    """The strongest `MOST_CLAIMS` matches of each behaviour as claims, in order of behaviour, then of strength."""
    by_behaviour: dict[str, list[tuple[Match, float]]] = {}
    for match, strength in scored:
        by_behaviour.setdefault(match.behaviour, []).append((match, strength))
    return tuple(
        match.claim(strength)
        for found in by_behaviour.values()
        for match, strength in sorted(found, key=lambda pair: -pair[1])[:MOST_CLAIMS]
    )


def doubts_of(scored: Iterable[tuple[Match, float]], *, claimed_from: float) -> tuple[Doubt, ...]:
    """How near each behaviour without a claim came to one: its strongest match as a share of what a claim needs."""
    nearest: dict[str, float] = {}
    for match, strength in scored:
        nearest[match.behaviour] = max(nearest.get(match.behaviour, 0.0), strength)
    return tuple(
        Doubt(behaviour=name, nearness=round(strength / claimed_from, 3))
        for name, strength in nearest.items()
        if 0 < strength < claimed_from
    )


def matches(
    conversation: Conversation, rubric: Rubric, openings: Sequence[Opening], *, embedder: Embedder
) -> tuple[Match, ...]:
    """Every place of every opening with its resemblance, in order of openings and places.

    Resemblance is the mean of two cosines, to the nearest example and (on average) to the three nearest; less half of
    what a counterexample, or another behaviour's example, is nearer than the nearest of its own. On the labelled calls
    this orders open turns better (AUC 0.906 tuning, 0.915 held out) than the nearest example alone (0.874, 0.883).
    """
    behaviours = [behaviour for behaviour in rubric.behaviours if behaviour.measure is None]
    places = list(dict.fromkeys(place for opening in openings for place in opening.places))
    if not places or not behaviours:
        return ()
    texts = {place: place.text(conversation) for place in places}
    told = embedder.embed([texts[place] for place in places])
    resemblance = _resemblance(told, behaviours, embedder)
    row = {place: i for i, place in enumerate(places)}
    return tuple(
        Match(opening.behaviour, place, texts[place], float(resemblance[opening.behaviour][row[place]]))
        for opening in openings
        if opening.behaviour in resemblance
        for place in opening.places
    )


def _resemblance(
    told: Vectors, behaviours: Sequence[Behaviour], embedder: Embedder
) -> Mapping[str, npt.NDArray[np.float32]]:
    """For each behaviour, the resemblance of each row, 0 to 1."""
    examples = {b.id: told @ embedder.embed(list(b.examples)).T for b in behaviours}
    counters = {b.id: told @ embedder.embed(list(b.counterexamples)).T for b in behaviours}
    nearest = {name: cosines.max(axis=1) for name, cosines in examples.items()}
    found = {}
    for name, cosines in examples.items():
        close = (nearest[name] + np.sort(cosines, axis=1)[:, -_NEAREST:].mean(axis=1)) / 2
        rivals = [other for rival, other in nearest.items() if rival != name]
        against = np.max([nearest[name], *rivals, *counters[name].T], axis=0) - nearest[name]
        found[name] = np.clip(close - _RIVALRY * against, 0.0, 1.0)
    return found
