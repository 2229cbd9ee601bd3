"""Owns agreement of raters beyond chance: Cohen's weighted kappa and Krippendorff's alpha, from tables of counts."""

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
    apart = np.abs(np.subtract.outer(np.arange(side), np.arange(side))).astype(np.float64)
    weight = {"none": (apart > 0).astype(np.float64), "linear": apart, "quadratic": apart**2}[weights]
    n = tables.sum(axis=(-1, -2))
    expected = np.einsum("...i,...j,ij->...", tables.sum(axis=-1), tables.sum(axis=-2), weight)
    observed = n * np.einsum("...ij,ij->...", tables, weight)
    return 1 - np.divide(observed, expected, out=np.full(np.shape(expected), np.nan), where=expected > 0)


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
    return 1 - np.divide(observed, expected, out=np.full(np.shape(expected), np.nan), where=expected > 0)


def _distance(marginals: Array, metric: Metric) -> Array:
    """Squared differences of categories, shape (..., k, k). Ordinal ones rest on how many ratings lie between."""
    side = marginals.shape[-1]
    if metric == "ordinal":
        upto = np.cumsum(marginals, axis=-1) - marginals / 2
        ranked: Array = (upto[..., :, None] - upto[..., None, :]) ** 2
        return ranked
    apart = np.abs(np.subtract.outer(np.arange(side), np.arange(side))).astype(np.float64)
    fixed = (apart > 0).astype(np.float64) if metric == "nominal" else apart**2
    return np.broadcast_to(fixed, (*marginals.shape[:-1], side, side))
