"""Owns listening commitments as a viewer sees them: their own, and for coaches those of everybody below, by name."""

from datetime import UTC, date, datetime, time

from pipeline.cycle.promises import ListenedWeek, last_weeks, listened_weeks, pledge
from pipeline.domain.base import Value
from pipeline.domain.cycle.events import History
from pipeline.domain.people import User, UserId, same_name
from pipeline.errors import UsageError
from pipeline.export.untrusted import visible
from pipeline.review.cycle.acting import act, happened_to, happened_to_all
from pipeline.review.guards import Entry

MOST_MINUTES = 40 * 60
LEAST_SCALE = 10
"""Minutes that a chart shows at least: two minutes of listening are no tall bar."""
_ROLES = {"rep": "Rep", "manager": "Manager", "second_level": "Second level"}


class WeekBar(Value):
    """A week as a bar: whole minutes played, the pledge, and both as a share of the chart's height, 0 to 1."""

    week: date
    pledged: int | None
    minutes: int
    seconds: float
    height: float
    line: float | None
    now: bool
    told: str


class PersonListening(Value):
    """What one person pledged and played, the last eight weeks, oldest first; `told` is this week in words."""

    person: UserId
    name: str
    role: str
    pledged: int | None
    scale: int
    told: str
    weeks: tuple[WeekBar, ...]


class ListeningView(Value):
    """The viewer's own weeks, and those of everybody below them by name; `people` is empty for who coaches nobody."""

    own: PersonListening
    people: tuple[PersonListening, ...]


def listening_view(entry: Entry) -> ListeningView:
    """The weeks of whoever came in, and of those below them."""
    now, viewer = entry.room.now(), entry.viewer.user
    below = sorted(_below(entry), key=lambda user: (same_name(user.name), user.id))
    histories = happened_to_all(entry, tuple(below))
    return ListeningView(
        own=_person(entry, viewer, happened_to(entry, viewer.id), now=now),
        people=tuple(_person(entry, user, histories[user.id], now=now) for user in below),
    )


def pledge_minutes(entry: Entry, minutes: int) -> int:
    """Pledge so many minutes a week for whoever came in: the number of the event, 0 where it stood already.

    Raises: UsageError for a number that is none of a week's minutes.
    """
    if not 0 <= minutes <= MOST_MINUTES:
        raise UsageError(
            f"{minutes} minutes a week cannot be pledged", hint=f"give a number from 0 to {MOST_MINUTES}; 0 ends it"
        )
    now = entry.room.now()
    return act(entry, entry.viewer.user.id, lambda history: pledge(history, minutes, now=now))


def minutes_given(text: str) -> int:
    """The minutes that somebody typed; nothing typed is 0. Raises: UsageError."""
    stripped = text.strip()
    if not (stripped or "0").isascii() or not (stripped or "0").isdigit() or len(stripped) > 6:
        raise UsageError(
            f"{visible(text)[:40]} is no number of minutes", hint=f"give a number from 0 to {MOST_MINUTES}; 0 ends it"
        )
    return int(stripped or "0")


def _below(entry: Entry) -> tuple[User, ...]:
    people, viewer = entry.room.people, entry.viewer
    found = people.all() if viewer.everything else people.below(viewer.user.id) if viewer.user.manages else ()
    return tuple(user for user in found if user.id != viewer.user.id and not user.roles.isdisjoint(_ROLES))


def _person(entry: Entry, user: User, history: History, *, now: datetime) -> PersonListening:
    since = datetime.combine(last_weeks(now)[0], time(), UTC)
    lines = entry.room.sounds.listening.listened.of(user.id, since=since)
    weeks = listened_weeks(history, lines, now=now)
    scale = max(LEAST_SCALE, *(max(week.played_s / 60, week.pledged or 0) for week in weeks))
    return PersonListening(
        person=user.id,
        name=visible(user.name),
        role=", ".join(title for role, title in _ROLES.items() if role in user.roles).capitalize(),
        pledged=weeks[-1].pledged,
        scale=-int(-scale // 1),
        told=_this_week(weeks[-1]),
        weeks=tuple(_bar(week, scale, now=week is weeks[-1]) for week in weeks),
    )


def _bar(week: ListenedWeek, scale: float, *, now: bool) -> WeekBar:
    played = f"{week.minutes} min played" if week.played_s >= 60 or not week.played_s else "under a minute played"
    return WeekBar(
        week=week.week,
        pledged=week.pledged,
        minutes=week.minutes,
        seconds=week.played_s,
        height=round(min(1.0, week.played_s / 60 / scale), 4),
        line=None if week.pledged is None else round(week.pledged / scale, 4),
        now=now,
        told=played if week.pledged is None else f"{played}, {week.pledged} pledged",
    )


def _this_week(week: ListenedWeek) -> str:
    """This week in a sentence that blames nobody: what was played so far, and what is left of the pledge."""
    played = "Less than a minute" if 0 < week.played_s < 60 else f"{week.minutes} min"
    if week.pledged is None:
        return f"{played} played so far this week."
    left = week.pledged - week.minutes
    if week.met:
        return f"{played} played this week, {week.pledged} pledged."
    return f"{played} played so far this week, {left} more to the {week.pledged} pledged."
