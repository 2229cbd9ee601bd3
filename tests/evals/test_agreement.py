"""Agreement of raters: published examples, tables worked out by hand, and laws that hold for any table."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from sklearn.metrics import cohen_kappa_score

from evals.agreement import (
    Array,
    Metric,
    Weights,
    adjacent_agreement,
    confusions,
    exact_agreement,
    krippendorff_alpha,
    leaning,
    weighted_kappa,
)
from evals.raters import coincidences

# Krippendorff 2011, Computing Krippendorff's Alpha-Reliability, example C: four observers, twelve units, 0 is missing.
OBSERVERS = (
    (1, 2, 3, 3, 2, 1, 4, 1, 2, 0, 0, 0),
    (1, 2, 3, 3, 2, 2, 4, 1, 2, 5, 0, 3),
    (0, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, 0),
    (1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, 0),
)


def table_of(units: list[list[int]], side: int) -> Array:
    return sum((coincidences(unit, side) for unit in units), np.zeros((side, side)))


def published() -> Array:
    units = [[said - 1 for said in unit if said] for unit in zip(*OBSERVERS, strict=True)]
    return table_of(units, 5)


tables = arrays.arrays(np.int64, (4, 4), elements=st.integers(0, 30)).map(lambda table: table.astype(np.float64))
rated = st.lists(st.lists(st.integers(0, 3), min_size=0, max_size=5), min_size=1, max_size=15)


def test_the_published_example_has_its_published_coincidences() -> None:
    # The paper's table: 9 ones, 13 twos, 10 threes, 5 fours, 3 fives, and the twelfth unit with one rating adds none.
    third = 1 / 3
    assert published() == pytest.approx(
        np.array(
            [
                [7, 4 * third, third, third, 0],
                [4 * third, 10, 4 * third, third, 0],
                [third, 4 * third, 8, third, 0],
                [third, third, third, 4, 0],
                [0, 0, 0, 0, 3],
            ]
        )
    )


@pytest.mark.parametrize(("metric", "alpha"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849)])
def test_the_published_example_has_its_published_alphas(metric: Metric, alpha: float) -> None:
    assert float(krippendorff_alpha(published(), metric=metric)) == pytest.approx(alpha, abs=0.0005)


def test_alpha_of_two_raters_by_hand() -> None:
    # Units (0,0) (0,0) (1,1) (0,1): o00 = 4, o11 = 2, o01 = o10 = 1; n0 = 5, n1 = 3, n = 8.
    # Disagreement seen 2 / 8, by chance 2 * 5 * 3 / (8 * 7) = 30 / 56: alpha = 1 - 0.25 / 0.5357 = 1 - 14 / 30.
    table = table_of([[0, 0], [0, 0], [1, 1], [0, 1]], 2)
    assert float(krippendorff_alpha(table)) == pytest.approx(1 - 14 / 30)


def test_alpha_of_systematic_disagreement_is_below_0() -> None:
    # Three units (0,1): o01 = o10 = 3, n = 6; seen 1, by chance 2 * 9 / 30 = 0.6: 1 - 1 / 0.6 = -2 / 3.
    assert float(krippendorff_alpha(table_of([[0, 1]] * 3, 2))) == pytest.approx(-2 / 3)


@pytest.mark.parametrize("units", [[], [[1]], [[1, 1], [1, 1, 1]]], ids=["nothing", "one rating", "one category"])
def test_alpha_is_undefined_where_nothing_could_differ(units: list[list[int]]) -> None:
    assert np.isnan(krippendorff_alpha(table_of(units, 3)))


def test_tables_are_scored_side_by_side() -> None:
    agreed, opposed = table_of([[0, 0], [1, 1]], 2), table_of([[0, 1]] * 3, 2)
    assert krippendorff_alpha(np.stack([agreed, opposed])) == pytest.approx([1.0, -2 / 3])


def test_kappa_by_hand() -> None:
    # 20 + 15 of 50 alike: 0.7. Rows 25 and 25, columns 30 and 20: by chance (25*30 + 25*20) / 2500 = 0.5.
    # kappa = (0.7 - 0.5) / (1 - 0.5) = 0.4
    assert float(weighted_kappa(np.array([[20.0, 5.0], [10.0, 15.0]]), weights="none")) == pytest.approx(0.4)


@pytest.mark.parametrize(
    ("weights", "kappa"), [("none", 1 - 3 / 6.4), ("linear", 1 - 4 / 9.6), ("quadratic", 1 - 6 / 16)]
)
def test_weights_forgive_what_is_near(weights: Weights, kappa: float) -> None:
    # Rows sum to 4, 2, 4 and columns too, n = 10. Seen: two are off by one step, one by two steps.
    # By chance, products over 10: off by one (4*2 + 2*4 + 2*4 + 4*2) / 10 = 3.2, off by two (4*4 + 4*4) / 10 = 3.2.
    # none: 3 against 6.4. linear: 2*1 + 1*2 = 4 against 3.2 + 6.4. quadratic: 2*1 + 1*4 = 6 against 3.2 + 12.8.
    table = np.array([[3.0, 1.0, 0.0], [0.0, 1.0, 1.0], [1.0, 0.0, 3.0]])
    assert float(weighted_kappa(table, weights=weights)) == pytest.approx(kappa)


@pytest.mark.parametrize("table", [np.zeros((2, 2)), np.diag([5.0, 0.0])], ids=["empty", "one category"])
def test_kappa_is_undefined_where_nothing_could_differ(table: Array) -> None:
    assert np.isnan(weighted_kappa(table, weights="none"))


@settings(max_examples=25)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=2, max_size=40))
@pytest.mark.parametrize(("weights", "theirs"), [("none", None), ("linear", "linear"), ("quadratic", "quadratic")])
def test_kappa_is_that_of_scikit_learn(weights: Weights, theirs: str | None, pairs: list[tuple[int, int]]) -> None:
    ours = float(weighted_kappa(confusions(pairs, side=4), weights=weights))
    first, second = zip(*pairs, strict=True)
    if len(set(first) | set(second)) > 1:
        expected = cohen_kappa_score(first, second, weights=theirs, labels=[0, 1, 2, 3])
        assert ours == pytest.approx(expected, nan_ok=True)
    else:
        assert np.isnan(ours)


@settings(max_examples=25)
@given(tables)
@pytest.mark.parametrize("weights", ["none", "linear", "quadratic"])
def test_kappa_does_not_care_who_is_who(weights: Weights, table: Array) -> None:
    there, back = weighted_kappa(table, weights=weights), weighted_kappa(table.T, weights=weights)
    assert float(there) == pytest.approx(float(back), nan_ok=True)


@settings(max_examples=25)
@given(tables)
@pytest.mark.parametrize("weights", ["none", "linear", "quadratic"])
def test_kappa_is_1_for_full_agreement_and_never_more(weights: Weights, table: Array) -> None:
    assert not float(weighted_kappa(table, weights=weights)) > 1 + 1e-9
    alike = np.diag(table.sum(axis=1) + 1)
    assert float(weighted_kappa(alike, weights=weights)) == pytest.approx(1.0)


@settings(max_examples=25)
@given(st.lists(st.integers(0, 3), min_size=2, max_size=12), st.integers(2, 5))
@pytest.mark.parametrize("metric", ["nominal", "ordinal", "interval"])
def test_alpha_of_raters_who_all_agree_is_1(metric: Metric, said: list[int], raters: int) -> None:
    alpha = float(krippendorff_alpha(table_of([[one] * raters for one in said], 4), metric=metric))
    assert np.isnan(alpha) if len(set(said)) == 1 else alpha == pytest.approx(1.0)


@settings(max_examples=25)
@given(rated, st.randoms(use_true_random=False))
@pytest.mark.parametrize("metric", ["nominal", "ordinal", "interval"])
def test_alpha_does_not_care_in_which_order_raters_stand(
    metric: Metric, units: list[list[int]], random: object
) -> None:
    shuffled = [list(unit) for unit in units]
    for unit in shuffled:
        random.shuffle(unit)  # type: ignore[attr-defined]
    before = float(krippendorff_alpha(table_of(units, 4), metric=metric))
    assert float(krippendorff_alpha(table_of(shuffled, 4), metric=metric)) == pytest.approx(before, nan_ok=True)


@settings(max_examples=25)
@given(rated)
def test_nominal_alpha_does_not_care_what_categories_are_called(units: list[list[int]]) -> None:
    renamed = [[(2, 0, 3, 1)[said] for said in unit] for unit in units]
    before = float(krippendorff_alpha(table_of(units, 4)))
    assert float(krippendorff_alpha(table_of(renamed, 4))) == pytest.approx(before, nan_ok=True)


@settings(max_examples=25)
@given(rated)
@pytest.mark.parametrize("metric", ["ordinal", "interval"])
def test_alpha_of_a_scale_does_not_care_which_end_is_up(metric: Metric, units: list[list[int]]) -> None:
    upside_down = [[3 - said for said in unit] for unit in units]
    before = float(krippendorff_alpha(table_of(units, 4), metric=metric))
    assert float(krippendorff_alpha(table_of(upside_down, 4), metric=metric)) == pytest.approx(before, nan_ok=True)


def test_exact_adjacent_and_leaning_by_hand() -> None:
    # Pairs (rows' rater, columns' rater): alike 2, columns one above 1, columns two below 1.
    table = confusions([(0, 0), (2, 2), (0, 1), (2, 0)], side=3)
    assert float(exact_agreement(table)) == 0.5
    assert float(adjacent_agreement(table)) == 0.75
    assert float(adjacent_agreement(table, within=2)) == 1.0
    assert float(leaning(table)) == pytest.approx((0 + 0 + 1 - 2) / 4)


def test_of_nothing_there_is_no_agreement() -> None:
    empty = np.zeros((3, 3))
    assert all(np.isnan(found(empty)) for found in (exact_agreement, adjacent_agreement, leaning))


def test_true_and_false_are_the_second_and_the_first_category() -> None:
    assert confusions([(True, False), (False, False), (True, True)], side=2).tolist() == [[1, 0], [1, 1]]


@settings(max_examples=25)
@given(tables)
def test_leaning_turns_its_sign_when_the_raters_swap(table: Array) -> None:
    assert float(leaning(table.T)) == pytest.approx(-float(leaning(table)), nan_ok=True)


@settings(max_examples=25)
@given(tables)
def test_adjacent_agreement_is_never_below_exact(table: Array) -> None:
    if table.sum():
        assert float(exact_agreement(table)) <= float(adjacent_agreement(table)) <= 1.0
