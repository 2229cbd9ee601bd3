"""The three papers that people hand over, as values: what was seen, what was agreed, what is next.

They are the same for whoever fetches them. What is not for both to read is in none: readings of trust, notes of a
one-to-one, what a coach prepared to ask, the mark of ability or motivation, drafts that nobody approved, clips. Nor is
practice: rehearsed calls are left out, and no showing rests on one.
"""

from datetime import date
from typing import Literal

from pydantic import AwareDatetime

from pipeline.cycle.period import Period
from pipeline.domain.base import Value
from pipeline.domain.cycle.focus import StepStatus
from pipeline.domain.people import UserId
from pipeline.domain.session_template import SessionNature

RowKind = Literal["one_to_one", "follow_up", "step"]
Who = Literal["rep", "manager", "both"]


class Quoted(Value):
    """Words of a call: who spoke them and when in it, mm:ss; empty where the transcript has no times."""

    text: str
    speaker: str
    clock: str


class FeedbackSeen(Value):
    """A feedback that was approved, as it was sent; `on` is the day of the call."""

    call: str
    customer: str | None
    on: date
    approved_on: date
    approved_by: str
    strength: tuple[str, ...]
    strength_quotes: tuple[Quoted, ...]
    improvement: tuple[str, ...]
    improvement_quotes: tuple[Quoted, ...]


class PraiseSeen(Value):
    """A showing of the focus that was praised."""

    on: date
    text: str


class FocusSeen(Value):
    """A focus that was open in the period: in how many of the last live calls it came out as wanted by its last day."""

    title: str
    opened_on: date
    ended_on: date | None
    how: Literal["habit", "set_aside"] | None
    n_shown: int
    n_counted: int
    shown: int
    of: int
    praise: tuple[PraiseSeen, ...]


class CoachingReport(Value):
    """What was seen in a period, feedback by the day of its call."""

    person: UserId
    name: str
    period: Period
    feedback: tuple[FeedbackSeen, ...]
    focuses: tuple[FocusSeen, ...]


class PlanStep(Value):
    """Who does what by when; `status` is None for a step that nobody marks, as that of a one-to-one."""

    text: str
    who: Who
    by: date | None
    status: StepStatus | None = None


class FocusPlan(Value):
    """A focus that is open: how often it has to show, its steps, the day to look again."""

    title: str
    shown: int
    of: int
    steps: tuple[PlanStep, ...]
    look_again: date | None


class SessionPaper(Value):
    """A one-to-one that is to come, as both may read it; `importance` is in the rep's words."""

    starts_at: AwareDatetime
    minutes: int
    nature: SessionNature | None
    purpose: str
    reason: str
    importance: str
    n_moments: int


class Agreed(Value):
    """What a one-to-one of the period agreed."""

    on: date
    purpose: str
    steps: tuple[PlanStep, ...]
    look_again: date | None


class TargetPaper(Value):
    """The level of a capability to come to, and the next step there."""

    capability: str
    level: int
    next_step: str


class GoalPaper(Value):
    """A goal in the rep's own words."""

    text: str
    by: date | None


class CoachingPlan(Value):
    """What is agreed: it stands as of the period's last day, with what its one-to-ones agreed."""

    person: UserId
    name: str
    period: Period
    focuses: tuple[FocusPlan, ...]
    to_come: tuple[SessionPaper, ...]
    agreed: tuple[Agreed, ...]
    targets: tuple[TargetPaper, ...]
    goals: tuple[GoalPaper, ...]


class PlannerRow(Value):
    """One thing that is next. `at` is the time of a one-to-one; `who` does a step; `late`: its day has passed."""

    on: date
    at: AwareDatetime | None = None
    person: UserId
    name: str
    kind: RowKind
    text: str
    who: Who | None = None
    late: bool = False


class Planner(Value):
    """What is next over all reps of a manager, by day: `until` is the last day that is looked ahead to."""

    name: str
    today: date
    until: date
    rows: tuple[PlannerRow, ...]
