"""Numbers as they are said and written."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.planted import say_digits
from pipeline.text.spoken_numbers import numbers


def _digits(said: str) -> list[str]:
    return [number.digits for number in numbers(said.split())]


@pytest.mark.parametrize(
    ("said", "digits"),
    [
        ("four one one one", ["4", "1", "1", "1"]),
        ("double five triple zero", ["55", "000"]),
        ("nineteen eighty four", ["19", "84"]),
        ("twenty three forty five", ["23", "45"]),
        ("twenty-three", ["23"]),
        ("four-one-one-one", ["4", "1", "1", "1"]),
        ("4-1-1-1.", ["4", "1", "1", "1"]),
        ("4 one 1", ["4", "1", "1"]),
        ("(415) 555-0134", ["415", "555", "0134"]),
        ("+1(415)555-0134", ["1", "415", "555", "0134"]),
        ("415.555.0134,", ["415", "555", "0134"]),
        ("one eight hundred", ["1", "800"]),
        ("twenty oh five", ["20", "0", "5"]),
        ("nothing to count here", []),
    ],
)
def test_what_is_said_is_brought_to_digits(said: str, digits: list[str]) -> None:
    assert _digits(said) == digits


@pytest.mark.parametrize(
    "said", ["$200,000", "45%", "10:30", "3.5", "7th", "5k", "1,200", "two million", "fifty dollars", "twelve thousand"]
)
def test_what_counts_or_measures_is_an_amount(said: str) -> None:
    (number,) = numbers(said.split())
    assert number.amount


@given(st.text("0123456789", min_size=1, max_size=20))
def test_digits_that_are_said_one_by_one_come_back_in_the_words_that_said_them(digits: str) -> None:
    words = say_digits(digits).split()
    found = numbers(words)
    assert "".join(number.digits for number in found) == digits
    assert [number.first for number in found] == list(range(len(digits)))
    assert all(number.single for number in found)


@given(st.lists(st.text(min_size=0, max_size=8), max_size=30))
def test_every_number_lies_among_the_words_and_none_overlaps_the_next(words: list[str]) -> None:
    found = numbers(words)
    assert all(0 <= number.first <= number.last < len(words) for number in found)
    assert all(a.last <= b.first for a, b in pairwise(found))
