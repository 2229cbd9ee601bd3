"""The rep goes first: picks of the week, power questions, what is parked, the seal, answers to observations."""

from datetime import date
from typing import Literal

from pydantic import Field, field_validator

from pipeline.domain.base import Value
from pipeline.domain.cycle.words import Long, Said
from pipeline.domain.recording import CallId

PickReason = Literal["went_well", "struggled"]

PowerQuestion = Literal["how_it_went", "did_well", "would_change"]
POWER_QUESTIONS: dict[PowerQuestion, str] = {
    "how_it_went": "How do you think it went?",
    "did_well": "What did you do well?",
    "would_change": "What, if anything, would you change?",
}
"""In the order in which they are asked: each opens once the one before it has an answer."""

Stance = Literal["agree", "not_like_that", "did_not_happen"]


class Picked(Value):
    """The rep chose a call of their own for this week, which begins on the Monday `week`: one that went well, and one
    they struggled with. A later pick of the same week and reason takes the place of the earlier.

    `after_feedback`: its feedback had been approved by then, so that there was nothing left to go first of.
    """

    kind: Literal["picked"] = "picked"
    call: CallId
    week: date
    why: PickReason
    after_feedback: bool = False

    @field_validator("week")
    @classmethod
    def _monday(cls, week: date) -> date:
        if week.weekday():
            raise ValueError("a week is named by its Monday")
        return week


class PickTakenBack(Value):
    """The rep no longer picks this call."""

    kind: Literal["pick_taken_back"] = "pick_taken_back"
    call: CallId


class Answered(Value):
    """The rep's answer to a power question about a call; a later one takes the place of the earlier.

    `nothing`: the rep would not change anything. `prompt` is the follow-up question that this answers, where it answers
    one that was prepared for that case.
    """

    kind: Literal["answered"] = "answered"
    call: CallId
    question: PowerQuestion
    text: Long = ""
    nothing: bool = False
    prompt: Said = ""


class Parked(Value):
    """Something the rep disliked about the call, said before the third question: offered again in the third."""

    kind: Literal["parked"] = "parked"
    call: CallId
    text: Long = Field(min_length=1)


class SealOverridden(Value):
    """A coach opened the coaching of a picked call before the rep had commented, and why."""

    kind: Literal["seal_overridden"] = "seal_overridden"
    call: CallId
    reason: Long = Field(min_length=1)


class ObservationAnswered(Value):
    """What the rep says of an observation (`observation` is its id in the call's record number `record`)."""

    kind: Literal["observation_answered"] = "observation_answered"
    call: CallId
    record: int = Field(ge=1)
    observation: Said
    behaviour: Said
    stance: Stance
    text: Long = ""


class AppealDecided(Value):
    """What a coach found on listening again; `upheld`: the rep is right, and the observation no longer stands."""

    kind: Literal["appeal_decided"] = "appeal_decided"
    call: CallId
    record: int = Field(ge=1)
    observation: Said
    upheld: bool
    text: Long = ""
