"""Owns listening commitments: the minutes a week that somebody pledged, and the time they really played.

A week begins on Monday, 00:00 UTC. Within a week each instant of a call counts once, however often it was played; what
is played again in a later week counts there as well. Only what a player reported counts, and nothing is rounded up.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

from pydantic import AwareDatetime, Field

from pipeline.domain.base import Value
from pipeline.domain.cycle.events import History
from pipeline.domain.cycle.own import ListeningPledged
from pipeline.domain.cycle.past_calls import week_of
from pipeline.domain.span import Span, total

WEEKS = 8
"""So many weeks are shown, this one with them."""


class PlayedOf(Value):
    """A stretch of a call that a person really played, seconds of the call; a line of listened/<user>.jsonl."""

    call: str
    at: AwareDatetime
    start: float = Field(ge=0)
    end: float = Field(ge=0)


class ListenedWeek(Value):
    """A person's week: the minutes pledged for it (None for no pledge), and the seconds played in it."""

    week: date
    pledged: int | None
    played_s: float = Field(ge=0)

    @property
    def minutes(self) -> int:
        """Whole minutes played: a minute that was begun and not finished is not one."""
        return int(self.played_s // 60)

    @property
    def met(self) -> bool | None:
        """Whether as much was played as was pledged; None where nothing was."""
        return None if self.pledged is None else self.played_s >= self.pledged * 60


def week_in_utc(at: datetime) -> date:
    """The Monday of the week in which this moment lies, in UTC."""
    return week_of(at.astimezone(UTC))


def last_weeks(now: datetime, n: int = WEEKS) -> tuple[date, ...]:
    """The Mondays of the last n weeks, oldest first, that of `now` last."""
    monday = week_in_utc(now)
    return tuple(monday - timedelta(weeks=back) for back in range(n - 1, -1, -1))


def pledged(history: History, week: date) -> int | None:
    """The minutes this person meant to hear in the week that begins on this Monday; None where they pledged none.

    A pledge counts for the whole of the week it was made in, and until another takes its place; 0 ends it.
    """
    stated = [h.what.minutes for h in history if isinstance(h.what, ListeningPledged) and week_in_utc(h.at) <= week]
    return stated[-1] or None if stated else None


def pledge(history: History, minutes: int, *, now: datetime) -> ListeningPledged | None:
    """The pledge of so many minutes a week from now on; None where that is what stands already."""
    standing = pledged(history, week_in_utc(now)) or 0
    return None if minutes == standing else ListeningPledged(minutes=minutes)


def played_by_week(lines: Iterable[PlayedOf]) -> dict[date, float]:
    """The seconds of calls that were played in each week, by its Monday: each instant of a call once a week."""
    spans: defaultdict[tuple[date, str], list[Span]] = defaultdict(list)
    for line in lines:
        spans[week_in_utc(line.at), line.call].append(Span(start=line.start, end=line.end))
    found: defaultdict[date, float] = defaultdict(float)
    for (week, _), played in spans.items():
        found[week] = round(found[week] + total(played), 3)
    return dict(found)


def listened_weeks(history: History, lines: Iterable[PlayedOf], *, now: datetime) -> tuple[ListenedWeek, ...]:
    """The last weeks of a person, oldest first: what was pledged for each, and what was played in it."""
    played = played_by_week(lines)
    return tuple(
        ListenedWeek(week=week, pledged=pledged(history, week), played_s=played.get(week, 0.0))
        for week in last_weeks(now)
    )
