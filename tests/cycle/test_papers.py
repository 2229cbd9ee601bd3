"""The three papers as values: what is in each, and above all what is in none."""

from datetime import UTC, date, datetime, timedelta

from pipeline.cycle.paper_values import CoachingPlan, FeedbackSeen
from pipeline.cycle.papers import OfPerson, coaching_plan, coaching_report, planner
from pipeline.cycle.period import Period
from pipeline.domain.coaching import ActivityStep
from pipeline.domain.cycle.events import Event, Happened, History
from pipeline.domain.cycle.focus import FocusClosed, FocusOpened, FollowedUp, PraiseGiven, StepMarked
from pipeline.domain.cycle.goals import GoalEnded, GoalSet, TargetAgreed
from pipeline.domain.cycle.past_calls import PastCall
from pipeline.domain.cycle.sessions import ImportanceSaid, SessionHeld, SessionPlan, SessionPlanned

START = datetime(2026, 2, 2, 9, 0, tzinfo=UTC)
PERIOD = Period(first=date(2026, 2, 2), last=date(2026, 3, 1))


def day(n: int) -> datetime:
    return START + timedelta(days=n)


def history(*events: tuple[Event, int]) -> History:
    return tuple(Happened(number=n, author="mark", at=day(on), what=what) for n, (what, on) in enumerate(events, 1))


def of(*events: tuple[Event, int], calls: tuple[PastCall, ...] = (), name: str = "Anna") -> OfPerson:
    return OfPerson(person=name.casefold(), name=name, history=history(*events), calls=calls)


def call(name: str, on: int, state: str, *, mode: str = "live") -> PastCall:
    return PastCall.model_validate(
        {
            "call": name, "at": day(on), "mode": mode, "stage": "discovery", "customer": "Heron", "deal": None,
            "rubric": "discovery", "rubric_version": 1, "duration": 60.0, "levels": {},
            "verdicts": {"impact_asked": state},
        }
    )  # fmt: skip


STEPS = (
    ActivityStep(text="write three questions", who="rep", by=date(2026, 2, 10)),
    ActivityStep(text="play them through", who="both", by=date(2026, 3, 10)),
)
OPENED = FocusOpened(
    rubric="discovery", capability="needs", behaviour="impact_asked", text="Asks what it costs", shown=2, of=3,
    steps=STEPS, follow_up=date(2026, 3, 4), cause="motivation",
)  # fmt: skip
PLAN = SessionPlan(
    coach="mark", starts_at=datetime(2026, 3, 5, 9, 30, tzinfo=UTC), minutes=20, nature="tactical", purpose="the price",
    reason="it came up", question="hidden question", positive="hidden positive", cause="ability",
    fields={"mood": "hidden field"},
)  # fmt: skip


def feedback(name: str, on: date) -> FeedbackSeen:
    return FeedbackSeen(
        call=name, customer="Heron", on=on, approved_on=on, approved_by="Mark", strength=("well asked",),
        strength_quotes=(), improvement=("one thing",), improvement_quotes=(),
    )  # fmt: skip


def test_the_report_has_feedback_by_the_day_of_its_call() -> None:
    given = [feedback("call-2", date(2026, 2, 9)), feedback("call-1", date(2026, 2, 3))]
    assert [f.call for f in coaching_report(of(), PERIOD, given).feedback] == ["call-1", "call-2"]


def test_the_report_counts_showings_of_live_calls_up_to_its_last_day() -> None:
    calls = (
        call("call-1", 5, "shown"),
        call("call-2", 6, "shown", mode="simulated"),
        call("call-3", 7, "not_shown"),
        call("call-4", 40, "shown"),
    )
    (seen,) = coaching_report(of((OPENED, 1), calls=calls), PERIOD, []).focuses
    # Live calls until 1 March: one showed it, one did not.
    assert (seen.title, seen.n_shown, seen.n_counted, seen.shown, seen.of) == ("Asks what it costs", 1, 2, 2, 3)


def test_the_report_has_praise_of_the_period_and_focuses_that_were_open_in_it() -> None:
    praise = PraiseGiven(focus="f1", call="call-1", record=1, observation="", text="well asked")
    person = of((OPENED, -40), (praise, -10), (praise, 3), (FocusClosed(focus="f1", how="habit"), 4))
    (seen,) = coaching_report(person, PERIOD, []).focuses
    assert ([p.on for p in seen.praise], seen.how, seen.ended_on) == ([date(2026, 2, 5)], "habit", date(2026, 2, 6))
    ended_before = of((OPENED, -40), (FocusClosed(focus="f1", how="set_aside"), -3))
    assert coaching_report(ended_before, PERIOD, []).focuses == ()


def plan() -> CoachingPlan:
    person = of(
        (OPENED, 1),
        (StepMarked(focus="f1", step=0, status="tried"), 2),
        (SessionPlanned(plan=PLAN.model_copy(update={"starts_at": day(3)})), 2),
        (SessionHeld(session="s3", steps=STEPS[1:], follow_up=date(2026, 2, 20), notes="hidden note"), 3),
        (SessionPlanned(plan=PLAN), 4),
        (ImportanceSaid(session="s5", text="I want to keep my nerve"), 4),
        (TargetAgreed(rubric="discovery", capability="needs", level=4, next_step="one a call"), 5),
        (TargetAgreed(rubric="discovery", capability="next_step", level=3), 5),
        (GoalSet(text="larger shops", by=date(2026, 6, 1)), 6),
        (GoalSet(text="less paper"), 6),
        (GoalEnded(goal="g10", reached=True), 7),
    )
    return coaching_plan(person, PERIOD, {("discovery", "needs"): "Needs and their cost"})


def test_the_plan_has_who_does_what_by_when() -> None:
    (focus,) = plan().focuses
    assert [(s.text, s.who, s.by, s.status) for s in focus.steps] == [
        ("write three questions", "rep", date(2026, 2, 10), "tried"),
        ("play them through", "both", date(2026, 3, 10), "open"),
    ]
    assert focus.look_again == date(2026, 3, 4)


def test_the_plan_has_the_next_one_to_one_in_the_rep_s_words_and_what_the_last_agreed() -> None:
    (to_come,), (agreed,) = plan().to_come, plan().agreed
    assert (to_come.purpose, to_come.importance, to_come.minutes) == ("the price", "I want to keep my nerve", 20)
    assert (agreed.on, [s.text for s in agreed.steps]) == (date(2026, 2, 5), ["play them through"])
    assert agreed.look_again == date(2026, 2, 20)


def test_the_plan_names_capabilities_and_has_open_goals_only() -> None:
    assert [(t.capability, t.level) for t in plan().targets] == [("Needs and their cost", 4), ("Next step", 3)]
    assert [goal.text for goal in plan().goals] == ["larger shops"]


def test_nothing_that_a_coach_keeps_apart_is_in_the_plan() -> None:
    text = plan().model_dump_json()
    assert "hidden" not in text
    assert "motivation" not in text
    assert "ability" not in text.replace("capability", "")


def test_the_planner_tells_for_whom_what_is_next_and_what_is_late() -> None:
    anna = of((OPENED, 1), (SessionPlanned(plan=PLAN), 4))
    bert = of((OPENED, 1), (FollowedUp(what="f1"), 2), (StepMarked(focus="f1", step=1, status="done"), 3), name="Bert")
    found = planner("Mark", [bert, anna], now=datetime(2026, 3, 4, 7, tzinfo=UTC), until=date(2026, 3, 9))
    assert [(r.on, r.name, r.kind, r.late) for r in found.rows] == [
        (date(2026, 2, 10), "Anna", "step", True),
        (date(2026, 2, 10), "Bert", "step", True),
        (date(2026, 3, 4), "Anna", "follow_up", False),
        (date(2026, 3, 5), "Anna", "one_to_one", False),
    ]
    # Anna's step of 10 March lies beyond the 9th; Bert's is done, and he was looked at again.


def test_a_step_that_was_tried_is_not_told_as_late() -> None:
    """Tried counts as doing, whatever came of it."""
    person = of((OPENED, 1), (FollowedUp(what="f1"), 2), (StepMarked(focus="f1", step=0, status="tried"), 3))
    found = planner("Mark", [person], now=datetime(2026, 3, 4, 7, tzinfo=UTC), until=date(2026, 3, 9))
    assert found.rows == ()  # the other step is for 10 March


def test_a_step_of_a_one_to_one_that_is_also_one_of_the_focus_is_told_once() -> None:
    held = SessionHeld(session="s1", steps=OPENED.steps)
    person = of((SessionPlanned(plan=PLAN), 1), (OPENED, 2), (held, 3))
    found = planner("Mark", [person], now=datetime(2026, 2, 9, 7, tzinfo=UTC), until=date(2026, 3, 20))
    assert [row.on for row in found.rows if row.kind == "step"] == [date(2026, 2, 10), date(2026, 3, 10)]


def test_a_past_step_of_a_one_to_one_is_not_called_late() -> None:
    """Nobody marks these steps: whether one was done is not known, so nothing is said."""
    person = of((SessionPlanned(plan=PLAN), 1), (SessionHeld(session="s1", steps=STEPS), 2))
    found = planner("Mark", [person], now=datetime(2026, 3, 4, 7, tzinfo=UTC), until=date(2026, 3, 20))
    assert [(r.on, r.kind, r.late) for r in found.rows] == [(date(2026, 3, 10), "step", False)]
