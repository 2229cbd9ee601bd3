"""Statistics of measures: each by hand on few units, against scikit-learn, and the laws that resampling rests on."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from evals.statistics import STATISTICS, Array, Statistic, shape_problem


def value(statistic: Statistic, parts: list[tuple[float, ...]], *, weights: list[float] | None = None) -> float:
    """The statistic over units with these parts, each drawn once or as often as told."""
    drawn = np.array([weights or [1.0] * len(parts)])
    return float(STATISTICS[statistic](np.array(parts, dtype=np.float64), drawn)[0])


def test_a_ratio_is_of_sums() -> None:
    # (1 + 2) / (4 + 8)
    assert value("ratio", [(1, 4), (2, 8)]) == 0.25


def test_macro_is_the_mean_of_ratios_of_sums() -> None:
    # (1 + 1) / (2 + 2) = 0.5 and (3 + 0) / (3 + 1) = 0.75, their mean 0.625
    assert value("macro", [(1, 2, 3, 3), (1, 2, 0, 1)]) == 0.625


def test_macro_leaves_out_what_is_not_defined() -> None:
    assert value("macro", [(1, 2, 0, 0), (1, 2, 0, 0)]) == 0.5


def test_auc_by_hand() -> None:
    # Ones score 3 and 2, zeros 1 and 2: pairs 3>1, 3>2, 2>1 count 1, and 2=2 counts a half: 3.5 of 4
    assert value("auc", [(1, 3), (1, 2), (0, 1), (0, 2)]) == 0.875


def test_auc_without_one_of_the_kinds_is_undefined() -> None:
    assert np.isnan(value("auc", [(1, 3), (1, 2)]))
    assert np.isnan(value("auc", [(1, 3), (0, 2)], weights=[2, 0]))


@settings(max_examples=25)
@given(
    st.lists(st.tuples(st.booleans(), st.integers(0, 6), st.integers(0, 3)), min_size=2, max_size=25).filter(
        lambda rows: {bool(kind) for kind, _, weight in rows if weight} == {True, False}
    )
)
def test_auc_is_that_of_scikit_learn_however_often_units_are_drawn(rows: list[tuple[bool, int, int]]) -> None:
    kinds, scores, weights = zip(*rows, strict=True)
    expected = roc_auc_score(kinds, scores, sample_weight=weights)
    parts: list[tuple[float, ...]] = [(float(kind), float(score)) for kind, score in zip(kinds, scores, strict=True)]
    assert value("auc", parts, weights=[float(w) for w in weights]) == pytest.approx(expected)


@settings(max_examples=25)
@given(st.lists(st.tuples(st.booleans(), st.integers(-5, 5)), min_size=2, max_size=20))
def test_auc_of_turned_scores_is_what_is_missing_to_1(rows: list[tuple[bool, int]]) -> None:
    up = value("auc", [(float(kind), float(score)) for kind, score in rows])
    down = value("auc", [(float(kind), -float(score)) for kind, score in rows])
    assert np.isnan(up) and np.isnan(down) if np.isnan(up) else up + down == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("statistic", "middle"),
    # of 1 .. 10: at least half do not exceed 5, at least nine tenths do not exceed 9
    [("median", 5.0), ("p90", 9.0)],
)
def test_quantiles_are_values_that_were_there(statistic: Statistic, middle: float) -> None:
    assert value(statistic, [(float(x),) for x in (7, 1, 10, 4, 2, 9, 3, 8, 6, 5)]) == middle


def test_a_quantile_counts_a_unit_as_often_as_it_was_drawn() -> None:
    assert value("median", [(1,), (2,), (3,)], weights=[0, 1, 4]) == 3.0
    assert np.isnan(value("median", [(1,), (2,)], weights=[0, 0]))


def test_kappa_is_of_the_sum_of_tables() -> None:
    # [[20,5],[10,15]] in two halves: kappa 0.4 (0.7 seen, 0.5 by chance)
    assert value("kappa", [(12, 5, 4, 9), (8, 0, 6, 6)]) == pytest.approx(0.4)


def test_weighted_kappas_and_alphas_take_tables_row_by_row() -> None:
    # [[3,1,0],[0,1,1],[1,0,3]]: linear 1 - 4 / 9.6, quadratic 1 - 6 / 16
    table = (3.0, 1.0, 0.0, 0.0, 1.0, 1.0, 1.0, 0.0, 3.0)
    assert value("kappa_linear", [table]) == pytest.approx(1 - 4 / 9.6)
    assert value("kappa_quadratic", [table]) == pytest.approx(1 - 6 / 16)
    # coincidences [[4,1],[1,2]]: seen 2, by chance 2 * 5 * 3 / 7; of two categories ordinal is nominal
    assert value("alpha_nominal", [(4, 1, 1, 2)]) == pytest.approx(1 - 7 * 2 / 30)
    assert value("alpha_ordinal", [(4, 1, 1, 2)]) == pytest.approx(1 - 7 * 2 / 30)


PARTS: dict[Statistic, st.SearchStrategy[tuple[float, ...]]] = {
    "ratio": st.tuples(*[st.integers(0, 9).map(float)] * 2),
    "macro": st.tuples(*[st.integers(0, 9).map(float)] * 4),
    "auc": st.tuples(st.sampled_from([0.0, 1.0]), st.floats(-3, 3)),
    "median": st.tuples(st.floats(-9, 9)),
    "p90": st.tuples(st.floats(-9, 9)),
    "kappa": st.tuples(*[st.integers(0, 9).map(float)] * 9),
    "kappa_linear": st.tuples(*[st.integers(0, 9).map(float)] * 9),
    "kappa_quadratic": st.tuples(*[st.integers(0, 9).map(float)] * 9),
}


@pytest.mark.parametrize("statistic", sorted(PARTS))
@settings(max_examples=25)
@given(data=st.data())
def test_a_unit_drawn_twice_is_two_units_and_one_not_drawn_is_none(statistic: Statistic, data: st.DataObject) -> None:
    parts = data.draw(st.lists(PARTS[statistic], min_size=1, max_size=6))
    times = data.draw(st.lists(st.integers(0, 3), min_size=len(parts), max_size=len(parts)).filter(any))
    repeated = [part for part, n in zip(parts, times, strict=True) for _ in range(n)]
    weighted = value(statistic, parts, weights=[float(n) for n in times])
    assert weighted == pytest.approx(value(statistic, repeated), nan_ok=True, abs=1e-9)


@pytest.mark.parametrize("statistic", sorted(STATISTICS))
def test_each_draw_is_its_own_row(statistic: Statistic) -> None:
    parts: Array = np.array([[1.0, 2.0, 3.0, 4.0], [4.0, 3.0, 2.0, 1.0]])
    parts = parts[:, : {"ratio": 2, "auc": 2, "median": 1, "p90": 1}.get(statistic, 4)]
    weights = np.array([[1.0, 1.0], [2.0, 0.0], [0.0, 2.0]])
    together = STATISTICS[statistic](parts, weights)
    apart = [float(STATISTICS[statistic](parts, row[None, :])[0]) for row in weights]
    assert together.shape == (3,)
    assert together.tolist() == pytest.approx(apart, nan_ok=True)


@pytest.mark.parametrize(
    ("statistic", "lengths", "told"),
    [
        ("ratio", [2, 2], None),
        ("ratio", [3], "3 parts are none of a ratio"),
        ("macro", [4], None),
        ("macro", [3], "3 parts are none of a macro"),
        ("median", [1], None),
        ("kappa", [9, 9], None),
        ("kappa", [1], "1 parts are none of a kappa"),
        ("alpha_ordinal", [8], "8 parts are none of a alpha_ordinal"),
        ("ratio", [2, 4], "units with different numbers of parts"),
        ("kappa", [], None),
    ],
)
def test_what_parts_a_statistic_takes(statistic: Statistic, lengths: list[int], told: str | None) -> None:
    assert shape_problem(statistic, lengths) == told
