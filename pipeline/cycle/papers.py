"""Owns how the three papers are made from what happened: pure rules over a person's events and calls."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import get_args

from pipeline.cycle.focus import FocusState, StepState, focuses, showings
from pipeline.cycle.follow_ups import follow_ups
from pipeline.cycle.goals import open_goals, targets
from pipeline.cycle.paper_values import (
    Agreed,
    CoachingPlan,
    CoachingReport,
    FeedbackSeen,
    FocusPlan,
    FocusSeen,
    GoalPaper,
    Planner,
    PlannerRow,
    PlanStep,
    PraiseSeen,
    RowKind,
    SessionPaper,
    TargetPaper,
)
from pipeline.cycle.period import Period
from pipeline.cycle.sessions import SessionState, sessions
from pipeline.domain.base import Value
from pipeline.domain.coaching import ActivityStep
from pipeline.domain.cycle.events import History
from pipeline.domain.cycle.past_calls import PastCall
from pipeline.domain.people import UserId


class OfPerson(Value):
    """What a paper is made from; `calls` have the verdicts of the person's focuses."""

    person: UserId
    name: str
    history: History
    calls: tuple[PastCall, ...] = ()


def coaching_report(of: OfPerson, period: Period, feedback: Iterable[FeedbackSeen]) -> CoachingReport:
    """The report of a period. `feedback` is that approved in it and standing, of live calls."""
    history = _until(of.history, period)
    calls = tuple(c for c in of.calls if period.over_by(c.at))
    seen = (s for s in focuses(history) if s.is_open or period.has(_last_end(s)))
    return CoachingReport(
        person=of.person,
        name=of.name,
        period=period,
        feedback=tuple(sorted(feedback, key=lambda f: (f.on, f.call))),
        focuses=tuple(_focus_seen(state, calls, period) for state in seen),
    )


def coaching_plan(of: OfPerson, period: Period, capabilities: Mapping[tuple[str, str], str]) -> CoachingPlan:
    """The plan as of the period's last day. `capabilities` are their names, by rubric and capability."""
    history = _until(of.history, period)
    known = sessions(history)
    return CoachingPlan(
        person=of.person,
        name=of.name,
        period=period,
        focuses=tuple(_focus_plan(s, history) for s in focuses(history) if s.is_open),
        to_come=tuple(_session(s) for s in sorted(known, key=lambda s: s.plan.starts_at) if s.open),
        agreed=tuple(found for s in known if (found := _agreed(s, period)) is not None),
        targets=tuple(
            TargetPaper(
                capability=capabilities.get((t.rubric, t.capability), _in_words(t.capability)),
                level=t.level,
                next_step=t.next_step,
            )
            for t in targets(history)
        ),
        goals=tuple(GoalPaper(text=goal.text, by=goal.by) for goal in open_goals(history)),
    )


def planner(name: str, people: Iterable[OfPerson], *, now: datetime, until: date) -> Planner:
    """What is next for these people up to and with a day: what is late first, then day by day, people by name."""
    today = now.astimezone(UTC).date()
    rows = (row for of in people for row in _next_of(of, today) if row.on <= until)
    return Planner(name=name, today=today, until=until, rows=tuple(sorted(rows, key=_order)))


def _order(row: PlannerRow) -> tuple[object, ...]:
    return row.on, row.name.casefold(), row.person, get_args(RowKind).index(row.kind), row.text


def _next_of(of: OfPerson, today: date) -> Iterable[PlannerRow]:
    def row(kind: RowKind, on: date, text: str, **more: object) -> PlannerRow:
        said = {"person": of.person, "name": of.name, "kind": kind, "on": on, "text": text, "late": on < today}
        return PlannerRow.model_validate({**said, **more})

    states = focuses(of.history)
    marked = {(each.step.text, each.step.who, each.step.by) for state in states for each in state.steps}
    for session in sessions(of.history):
        if session.open:
            at = session.plan.starts_at.astimezone(UTC)
            yield row("one_to_one", at.date(), session.plan.purpose, at=at)
        for step in session.held.steps if session.held else ():
            if (step.text, step.who, step.by) in marked:
                continue  # the same step is marked in its focus, and told from there
            if step.by is not None and step.by >= today:  # nobody marks these as done: a past one may well be
                yield row("step", step.by, step.text, who=step.who)
    for state in states:
        for open_step in (s for s in state.steps if state.is_open and s.status == "open" and s.step.by is not None):
            yield row("step", open_step.step.by or today, open_step.step.text, who=open_step.step.who)
    for promised in follow_ups(of.history):
        if promised.done_on is None:
            yield row("follow_up", promised.on, promised.title)


def _until(history: History, period: Period) -> History:
    return tuple(event for event in history if period.over_by(event.at))


def _last_end(state: FocusState) -> datetime:
    assert state.closed is not None, "an open focus has no end"
    return state.closed.at


def _focus_seen(state: FocusState, calls: tuple[PastCall, ...], period: Period) -> FocusSeen:
    found = showings(state, tuple(c for c in calls if state.closed is None or c.at <= state.closed.at))
    return FocusSeen(
        title=state.title,
        opened_on=_day(state.at),
        ended_on=_day(state.closed.at) if state.closed else None,
        how=state.closed.how if state.closed else None,
        n_shown=found.n_shown,
        n_counted=found.n_counted,
        shown=found.shown,
        of=found.of,
        praise=tuple(PraiseSeen(on=_day(p.at), text=p.given.text) for p in state.praise if period.has(p.at)),
    )


def _focus_plan(state: FocusState, history: History) -> FocusPlan:
    again = next((f.on for f in follow_ups(history) if f.what == state.id and f.done_on is None), None)
    return FocusPlan(
        title=state.title,
        shown=state.opened.shown,
        of=state.opened.of,
        steps=tuple(_step(each) for each in state.steps),
        look_again=again,
    )


def _session(state: SessionState) -> SessionPaper:
    plan = state.plan
    return SessionPaper(
        starts_at=plan.starts_at,
        minutes=plan.minutes,
        nature=plan.nature,
        purpose=plan.purpose,
        reason=plan.reason,
        importance=state.importance.text if state.importance else "",
        n_moments=len(plan.clips),
    )


def _agreed(state: SessionState, period: Period) -> Agreed | None:
    if state.held is None or state.held_at is None or not period.has(state.held_at):
        return None
    steps = tuple(_step(each) for each in state.held.steps)
    return Agreed(on=_day(state.held_at), purpose=state.plan.purpose, steps=steps, look_again=state.held.follow_up)


def _step(each: StepState | ActivityStep) -> PlanStep:
    if isinstance(each, ActivityStep):
        return PlanStep(text=each.text, who=each.who, by=each.by)
    return PlanStep(text=each.step.text, who=each.step.who, by=each.step.by, status=each.status)


def _in_words(identifier: str) -> str:
    return identifier.replace("_", " ").capitalize()


def _day(at: datetime) -> date:
    return at.astimezone(UTC).date()
