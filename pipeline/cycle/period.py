"""Owns the stretch of days that pages of the cycle look at."""

from datetime import UTC, date, datetime, timedelta
from typing import Self

from pydantic import model_validator

from pipeline.domain.base import Value
from pipeline.errors import UsageError

USUAL_DAYS = 28
LONGEST_DAYS = 366


class Period(Value):
    """Days from `first` to `last`, both included; days are those of UTC."""

    first: date
    last: date

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.last < self.first:
            raise ValueError("a period ends no earlier than it begins")
        return self

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.last - self.first).days + 1

    def has(self, when: date | datetime) -> bool:
        """Whether the day, or the day of the moment in UTC, is in it."""
        day = when.astimezone(UTC).date() if isinstance(when, datetime) else when
        return self.first <= day <= self.last

    def over_by(self, when: datetime) -> bool:
        """Whether the moment is in the period or before it."""
        return when.astimezone(UTC).date() <= self.last


def last_weeks(today: date) -> Period:
    """The four weeks that end today."""
    return Period(first=today - timedelta(days=USUAL_DAYS - 1), last=today)


def chosen_period(first: date | None, last: date | None, usual: Period) -> Period:
    """The period somebody asks for; a day that is not given is the usual one's, or keeps the usual length.

    Raises: UsageError where it would end before it begins, or is longer than a year.
    """
    if first is None and last is None:
        return usual
    end = last or max(usual.last, first or usual.last)
    begin = first or end - timedelta(days=usual.days - 1)
    if end < begin or (end - begin).days >= LONGEST_DAYS:
        raise UsageError(f"{begin} to {end} is no period", hint="give a first day, and a last day at most a year later")
    return Period(first=begin, last=end)


def asked_day(text: str) -> date | None:
    """The day that a form's field names; None for an empty one. Raises: UsageError."""
    try:
        return date.fromisoformat(text.strip()) if text.strip() else None
    except ValueError as error:
        raise UsageError(f"{text[:40]!r} is no date", hint="write it as 2026-11-30") from error
