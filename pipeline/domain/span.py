"""Intervals of time in a recording."""

from collections.abc import Iterable
from typing import Self

from pydantic import Field, field_validator, model_validator

from pipeline.domain.base import Value


class Span(Value):
    """The half-open interval [start, end) in seconds from the start of the recording, rounded to 1 ms once, here."""

    start: float = Field(ge=0)
    end: float = Field(ge=0)

    @field_validator("start", "end")
    @classmethod
    def _milliseconds(cls, value: float) -> float:
        return round(value, 3)

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.end < self.start:
            raise ValueError(f"a span must not end before it starts: {self.start} > {self.end}")
        return self

    @property
    def duration(self) -> float:
        """Seconds, 0 or more."""
        return round(self.end - self.start, 3)

    @property
    def middle(self) -> float:
        """The instant half-way."""
        return (self.start + self.end) / 2

    def overlap(self, other: "Span") -> float:
        """Seconds that both spans share; 0 when they only touch."""
        return round(max(0.0, min(self.end, other.end) - max(self.start, other.start)), 3)


def union(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The same points in time as maximal spans that neither overlap nor touch, in order."""
    merged: list[Span] = []
    for span in sorted(spans, key=lambda s: (s.start, s.end)):
        if merged and span.start <= merged[-1].end:
            merged[-1] = Span(start=merged[-1].start, end=max(merged[-1].end, span.end))
        else:
            merged.append(span)
    return tuple(merged)


def total(spans: Iterable[Span]) -> float:
    """Seconds covered by at least one of the spans, each instant counted once."""
    return round(sum(span.duration for span in union(spans)), 3)


def shared(left: Iterable[Span], right: Iterable[Span]) -> tuple[Span, ...]:
    """The maximal spans covered by both sides."""
    a, b = union(left), union(right)
    found: list[Span] = []
    i = j = 0
    while i < len(a) and j < len(b):
        start, end = max(a[i].start, b[j].start), min(a[i].end, b[j].end)
        if start < end:
            found.append(Span(start=start, end=end))
        if a[i].end <= b[j].end:
            i += 1
        else:
            j += 1
    return tuple(found)
