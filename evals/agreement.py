"""Owns agreement of raters: beyond chance (Cohen's weighted kappa, Krippendorff's alpha), exact, adjacent, and leaning.

All are computed from k by k tables of counts. Tables of units add, so that intervals can resample the units.
"""

from collections.abc import Iterable
from typing import Literal

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Weights = Literal["none", "linear", "quadratic"]
Metric = Literal["nominal", "ordinal", "interval"]


def weighted_kappa(tables: Array, *, weights: Weights = "quadratic") -> Array:
    """Cohen's kappa of each k by k table, shape (..., k, k): rows are one rater's categories, columns the other's.

    1 is full agreement, 0 what their habits alone would give, below 0 less than that. 1 - sum(w * observed) /
    sum(w * expected), where w is 0 on the diagonal and off it 1, the distance, or its square (Cohen 1968). NaN for an
    empty table and where both use one category only, so that nothing could have been disagreed on.
    """
    side = tables.shape[-1]
    apart = _steps(side).astype(np.float64)
    weight = {"none": (apart > 0).astype(np.float64), "linear": apart, "quadratic": apart**2}[weights]
    n = tables.sum(axis=(-1, -2))
    expected = np.einsum("...i,...j,ij->...", tables.sum(axis=-1), tables.sum(axis=-2), weight)
    observed = n * np.einsum("...ij,ij->...", tables, weight)
    return 1 - _over(observed, expected)


def krippendorff_alpha(coincidences: Array, *, metric: Metric = "nominal") -> Array:
    """Krippendorff's alpha of each symmetric k by k table of coincidences, shape (..., k, k).

    1 is full agreement, 0 what chance gives, below 0 systematic disagreement. 1 - (n - 1) * sum(o * d) / sum(n_c * n_k
    * d) with d the metric's squared difference of two categories (Krippendorff 2011, Computing Krippendorff's
    Alpha-Reliability). NaN where all ratings are one category, or there is none.
    """
    marginals = coincidences.sum(axis=-1)
    n = marginals.sum(axis=-1)
    distance = _distance(marginals, metric)
    observed = (n - 1) * (coincidences * distance).sum(axis=(-1, -2))
    expected = np.einsum("...c,...k,...ck->...", marginals, marginals, distance)
    return 1 - _over(observed, expected)


def exact_agreement(tables: Array) -> Array:
    """The share of each k by k table, shape (..., k, k), that lies on its diagonal; NaN for an empty table."""
    return adjacent_agreement(tables, within=0)


def adjacent_agreement(tables: Array, *, within: int = 1) -> Array:
    """The share of each table with categories at most so many steps apart; NaN for an empty table."""
    return _mean_of(tables, (_steps(tables.shape[-1]) <= within).astype(np.float64))


def leaning(tables: Array) -> Array:
    """By how many steps the columns' rater lies above the rows' on average, negative if below; NaN for none."""
    side = np.arange(tables.shape[-1])
    return _mean_of(tables, np.subtract.outer(side, side).T.astype(np.float64))


def confusions(pairs: Iterable[tuple[int, int]], *, side: int) -> Array:
    """The table, shape (side, side), of pairs of categories: the first is the row, the second the column."""
    table = np.zeros((side, side))
    for row, column in pairs:
        table[int(row), int(column)] += 1
    return table


def _mean_of(tables: Array, values: Array) -> Array:
    return _over((tables * values).sum(axis=(-1, -2)), tables.sum(axis=(-1, -2)))


def _over(above: Array, below: Array) -> Array:
    """The quotient; NaN for nothing below."""
    found: Array = np.divide(above, below, out=np.full(np.shape(below), np.nan), where=below > 0)
    return found


def _steps(side: int) -> npt.NDArray[np.int64]:
    return np.abs(np.subtract.outer(np.arange(side), np.arange(side)))


def _distance(marginals: Array, metric: Metric) -> Array:
    """Squared differences of categories, shape (..., k, k). Ordinal ones rest on how many ratings lie between."""
    side = marginals.shape[-1]
    if metric == "ordinal":
        upto = np.cumsum(marginals, axis=-1) - marginals / 2
        ranked: Array = (upto[..., :, None] - upto[..., None, :]) ** 2
        return ranked
    apart = _steps(side).astype(np.float64)
    fixed = (apart > 0).astype(np.float64) if metric == "nominal" else apart**2
    return np.broadcast_to(fixed, (*marginals.shape[:-1], side, side))
