"""A draft of coaching feedback: what code chose, in sentences that each rest on evidence."""

from datetime import date
from typing import Literal

from pydantic import Field

from pipeline.domain.assessment import MissedMoment
from pipeline.domain.base import Value

FactorName = Literal["importance", "gap", "evidence", "focus"]


class Factor(Value):
    """One term of the ranking formula, with the words that explain it to a manager."""

    name: FactorName
    value: float = Field(ge=0, le=1)
    why: str


class Candidate(Value):
    """A behaviour that could be the improvement; `rank_value` is the product of its factors, 0 to 1."""

    capability: str
    behaviour: str
    rank_value: float = Field(ge=0, le=1)
    factors: tuple[Factor, ...]


class Strength(Value):
    """The positive that the draft leads with: an effective behaviour and the observation that shows it."""

    capability: str
    behaviour: str
    observation_id: str
    text: str


class Improvement(Value):
    """The one thing to change: cites observations, a missed moment, or the measure that decided it."""

    capability: str
    behaviour: str
    observation_ids: tuple[str, ...] = ()
    missed: MissedMoment | None = None
    measured: float | None = None
    text: str
    reasons: tuple[Factor, ...]


class ActivityStep(Value):
    """A small step with who does it and by when; `by` is proposed, people decide."""

    text: str
    who: Literal["rep", "manager", "both"]
    by: date | None = None


class Draft(Value):
    """A draft for one call; it stays one until a person decides.

    `strength` or `improvement` is absent when the call gives no evidence for one; `absent` then says why.
    `ranking` is the whole ranked list that the improvement heads.
    """

    strength: Strength | None
    improvement: Improvement | None
    questions: tuple[str, ...]
    activity: tuple[ActivityStep, ...]
    practice: str | None = None
    follow_up: date | None = None
    absent: tuple[str, ...] = ()
    ranking: tuple[Candidate, ...] = ()
    text: str
