"""What a measure is held against: the team's own calls, and published figures; none without where it comes from."""

from datetime import date
from typing import Literal, Self

from pydantic import Field, HttpUrl, model_validator

from pipeline.domain.base import Value
from pipeline.domain.metrics import MetricName

LEAST_CALLS = 5
"""Fewer calls than this make no baseline."""


class Baseline(Value):
    """How a measure lies in other real calls: the median, and the middle half from `low` to `high`.

    `of` says whose: this rep's own, or the team's. `n` calls, held from `since` to `until`. Without figures, `absent`
    says why: too few calls, or calls of so few colleagues that one of them could be told.
    """

    of: Literal["rep", "team"]
    n: int = Field(ge=0)
    low: float | None = None
    median: float | None = None
    high: float | None = None
    since: date | None = None
    until: date | None = None
    absent: Literal["few_calls", "few_colleagues"] | None = None

    @model_validator(mode="after")
    def _figures_rest_on_calls(self) -> Self:
        figures = (self.low, self.median, self.high, self.since, self.until)
        if (self.absent is None) != all(f is not None for f in figures) or (self.absent and figures != (None,) * 5):
            raise ValueError("a baseline has all of its figures, or says why it has none")
        if self.absent is None and self.n < LEAST_CALLS:
            raise ValueError(f"a baseline of {self.n} calls is none: it takes {LEAST_CALLS}")
        if self.low is not None and self.median is not None and self.high is not None:
            in_order = self.low <= self.median <= self.high
            if not in_order:
                raise ValueError(f"the median lies in the middle half, not {self.median} in {self.low} to {self.high}")
        return self


class Source(Value):
    """Where a published figure comes from: who found it, where and when it was published, in how many calls of what."""

    author: str = Field(min_length=3)
    title: str = Field(min_length=3)
    year: int = Field(ge=1950, le=2100)
    address: HttpUrl
    sample: str = Field(min_length=10)
    n: int = Field(ge=5)


class PublishedRange(Value):
    """A figure that somebody published, in the unit of the measure; `low` equals `high` for a single figure.

    `says` is what the figure is of, `differs` how it was measured otherwise than here; empty for no difference known.
    """

    measure: MetricName
    low: float
    high: float
    says: str = Field(min_length=3)
    differs: str = ""
    source: Source

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.low > self.high:
            raise ValueError(f"a range does not end before it begins: {self.low} to {self.high}")
        return self
