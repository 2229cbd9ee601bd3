"""Days to look again: kept with two working days of grace, overdue, moved, and done by an end."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.cycle.follow_ups import FollowUp, after_working_days, follow_ups
from pipeline.domain.cycle.focus import FocusClosed, FocusOpened, FollowedUp
from pipeline.domain.cycle.sessions import SessionHeld, SessionPlan, SessionPlanned
from tests.cycle.focus_values import day, opening, story

THURSDAY = date(2026, 3, 5)
MONDAY = date(2026, 3, 9)
DAYS = st.dates(date(2026, 1, 1), date(2026, 12, 31))


def agreed(on: date = THURSDAY) -> FocusOpened:
    return opening().model_copy(update={"follow_up": on})


def test_two_working_days_leave_out_the_weekend() -> None:
    # Thursday 5 March: Friday, then Monday 9. Friday 6: Monday, Tuesday 10. Saturday and Sunday: likewise.
    assert [after_working_days(date(2026, 3, d), 2) for d in (5, 6, 7, 8)] == [
        date(2026, 3, 9), date(2026, 3, 10), date(2026, 3, 10), date(2026, 3, 10),
    ]  # fmt: skip


@given(DAYS, st.integers(1, 30))
def test_the_last_day_of_grace_is_a_working_day_and_has_n_of_them_before_it(start: date, n: int) -> None:
    end = after_working_days(start, n)
    between = [start + timedelta(days=d) for d in range(1, (end - start).days + 1)]
    assert end.weekday() < 5
    assert sum(each.weekday() < 5 for each in between) == n


# The start is Monday, 2 March: looking on day 7 is Monday 9, on day 8 Tuesday 10.
@pytest.mark.parametrize(("looked", "kept"), [(1, True), (3, True), (4, True), (7, True), (8, False)])
def test_a_follow_up_is_kept_until_two_working_days_after_its_day(looked: int, kept: bool) -> None:
    (found,) = follow_ups(story((0, agreed()), (looked, FollowedUp(what="f1", text="It comes."))))
    assert (found.what, found.on, found.done_on) == ("f1", THURSDAY, day(looked).date())
    assert found.kept is kept
    assert found.state(day(30).date()) == ("kept" if kept else "late")


@pytest.mark.parametrize(
    ("today", "state"),
    [(date(2026, 3, 4), "later"), (THURSDAY, "due"), (MONDAY, "due"), (date(2026, 3, 10), "overdue")],
)
def test_a_day_that_nobody_looked_on_is_due_and_then_overdue(today: date, state: str) -> None:
    (found,) = follow_ups(story((0, agreed())))
    assert (found.done_on, found.kept, found.state(today)) == (None, False, state)


def test_looking_again_may_agree_on_a_next_day() -> None:
    history = story((0, agreed()), (3, FollowedUp(what="f1", again=date(2026, 3, 12))))
    assert [(f.on, f.done_on) for f in follow_ups(history)] == [(THURSDAY, THURSDAY), (date(2026, 3, 12), None)]


def test_closing_a_focus_is_looking_at_it() -> None:
    (found,) = follow_ups(story((0, agreed()), (2, FocusClosed(focus="f1", how="set_aside", reason="a new role"))))
    assert (found.kept, found.done_by, found.said) == (True, "mark", "a new role")


def test_what_a_one_to_one_agreed_is_looked_at_under_its_purpose() -> None:
    plan = SessionPlan(coach="mark", starts_at=day(0), minutes=20, purpose="Asking about cost")
    history = story(
        (0, SessionPlanned(plan=plan)),
        (1, SessionHeld(session="s1", follow_up=THURSDAY)),
        (3, FollowedUp(what="s1")),
    )
    assert [(f.what, f.title, f.kept) for f in follow_ups(history)] == [("s1", "Asking about cost", True)]


def test_a_day_that_was_moved_before_anybody_looked_is_not_there() -> None:
    history = story(
        (1, SessionHeld(session="s1", follow_up=THURSDAY)), (2, SessionHeld(session="s1", follow_up=MONDAY))
    )
    assert [f.on for f in follow_ups(history)] == [MONDAY]


def test_a_look_at_nothing_agreed_is_no_follow_up() -> None:
    assert follow_ups(story((0, opening()), (1, FollowedUp(what="f1", text="By the way.")))) == ()


def test_follow_ups_are_in_the_order_of_their_days() -> None:
    history = story((0, agreed(MONDAY)), (1, SessionHeld(session="s9", follow_up=THURSDAY)))
    assert [f.what for f in follow_ups(history)] == ["s9", "f1"]


@given(DAYS, DAYS)
def test_what_is_kept_was_never_overdue_on_the_day_of_the_look(on: date, done: date) -> None:
    before = FollowUp(what="f1", on=on, title="")
    assert before.model_copy(update={"done_on": done}).kept is (before.state(done) != "overdue")


def held_about(focus: str | None, on: date) -> tuple[SessionPlanned, SessionHeld]:
    """A one-to-one, planned as event 2, that was about this focus and agreed on this day."""
    plan = SessionPlan(coach="mark", starts_at=day(1), minutes=20, purpose="Ask more", focus=focus)
    return SessionPlanned(plan=plan), SessionHeld(session="s2", follow_up=on)


def test_a_focus_and_the_one_to_one_about_it_with_one_day_are_one_promise() -> None:
    planned, held = held_about("f1", THURSDAY)
    together = story((0, agreed()), (1, planned), (2, held))
    assert [(f.what, f.on) for f in follow_ups(together)] == [("s2", THURSDAY)]
    looked = story((0, agreed()), (1, planned), (2, held), (3, FollowedUp(what="f1")))
    assert [(f.what, f.kept) for f in follow_ups(looked)] == [("s2", True)]


def test_with_two_days_they_are_two_promises() -> None:
    planned, held = held_about("f1", MONDAY)
    assert [f.what for f in follow_ups(story((0, agreed()), (1, planned), (2, held)))] == ["f1", "s2"]
    planned, held = held_about(None, THURSDAY)
    assert [f.what for f in follow_ups(story((0, agreed()), (1, planned), (2, held)))] == ["f1", "s2"]


def test_a_focus_that_a_one_to_one_agreed_adds_no_promise_for_the_same_day() -> None:
    planned, held = held_about(None, THURSDAY)
    opened = agreed().model_copy(update={"session": "s1"})
    found = follow_ups(story((1, planned), (2, held.model_copy(update={"session": "s1"})), (2, opened)))
    assert [f.what for f in found] == ["s1"]
