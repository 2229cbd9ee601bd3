"""Owns what a run measures: values counted unit by unit, so that intervals and comparisons can resample the units.

A *unit* is what is independent of the others, mostly a call: the lines and behaviours in one call are alike. Of each
unit the parts are kept from which the statistic follows, and never the statistic itself: parts of units add.
"""

from collections.abc import Sequence
from functools import cached_property
from typing import Literal, Self

import numpy as np
import numpy.typing as npt
from pydantic import ConfigDict, Field, model_validator

from evals.figures import Figure
from evals.statistics import STATISTICS, Statistic, shape_problem
from pipeline.domain.base import Value

Better = Literal["more", "less", "neither"]
"""Whether a higher value is the better one; neither: it only describes, and no gate looks at it."""

RESAMPLES = 2000
FEW_UNITS = 5
"""With fewer units than this a resample says nothing: there is no interval."""


class Unit(Value):
    """What one independent unit brings to a measure: its id, and the parts that the measure's statistic names."""

    id: str = Field(min_length=1)
    parts: tuple[float, ...] = Field(min_length=1)


class Measure(Value):
    """One thing that was measured, from units with unique ids.

    `name` is suite.collection.what, in lower case. `n` is how many `of` (lines, words, seconds, verdicts) were counted.
    `baseline` is what `baseline_is` reaches on the same units, `people` what people reach among themselves or against
    each other. `target` is what was aimed at, if anything was.
    """

    model_config = ConfigDict(ignored_types=(cached_property,))

    name: str = Field(pattern=r"^[a-z0-9_]+(\.[a-z0-9_]+){2,3}$")
    about: str = Field(min_length=3)
    statistic: Statistic = "ratio"
    better: Better = "more"
    units: tuple[Unit, ...]
    n: int = Field(ge=0)
    of: str = Field(min_length=2)
    baseline: float | None = None
    baseline_is: str | None = None
    people: float | None = None
    target: float | None = None
    unit: Literal["share", "points", "s", "words", "levels", "none"] = "share"

    @model_validator(mode="after")
    def _sound(self) -> Self:
        ids = [unit.id for unit in self.units]
        if len(set(ids)) != len(ids):
            raise ValueError(f"{self.name}: a unit's id stands twice")
        problem = shape_problem(self.statistic, [len(unit.parts) for unit in self.units])
        if problem:
            raise ValueError(f"{self.name}: {problem}")
        if (self.baseline is not None) and self.baseline_is is None:
            raise ValueError(f"{self.name}: a baseline has to say what it is")
        return self

    @property
    def value(self) -> float | None:
        """The statistic over all units; absent where it is not defined, as for a ratio of nothing."""
        return statistic_of(self.statistic, self.units)

    @property
    def figure(self) -> Figure:
        """The value with its interval at 95% over resampled units (Efron's percentile bootstrap), none for few."""
        low, high = self._bounds()
        return Figure(
            value=self.value, n=self.n, low=low, high=high, baseline=self.baseline, people=self.people,
            units=len(self.units),
        )  # fmt: skip

    def _bounds(self) -> tuple[float | None, float | None]:
        if len(self.units) < FEW_UNITS:
            return None, None
        drawn = resampled(self.statistic, self.units, weights=drawn_weights(len(self.units)))
        known = drawn[~np.isnan(drawn)]
        if not len(known):
            return None, None
        low, high = np.quantile(known, (0.025, 0.975))
        return float(low), float(high)


def statistic_of(statistic: Statistic, units: Sequence[Unit]) -> float | None:
    """The statistic over these units, each counted once; None where it is not defined."""
    if not units:
        return None
    found = float(resampled(statistic, units, weights=np.ones((1, len(units))))[0])
    return None if np.isnan(found) else found


def resampled(
    statistic: Statistic, units: Sequence[Unit], *, weights: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """The statistic of each draw, shape (draws,): `weights` (draws, units) says how often a unit was drawn.

    NaN where a draw has no value.
    """
    parts = np.array([unit.parts for unit in units], dtype=np.float64)
    return STATISTICS[statistic](parts, weights)


def drawn_weights(n_units: int, *, draws: int = RESAMPLES, seed: int = 0) -> npt.NDArray[np.float64]:
    """How often each unit is in each draw of so many units with replacement: shape (draws, units)."""
    random = np.random.default_rng(seed)
    return random.multinomial(n_units, np.full(n_units, 1 / n_units), size=draws).astype(np.float64)
