"""Owns what comes next in somebody's coaching, for the person and for those above: one list, which pages, reminders and
digests share."""

from datetime import datetime

from pipeline.cycle.coach_steps import coach_steps
from pipeline.cycle.known import Known
from pipeline.cycle.own_steps import own_steps
from pipeline.domain.cycle.next_step import NextStep, Side, StepKind, in_order


def next_steps(known: Known, now: datetime, *, side: Side) -> tuple[NextStep, ...]:
    """What this person does next, or what those above them do about them: overdue first, then by day, then the rest.

    `now` is in the zone whose days are meant.
    """
    return in_order(own_steps(known, now) if side == "own" else coach_steps(known, now))


AHEAD: dict[StepKind, int] = {"session": 1, "importance": 1}
"""So many days before its day is a thing due; what has a day and is not named here is due on it."""

WAITING: frozenset[StepKind] = frozenset({"relapse", "drafts", "appeal", "consent", "met"})
"""What is due as soon as it is there."""


def due(steps: tuple[NextStep, ...], now: datetime) -> tuple[NextStep, ...]:
    """Those of which somebody should be reminded by now."""
    today = now.date().toordinal()
    return tuple(
        step
        for step in steps
        if (step.kind in WAITING if step.on is None else step.on.toordinal() - AHEAD.get(step.kind, 0) <= today)
    )
