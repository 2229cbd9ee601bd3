"""What the cycle's rules know of a call: when it was, how the rep's levels and behaviours came out, what it was of."""

from datetime import date, datetime

from pydantic import AwareDatetime, Field

from pipeline.domain.assessment import VerdictState
from pipeline.domain.base import Value


class Level(Value):
    """A capability's level on one call, `of` so many; None where it was not scored."""

    level: int | None
    of: int = Field(ge=2, le=5)


class PastCall(Value):
    """A call of a person as the index has it.

    `at` is when it began, or when it was reviewed where nobody said when it began. `levels` are by capability,
    `verdicts` by behaviour, all by the rubric and version that the call was last read against.
    """

    call: str
    at: AwareDatetime
    mode: str
    stage: str | None
    customer: str | None
    deal: str | None
    rubric: str
    rubric_version: int
    duration: float | None
    levels: dict[str, Level]
    verdicts: dict[str, VerdictState]
    improvement: str | None = None
    strength: str | None = None

    @property
    def simulated(self) -> bool:
        """Whether it is practice: it never counts to a focus, to progress, or to anything said of a person."""
        return self.mode == "simulated"

    @property
    def live(self) -> bool:
        """Whether it is a call with a customer, and so counts."""
        return not self.simulated and self.stage != "coaching"


def week_of(when: date | datetime) -> date:
    """The Monday of the week; of a time, as its own zone has the day."""
    day = when.date() if isinstance(when, datetime) else when
    return date.fromordinal(day.toordinal() - day.weekday())
