"""Figures in digits and words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.figures import Figure
from evals.report.wording import MeasureUnit, bounds, digits, label_of, number, told, told_interval


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.918, "share", ".918"),
        (1.0, "share", "1.000"),
        (0.99996, "share", "1.000"),
        (-0.12, "share", "-.120"),
        (10.5, "share", "10.500"),
        (1.3, "points", "1.30"),
        (12.34, "words", "12.3"),
        (0.0, "share", ".000"),
        (-0.0000001, "share", ".0000"),
        (None, "share", "–"),
    ],
)
def test_a_value_has_the_digits_of_its_unit(value: float | None, unit: MeasureUnit, text: str) -> None:
    assert digits(value, unit) == text


def test_what_would_look_like_nothing_has_more_decimals() -> None:
    # To one decimal, 0.045 words an hour would read as none.
    assert digits(0.045, "words") == "0.045"
    assert digits(0.8, "words") == "0.8"
    assert digits(0.00043, "share") == ".0004"
    assert digits(0.00000001, "share") == ".0000"


def test_a_difference_has_its_sign_and_nothing_has_none() -> None:
    assert [digits(d, "points", signed=True) for d in (0.5, -0.5, 0.0)] == ["+0.50", "-0.50", "0.00"]


def test_bounds_have_as_many_decimals_as_the_larger_needs() -> None:
    assert bounds(0.096, 0.12, "points") == "0.10 to 0.12"
    assert bounds(0.02, 0.075, "words", dash="–") == "0.020–0.075"
    assert bounds(None, None, "share") == ""


def test_a_value_is_told_with_its_unit() -> None:
    assert [told(1.5, unit) for unit in ("points", "s", "words", "levels", "none")] == [
        "1.50 points", "1.50 s", "1.5 words", "1.50 levels", "1.500",
    ]  # fmt: skip
    assert told(None, "share") == "not defined"


def test_no_interval_says_why() -> None:
    assert told_interval(Figure(value=0.5, n=9, units=4), "share") == "4 units: too few for an interval"
    assert told_interval(Figure(value=0.5, n=9, units=9), "share") == "no interval"
    assert told_interval(Figure(value=None, n=0, units=0), "share") == ""
    assert told_interval(Figure(value=0.5, n=9, low=0.4, high=0.6), "share") == ".400 to .600"


def test_a_name_becomes_words() -> None:
    assert label_of("questions.phone_calls.f1.no_marks") == "F1: no marks (phone calls)"
    assert label_of("speech.phone.cpwer") == "cpWER (phone)"
    assert number(3272) == "3,272"


@given(st.floats(-1e6, 1e6), st.sampled_from(["share", "points", "s", "words", "levels", "none"]))
def test_digits_are_never_off_by_more_than_they_leave_out(value: float, unit: MeasureUnit) -> None:
    text = digits(value, unit)
    decimals = len(text.partition(".")[2])
    assert abs(float(text) - value) <= 0.5 * 10**-decimals + 1e-9
    assert text not in ("-.000", "-0.00")
