"""The second level's figures: each by hand from a few events, none of them a ranking."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.cycle.measures_of_coaching import DAYS_A_MONTH, DEFINITIONS, FEWEST, Figure, MeasureOfCoaching, figure
from pipeline.cycle.period import Period, asked_day, chosen_period, last_weeks
from pipeline.cycle.second_level import (
    Approval,
    Recorded,
    Team,
    coaching_of,
    is_one_improvement,
    latest_approvals,
    words_counted,
)
from pipeline.domain.coaching import ActivityStep
from pipeline.domain.cycle.events import Event, Happened, History
from pipeline.domain.cycle.focus import FocusClosed, FocusOpened, FollowedUp
from pipeline.domain.cycle.rep_first import AppealDecided, ObservationAnswered, Stance
from pipeline.domain.cycle.sessions import SessionHeld, SessionPlan, SessionPlanned
from pipeline.domain.review import Feedback
from pipeline.errors import UsageError
from pipeline.text.advice import AskTell

MONDAY = datetime(2026, 2, 2, 9, 0, tzinfo=UTC)
PERIOD = Period(first=date(2026, 2, 2), last=date(2026, 3, 1))
"""Four weeks: 28 days."""


def day(n: int) -> datetime:
    """Nine o'clock, n days after the first Monday."""
    return MONDAY + timedelta(days=n)


def happened(*events: tuple[Event, datetime]) -> History:
    return tuple(Happened(number=n, author="mark", at=at, what=what) for n, (what, at) in enumerate(events, start=1))


def held(on: datetime, *, coach: str = "mark", first: int = 1) -> tuple[tuple[Event, datetime], ...]:
    """A one-to-one planned and held; `first` is the number of the event that plans it."""
    plan = SessionPlan(coach=coach, starts_at=on, minutes=20, purpose="one call")
    step = ActivityStep(text="ask once more", who="rep")
    return (
        (SessionPlanned(plan=plan), on - timedelta(days=1)),
        (SessionHeld(session=f"s{first}", steps=(step,)), on),
    )


def focus(*, second: bool = False, follow_up: date | None = None) -> FocusOpened:
    return FocusOpened(
        rubric="discovery",
        capability="listening",
        behaviour="price_explored" if second else "impact_asked",
        shown=3,
        of=5,
        second=second,
        reason="by choice" if second else "",
        follow_up=follow_up,
    )


def approval(call: str, at: datetime, **more: object) -> Approval:
    given = {
        "call": call, "review": 1, "author": "mark", "at": at, "rep": "anna", "edited": False, "overrode": False,
        "positive": True, "one_improvement": True, "words": AskTell(asks=3, tells=1), **more,
    }  # fmt: skip
    return Approval.model_validate(given)


def figures(team: Team) -> dict[MeasureOfCoaching, Figure]:
    return {each.name: each for each in coaching_of(team, PERIOD).figures}


def counts(found: Figure) -> tuple[float, float | None]:
    return found.count, found.of


def test_every_figure_has_a_definition_and_every_definition_a_figure_in_the_same_order() -> None:
    found = coaching_of(Team(manager="mark", reps={}), PERIOD)
    assert [each.name for each in found.figures] == [definition.name for definition in DEFINITIONS]
    assert all(d.numerator and d.denominator and d.silent_on for d in DEFINITIONS)


def test_no_figure_is_made_of_several_and_nobody_is_ranked() -> None:
    words = " ".join(f"{d.title} {d.numerator} {d.denominator}".casefold() for d in DEFINITIONS)
    assert not {"rank", "overall", "composite", "best", "worst", "index"} & set(words.split())


def test_one_to_ones_are_told_per_rep_and_month() -> None:
    reps = {"anna": happened(*held(day(3)), *held(day(10), first=3)), "bert": happened(*held(day(5)))}
    found = figures(Team(manager="mark", reps=reps))["one_to_ones"]
    # 3 held; 2 reps times 28 days of 30.4375 a month are 1.8398 months.
    assert found.count == 3
    assert found.of == pytest.approx(2 * 28 / DAYS_A_MONTH)
    assert found.value == pytest.approx(3 / 1.8398, abs=1e-3)


def test_a_one_to_one_of_another_coach_or_of_other_days_is_not_the_managers() -> None:
    reps = {"anna": happened(*held(day(3), coach="vera"), *held(day(40), first=3)), "bert": happened(*held(day(-2)))}
    assert figures(Team(manager="mark", reps=reps))["one_to_ones"].count == 0


def test_feedback_is_counted_a_week_and_a_call_once() -> None:
    twice = (approval("c1", day(1)), approval("c1", day(9), review=3), approval("c2", day(2)))
    found = figures(Team(manager="mark", reps={"anna": ()}, approvals=twice))["approvals"]
    assert (found.count, found.of, found.value) == (2, 4.0, 0.5)


def test_the_last_approval_of_a_call_in_the_period_counts() -> None:
    known = (
        approval("c1", day(1), edited=False),
        approval("c1", day(9), review=3, edited=True),
        approval("c1", day(60), review=5, edited=False),
    )
    assert [(a.review, a.edited) for a in latest_approvals(known, PERIOD)] == [(3, True)]


def test_shares_of_feedback_count_only_what_this_manager_approved() -> None:
    approvals = (
        approval("c1", day(1), edited=True, words=AskTell(asks=4, tells=0)),
        approval("c2", day(2), overrode=True, positive=False, words=AskTell(asks=1, tells=2)),
        approval("c3", day(3), one_improvement=False, words=AskTell(asks=0, tells=1)),
        approval("c4", day(4), author="vera", edited=True, overrode=True, positive=False),
    )
    found = figures(Team(manager="mark", reps={"anna": ()}, approvals=approvals))
    assert counts(found["edited"]) == (1, 3)
    assert counts(found["overrode"]) == (1, 3)
    assert counts(found["positive_first"]) == (2, 3)
    assert counts(found["one_improvement"]) == (2, 3)
    # Asked: 4 + 1 + 0; told: 0 + 2 + 1.
    assert counts(found["asks_written"]) == (5, 8)


def test_too_few_to_make_a_share_of_are_told_as_counts() -> None:
    approvals = (approval("c1", day(1), edited=True), approval("c2", day(2)))
    found = figures(Team(manager="mark", reps={"anna": ()}, approvals=approvals))["edited"]
    assert (found.count, found.of, found.value, found.too_few) == (1, 2, None, True)


@given(st.integers(0, 60), st.integers(0, 60))
def test_a_share_is_between_none_and_all_and_needs_three(count: int, more: int) -> None:
    found = figure("edited", count, count + more)
    assert (found.value is None) == (count + more < FEWEST)
    assert found.value is None or 0 <= found.value <= 1


def test_a_rep_without_feedback_and_one_to_one_is_without_coaching() -> None:
    reps = {"anna": (), "bert": happened(*held(day(5), coach="vera")), "cora": (), "dana": happened(*held(day(50)))}
    found = coaching_of(Team(manager="mark", reps=reps, approvals=(approval("c1", day(1), author="vera"),)), PERIOD)
    # Anna had feedback and Bert a one-to-one, both from Vera; Dana's comes after the period.
    assert found.uncoached == ("cora", "dana")
    assert counts(next(f for f in found.figures if f.name == "without_coaching")) == (2, 4)


def test_two_open_focuses_are_not_one_focus_at_a_time() -> None:
    two = happened((focus(), day(1)), (focus(second=True), day(2)))
    closed = happened((focus(), day(1)), (focus(second=True), day(2)), (FocusClosed(focus="f1", how="habit"), day(3)))
    found = figures(Team(manager="mark", reps={"anna": two, "bert": closed, "cora": ()}))["one_focus"]
    assert counts(found) == (2, 3)
    assert found.value == pytest.approx(2 / 3)


def test_what_comes_after_the_period_changes_nothing() -> None:
    before = happened((focus(), day(1)))
    after = happened((focus(), day(1)), (focus(second=True), day(40)))
    assert figures(Team(manager="mark", reps={"anna": before})) == figures(Team(manager="mark", reps={"anna": after}))


def test_follow_ups_are_kept_within_two_working_days_and_counted_by_their_last_day() -> None:
    # Thursday 12 February; two working days later is Monday the 16th.
    on = date(2026, 2, 12)
    kept = happened((focus(follow_up=on), day(1)), (FollowedUp(what="f1", text="looked"), day(14)))
    late = happened((focus(follow_up=on), day(1)), (FollowedUp(what="f1", text="looked"), day(15)))
    never = happened((focus(follow_up=on), day(1)))
    to_come = happened((focus(follow_up=date(2026, 2, 27)), day(1)))  # Friday; its last day is Tuesday, 3 March
    reps = {"anna": kept, "bert": late, "cora": never, "dana": to_come}
    found = figures(Team(manager="mark", reps=reps))["follow_ups_kept"]
    assert (found.count, found.of) == (1, 3)


def test_asking_aloud_is_counted_in_one_to_ones_recorded_in_the_period() -> None:
    recorded = (
        Recorded(call="t1", at=day(2), words=AskTell(asks=6, tells=3)),
        Recorded(call="t2", at=day(20), words=AskTell(asks=1, tells=2)),
        Recorded(call="t3", at=day(-9), words=AskTell(asks=50, tells=0)),
    )
    found = figures(Team(manager="mark", reps={}, recorded=recorded))["asks_spoken"]
    assert (found.count, found.of) == (7, 12)


def answered(observation: str, stance: Stance) -> ObservationAnswered:
    return ObservationAnswered(
        call="call-1", record=1, observation=observation, behaviour="impact_asked", stance=stance, text="it was not so"
    )


def test_appeals_are_counted_to_each_feedback_and_upheld_ones_to_those_decided() -> None:
    history = happened(
        (answered("o1", "did_not_happen"), day(1)),
        (answered("o2", "agree"), day(1)),
        (answered("o3", "not_like_that"), day(1)),
        (AppealDecided(call="call-1", record=1, observation="o1", upheld=True, text="heard it"), day(2)),
    )
    approvals = (approval("c1", day(0)), approval("c2", day(1), author="vera"), approval("c3", day(1), rep="bert"))
    found = figures(Team(manager="mark", reps={"anna": history}, approvals=approvals))
    # Two appeals; two feedbacks of Mark's reps, by whomever (Bert is not his): one to each. One decided, upheld.
    assert (counts(found["appeals"]), found["appeals"].value) == ((2, 2), 1.0)
    assert (counts(found["appeals_upheld"]), found["appeals_upheld"].too_few) == ((1, 1), True)


def test_minutes_are_what_was_played() -> None:
    found = figures(Team(manager="mark", reps={}, minutes=93.5))["minutes_listened"]
    assert (found.count, found.of, found.value) == (93.5, None, 93.5)


@pytest.mark.parametrize(
    ("text", "is_one"), [("", False), ("One thing.\nStill it.", True), ("One.\n\nTwo.", False), (" \n\nOne.", True)]
)
def test_one_thing_to_change_is_one_paragraph(text: str, is_one: bool) -> None:
    assert is_one_improvement(Feedback(improvement=text)) is is_one


def test_words_are_those_of_improvement_and_questions_alone() -> None:
    words = Feedback(
        strength="You should be proud.",
        improvement="At 00:39 the customer named a worry. What was behind it?",
        questions=("What did you notice?", "You need to ask why."),
        practice="Ask two questions before answering.",
    )
    assert words_counted(words) == AskTell(asks=2, tells=1)


def test_four_weeks_end_today() -> None:
    assert last_weeks(date(2026, 3, 1)) == PERIOD
    assert PERIOD.days == 28
    assert PERIOD.has(datetime(2026, 3, 1, 23, 59, tzinfo=UTC))
    assert not PERIOD.has(datetime(2026, 3, 2, 0, 0, tzinfo=UTC))


def test_a_day_alone_keeps_the_usual_length() -> None:
    usual = last_weeks(date(2026, 3, 1))
    assert chosen_period(None, date(2026, 1, 28), usual) == Period(first=date(2026, 1, 1), last=date(2026, 1, 28))
    assert chosen_period(date(2026, 2, 20), None, usual) == Period(first=date(2026, 2, 20), last=date(2026, 3, 1))


@pytest.mark.parametrize(
    ("first", "last"), [(date(2026, 3, 2), date(2026, 3, 1)), (date(2024, 1, 1), date(2026, 1, 1))]
)
def test_a_period_backwards_or_beyond_a_year_is_refused(first: date, last: date) -> None:
    with pytest.raises(UsageError):
        chosen_period(first, last, PERIOD)


def test_a_day_that_is_none_is_refused() -> None:
    assert asked_day("  ") is None
    with pytest.raises(UsageError, match="no date"):
        asked_day("31.02.2026")
