"""The focus of a rep: what it is about, its steps, praise at each showing, its end, what is said to a relapse."""

from datetime import date
from typing import Literal

from pydantic import Field, model_validator

from pipeline.domain.base import Value
from pipeline.domain.coaching import ActivityStep
from pipeline.domain.cycle.words import Long, Ref, Said
from pipeline.domain.recording import CallId
from pipeline.domain.rubric import Polarity

Cause = Literal["ability", "motivation", "cannot_tell"]
"""As the manager marks it, and nobody else: it is stored and never inferred."""

StepStatus = Literal["open", "tried", "done"]
"""tried: done once without the wanted result, which counts as doing and not as failing."""


class FocusOpened(Value):
    """The one behaviour that the rep works on from now on; its id is "f" and the number of this event.

    It is met when the behaviour shows in `shown` of the last `of` live calls after this. `second`: it stands beside
    another that is open, which takes a reason. `call` is where it was seen, `session` the one-to-one that agreed it.
    `text` is the behaviour in the rubric's words of that day. One whose `polarity` is ineffective is to be left out:
    it counts where it could have shown and did not.
    """

    kind: Literal["focus_opened"] = "focus_opened"
    rubric: Said
    capability: Said
    behaviour: Said
    shown: int = Field(ge=1, le=50)
    of: int = Field(ge=1, le=50)
    steps: tuple[ActivityStep, ...] = Field(default=(), max_length=20)
    follow_up: date | None = None
    cause: Cause | None = None
    call: CallId | None = None
    session: Ref | None = None
    second: bool = False
    reason: Long = ""
    text: Said = ""
    polarity: Polarity = Polarity.EFFECTIVE

    @model_validator(mode="after")
    def _can_be_met(self) -> "FocusOpened":
        if self.shown > self.of:
            raise ValueError("a behaviour cannot show in more calls than are looked at")
        return self


class StepMarked(Value):
    """How far a step of a focus is; `step` counts from 0."""

    kind: Literal["step_marked"] = "step_marked"
    focus: Ref
    step: int = Field(ge=0)
    status: StepStatus
    note: Long = ""


class PraiseGiven(Value):
    """A coach praised a showing of the focus's behaviour, by the quote of this observation.

    `observation` is empty where a measure decided that it showed: there are no words to quote.
    """

    kind: Literal["praise_given"] = "praise_given"
    focus: Ref
    call: CallId
    record: int = Field(ge=1)
    observation: Said
    text: Long = Field(min_length=1)


class FocusClosed(Value):
    """habit: it was met, and a person says so; set_aside: it was not, and a person chose to stop, for this reason."""

    kind: Literal["focus_closed"] = "focus_closed"
    focus: Ref
    how: Literal["habit", "set_aside"]
    reason: Long = ""


class RelapseAnswered(Value):
    """What a coach or the rep did when a habit no longer showed: `call` is the latest call that was looked at then."""

    kind: Literal["relapse_answered"] = "relapse_answered"
    focus: Ref
    call: CallId
    choice: Literal["reopened", "left"]
    note: Long = ""


class FollowedUp(Value):
    """The day to look again came and somebody looked: at a focus (f...) or at what a one-to-one (s...) agreed."""

    kind: Literal["followed_up"] = "followed_up"
    what: Ref
    text: Long = ""
    again: date | None = None
