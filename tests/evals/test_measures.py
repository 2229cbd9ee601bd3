"""What a measure is: a statistic over units, and bounds from drawing the units again."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from evals.measures import FEW_UNITS, Measure, Unit, drawn_weights, resampled, statistic_of


def measure(*parts: tuple[float, ...], statistic: str = "ratio", **fields: object) -> Measure:
    units = tuple(Unit(id=f"call-{i}", parts=part) for i, part in enumerate(parts))
    known = {"name": "questions.phone.f1", "about": "a measure", "of": "lines", "n": 10}
    return Measure.model_validate({**known, "statistic": statistic, "units": units, **fields})


def test_a_ratio_is_of_the_sums_and_no_mean_of_ratios() -> None:
    # 1 of 1 and 0 of 3: (1 + 0) / (1 + 3) = 0.25, where the mean of the ratios would be 0.5
    assert measure((1, 1), (0, 3)).value == 0.25


def test_a_ratio_of_nothing_is_absent_and_not_zero() -> None:
    assert measure((0, 0), (0, 0)).value is None
    assert measure((0, 0), (0, 0)).figure.value is None


def test_without_units_there_is_no_value() -> None:
    assert measure().value is None


def test_with_few_units_there_are_no_bounds() -> None:
    few = measure(*[(1, 2)] * (FEW_UNITS - 1)).figure
    assert (few.value, few.low, few.high, few.units) == (0.5, None, None, FEW_UNITS - 1)


def test_equal_units_have_bounds_at_their_value() -> None:
    figure = measure(*[(1, 2)] * 8).figure
    assert (figure.low, figure.value, figure.high) == (0.5, 0.5, 0.5)


def test_the_figure_carries_what_stands_beside_it() -> None:
    figure = measure((1, 2), baseline=0.3, baseline_is="a bare ?", people=0.8).figure
    assert (figure.n, figure.baseline, figure.people) == (10, 0.3, 0.8)


def test_a_baseline_says_what_it_is() -> None:
    with pytest.raises(ValidationError, match="has to say what it is"):
        measure((1, 2), baseline=0.3)


def test_a_units_id_stands_once() -> None:
    unit = Unit(id="a", parts=(1, 2))
    with pytest.raises(ValidationError, match="stands twice"):
        Measure(name="questions.phone.f1", about="abc", units=(unit, unit), n=2, of="lines")


@pytest.mark.parametrize(
    ("statistic", "parts"),
    [("ratio", (1.0, 2.0, 3.0)), ("macro", (1.0,)), ("auc", (1.0,)), ("p90", (1.0, 2.0)), ("kappa", (1.0, 2.0, 3.0))],
)
def test_parts_that_are_none_of_the_statistic_are_refused(statistic: str, parts: tuple[float, ...]) -> None:
    with pytest.raises(ValidationError, match="parts are none of a"):
        measure(parts, statistic=statistic)


def test_units_with_different_numbers_of_parts_are_refused() -> None:
    with pytest.raises(ValidationError, match="different numbers of parts"):
        measure((1, 2), (1, 2, 3, 4), statistic="macro")


def test_a_draw_counts_a_unit_as_often_as_it_was_drawn() -> None:
    units = [Unit(id="a", parts=(1, 1)), Unit(id="b", parts=(0, 1))]
    # the first draw has a twice, the second a and b, the third b twice
    drawn = resampled("ratio", units, weights=np.array([[2.0, 0.0], [1.0, 1.0], [0.0, 2.0]]))
    assert drawn.tolist() == [1.0, 0.5, 0.0]


def test_each_draw_has_as_many_units_as_there_are() -> None:
    weights = drawn_weights(7, draws=50)
    assert weights.shape == (50, 7)
    assert weights.sum(axis=1).tolist() == [7.0] * 50
    assert np.array_equal(weights, drawn_weights(7, draws=50))


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(1, 20)), min_size=FEW_UNITS, max_size=12))
def test_the_bounds_of_a_ratio_hold_its_smallest_and_greatest_unit(parts: list[tuple[int, int]]) -> None:
    figure = measure(*[(float(min(a, b)), float(b)) for a, b in parts]).figure
    ratios = [min(a, b) / b for a, b in parts]
    assert figure.low is not None
    assert figure.high is not None
    assert min(ratios) - 1e-9 <= figure.low <= figure.high <= max(ratios) + 1e-9


@given(st.permutations([(3.0, 4.0), (0.0, 2.0), (1.0, 9.0)]))
def test_the_order_of_units_does_not_matter(parts: list[tuple[float, float]]) -> None:
    units = [Unit(id=str(i), parts=part) for i, part in enumerate(parts)]
    assert statistic_of("ratio", units) == pytest.approx(4 / 15)
