"""The rules of the coaching cycle that coaching rests on; each test is named after its row of the domain's table.

Those that a single call shows are in tests/review/cycle/test_seed_rules.py.
"""

from datetime import UTC, date, datetime, timedelta

import pytest

from pipeline.cycle.agenda import agenda_of
from pipeline.cycle.causes import help_for
from pipeline.cycle.focus import open_focuses, showings
from pipeline.cycle.focus_acts import close_focus, mark_step, open_focus
from pipeline.cycle.follow_ups import follow_ups
from pipeline.cycle.goals import gap_map
from pipeline.cycle.library import clips, shown_clips
from pipeline.cycle.rep_first import self_review
from pipeline.cycle.rep_first_acts import FOLLOW_UP_QUESTIONS, answer
from pipeline.cycle.sessions import plan_session, sessions, start_session
from pipeline.cycle.trust import trust
from pipeline.domain.assessment import VerdictState
from pipeline.domain.coaching import ActivityStep
from pipeline.domain.cycle.events import Event, Happened, History
from pipeline.domain.cycle.focus import FocusClosed, FocusOpened, StepMarked
from pipeline.domain.cycle.goals import GoalSet, TargetAgreed
from pipeline.domain.cycle.library import ClipConsented, ClipProposed, ClipWithdrawn
from pipeline.domain.cycle.own import TrustRead
from pipeline.domain.cycle.past_calls import Level, PastCall
from pipeline.domain.cycle.rep_first import POWER_QUESTIONS, Answered
from pipeline.domain.cycle.sessions import AgendaClip, SessionPlan, SessionPlanned
from pipeline.domain.span import Span
from pipeline.errors import UsageError

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
CALL = "c0000000001"


def history(*events: tuple[str, Event]) -> History:
    """Events of these authors, an hour apart from the Monday on."""
    return tuple(
        Happened(number=n, author=author, at=MONDAY + timedelta(hours=n), what=what)
        for n, (author, what) in enumerate(events, start=1)
    )


def call_at(day: int, state: VerdictState = "shown", *, mode: str = "live", level: int = 2) -> PastCall:
    return PastCall(
        call=f"c00000000{day:02d}",
        at=MONDAY + timedelta(days=day),
        mode=mode,
        stage="discovery",
        customer=None,
        deal=None,
        rubric="discovery",
        rubric_version=1,
        duration=600.0,
        levels={"needs": Level(level=level, of=4)},
        verdicts={"cost_asked": state},
    )


def focus(behaviour: str = "cost_asked", *, second: bool = False, reason: str = "") -> FocusOpened:
    steps = (ActivityStep(text="Write the question down.", who="rep", by=date(2026, 3, 5)),)
    return FocusOpened(
        rubric="discovery",
        capability="needs",
        behaviour=behaviour,
        shown=3,
        of=5,
        steps=steps,
        follow_up=date(2026, 3, 9),
        second=second,
        reason=reason,
    )


def plan(**said: object) -> SessionPlan:
    return SessionPlan.model_validate({"coach": "mark", "starts_at": MONDAY, "minutes": 20, **said})


def test_one_thing_at_a_time_two_at_most_and_only_by_choice() -> None:
    one = history(("mark", focus()))
    with pytest.raises(UsageError):
        open_focus(one, focus("impact_asked"))
    chosen = open_focus(one, focus("impact_asked", second=True, reason="she asked for it herself"))
    two = history(("mark", focus()), ("mark", chosen))
    assert len(open_focuses(two)) == 2
    with pytest.raises(UsageError):
        open_focus(two, focus("next_step", second=True, reason="one more"))


def test_the_rep_s_view_before_the_manager_s() -> None:
    """The three questions come in their order, and head the agenda of every plan, before any clip."""
    calls = (call_at(0),)
    assert list(POWER_QUESTIONS) == ["how_it_went", "did_well", "would_change"]
    with pytest.raises(UsageError):
        answer((), Answered(call=calls[0].call, question="did_well", text="x"), calls=calls, planned=())
    clip = AgendaClip(call=CALL, span=Span(start=1, end=9), part="improvement", title="the price")
    items = agenda_of(plan(clips=(clip,))).items
    assert items[0].part == "rep"
    assert items[0].questions == tuple(POWER_QUESTIONS.values())
    assert [item.part for item in items].index("rep") < [item.clip for item in items].index(0)


def test_i_would_not_change_anything_has_a_planned_answer() -> None:
    """After "nothing", prepared questions follow one at a time."""
    call = call_at(0)
    first = Answered(call=call.call, question="how_it_went", text="Well")
    second = Answered(call=call.call, question="did_well", text="The opening")
    nothing = Answered(call=call.call, question="would_change", nothing=True)
    said = self_review(history(("anna", first), ("anna", second), ("anna", nothing)), call.call)
    assert said.would_change_nothing
    assert said.next_prompt(FOLLOW_UP_QUESTIONS) == FOLLOW_UP_QUESTIONS[0]
    reply = Answered(call=call.call, question="would_change", text="That I called.", prompt=FOLLOW_UP_QUESTIONS[0])
    after = self_review(history(("anna", first), ("anna", second), ("anna", nothing), ("anna", reply)), call.call)
    assert after.next_prompt(FOLLOW_UP_QUESTIONS) == FOLLOW_UP_QUESTIONS[1]


def test_accountability_without_fear() -> None:
    """A try that failed counts as done work, a day to look again stands, and no status blames."""
    opened = history(("mark", focus()))
    tried = mark_step(opened, StepMarked(focus="f1", step=0, status="tried", note="It came out wrong."))
    assert tried is not None
    (state,) = open_focuses(history(("mark", focus()), ("anna", tried)))
    assert state.steps[0].status == "tried"
    assert [(f.what, f.on) for f in follow_ups(opened)] == [("f1", date(2026, 3, 9))]
    statuses = StepMarked.model_fields["status"].annotation
    assert getattr(statuses, "__args__", ()) == ("open", "tried", "done")


def test_show_progress_with_a_simple_objective_score_its_n_and_rubric_version() -> None:
    """Levels 2, 3 and 2 on three calls: the median is 2, of 3 calls under version 1."""
    calls = (call_at(1, level=2), call_at(2, level=3), call_at(3, level=2))
    (row,) = gap_map((), calls)
    assert row.now is not None
    assert (row.now.level, row.now.n, row.now.version) == (2, 3, 1)


def test_praise_and_repeat_until_it_is_a_habit() -> None:
    """Shown in 2 of the last 5 is no habit, in 3 it is; practice does not count."""
    opened = history(("mark", focus()))
    (state,) = open_focuses(opened)
    twice = tuple(call_at(d, "shown" if d in (1, 4) else "not_shown") for d in range(1, 6))
    practised = (*twice, call_at(6, "shown", mode="simulated"))
    assert (showings(state, practised).n_shown, showings(state, practised).met) == (2, False)
    with pytest.raises(UsageError):
        close_focus(opened, practised, FocusClosed(focus="f1", how="habit"))
    thrice = (*twice, call_at(6, "shown"))  # the last five are days 2 to 6: shown on 4 and 6
    assert showings(state, thrice).n_shown == 2
    met = (*thrice, call_at(7, "shown"))  # days 3 to 7: shown on 4, 6 and 7
    assert showings(state, met).met
    assert close_focus(opened, met, FocusClosed(focus="f1", how="habit")).how == "habit"


def test_ability_or_motivation_is_marked_by_the_manager_and_the_plan_differs() -> None:
    assert plan().cause is None
    assert help_for(None) is None
    helps = {cause: help_for(cause) for cause in ("ability", "motivation", "cannot_tell")}
    assert len({each.title for each in helps.values() if each}) == 3


def test_learn_from_peers_with_consent() -> None:
    proposed = ClipProposed(
        call=CALL, record=1, observation="o001", rubric="discovery", capability="needs", behaviour="cost_asked"
    )
    asked = history(("mark", proposed))
    assert shown_clips(asked) == ()
    agreed = history(("mark", proposed), ("anna", ClipConsented(clip="k1")))
    assert [clip.id for clip in shown_clips(agreed)] == ["k1"]
    gone = history(("mark", proposed), ("anna", ClipConsented(clip="k1")), ("anna", ClipWithdrawn(clip="k1")))
    assert shown_clips(gone) == ()
    assert [clip.state for clip in clips(gone)] == ["withdrawn"]


def test_trust_is_earned_bronze_silver_gold() -> None:
    """The plan carries the manager's readings and how they move; a rep's own stream has none."""
    read = history(
        ("mark", TrustRead(rep="anna", level="bronze")),
        ("mark", TrustRead(rep="bert", level="gold")),
        ("mark", TrustRead(rep="anna", level="silver")),
    )
    assert [(r.level, r.moved) for r in trust(read, "anna")] == [("bronze", "first"), ("silver", "up")]


def test_strategic_and_tactical_coaching_are_different_talks() -> None:
    """The plan is marked as one or the other before the one-to-one starts."""
    said = {"purpose": "ask more", "reason": "three calls", "importance": "I want to close more"}
    unmarked = plan_session((), plan(**said), "coach")
    assert unmarked is not None
    (state,) = sessions(history(("mark", unmarked)))
    assert "nature" in state.missing
    with pytest.raises(UsageError, match="strategic or tactical"):
        start_session(history(("mark", unmarked)), "s1", "coach")
    marked = SessionPlanned(plan=plan(**said, nature="tactical"))
    assert start_session(history(("mark", marked)), "s1", "coach") is not None


def test_gap_analysis_where_the_rep_is_and_wants_to_be() -> None:
    """Level 2 now, level 4 agreed: a gap of 2, beside the rep's own goal."""
    events = history(
        ("anna", GoalSet(text="Sound less like a script", rubric="discovery", capability="needs")),
        ("mark", TargetAgreed(rubric="discovery", capability="needs", level=4, next_step="Ask what it costs.")),
    )
    (row,) = gap_map(events, (call_at(1), call_at(2), call_at(3)))
    assert row.now is not None
    assert row.target is not None
    assert (row.now.level, row.target.level, row.gap) == (2, 4, 2)
    assert [goal.text for goal in row.goals] == ["Sound less like a script"]
