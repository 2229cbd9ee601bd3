"""Owns the rule that tells a change of levels from their noise, looked at again after every call.

The levels of a capability, in the order of the calls, are followed by a moving-window comparison with the rep's own
baseline: the mean of the latest `SPAN` levels against the mean of the first ones, in units of the standard error. It
counts as a change when it passes `limit`, which is set so high that all looks at all capabilities of a rubric together
call a rep who does not change improved in at most 5% of histories, and when `AGREEING` of the latest levels lie on that
side of the baseline, so that a single freak call is no change. Sources, simulation and figures: docs/progress.md.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from math import ceil, sqrt
from typing import Literal

Change = Literal["improved", "fell"]

FEWEST = 10
"""A baseline has at least so many scored calls ..."""
MOST = 20
"""... and goes on growing with older calls until it has so many, or a change is noticed."""
SPAN = 6
"""What is compared with it are the latest so many scored calls ..."""
SOONEST = 3
"""... and at first, while there are fewer since the baseline, at least so many."""
AGREEING = 5 / 6
"""This share of the latest levels must lie on one side of the baseline's mean."""
QUIETEST = 0.35
"""The noise is never taken for less (levels): levels are whole numbers, and ten alike do not show that all will be."""
BORROWED = 10.0
"""The noise of the rubric's capabilities together weighs as so many degrees of freedom beside a capability's own."""
FREEDOM = 2 / 3
"""Degrees of freedom in each squared difference of neighbouring levels (von Neumann and others, 1941)."""

_LIMITS = ((1, 3.2), (2, 3.55), (3, 3.65), (5, 3.8), (6, 3.95), (8, 4.2), (10, 4.35), (20, 4.5))
"""For so many capabilities, so many standard errors: found by `python -m benchmarks.progress_figures`."""


def limit(n_capabilities: int) -> float:
    """How many standard errors a change has to pass where so many capabilities are followed together.

    Between the simulated numbers it is interpolated; more than the last take the last.
    """
    for (low, at_low), (high, at_high) in pairwise(_LIMITS):
        if n_capabilities <= high:
            share = (max(n_capabilities, low) - low) / (high - low)
            return at_low + share * (at_high - at_low)
    return _LIMITS[-1][1]


@dataclass(frozen=True)
class Look:
    """One capability after one more of its calls, once there are enough: all in levels.

    `baseline` is the mean of the first `n_baseline` levels, `recent` that of the latest `n_recent`; `noise` is the
    standard deviation of one level, `smallest` the smallest difference of the two means that is not noise. `change` is
    what is noticed, None for no change beyond noise; `agreeing` of the latest lie on the side of the difference.
    """

    baseline: float
    n_baseline: int
    recent: float
    n_recent: int
    noise: float
    smallest: float
    agreeing: int
    change: Change | None

    @property
    def difference(self) -> float:
        """The latest mean less the baseline's."""
        return self.recent - self.baseline


@dataclass
class _Series:
    """The levels of one capability so far, with what its noise is told from."""

    levels: list[int] = field(default_factory=list)
    squares: float = 0.0
    frozen: int | None = None

    def add(self, level: int) -> None:
        if self.levels:
            self.squares += (level - self.levels[-1]) ** 2 / 2
        self.levels.append(level)

    @property
    def freedom(self) -> float:
        return FREEDOM * max(0, len(self.levels) - 1)


class Follower:
    """Follows all capabilities of one rubric version for one rep, call by call."""

    def __init__(self, n_capabilities: int) -> None:
        self._limit = limit(n_capabilities)
        self._series: dict[str, _Series] = {}

    def take(self, levels: Mapping[str, int]) -> dict[str, Look | None]:
        """One more call: the look at each capability that was scored, None where there are too few calls yet."""
        for capability, level in levels.items():
            self._series.setdefault(capability, _Series()).add(level)
        pooled = self._pooled()
        return {capability: self._look(self._series[capability], pooled) for capability in levels}

    def noise(self, capability: str) -> float | None:
        """The standard deviation of one level by now; None before there are two levels of anything."""
        series, pooled = self._series.get(capability), self._pooled()
        return None if series is None or pooled is None else _noise(series, pooled)

    def _pooled(self) -> float | None:
        """The variance of all capabilities together; None before there are two levels of any."""
        freedom = sum(series.freedom for series in self._series.values())
        return FREEDOM * sum(s.squares for s in self._series.values()) / freedom if freedom else None

    def _look(self, series: _Series, pooled: float | None) -> Look | None:
        n = len(series.levels)
        if pooled is None or n < FEWEST + SOONEST:
            return None
        n_recent = min(SPAN, n - FEWEST)
        n_baseline = series.frozen or min(MOST, n - n_recent)
        latest = series.levels[n - n_recent :]
        baseline, recent = sum(series.levels[:n_baseline]) / n_baseline, sum(latest) / n_recent
        noise = _noise(series, pooled)
        smallest = self._limit * noise * sqrt(1 / n_recent + 1 / n_baseline)
        above, below = sum(level > baseline for level in latest), sum(level < baseline for level in latest)
        agreeing = above if recent >= baseline else below
        is_change = abs(recent - baseline) >= smallest and agreeing >= ceil(AGREEING * n_recent)
        change: Change | None = None if not is_change else "improved" if recent > baseline else "fell"
        if change is not None and series.frozen is None:
            series.frozen = n_baseline
        return Look(baseline, n_baseline, recent, n_recent, noise, smallest, agreeing, change)


def _noise(series: _Series, pooled: float) -> float:
    """A capability's own mean square successive difference, moderated by that of all together (Smyth 2004)."""
    own = FREEDOM * series.squares
    return max(QUIETEST, sqrt((BORROWED * pooled + own) / (BORROWED + series.freedom)))


def follow(calls: Iterable[Mapping[str, int]], n_capabilities: int) -> list[dict[str, Look | None]]:
    """The looks after each of these calls: the levels of one rubric version by capability, oldest first."""
    follower = Follower(n_capabilities)
    return [follower.take(levels) for levels in calls]
