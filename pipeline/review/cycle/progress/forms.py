"""Owns what is sent to the places of goals, from forms and from programs, and what it means."""

from datetime import date

from pydantic import Field

from pipeline.domain.base import Value
from pipeline.domain.cycle.words import Long, Said
from pipeline.errors import UsageError


class GoalBody(Value):
    """A goal in the rep's own words; without `rubric` and `capability` it is about no one capability."""

    text: Long
    rubric: Said = ""
    capability: Said = ""
    by: date | None = None


class EndBody(Value):
    """The end of a goal: reached, or no longer wanted."""

    reached: bool
    text: Long = ""


class TargetBody(Value):
    """The level to come to, and the next step there."""

    rubric: Said
    capability: Said
    level: int = Field(ge=1, le=5)
    next_step: Long = ""


class GoalForm(Value):
    """A goal as a form: `what` is "rubric/capability" or empty, `by` a day or empty."""

    csrf: str = ""
    text: Long = ""
    what: str = Field(default="", max_length=1001)
    by: str = Field(default="", max_length=40)

    @property
    def body(self) -> GoalBody:
        """What the form says. Raises: UsageError for a day that is none."""
        rubric, _, capability = self.what.partition("/")
        try:
            by = date.fromisoformat(self.by.strip()) if self.by.strip() else None
        except ValueError as error:
            raise UsageError(f"{self.by[:40]!r} is no date", hint="write it as 2026-11-30") from error
        return GoalBody(text=self.text, rubric=rubric, capability=capability, by=by)


class EndForm(EndBody):
    """The same as a form."""

    csrf: str = ""


class TargetForm(Value):
    """A target as a form: `what` is "rubric/capability"."""

    csrf: str = ""
    what: str = Field(default="", max_length=1001)
    level: str = Field(default="", max_length=4)
    next_step: Long = ""

    @property
    def body(self) -> TargetBody:
        """What the form says. Raises: UsageError where no capability or no level is chosen."""
        rubric, _, capability = self.what.partition("/")
        if not capability or self.level.strip() not in ("1", "2", "3", "4", "5"):
            raise UsageError("a target is a capability and a level of it", hint="choose both")
        return TargetBody(rubric=rubric, capability=capability, level=int(self.level), next_step=self.next_step)
