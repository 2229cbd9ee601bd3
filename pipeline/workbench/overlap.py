"""Owns the check for two behaviours that readers will take for each other, by how near their examples are."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations

import numpy as np

from pipeline.domain.rubric import Behaviour, Form, Part, Rubric
from pipeline.text.resemblance import Embedder, Vectors
from pipeline.workbench.findings import Found

NEAR = 0.60
NEARER = 0.10
THE_SAME = 0.85
"""Cosines of all-MiniLM-L6-v2: an example is another behaviour's where it is this near to one of its examples and by
so much nearer than to its own, or nearly the same. Set by the 27 behaviours of the discovery rubric: of 21 pairs of
examples nearer to each other than to their own, those above are the four that a person would mix up."""


@dataclass(frozen=True, slots=True)
class Twin:
    """An example that lies nearer to another behaviour's example than to any other of its own. Cosines."""

    nearness: float
    own: float
    behaviour: str
    example: int
    other: str
    others_example: int


def overlap_findings(rubric: Rubric, embedder: Embedder) -> Iterator[Found]:
    """Each pair of behaviours with such examples once, told at the sentence that strays furthest from its own."""
    places = {
        b.id: ("capabilities", i, "behaviours", j)
        for i, capability in enumerate(rubric.capabilities)
        for j, b in enumerate(capability.behaviours)
    }
    pairs: dict[frozenset[str], list[Twin]] = {}
    for twin in sorted(twins(rubric, embedder), key=lambda twin: twin.own - twin.nearness):
        pairs.setdefault(frozenset((twin.behaviour, twin.other)), []).append(twin)
    for found in pairs.values():
        first = found[0]
        mine, yours = rubric.behaviour(first.behaviour), rubric.behaviour(first.other)
        assert mine is not None and yours is not None  # noqa: PT018 - twins are made of this rubric
        told = (
            f"{mine.id} and {yours.id} may be taken for each other: “{mine.examples[first.example]}” is nearer to "
            f"“{yours.examples[first.others_example]}” than to the other examples of {mine.id} "
            f"({first.nearness:.2f} against {first.own:.2f})"
        )
        fix = f"reword it, put it under `counterexamples` of {yours.id}, or make one behaviour of the two"
        at = (*places[mine.id], "examples", first.example)
        yield Found(rule="overlap", at=at, text=told, fix=fix)


def twins(rubric: Rubric, embedder: Embedder) -> Iterator[Twin]:
    """The examples that lie nearer to another behaviour, of those that one and the same sentence could show."""
    read = [b for b in rubric.behaviours if b.measure is None]
    told = {b.id: embedder.embed(b.examples) for b in read}
    own = {name: _nearest_own(vectors) for name, vectors in told.items()}
    for mine, yours in permutations(read, 2):
        if _could_meet(mine, yours):
            yield from _twins(mine, yours, told, own[mine.id])


def _twins(mine: Behaviour, yours: Behaviour, told: Mapping[str, Vectors], own: Sequence[float]) -> Iterator[Twin]:
    cosines = told[mine.id] @ told[yours.id].T
    for example, row in enumerate(cosines):
        other = int(row.argmax())
        nearness = float(row[other])
        if nearness >= THE_SAME or (nearness >= NEAR and nearness >= own[example] + NEARER):
            yield Twin(nearness, own[example], mine.id, example, yours.id, other)


def _nearest_own(vectors: Vectors) -> list[float]:
    """For each example, how near the nearest other example of its own behaviour is."""
    cosines = vectors @ vectors.T
    np.fill_diagonal(cosines, -1.0)
    return [float(row.max()) for row in cosines]


def _could_meet(mine: Behaviour, yours: Behaviour) -> bool:
    """Whether one sentence of a call could be looked at for both."""
    apart = {mine.part, yours.part} == {Part.OPENING, Part.CLOSING}
    unlike = {mine.form, yours.form} == {Form.QUESTION, Form.STATEMENT}
    return mine.role == yours.role and not apart and not unlike
