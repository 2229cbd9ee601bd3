"""Owns what a measured figure is: a value with what it was counted from, its interval and a baseline beside it."""

import random
from collections.abc import Callable, Sequence
from typing import TypeVar

from pydantic import Field

from pipeline.domain.base import Value

_P = TypeVar("_P")
_RESAMPLES = 1000


class Mean(Value):
    """A sum and how many things it is over: a mean, and of ones and zeros a share. Sums add, means do not."""

    total: float = 0.0
    n: int = Field(default=0, ge=0)

    def __add__(self, other: "Mean") -> "Mean":
        return Mean(total=self.total + other.total, n=self.n + other.n)

    @property
    def value(self) -> float | None:
        """The sum over the number; absent for nothing."""
        return self.total / self.n if self.n else None


class Figure(Value):
    """A measure: its value (absent where it is not defined), of how many things, bounds at 95%, and the baseline's.

    `people` is what people reach, where that is known; `units` is how many independent units the bounds rest on.
    """

    value: float | None
    n: int = Field(ge=0)
    low: float | None = None
    high: float | None = None
    baseline: float | None = None
    people: float | None = None
    units: int | None = Field(default=None, ge=0)


def interval(
    parts: Sequence[_P], value: Callable[[Sequence[_P]], float | None], *, seed: int = 0
) -> tuple[float | None, float | None]:
    """The 2.5th and 97.5th percentile of a value over parts drawn with replacement (Efron's percentile bootstrap).

    Parts are what is independent of each other: calls, not the behaviours in them. Absent where no draw has a value.
    """
    draw = random.Random(seed)  # noqa: S311 a resample needs no secrecy
    drawn = (value(draw.choices(parts, k=len(parts))) for _ in range(_RESAMPLES if parts else 0))
    values = sorted(found for found in drawn if found is not None)
    return (values[int(0.025 * len(values))], values[int(0.975 * len(values))]) if values else (None, None)
