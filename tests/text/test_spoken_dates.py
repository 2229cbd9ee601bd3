"""Days as they are said. The day of the call is Wednesday, 4 March 2026, unless a test says otherwise."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.phrases import plain_words
from pipeline.text.spoken_dates import find_days

CALL = date(2026, 3, 4)


def days(text: str, today: date | None = CALL) -> list[tuple[str, str | None]]:
    words = plain_words(text)
    return [
        (" ".join(words[d.run.first : d.run.last + 1]), None if d.day is None else d.day.isoformat())
        for d in find_days(words, today=today)
    ]


# March 2026: Wednesday 4, Friday 6, Monday 9, Tuesday 10, Wednesday 11, Thursday 12, Monday 16.
@pytest.mark.parametrize(
    ("text", "said", "day"),
    [
        ("I'll call you tomorrow.", "tomorrow", "2026-03-05"),
        ("the day after tomorrow then", "the day after tomorrow", "2026-03-06"),
        ("on Tuesday at nine", "tuesday", "2026-03-10"),
        ("by Friday", "friday", "2026-03-06"),
        ("this Friday", "this friday", "2026-03-06"),
        ("on Wednesday", "wednesday", "2026-03-11"),
        ("next Tuesday", "next tuesday", "2026-03-10"),
        ("next Wednesday", "next wednesday", "2026-03-11"),
        ("a week from Monday", "a week from monday", "2026-03-16"),
        ("in two weeks", "in two weeks", "2026-03-18"),
        ("in 10 days", "in 10 days", "2026-03-14"),
        ("in a fortnight", "in a fortnight", "2026-03-18"),
        ("three days from now", "three days from now", "2026-03-07"),
        ("on the 14th at ten", "the 14th", "2026-03-14"),
        ("on the 2nd", "the 2nd", "2026-04-02"),
        ("the fourteenth would suit us", "the fourteenth", "2026-03-14"),
        ("on the thirty-first", "the thirty first", "2026-03-31"),
        ("Thursday the twelfth", "thursday the twelfth", "2026-03-12"),
        ("the first of April", "the first of april", "2026-04-01"),
        ("March 20th", "march 20th", "2026-03-20"),
        ("on 17 March", "17 march", "2026-03-17"),
        ("on the 3rd of February", "the 3rd of february", "2027-02-03"),
        ("the end of the month", "the end of the month", "2026-03-31"),
        ("end of the quarter", "end of the quarter", "2026-03-31"),
        ("by the end of February", "the end of february", "2027-02-28"),
    ],
)
def test_words_that_settle_a_day_give_it(text: str, said: str, day: str) -> None:
    assert days(text) == [(said, day)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("next Friday", "next friday"),  # in two days to some, in nine to others
        ("Monday the twelfth", "monday the twelfth"),  # the twelfth is a Thursday
        ("sometime next week", "next week"),
        ("early next month", "early next month"),
        ("in May", "in may"),
        ("in six months", "in six months"),
        ("in a couple of weeks", "in a couple of weeks"),
        ("by the end of the week", "the end of the week"),
        ("after Easter", "after easter"),
    ],
)
def test_words_that_leave_the_day_open_are_found_without_one(text: str, said: str) -> None:
    assert days(text) == [(said, None)]


@pytest.mark.parametrize(
    "text",
    [
        "May I ask you something?",
        "We march on.",
        "Let's look at the second screen.",
        "It takes a second.",
        "We meet every Monday.",
        "Last Tuesday it rained.",
        "Since Friday nobody has called.",
        "We have three of them and sun on the roof.",
        "on the first page",
    ],
)
def test_what_is_past_recurs_or_is_no_day_is_not_found(text: str) -> None:
    assert days(text) == []


def test_without_the_day_of_the_call_no_day_is_settled() -> None:
    assert days("tomorrow or on the 14th", today=None) == [("tomorrow", None), ("the 14th", None)]


def test_on_a_sunday_next_tuesday_is_open() -> None:
    assert days("next Tuesday", today=date(2026, 3, 8)) == [("next tuesday", None)]


def test_the_thirty_first_is_looked_for_in_months_that_have_one() -> None:
    # From 31 March on: April has 30 days, so the next one is that of May.
    assert days("on the 31st", today=date(2026, 3, 31)) == [("the 31st", "2026-05-31")]


def test_several_days_are_found_in_order() -> None:
    assert [said for said, _ in days("Either tomorrow or on Friday, not next week.")] == [
        "tomorrow",
        "friday",
        "next week",
    ]


SAID = "tomorrow|on Tuesday|next Monday|in two weeks|on the 14th|the 29th of February|March 3rd"


@given(
    st.dates(min_value=date(2020, 1, 1), max_value=date(2035, 12, 31)),
    st.sampled_from(SAID.split("|")),
)
def test_a_day_lies_ahead_of_the_call_and_within_four_years(today: date, text: str) -> None:
    for found in find_days(plain_words(text), today=today):
        if found.day is not None:
            assert today <= found.day <= today + timedelta(days=4 * 366)
