"""Owns prospecting activity, from what is stated of calls: attempts on each contact, their spacing, stages, weeks.

It is told as what somebody does, never as a quota: nothing is added up into a figure that one person has more of.
A contact is a customer as the calls name them. An attempt is a prospecting call to one that is not stated as inbound;
practice is none. A contact is reached by an attempt in which the customer's side speaks at least twice (an answering
machine speaks once), and by any call of a later stage.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Literal

from pydantic import AwareDatetime, Field

from pipeline.domain.base import Value
from pipeline.domain.cycle.past_calls import week_of
from pipeline.domain.people import same_name

WEEKS = 12
"""So many weeks are looked at, this one with them."""
TURNS_REACHED = 2
"""So often the customer's side speaks in a call in which somebody was reached."""
STAGES = ("prospecting", "discovery", "demo", "closing")

Direction = Literal["inbound", "outbound"]
ContactState = Literal["reached", "given_up", "tried", "waiting", "unclear"]
"""reached; given_up: not reached, tried less often than the team's number and not for the team's days; tried: not
reached, tried as often as that; waiting: not reached, the last attempt is recent; unclear: whether somebody answered is
not known of one of the attempts."""


class ContactCall(Value):
    """What is stated of a call, and whether the customer's side answered; None where that cannot be told."""

    call: str
    at: AwareDatetime
    customer: str | None
    stage: str | None
    direction: Direction | None
    simulated: bool = False
    answered: bool | None = None

    @property
    def is_attempt(self) -> bool:
        """Whether it is a try to reach somebody."""
        return not self.simulated and self.stage == "prospecting" and self.direction != "inbound"


class Contact(Value):
    """One customer that was tried: the attempts, oldest first, and how it stands.

    `spacing` are the days between one attempt and the next, of the calendar in UTC. `reached_on` is the day of the
    first call since the first attempt in which they were reached; `n_until_reached` are the attempts up to then, that
    call among them if it was one.
    """

    customer: str
    attempts: tuple[ContactCall, ...] = Field(min_length=1)
    spacing: tuple[int, ...]
    state: ContactState
    reached_on: date | None = None
    n_until_reached: int | None = None

    @property
    def last(self) -> date:
        """The day of the last attempt."""
        return _day(self.attempts[-1].at)


class ActivityWeek(Value):
    """A week by its Monday: calls with customers, and how many of those were attempts."""

    week: date
    n_calls: int
    n_attempts: int


class StageCount(Value):
    """How many calls are stated to be of a stage; None counts those where nobody said."""

    stage: str | None
    n: int


class Prospecting(Value):
    """The prospecting activity of one rep in the last weeks.

    `contacts` are those with an attempt in these weeks, by the latest attempt first, with all their attempts ever.
    `n_unnamed` attempts name no customer, so they are no contact's. `attempts` and `quiet_days` are the team's.
    """

    since: date
    weeks: tuple[ActivityWeek, ...]
    stages: tuple[StageCount, ...]
    contacts: tuple[Contact, ...]
    n_unnamed: int
    attempts: int
    quiet_days: int

    def of_state(self, state: ContactState) -> tuple[Contact, ...]:
        """The contacts that stand so."""
        return tuple(contact for contact in self.contacts if contact.state == state)


def prospecting(calls: Iterable[ContactCall], *, today: date, attempts: int, quiet_days: int) -> Prospecting:
    """The activity of whoever took these calls, as of a day; `attempts` and `quiet_days` are the team's numbers."""
    since = week_of(today) - timedelta(weeks=WEEKS - 1)
    ours = sorted((c for c in calls if _counts(c)), key=_place)
    lately = [c for c in ours if since <= _day(c.at) <= today]
    found = contacts(ours, today=today, attempts=attempts, quiet_days=quiet_days)
    return Prospecting(
        since=since,
        weeks=_weeks(lately, since),
        stages=_stages(lately),
        contacts=tuple(c for c in found if since <= c.last <= today),
        n_unnamed=sum(c.is_attempt and not same_name(c.customer or "") for c in lately),
        attempts=attempts,
        quiet_days=quiet_days,
    )


def contacts(calls: Sequence[ContactCall], *, today: date, attempts: int, quiet_days: int) -> tuple[Contact, ...]:
    """Every contact that was ever tried, the latest attempt first; names are compared without case and white space."""
    by_name: defaultdict[str, list[ContactCall]] = defaultdict(list)
    for call in sorted((c for c in calls if _counts(c)), key=_place):
        if key := same_name(call.customer or ""):
            by_name[key].append(call)
    found = [
        _contact(theirs, today=today, attempts=attempts, quiet_days=quiet_days)
        for theirs in by_name.values()
        if any(call.is_attempt for call in theirs)
    ]
    latest_first = sorted(found, key=lambda c: _place(c.attempts[-1]), reverse=True)
    return tuple(latest_first)


def _contact(calls: Sequence[ContactCall], *, today: date, attempts: int, quiet_days: int) -> Contact:
    tries = tuple(call for call in calls if call.is_attempt)
    days = [_day(call.at) for call in tries]
    spacing = tuple((later - earlier).days for earlier, later in pairwise(days))
    reached = next((call for call in calls if _reaches(call) and _place(call) >= _place(tries[0])), None)
    if reached is not None:
        return Contact(
            customer=tries[-1].customer or "",
            attempts=tries,
            spacing=spacing,
            state="reached",
            reached_on=_day(reached.at),
            n_until_reached=sum(_place(t) <= _place(reached) for t in tries),
        )
    state: ContactState
    if any(call.answered is None for call in tries):
        state = "unclear"
    elif len(tries) >= attempts:
        state = "tried"
    else:
        state = "given_up" if (today - days[-1]).days >= quiet_days else "waiting"
    return Contact(customer=tries[-1].customer or "", attempts=tries, spacing=spacing, state=state)


def _reaches(call: ContactCall) -> bool:
    """Whether somebody was reached: the customer answers, or the sale went on."""
    return call.answered is True or call.stage in STAGES[1:]


def _place(call: ContactCall) -> tuple[datetime, str]:
    return call.at, call.call


def _counts(call: ContactCall) -> bool:
    return not call.simulated and call.stage != "coaching"


def _weeks(calls: Sequence[ContactCall], since: date) -> tuple[ActivityWeek, ...]:
    n_calls = Counter(week_of(_day(call.at)) for call in calls)
    n_attempts = Counter(week_of(_day(call.at)) for call in calls if call.is_attempt)
    mondays = [since + timedelta(weeks=n) for n in range(WEEKS)]
    return tuple(ActivityWeek(week=m, n_calls=n_calls[m], n_attempts=n_attempts[m]) for m in mondays)


def _stages(calls: Sequence[ContactCall]) -> tuple[StageCount, ...]:
    found = Counter(call.stage for call in calls)
    return tuple(StageCount(stage=s, n=found[s]) for s in (*STAGES, None) if s is not None or found[s])


def _day(at: datetime) -> date:
    return at.astimezone(UTC).date()
