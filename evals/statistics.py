"""Owns the statistics a measure can be: each from the parts of units and how often every unit was drawn.

Parts add, so most statistics are those of a weighted sum; the others rank or sort the units themselves.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Literal

import numpy as np
import numpy.typing as npt

from evals.agreement import krippendorff_alpha, weighted_kappa

Statistic = Literal[
    "ratio", "macro", "auc", "median", "p90",
    "kappa", "kappa_linear", "kappa_quadratic", "alpha_nominal", "alpha_ordinal",
]  # fmt: skip
"""ratio: parts (a, b), sum of a over sum of b: a rate, a mean, and F1 as 2 hits / (2 hits + false alarms + misses).
macro: parts (a1, b1, a2, b2, ...), the mean of the ratios that are defined.
auc: parts (1 or 0, score): how often a unit of 1 scores above a unit of 0, ties counting half.
median, p90: parts (x): the middle, or the 90th percentile (the smallest x that at least 90% do not exceed).
kappa, kappa_linear, kappa_quadratic: parts are counts of a k by k table, row by row: Cohen's kappa, so weighted.
alpha_nominal, alpha_ordinal: parts are a k by k table of coincidences, row by row: Krippendorff's alpha."""

Array = npt.NDArray[np.float64]


def shape_problem(statistic: Statistic, lengths: Sequence[int]) -> str | None:
    """Why parts of these lengths are none of the statistic; None when they are."""
    if len(set(lengths)) > 1:
        return "units with different numbers of parts"
    for length in lengths[:1]:
        side = round(length**0.5)
        wanted = {
            "ratio": length == 2,
            "macro": length % 2 == 0,
            "auc": length == 2,
            "median": length == 1,
            "p90": length == 1,
        }
        if not wanted.get(statistic, side >= 2 and side * side == length):
            return f"{length} parts are none of a {statistic}"
    return None


def _ratio(parts: Array, weights: Array) -> Array:
    sums = weights @ parts
    return _over(sums[:, 0], sums[:, 1])


def _macro(parts: Array, weights: Array) -> Array:
    sums = weights @ parts
    ratios = _over(sums[:, 0::2], sums[:, 1::2])
    known = ~np.isnan(ratios)
    return _over(np.where(known, ratios, 0.0).sum(axis=1), known.sum(axis=1).astype(np.float64))


def _auc(parts: Array, weights: Array) -> Array:
    """Mann and Whitney's U over the number of pairs."""
    ones = parts[:, 0] > 0
    high, low = parts[ones, 1], parts[~ones, 1]
    above = (high[:, None] > low[None, :]) + 0.5 * (high[:, None] == low[None, :])
    w_high, w_low = weights[:, ones], weights[:, ~ones]
    return _over(((w_high @ above) * w_low).sum(axis=1), w_high.sum(axis=1) * w_low.sum(axis=1))


def _quantile(share: float) -> Callable[[Array, Array], Array]:
    def found(parts: Array, weights: Array) -> Array:
        order = np.argsort(parts[:, 0], kind="stable")
        reached = np.cumsum(weights[:, order], axis=1)
        wanted = share * reached[:, -1:] - 1e-9
        values: Array = parts[order, 0][np.argmax(reached >= wanted, axis=1)]
        return np.where(reached[:, -1] > 0, values, np.nan)

    return found


def _table(of: Callable[[Array], Array]) -> Callable[[Array, Array], Array]:
    def found(parts: Array, weights: Array) -> Array:
        side = round(parts.shape[1] ** 0.5)
        return of((weights @ parts).reshape(-1, side, side))

    return found


def _over(above: Array, below: Array) -> Array:
    """The quotient; NaN for nothing below."""
    quotient: Array = np.divide(above, below, out=np.full(np.shape(above), np.nan), where=below > 0)
    return quotient


STATISTICS: Mapping[Statistic, Callable[[Array, Array], Array]] = {
    "ratio": _ratio,
    "macro": _macro,
    "auc": _auc,
    "median": _quantile(0.5),
    "p90": _quantile(0.9),
    "kappa": _table(lambda tables: weighted_kappa(tables, weights="none")),
    "kappa_linear": _table(lambda tables: weighted_kappa(tables, weights="linear")),
    "kappa_quadratic": _table(lambda tables: weighted_kappa(tables, weights="quadratic")),
    "alpha_nominal": _table(lambda tables: krippendorff_alpha(tables, metric="nominal")),
    "alpha_ordinal": _table(lambda tables: krippendorff_alpha(tables, metric="ordinal")),
}
