"""Owns what a paper says, line by line, whatever format it is set in."""

from collections.abc import Iterator
from datetime import date
from itertools import groupby
from typing import Literal

from pipeline.cycle.paper_values import (
    Agreed,
    CoachingPlan,
    CoachingReport,
    FeedbackSeen,
    FocusSeen,
    Planner,
    PlannerRow,
    PlanStep,
    Quoted,
    SessionPaper,
    Who,
)
from pipeline.domain.base import Value
from pipeline.domain.cycle.focus import StepStatus
from pipeline.export.wording import counted, day, moment_of, weekday

LineKind = Literal["head", "text", "quote", "item", "note"]
"""head: of what follows; text: a paragraph; quote: words of a call; item: one of a list; note: small print."""

_WHO: dict[Who, str] = {"rep": "rep", "manager": "manager", "both": "both"}
_STATUS: dict[StepStatus, str] = {"open": "open", "tried": "tried", "done": "done"}
_KIND = {"one_to_one": "one-to-one", "follow_up": "look again", "step": "step"}
_DOES: dict[Who, str] = {"rep": " for the rep", "manager": " for the manager", "both": " for both"}


class Line(Value):
    """One line; `aside` stands beside it: who spoke and when, who does it by when."""

    kind: LineKind
    text: str
    aside: str = ""


class Section(Value):
    """A heading and its lines; `empty` is said where there are none."""

    title: str
    lines: tuple[Line, ...]
    empty: str


class PaperSheet(Value):
    """A paper ready to be set; texts are visible already, escaping is left to each format."""

    title: str
    about: str
    sections: tuple[Section, ...]
    foot: str


def report_sheet(report: CoachingReport) -> PaperSheet:
    """The coaching report."""
    feedback = tuple(line for each in report.feedback for line in _feedback(each))
    focus = tuple(line for each in report.focuses for line in _focus(each))
    return PaperSheet(
        title=f"Coaching report: {report.name}",
        about=f"What was seen, {day(report.period.first)} to {day(report.period.last)}",
        sections=(
            Section(title="Feedback", lines=feedback, empty="No feedback was approved in these days."),
            Section(title="Focus", lines=focus, empty="No focus was open in these days."),
        ),
        foot="Only feedback that a person approved, of calls with customers. Quotes are the transcripts' own words.",
    )


def plan_sheet(plan: CoachingPlan) -> PaperSheet:
    """The coaching plan."""
    focus = tuple(
        line
        for each in plan.focuses
        for line in (
            Line(kind="head", text=each.title, aside=f"until it shows in {each.shown} of {each.of} calls"),
            *(_step(step) for step in each.steps),
            *_again(each.look_again),
        )
    )
    goals = (Line(kind="item", text=goal.text, aside=_by(goal.by)) for goal in plan.goals)
    targets = (
        Line(kind="item", text=f"{t.capability}: level {t.level}", aside=t.next_step and f"next step: {t.next_step}")
        for t in plan.targets
    )
    return PaperSheet(
        title=f"Coaching plan: {plan.name}",
        about=f"What is agreed, as of {day(plan.period.last)}",
        sections=(
            Section(title="Focus", lines=focus, empty="No focus is open."),
            Section(
                title="Next one-to-one",
                lines=tuple(line for each in plan.to_come for line in _session(each)),
                empty="None is planned.",
            ),
            Section(
                title="Agreed in one-to-ones",
                lines=tuple(line for each in plan.agreed for line in _agreed(each)),
                empty=f"No one-to-one was held from {day(plan.period.first)} to {day(plan.period.last)}.",
            ),
            Section(title="Targets", lines=tuple(targets), empty="No target is agreed."),
            Section(title="Goals, in the rep's words", lines=tuple(goals), empty="No goal is set."),
        ),
        foot="A step marked as tried was done once without the wanted result: that counts as doing it.",
    )


def planner_sheet(planned: Planner) -> PaperSheet:
    """The planner: what is late, then day by day."""
    late = tuple(_row(row, dated=True) for row in planned.rows if row.late)
    days = groupby((row for row in planned.rows if not row.late), key=lambda row: row.on)
    return PaperSheet(
        title=f"Planner: {planned.name}",
        about=f"What is next, {day(planned.today)} to {day(planned.until)}",
        sections=(
            *((Section(title="Late", lines=late, empty=""),) if late else ()),
            *(Section(title=weekday(on), lines=tuple(_row(row) for row in rows), empty="") for on, rows in days),
            *(() if planned.rows else (Section(title="Next", lines=(), empty="Nothing is planned, due or late."),)),
        ),
        foot="Times are UTC.",
    )


def _feedback(each: FeedbackSeen) -> Iterator[Line]:
    approved = f"approved by {each.approved_by}, {day(each.approved_on)}"
    yield Line(kind="head", text=f"{each.customer or 'Customer not named'}, {day(each.on)}", aside=approved)
    for name, texts, quotes in (
        ("What worked", each.strength, each.strength_quotes),
        ("One thing to change", each.improvement, each.improvement_quotes),
    ):
        if texts or quotes:
            yield Line(kind="note", text=name)
        yield from (Line(kind="text", text=text) for text in texts)
        yield from _quotes(quotes, texts)


def _quotes(quotes: tuple[Quoted, ...], texts: tuple[str, ...]) -> Iterator[Line]:
    """Those whose words do not stand in the texts already, and of the others where they were said."""
    for quote in quotes:
        if not any(quote.text in text for text in texts):
            aside = f"{quote.speaker} [{quote.clock}]" if quote.clock else quote.speaker
            yield Line(kind="quote", text=quote.text, aside=aside)


def _focus(each: FocusSeen) -> Iterator[Line]:
    ended = {"habit": "a habit", "set_aside": "set aside", None: ""}[each.how]
    since = f"since {day(each.opened_on)}"
    aside = f"{since}; {ended} on {day(each.ended_on)}" if each.ended_on else f"{since}, open"
    yield Line(kind="head", text=each.title, aside=aside)
    seen = f"As wanted in {each.n_shown} of the last {counted(each.n_counted, 'call')} that could show it"
    so_far = seen if each.n_counted else "No call that could show it yet"
    yield Line(kind="text", text=f"{so_far}; met at {each.shown} of {each.of}.")
    yield from (Line(kind="item", text=f"Praised: {praise.text}", aside=day(praise.on)) for praise in each.praise)


def _session(each: SessionPaper) -> Iterator[Line]:
    nature = f", {each.nature}" if each.nature else ""
    yield Line(kind="head", text=moment_of(each.starts_at), aside=f"{each.minutes} minutes{nature}")
    named = (("Purpose", each.purpose), ("Reason", each.reason), ("Why it matters to the rep", each.importance))
    yield from (Line(kind="item", text=f"{name}: {text}") for name, text in named if text)
    if each.n_moments:
        yield Line(kind="item", text=f"To play: {counted(each.n_moments, 'moment')}")


def _agreed(each: Agreed) -> Iterator[Line]:
    yield Line(kind="head", text=day(each.on), aside=each.purpose)
    yield from (_step(step) for step in each.steps)
    yield from _again(each.look_again)


def _step(step: PlanStep) -> Line:
    parts = (_WHO[step.who], _by(step.by), _STATUS[step.status] if step.status else "")
    return Line(kind="item", text=step.text, aside=", ".join(part for part in parts if part))


def _by(on: date | None) -> str:
    return f"by {weekday(on)}" if on else ""


def _again(on: date | None) -> Iterator[Line]:
    if on:
        yield Line(kind="text", text=f"Look at it again on {weekday(on)}.")


def _row(row: PlannerRow, *, dated: bool = False) -> Line:
    at = f", {row.at:%H:%M}" if row.at and not dated else ""
    on = f", {weekday(row.on)}" if dated else ""
    who = _DOES[row.who] if row.who else ""
    text = f"{row.name}: {row.text}" if row.text else row.name
    return Line(kind="item", text=text, aside=f"{_KIND[row.kind]}{who}{on}{at}")
