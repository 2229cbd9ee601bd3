"""Where a rep wants to be: goals in their own words, and the gap that both agree to close next."""

from datetime import date
from typing import Literal

from pydantic import Field

from pipeline.domain.base import Value
from pipeline.domain.cycle.words import Long, Ref, Said


class GoalSet(Value):
    """A goal of the rep's own; its id is "g" and the number of this event, or `replaces` where it rewords one."""

    kind: Literal["goal_set"] = "goal_set"
    text: Long = Field(min_length=1)
    rubric: Said = ""
    capability: Said = ""
    by: date | None = None
    replaces: Ref | None = None


class GoalEnded(Value):
    """The rep has reached a goal, or wants it no longer."""

    kind: Literal["goal_ended"] = "goal_ended"
    goal: Ref
    reached: bool
    text: Long = ""


class TargetAgreed(Value):
    """The level of a capability to come to, and the next step there; a later one takes the place of the earlier."""

    kind: Literal["target_agreed"] = "target_agreed"
    rubric: Said
    capability: Said
    level: int = Field(ge=1, le=5)
    next_step: Long = ""
