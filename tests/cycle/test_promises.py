"""What was pledged for a week, and what was played in it: seconds counted once a week, weeks of Monday to Sunday."""

from datetime import UTC, date, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from pipeline.cycle.promises import (
    ListenedWeek,
    PlayedOf,
    last_weeks,
    listened_weeks,
    played_by_week,
    pledge,
    pledged,
    week_in_utc,
)
from pipeline.domain.cycle.events import Happened, History
from pipeline.domain.cycle.own import ListeningPledged

MONDAY = date(2026, 3, 2)
THURSDAY = datetime(2026, 3, 5, 7, 0, tzinfo=UTC)


def history(*stated: tuple[datetime, int]) -> History:
    return tuple(
        Happened(number=n, author="mark", at=at, what=ListeningPledged(minutes=minutes))
        for n, (at, minutes) in enumerate(stated, start=1)
    )


def played(call: str, start: float, end: float, at: datetime = THURSDAY) -> PlayedOf:
    return PlayedOf(call=call, at=at, start=start, end=end)


def test_a_pledge_counts_for_the_whole_week_it_was_made_in_and_for_those_after() -> None:
    said = history((THURSDAY, 30))
    assert pledged(said, MONDAY) == 30
    assert pledged(said, MONDAY + timedelta(weeks=5)) == 30
    assert pledged(said, MONDAY - timedelta(weeks=1)) is None


def test_the_later_pledge_takes_the_place_of_the_earlier_from_its_week_on() -> None:
    said = history((THURSDAY, 30), (THURSDAY + timedelta(weeks=2), 45))
    assert [pledged(said, MONDAY + timedelta(weeks=n)) for n in range(4)] == [30, 30, 45, 45]


def test_two_pledges_in_one_week_leave_the_later() -> None:
    assert pledged(history((THURSDAY, 30), (THURSDAY + timedelta(hours=1), 20)), MONDAY) == 20


def test_zero_ends_a_pledge() -> None:
    said = history((THURSDAY, 30), (THURSDAY + timedelta(weeks=1), 0))
    assert [pledged(said, MONDAY + timedelta(weeks=n)) for n in range(2)] == [30, None]


def test_what_stands_already_is_not_pledged_again() -> None:
    assert pledge((), 0, now=THURSDAY) is None
    assert pledge((), 30, now=THURSDAY) == ListeningPledged(minutes=30)
    assert pledge(history((THURSDAY, 30)), 30, now=THURSDAY + timedelta(days=20)) is None
    assert pledge(history((THURSDAY, 30)), 0, now=THURSDAY) == ListeningPledged(minutes=0)


def test_what_is_played_twice_in_a_week_counts_once() -> None:
    # 0 to 60 and 30 to 90 of one call are 90 s; 10 s of another call make 100.
    lines = [played("call-1", 0, 60), played("call-1", 30, 90), played("call-2", 0, 10)]
    assert played_by_week(lines) == {MONDAY: 100.0}


def test_what_is_played_again_in_the_next_week_counts_there_as_well() -> None:
    lines = [played("call-1", 0, 60), played("call-1", 0, 60, THURSDAY + timedelta(weeks=1))]
    assert played_by_week(lines) == {MONDAY: 60.0, MONDAY + timedelta(weeks=1): 60.0}


def test_weeks_begin_on_monday_at_midnight_in_utc() -> None:
    last = datetime(2026, 3, 8, 23, 59, 59, tzinfo=UTC)
    assert week_in_utc(last) == MONDAY
    assert week_in_utc(last + timedelta(seconds=1)) == date(2026, 3, 9)
    # 00:30 on Monday in Berlin is 23:30 on Sunday in UTC.
    assert week_in_utc(datetime(2026, 3, 9, 0, 30, tzinfo=timezone(timedelta(hours=1)))) == MONDAY


def test_the_last_eight_weeks_end_with_this_one() -> None:
    weeks = last_weeks(THURSDAY)
    assert len(weeks) == 8
    assert (weeks[0], weeks[-1]) == (date(2026, 1, 12), MONDAY)  # 2 March less seven weeks


def test_a_week_tells_pledge_and_seconds_side_by_side() -> None:
    found = listened_weeks(history((THURSDAY, 2)), [played("call-1", 0, 119)], now=THURSDAY)
    assert found[-1] == ListenedWeek(week=MONDAY, pledged=2, played_s=119.0)
    assert (found[-1].minutes, found[-1].met) == (1, False)  # 119 s are one whole minute, a second short of two
    assert found[0] == ListenedWeek(week=date(2026, 1, 12), pledged=None, played_s=0.0)
    assert found[0].met is None
    met = listened_weeks(history((THURSDAY, 2)), [played("call-1", 0, 120)], now=THURSDAY)[-1]
    assert met.met is True


def test_what_was_played_before_those_weeks_is_in_none_of_them() -> None:
    found = listened_weeks((), [played("call-1", 0, 60, THURSDAY - timedelta(weeks=8))], now=THURSDAY)
    assert {week.played_s for week in found} == {0.0}


lines = st.lists(
    st.builds(
        lambda call, a, b, hours: played(
            f"call-{call}", min(a, b) / 10, max(a, b) / 10, THURSDAY + timedelta(hours=hours)
        ),
        st.integers(1, 3),
        st.integers(0, 1000),
        st.integers(0, 1000),
        st.integers(-500, 500),
    ),
    max_size=15,
)


@given(lines)
def test_the_order_and_repetition_of_reports_change_nothing(found: list[PlayedOf]) -> None:
    assert played_by_week(found) == played_by_week([*reversed(found), *found])


@given(lines, lines)
def test_playing_more_never_makes_less(found: list[PlayedOf], more: list[PlayedOf]) -> None:
    before, after = played_by_week(found), played_by_week([*found, *more])
    assert all(after[week] >= seconds for week, seconds in before.items())


@given(lines)
def test_a_week_has_no_more_than_its_stretches_have_together(found: list[PlayedOf]) -> None:
    for week, seconds in played_by_week(found).items():
        assert 0 <= seconds <= sum(p.end - p.start for p in found if week_in_utc(p.at) == week) + 1e-6


@given(st.lists(st.tuples(st.integers(-60, 60), st.integers(0, 2400)), max_size=8), st.integers(-10, 10))
def test_a_pledge_is_the_last_one_made_up_to_the_end_of_the_week(said: list[tuple[int, int]], weeks: int) -> None:
    ordered = sorted(said, key=lambda pair: pair[0])
    week = MONDAY + timedelta(weeks=weeks)
    end = datetime(week.year, week.month, week.day, tzinfo=UTC) + timedelta(weeks=1)
    made = history(*((THURSDAY + timedelta(days=days), minutes) for days, minutes in ordered))
    standing = [h.what.minutes for h in made if h.at < end and isinstance(h.what, ListeningPledged)]
    assert pledged(made, week) == ((standing[-1] or None) if standing else None)
