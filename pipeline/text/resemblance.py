"""Owns how much a sentence is like example sentences, by their vectors."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]
"""Shape (sentences, dimensions), each row of length 1, so that a dot product is a cosine."""

_NEAREST = 2
_RIVALRY = 0.5


class Embedder(Protocol):
    """Turns sentences into vectors."""

    @property
    def identity(self) -> str:
        """Model and digest of its weights: part of the work key."""
        ...

    def embed(self, sentences: Sequence[str]) -> Vectors:
        """A vector of length 1 for each sentence; shape (0, dimensions) for none."""
        ...


def resemblance(told: Vectors, examples: Vectors, counterexamples: Vectors) -> npt.NDArray[np.float32]:
    """For each row, its likeness to the examples: the mean of the two nearest cosines, less half of what a
    counterexample is nearer than the nearest of them. -1.5 to 1; -1 for every row where there is no example.
    """
    if not len(examples):
        return np.full(len(told), -1.0, np.float32)
    cosines = told @ examples.T
    close = np.sort(cosines, axis=1)[:, -_NEAREST:].mean(axis=1)
    if not len(counterexamples):
        return np.asarray(close, np.float32)
    against = np.maximum(0.0, (told @ counterexamples.T).max(axis=1) - cosines.max(axis=1))
    return np.asarray(close - _RIVALRY * against, np.float32)
