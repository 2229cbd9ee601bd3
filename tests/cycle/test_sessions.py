"""The rules of the one-to-one: who may do what, what must be said before it starts, what it must agree."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.cycle.causes import MARKS, help_for
from pipeline.cycle.session_templates import shelf
from pipeline.cycle.sessions import (
    NEEDS,
    SessionState,
    cancel_session,
    hold_session,
    plan_session,
    record_session,
    say_importance,
    session_of,
    sessions,
    start_session,
)
from pipeline.domain.coaching import ActivityStep
from pipeline.domain.cycle.events import Event, Happened, History
from pipeline.domain.cycle.past_calls import PastCall
from pipeline.domain.cycle.sessions import AgendaClip, SessionHeld, SessionPlan, SessionStarted
from pipeline.domain.span import Span
from pipeline.errors import NotFoundError, StaleError, UsageError

AT = datetime(2026, 3, 5, 7, 0, tzinfo=UTC)
TODAY = date(2026, 3, 5)
FULL = SessionPlan(
    coach="mark",
    starts_at=AT + timedelta(days=1),
    minutes=20,
    nature="tactical",
    purpose="stay with a worry",
    reason="it got no question",
    outline=shelf().get("tactical"),
)
STEP = ActivityStep(text="ask one question about the worry", who="rep", by=date(2026, 3, 10))
HELD = SessionHeld(session="s1", steps=(STEP,), follow_up=date(2026, 3, 12))


def happen(history: History, what: Event | None, author: str = "mark") -> History:
    """The history with one more event, a minute after the last."""
    assert what is not None
    number = len(history) + 1
    return (*history, Happened(number=number, author=author, at=AT + timedelta(minutes=number), what=what))


def planned(**changes: object) -> History:
    return happen((), plan_session((), FULL.model_copy(update=changes), "coach"))


def ready() -> History:
    history = planned()
    return happen(history, say_importance(history, "s1", "I lose calls there"), "anna")


def started() -> History:
    history = ready()
    return happen(history, start_session(history, "s1", "coach"))


def test_it_cannot_start_without_the_four_and_the_error_names_each() -> None:
    """Rule: agenda agreed beforehand (purpose, reason, importance to the rep, time)."""
    history = planned(purpose=" ", reason="", minutes=0)
    with pytest.raises(UsageError) as refused:
        start_session(history, "s1", "coach")
    told = refused.value.message
    assert [word for word in ("purpose", "reason", "importance", "minutes") if word in told] == [
        "purpose", "reason", "importance", "minutes",
    ]  # fmt: skip
    assert session_of(history, "s1").missing == ("purpose", "reason", "importance", "minutes")


@given(st.sets(st.sampled_from(sorted(NEEDS))))
def test_what_is_missing_is_exactly_what_was_not_said(left_out: set[str]) -> None:
    empty = {"purpose": "", "reason": "", "minutes": 0, "nature": None}
    history = planned(**{need: empty[need] for need in left_out if need != "importance"})
    if "importance" not in left_out:
        history = happen(history, say_importance(history, "s1", "mine"), "anna")
    assert set(session_of(history, "s1").missing) == left_out
    if left_out:
        with pytest.raises(UsageError) as refused:
            start_session(history, "s1", "coach")
        assert all(NEEDS[need] in refused.value.message for need in session_of(history, "s1").missing)
    else:
        assert start_session(history, "s1", "coach") == SessionStarted(session="s1")


def test_strategic_and_tactical_are_different_talks_and_one_of_them_is_marked() -> None:
    history = planned(nature=None)
    assert "nature" in session_of(history, "s1").missing


def test_an_agenda_that_is_too_long_keeps_it_from_starting() -> None:
    """13 minutes of steps, and a clip of 20 s with 10 min of talk: 23 min 20 s of 20."""
    clip = AgendaClip(call="call-1", span=Span(start=0, end=20), part="positive", talk=10)
    history = planned(clips=(clip,))
    history = happen(history, say_importance(history, "s1", "mine"), "anna")
    with pytest.raises(UsageError, match="does not fit: 3 min 20 s over"):
        start_session(history, "s1", "coach")


def test_importance_tells_who_wrote_it() -> None:
    history = planned()
    by_coach = happen(history, say_importance(history, "s1", "she said it matters"), "mark")
    by_rep = happen(by_coach, say_importance(by_coach, "s1", "it matters because"), "anna")
    assert [(s.importance.by, s.importance.text) for s in (_only(by_coach), _only(by_rep)) if s.importance] == [
        ("mark", "she said it matters"),
        ("anna", "it matters because"),
    ]
    assert say_importance(by_rep, "s1", "  it matters because ") is None
    with pytest.raises(UsageError):
        say_importance(by_rep, "s1", " ")


def test_a_changed_plan_keeps_what_the_rep_said() -> None:
    history = ready()
    history = happen(
        history, plan_session(history, FULL.model_copy(update={"minutes": 25}), "coach", session="s1", seen=1)
    )
    state = _only(history)
    assert (state.plan.minutes, state.number_of_plan, state.missing) == (25, 3, ())
    assert state.importance is not None
    assert state.importance.by == "anna"


def test_a_rep_plans_starts_holds_and_cancels_nothing() -> None:
    history = started()
    for act in (
        lambda: plan_session((), FULL, "rep"),
        lambda: start_session(history, "s1", "rep"),
        lambda: hold_session(history, HELD, "rep", today=TODAY),
        lambda: cancel_session(history, "s1", "no time", "rep"),
        lambda: record_session(history, "s1", "talk-1", "rep", of_coach=(talk(),)),
    ):
        with pytest.raises(UsageError, match="a coach"):
            act()


def test_a_plan_that_somebody_saved_in_between_is_stale() -> None:
    history = planned()
    history = happen(
        history, plan_session(history, FULL.model_copy(update={"purpose": "theirs"}), "coach", session="s1", seen=1)
    )
    with pytest.raises(StaleError):
        plan_session(history, FULL.model_copy(update={"purpose": "mine"}), "coach", session="s1", seen=1)
    again = plan_session(history, FULL.model_copy(update={"purpose": "mine"}), "coach", session="s1", seen=2)
    assert _only(happen(history, again)).plan.purpose == "mine"


def test_saving_the_same_plan_adds_nothing_and_another_coach_takes_it_not_over() -> None:
    history = planned()
    assert plan_session(history, FULL, "coach", session="s1", seen=1) is None
    assert plan_session(history, FULL.model_copy(update={"coach": "vera"}), "coach", session="s1", seen=1) is None


def test_never_end_with_go_work_on_it() -> None:
    """Rule: an activity of small steps, with who, what, by when; and a day to look again."""
    history = started()
    for held, told in (
        (HELD.model_copy(update={"steps": ()}), "no step"),
        (HELD.model_copy(update={"follow_up": None}), "no day"),
        (HELD.model_copy(update={"follow_up": date(2026, 3, 4)}), "in the past"),
    ):
        with pytest.raises(UsageError, match=told):
            hold_session(history, held, "coach", today=TODAY)
    state = _only(happen(history, hold_session(history, HELD, "coach", today=TODAY)))
    assert (state.state, state.follow_up, state.open) == ("held", date(2026, 3, 12), False)


def test_what_has_not_started_cannot_be_held() -> None:
    with pytest.raises(UsageError, match="not started"):
        hold_session(ready(), HELD, "coach", today=TODAY)


def test_starting_twice_adds_nothing() -> None:
    assert start_session(started(), "s1", "coach") is None


def test_what_was_held_or_cancelled_is_over() -> None:
    held = happen(started(), HELD)
    cancelled = happen(planned(), cancel_session(planned(), "s1", " no time ", "coach"))
    assert _only(cancelled).cancelled == "no time"
    for history in (held, cancelled):
        with pytest.raises(UsageError, match=r"held already|was cancelled"):
            say_importance(history, "s1", "late")
        with pytest.raises(UsageError):
            plan_session(history, FULL, "coach", session="s1", seen=1)
    with pytest.raises(UsageError, match="no reason"):
        cancel_session(planned(), "s1", " ", "coach")


def talk(stage: str = "coaching") -> PastCall:
    return PastCall(
        call="talk-1", at=AT, mode="live", stage=stage, customer=None, deal=None, rubric="coaching", rubric_version=1,
        duration=1200, levels={}, verdicts={},
    )  # fmt: skip


def test_a_recording_is_a_coaching_call_of_its_coach() -> None:
    history = happen(started(), HELD)
    linked = happen(history, record_session(history, "s1", "talk-1", "coach", of_coach=(talk(),)))
    assert _only(linked).recorded_call == "talk-1"
    assert record_session(linked, "s1", "talk-1", "coach", of_coach=(talk(),)) is None
    for call, of_coach in (("talk-1", (talk("discovery"),)), ("talk-2", (talk(),)), ("talk-1", ())):
        with pytest.raises(UsageError, match="no recorded one-to-one"):
            record_session(history, "s1", call, "coach", of_coach=of_coach)
    with pytest.raises(UsageError, match="took place"):
        record_session(planned(), "s1", "talk-1", "coach", of_coach=(talk(),))


def test_one_that_nobody_planned_is_not_found() -> None:
    with pytest.raises(NotFoundError):
        session_of(planned(), "s2")
    with pytest.raises(NotFoundError):
        start_session(planned(), "s9", "coach")


def test_each_plan_is_named_by_its_own_event() -> None:
    history = planned()
    history = happen(history, plan_session(history, FULL, "coach"))
    assert [state.id for state in sessions(history)] == ["s1", "s2"]


def test_a_year_that_nobody_means_is_refused() -> None:
    with pytest.raises(UsageError, match="year 1"):
        plan_session((), FULL.model_copy(update={"starts_at": datetime(1, 1, 1, tzinfo=UTC)}), "coach")


def test_ability_and_motivation_get_different_help_by_the_mark_alone() -> None:
    assert help_for(None) is None
    titles = {cause: found.title for cause in MARKS if (found := help_for(cause))}
    assert titles["ability"] == "Practice and models"
    assert titles["motivation"] == "Goals and incentives"
    assert len(set(titles.values())) == 3
    assert _only(planned()).plan.cause is None


def _only(history: History) -> SessionState:
    (state,) = sessions(history)
    return state
