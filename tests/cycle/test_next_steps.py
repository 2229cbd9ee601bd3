"""What comes next for a rep and for their coach, from histories and calls made by hand. Today is Thursday, 5 March."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.cycle.known import Known
from pipeline.cycle.next_steps import due, next_steps
from pipeline.domain.assessment import VerdictState
from pipeline.domain.coaching import ActivityStep
from pipeline.domain.cycle.events import Event, Happened, History
from pipeline.domain.cycle.focus import FocusClosed, FocusOpened, FollowedUp, PraiseGiven, StepMarked
from pipeline.domain.cycle.library import ClipConsented, ClipProposed
from pipeline.domain.cycle.next_step import NextStep, Side, in_order
from pipeline.domain.cycle.past_calls import PastCall
from pipeline.domain.cycle.rep_first import Answered, ObservationAnswered, Picked, SealOverridden
from pipeline.domain.cycle.sessions import ImportanceSaid, SessionHeld, SessionPlan, SessionPlanned, SessionStarted

NOW = datetime(2026, 3, 5, 7, 0, tzinfo=UTC)
MONDAY = date(2026, 3, 2)
BEHAVIOUR = "concern_explored"


def past(call: str, days_ago: float, state: VerdictState | None = None, *, mode: str = "live") -> PastCall:
    """A call so many days before now, with this verdict of the focus's behaviour."""
    return PastCall(
        call=call, at=NOW - timedelta(days=days_ago), mode=mode, stage="discovery", customer="Heron Lane", deal=None,
        rubric="discovery", rubric_version=1, duration=600.0, levels={},
        verdicts={} if state is None else {BEHAVIOUR: state},
    )  # fmt: skip


def story(*events: tuple[float, str, Event]) -> History:
    """Events so many days before now, each by its author."""
    return tuple(
        Happened(number=n, author=author, at=NOW - timedelta(days=days_ago), what=what)
        for n, (days_ago, author, what) in enumerate(events, start=1)
    )


def known(
    *events: tuple[float, str, Event],
    calls: tuple[PastCall, ...] = (),
    commented: frozenset[str] = frozenset(),
    approved: Mapping[str, datetime] | None = None,
    waiting: tuple[str, ...] = (),
) -> Known:
    return Known(
        person="anna", name="anna", history=story(*events), calls=calls, commented=commented,
        approved=dict(approved or {}), waiting=waiting,
    )  # fmt: skip


def steps(what: Known, side: Side = "own", now: datetime = NOW) -> list[NextStep]:
    return list(next_steps(what, now, side=side))


def kinds(what: Known, side: Side = "own", now: datetime = NOW) -> list[str]:
    return [step.kind for step in steps(what, side, now)]


def opened(**changes: object) -> FocusOpened:
    said = {"rubric": "discovery", "capability": "concerns", "behaviour": BEHAVIOUR, "shown": 2, "of": 3}
    return FocusOpened.model_validate({**said, **changes})


def plan(days: float, **changes: object) -> SessionPlanned:
    said = {"coach": "mark", "starts_at": NOW + timedelta(days=days), "minutes": 20, **changes}
    return SessionPlanned(plan=SessionPlan.model_validate(said))


def pick(call: str, why: str = "struggled", week: date = MONDAY) -> Picked:
    return Picked.model_validate({"call": call, "week": week, "why": why})


C1, C2, C3 = "c" + "1" * 12, "c" + "2" * 12, "c" + "3" * 12


def test_without_calls_and_events_nothing_comes_next() -> None:
    assert steps(known()) == []
    assert steps(known(), "coach") == []


@pytest.mark.parametrize(
    ("picked", "title"),
    [
        ((), "Pick your two calls of the week"),
        (("struggled",), "Pick a call that went well"),
        (("went_well",), "Pick a call you struggled with"),
    ],
)
def test_what_is_missing_of_the_weeks_picks_is_asked_for_by_thursday(picked: tuple[str, ...], title: str) -> None:
    calls = (past(C1, 1), past(C2, 2))
    events = [(0.5, "anna", pick(calls[n].call, why)) for n, why in enumerate(picked)]
    found = [s for s in steps(known(*events, calls=calls, commented=frozenset({C1, C2}))) if s.kind == "pick"]
    assert [(s.title, s.on, s.overdue) for s in found] == [(title, date(2026, 3, 5), False)]


def test_picks_are_overdue_from_friday_on() -> None:
    found = steps(known(calls=(past(C1, 1),)), now=NOW + timedelta(days=1))
    assert [(s.kind, s.overdue) for s in found] == [("pick", True)]


def test_both_picked_is_nothing_to_pick() -> None:
    events = ((0.5, "anna", pick(C1)), (0.4, "anna", pick(C2, "went_well")))
    assert "pick" not in kinds(known(*events, calls=(past(C1, 1), past(C2, 2))))


@pytest.mark.parametrize(
    ("days_ago", "mode", "asked"), [(10, "live", True), (11, "live", False), (1, "simulated", False)]
)
def test_picks_are_asked_for_only_of_live_calls_of_this_week_and_the_last(
    days_ago: float, mode: str, asked: bool
) -> None:
    # Ten days before Thursday the 5th, 07:00, is Monday the 23rd of the week before; eleven days is its Sunday.
    assert ("pick" in kinds(known(calls=(past(C1, days_ago, mode=mode),)))) is asked


def test_a_picked_call_asks_for_a_comment_and_for_answers_until_both_are_there() -> None:
    calls = (past(C1, 1),)
    answers = [
        (0.3, "anna", Answered.model_validate({"call": C1, "question": q, "text": "so"}))
        for q in ("how_it_went", "did_well", "would_change")
    ]
    picked = (0.5, "anna", pick(C1))
    assert [k for k in kinds(known(picked, calls=calls)) if k != "pick"] == ["comment", "answer"]
    assert [k for k in kinds(known(picked, calls=calls, commented=frozenset({C1}))) if k != "pick"] == ["answer"]
    assert [k for k in kinds(known(picked, *answers, calls=calls)) if k != "pick"] == []


def test_a_pick_of_two_weeks_ago_asks_for_nothing_any_more() -> None:
    old = (15, "anna", pick(C1, week=date(2026, 2, 16)))
    assert kinds(known(old, calls=(past(C1, 16),))) == []


def test_a_step_is_overdue_on_the_day_after_its_day_and_gone_when_it_was_tried() -> None:
    todo = (
        ActivityStep(text="Ask back", who="rep", by=date(2026, 3, 4)),
        ActivityStep(text="Listen together", who="both", by=date(2026, 3, 5)),
        ActivityStep(text="Prepare", who="manager", by=date(2026, 3, 1)),
        ActivityStep(text="Try twice", who="rep"),
    )
    focus = (5, "mark", opened(steps=todo))
    found = steps(known(focus))
    assert [(s.about, s.overdue) for s in found] == [
        ("Ask back", True),
        ("Listen together", False),
        ("Try twice", False),
    ]
    tried = (1, "anna", StepMarked(focus="f1", step=0, status="tried"))
    assert [s.about for s in steps(known(focus, tried))] == ["Listen together", "Try twice"]


def test_importance_is_asked_for_until_it_is_said() -> None:
    planned = (2, "mark", plan(1))
    assert kinds(known(planned)) == ["importance"]
    assert kinds(known(planned, (1, "anna", ImportanceSaid(session="s1", text="I lose deals")))) == ["session"]


def test_steps_of_a_held_one_to_one_stand_until_their_day_unless_a_focus_has_them() -> None:
    todo = (ActivityStep(text="Ask back", who="rep", by=date(2026, 3, 6)),)
    held = SessionHeld(session="s1", steps=todo, follow_up=date(2026, 3, 20))
    events = ((3, "mark", plan(-2)), (2, "mark", SessionStarted(session="s1")), (2, "mark", held))
    assert kinds(known(*events)) == ["step", "follow_up"]
    assert kinds(known(*events), now=NOW + timedelta(days=2)) == ["follow_up"]
    focus = (2, "mark", opened(session="s1", steps=todo))
    assert [s.mark for s in steps(known(*events, focus)) if s.kind == "step"] == ["f4.0"]


@pytest.mark.parametrize(("days_ago", "told"), [(0, True), (7, True), (7.01, False)])
def test_feedback_is_new_for_seven_days(days_ago: float, told: bool) -> None:
    at = NOW - timedelta(days=days_ago)
    found = known(calls=(past(C1, 30),), approved={C1: at})
    assert kinds(found) == (["feedback"] if told else [])


def test_praise_is_told_for_seven_days_and_its_words_are_not_in_the_list() -> None:
    praise = PraiseGiven(focus="f1", call=C1, record=1, observation="o1", text="You waited")
    found = steps(known((9, "mark", opened()), (6, "mark", praise), calls=(past(C1, 40),)))
    assert [s.kind for s in found] == ["praise"]
    assert "waited" not in found[0].model_dump_json()
    assert kinds(known((9, "mark", opened()), (8, "mark", praise), calls=(past(C1, 40),))) == []


def test_consent_is_asked_for_until_it_is_given() -> None:
    clip = ClipProposed(call=C1, record=1, observation="o1", rubric="discovery", capability="x", behaviour="y")
    assert kinds(known((2, "mark", clip))) == ["consent"]
    assert kinds(known((2, "mark", clip), (1, "anna", ClipConsented(clip="k1")))) == []


@pytest.mark.parametrize(
    ("on", "title", "overdue"),
    [
        (date(2026, 3, 6), "Look again", False),
        (date(2026, 3, 5), "Look again: its day has come", False),
        (date(2026, 3, 3), "Look again: its day has come", False),  # Tuesday; two working days later is Thursday
        (date(2026, 3, 2), "Look again: its day has passed", True),
    ],
)
def test_a_follow_up_stands_for_both_until_somebody_looked(on: date, title: str, overdue: bool) -> None:
    focus = (20, "mark", opened(follow_up=on))
    found = [s for s in steps(known(focus), "coach") if s.kind == "follow_up"]
    assert [(s.title, s.on, s.overdue) for s in found] == [(title, on, overdue)]
    assert kinds(known(focus)) == ["follow_up"]
    assert "follow_up" not in kinds(known(focus, (0.1, "mark", FollowedUp(what="f1"))), "coach")


def test_a_coach_plans_a_one_to_one_and_agrees_on_a_focus_where_there_is_none() -> None:
    assert kinds(known(calls=(past(C1, 1),)), "coach") == ["plan", "focus"]
    assert kinds(known((1, "mark", opened()), (1, "mark", plan(3)), calls=(past(C1, 2),)), "coach") == ["session"]


def test_a_one_to_one_that_began_and_was_left_is_to_be_written_down() -> None:
    events = ((3, "mark", plan(-2)), (2, "mark", SessionStarted(session="s1")))
    found = steps(known(*events), "coach")
    assert [(s.kind, s.on, s.overdue) for s in found] == [("write_down", date(2026, 3, 3), True)]


def test_drafts_are_counted_without_those_that_are_sealed() -> None:
    calls = (past(C1, 1), past(C2, 2), past(C3, 3))
    picked = (0.5, "anna", pick(C1))
    base = {"calls": calls, "waiting": (C1, C2, C3)}
    titles = [s.title for s in steps(known(picked, **base), "coach") if s.kind == "drafts"]  # type: ignore[arg-type]
    assert titles == ["Listen to 2 drafts and send them"]
    override = (0.4, "mark", SealOverridden(call=C1, reason="the deal closes today"))
    titles = [s.title for s in steps(known(picked, override, **base), "coach") if s.kind == "drafts"]  # type: ignore[arg-type]
    assert titles == ["Listen to 3 drafts and send them"]


def test_an_appeal_waits_for_the_coach_and_not_for_the_rep() -> None:
    said = ObservationAnswered(
        call=C1, record=1, observation="o1", behaviour="x", stance="did_not_happen", text="That was the customer"
    )
    found = known((1, "anna", said), (1, "mark", opened()), (1, "mark", plan(3)), calls=(past(C1, 2),))
    assert kinds(found, "coach") == ["session", "appeal"]
    assert "appeal" not in kinds(found)
    assert "customer" not in steps(found, "coach")[1].title


def test_a_showing_is_offered_for_praise_once_and_for_fourteen_days() -> None:
    focus = (30, "mark", opened(shown=3, of=3))
    calls = (past(C1, 15, "shown"), past(C2, 13, "shown"), past(C3, 1, "not_shown"))
    found = known(focus, calls=calls)
    assert [s.mark for s in steps(found, "coach") if s.kind == "praise"] == [C2]
    praise = PraiseGiven(focus="f1", call=C2, record=1, observation="o1", text="You waited")
    assert "praise" not in kinds(known(focus, (5, "mark", praise), calls=calls), "coach")


def test_a_focus_that_is_met_may_be_closed_and_a_sealed_call_tells_nothing_of_it() -> None:
    focus = (30, "mark", opened(shown=2, of=3))
    calls = (past(C1, 3, "shown"), past(C2, 2, "shown"))
    assert "met" in kinds(known(focus, calls=calls), "coach")
    sealed = known(focus, (0.5, "anna", pick(C2)), calls=calls)
    assert "met" not in kinds(sealed, "coach")
    assert [s.mark for s in steps(sealed, "coach") if s.kind == "praise"] == [C1]


def test_a_relapse_is_offered_to_the_coach() -> None:
    # A habit of 2 in 3, closed 20 days ago; then three calls of which none shows: 0 is fewer than half of 2.
    focus, closed = (40, "mark", opened(shown=2, of=3)), (20, "mark", FocusClosed(focus="f1", how="habit"))
    calls = tuple(past(c, n, "not_shown") for c, n in ((C1, 12), (C2, 11), (C3, 10)))
    assert "relapse" in kinds(known(focus, closed, calls=calls), "coach")


def test_what_is_overdue_comes_first_then_what_has_a_day_then_the_rest() -> None:
    def step(on: date | None, overdue: bool = False) -> NextStep:
        return NextStep(kind="step", title="t", link="/", on=on, overdue=overdue)

    rest, late, soon, later = step(None), step(MONDAY, True), step(date(2026, 3, 6)), step(date(2026, 3, 9))
    assert in_order([rest, later, soon, late]) == (late, soon, later, rest)


@pytest.mark.parametrize(
    ("kind", "on", "is_due"),
    [
        ("follow_up", date(2026, 3, 5), True),
        ("follow_up", date(2026, 3, 6), False),
        ("session", date(2026, 3, 6), True),  # tomorrow
        ("importance", date(2026, 3, 7), False),
        ("pick", date(2026, 3, 5), True),
        ("drafts", None, True),
        ("relapse", None, True),
        ("plan", None, False),
        ("feedback", None, False),
        ("step", None, False),
    ],
)
def test_what_is_due_today(kind: str, on: date | None, is_due: bool) -> None:
    step = NextStep.model_validate({"kind": kind, "title": "t", "link": "/", "on": on})
    assert bool(due((step,), NOW)) is is_due


@given(days=st.integers(min_value=-30, max_value=30))
def test_what_is_due_once_stays_due_until_it_is_done(days: int) -> None:
    on = NOW.date() + timedelta(days=days)
    step = NextStep(kind="follow_up", title="t", link="/", on=on)
    assert bool(due((step,), NOW)) <= bool(due((step,), NOW + timedelta(days=1)))


def test_a_thing_has_another_key_once_it_is_overdue() -> None:
    step = NextStep(kind="step", title="t", link="/people/anna/focus", on=MONDAY, mark="f1.0")
    assert step.key == "step /people/anna/focus 2026-03-02 f1.0"
    assert step.model_copy(update={"overdue": True}).key == f"{step.key} overdue"
