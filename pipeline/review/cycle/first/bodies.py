"""Owns what people and programs send about a self-review: the fields of each act."""

from pydantic import Field

from pipeline.domain.base import Value
from pipeline.domain.cycle.rep_first import AppealDecided, PickReason, PowerQuestion, Stance
from pipeline.domain.recording import CallId
from pipeline.domain.review import MOST_TEXT

_MOST = MOST_TEXT


class PickBody(Value):
    """A call to pick for this week, and as which of the two."""

    call: CallId
    why: PickReason


class AnswerBody(Value):
    """An answer to one of the three questions; `nothing`: nothing would be changed, to the third alone."""

    question: PowerQuestion
    text: str = Field(default="", max_length=_MOST)
    nothing: bool = False


class PromptBody(Value):
    """An answer to the follow-up question that is asked now, by its text; `nothing`: passed over."""

    prompt: str = Field(min_length=1, max_length=500)
    text: str = Field(default="", max_length=_MOST)
    nothing: bool = False


class ParkBody(Value):
    """What is put aside for the third question."""

    text: str = Field(default="", max_length=_MOST)


class ReasonBody(Value):
    """Why the coaching of a sealed call is opened, in three words at least."""

    reason: str = Field(default="", max_length=_MOST)


class ObservationBody(Value):
    """What a rep says of an observation of their approved feedback; all but `agree` take a text."""

    observation: str = Field(min_length=1, max_length=20)
    stance: Stance
    text: str = Field(default="", max_length=_MOST)


class DecisionBody(Value):
    """What a coach found on listening again to an observation that was appealed."""

    record: int = Field(ge=1)
    observation: str = Field(min_length=1, max_length=20)
    upheld: bool
    text: str = Field(default="", max_length=_MOST)

    def decision(self, call: str) -> AppealDecided:
        """The decision about an observation of this call."""
        return AppealDecided(
            call=call, record=self.record, observation=self.observation, upheld=self.upheld, text=self.text
        )
