"""Owns what is sent to the focus's places, from forms and from programs, and what it means."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from pipeline.domain.base import Value
from pipeline.domain.coaching import ActivityStep
from pipeline.domain.cycle.focus import Cause, StepStatus
from pipeline.domain.cycle.words import Long, Said
from pipeline.errors import UsageError

N_STEPS = 8
"""Rows for steps in a form; a program may send up to twenty."""
_WHO = ("rep", "manager", "both")


class OpenBody(Value):
    """A focus to open; `shown` and `of` are the team's where they are not given."""

    rubric: Said
    behaviour: Said
    shown: int | None = Field(default=None, ge=1, le=50)
    of: int | None = Field(default=None, ge=1, le=50)
    steps: tuple[ActivityStep, ...] = Field(default=(), max_length=20)
    follow_up: date | None = None
    cause: Cause | None = None
    call: Said = ""
    second: bool = False
    reason: Long = ""


class StepBody(Value):
    """How far a step is; `note` is None where what was noted before is to stay."""

    step: int = Field(ge=0, le=100)
    status: StepStatus
    note: Long | None = None


class PraiseBody(Value):
    """A praise of a showing, with the observation that it cites."""

    call: Said
    record: int = Field(ge=1)
    observation: Said = ""
    text: Long


class CloseBody(Value):
    """The end of a focus."""

    how: Literal["habit", "set_aside"]
    reason: Long = ""


class RelapseBody(Value):
    """What to do with a relapse that is offered."""

    call: Said
    choice: Literal["reopened", "left"]
    note: Long = ""


class LookedBody(Value):
    """That somebody looked again, what was seen, and when to look next."""

    text: Long = ""
    again: date | None = None


class StepForm(StepBody):
    """The same as a form."""

    csrf: str = ""


class PraiseForm(PraiseBody):
    """The same as a form."""

    csrf: str = ""


class CloseForm(CloseBody):
    """The same as a form."""

    csrf: str = ""


class RelapseForm(RelapseBody):
    """The same as a form."""

    csrf: str = ""


class LookedForm(Value):
    """The same as a form, in which a day may be empty."""

    csrf: str = ""
    text: Long = ""
    again: str = Field(default="", max_length=40)

    @property
    def body(self) -> LookedBody:
        """What the form says. Raises: UsageError for a day that is none."""
        return LookedBody(text=self.text, again=a_day(self.again, "the next day to look again"))


class OpenForm(Value):
    """A focus to open, as a form: `what` is "rubric/behaviour", steps have three fields each."""

    csrf: str = ""
    what: str = Field(default="", max_length=1001)
    shown: int = Field(ge=1, le=50)
    of: int = Field(ge=1, le=50)
    step_text: list[Annotated[str, Field(max_length=2000)]] = Field(default_factory=list, max_length=20)
    step_who: list[Annotated[str, Field(max_length=20)]] = Field(default_factory=list, max_length=20)
    step_by: list[Annotated[str, Field(max_length=40)]] = Field(default_factory=list, max_length=20)
    follow_up: str = Field(default="", max_length=40)
    cause: Cause | Literal[""] = ""
    call: Said = ""
    second: bool = False
    reason: Long = ""

    @property
    def body(self) -> OpenBody:
        """What the form says. Raises: UsageError for a step that is not whole, or a day that is none."""
        rubric, _, behaviour = self.what.partition("/")
        return OpenBody(
            rubric=rubric,
            behaviour=behaviour,
            shown=self.shown,
            of=self.of,
            steps=self._steps(),
            follow_up=a_day(self.follow_up, "the day to look again"),
            cause=self.cause or None,
            call=self.call,
            second=self.second,
            reason=self.reason,
        )

    def _steps(self) -> tuple[ActivityStep, ...]:
        if not len(self.step_text) == len(self.step_who) == len(self.step_by):
            raise UsageError("a step is not whole", hint="open the form again and send it from there")
        found = []
        for text, who, by in zip(self.step_text, self.step_who, self.step_by, strict=True):
            if who not in _WHO:
                raise UsageError(f"nobody is called {who!r} in a step", hint="a step is for rep, manager or both")
            if text.strip():
                found.append(ActivityStep(text=text.strip(), who=who, by=a_day(by, "the day of a step")))
        return tuple(found)


def a_day(text: str, what: str) -> date | None:
    """The day; None for an empty text. Raises: UsageError for a text that is no day."""
    try:
        return date.fromisoformat(text.strip()) if text.strip() else None
    except ValueError as error:
        raise UsageError(f"{what}: {text[:40]!r} is no date", hint="write it as 2026-11-30") from error
