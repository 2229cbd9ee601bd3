"""The one-to-one: its plan, what must be said before it starts, what it agreed, and when that is looked at again."""

from datetime import date
from typing import Literal

from pydantic import AwareDatetime, Field

from pipeline.domain.base import Value
from pipeline.domain.coaching import ActivityStep
from pipeline.domain.cycle.focus import Cause
from pipeline.domain.cycle.words import Long, Ref, Said
from pipeline.domain.people import UserId
from pipeline.domain.recording import CallId
from pipeline.domain.session_template import SessionNature, SessionTemplate
from pipeline.domain.span import Span

AgendaPart = Literal["rep", "positive", "improvement"]
AGENDA_PARTS: tuple[AgendaPart, ...] = ("rep", "positive", "improvement")
"""In the order of the talk: the rep's own view first, then the positive, then the one thing to change."""


class AgendaClip(Value):
    """A moment to play in the one-to-one, and for how many minutes it is talked about after it was heard."""

    call: CallId
    span: Span
    part: AgendaPart
    title: Said = ""
    talk: float = Field(default=2.0, ge=0, le=60)


class SessionPlan(Value):
    """The plan of a one-to-one. It cannot start without purpose, reason, importance and minutes.

    `importance` is in the rep's words: why it matters to them. `question` is the one improvement, as a question.
    `fields` are those of the session template, by name; `outline` is that template as it was when this was saved, so
    that a later change of its file changes no plan.
    """

    coach: UserId
    starts_at: AwareDatetime
    minutes: int = Field(ge=0, le=240)
    template: Said = ""
    nature: SessionNature | None = None
    purpose: Long = ""
    reason: Long = ""
    importance: Long = ""
    clips: tuple[AgendaClip, ...] = Field(default=(), max_length=20)
    positive: Long = ""
    question: Long = ""
    cause: Cause | None = None
    focus: Ref | None = None
    fields: dict[Said, Long] = Field(default_factory=dict, max_length=40)
    outline: SessionTemplate | None = None


class SessionPlanned(Value):
    """The plan as somebody saved it; without `session` a new one, whose id is "s" and the number of this event.

    `seen` is the number of the event that had the plan before it: another saved in between makes this one stale.
    """

    kind: Literal["session_planned"] = "session_planned"
    plan: SessionPlan
    session: Ref | None = None
    seen: int = Field(default=0, ge=0)


class ImportanceSaid(Value):
    """Why the one-to-one matters to the rep, in the rep's own words."""

    kind: Literal["importance_said"] = "importance_said"
    session: Ref
    text: Long = Field(min_length=1)


class SessionStarted(Value):
    """The one-to-one began."""

    kind: Literal["session_started"] = "session_started"
    session: Ref


class SessionHeld(Value):
    """The one-to-one was held: what was agreed, who does it by when, and the day to look again."""

    kind: Literal["session_held"] = "session_held"
    session: Ref
    steps: tuple[ActivityStep, ...] = Field(default=(), max_length=20)
    follow_up: date | None = None
    rep_said: Long = ""
    notes: Long = ""


class SessionCancelled(Value):
    """The one-to-one does not take place, or not then."""

    kind: Literal["session_cancelled"] = "session_cancelled"
    session: Ref
    reason: Long = Field(min_length=1)


class SessionRecorded(Value):
    """The one-to-one was recorded, and went through the pipeline as this call (stage coaching)."""

    kind: Literal["session_recorded"] = "session_recorded"
    session: Ref
    call: CallId
