"""Owns the page of a team: each rep below the viewer, by their manager and name, with what their coaching is at.

Nobody is compared: there is no order but that of names, and no figure of one rep beside a figure of another's calls.
"""

from datetime import date, datetime
from itertools import groupby

from pipeline.cycle.coach_steps import as_coach, open_drafts
from pipeline.cycle.follow_ups import follow_ups
from pipeline.cycle.known import Known, known_of
from pipeline.cycle.next_steps import due, next_steps
from pipeline.domain.base import Value
from pipeline.domain.cycle.next_step import NextStep
from pipeline.domain.people import User, UserId, same_name
from pipeline.export.untrusted import visible
from pipeline.review.cycle.hub.cards import FocusCard, PickCard, SessionCard, focus_cards, next_session, pick_cards
from pipeline.review.cycle.hub.overview import shown
from pipeline.review.guards import Entry
from pipeline.review.people import People


class DueView(Value):
    """The earliest day to look again that waits for somebody to look."""

    on: date
    overdue: bool
    today: bool


class RepRow(Value):
    """A rep, and what their coaching is at. `picks` are this week's; `next` is the first thing a coach does: of what is
    due, where anything is."""

    person: UserId
    name: str
    picks: tuple[PickCard, ...]
    focuses: tuple[FocusCard, ...]
    session: SessionCard | None
    follow_up: DueView | None
    n_drafts: int
    next: NextStep | None


class Group(Value):
    """The reps of one manager; `manager` is None for reps whom nobody manages."""

    manager: UserId | None
    name: str
    reps: tuple[RepRow, ...]


class TeamView(Value):
    """The reps below whoever asks, by manager. `today` is the day in UTC."""

    today: date
    n_reps: int
    groups: tuple[Group, ...]


def team_view(entry: Entry) -> TeamView:
    """The team of whoever came in: all who report to them, directly or through others."""
    room, now = entry.room, entry.room.now()
    reps = team_of(entry)
    known = known_of(room.index.rows, reps)
    ordered = sorted(reps, key=lambda user: (*_manager_order(room.people, user), same_name(user.name), user.id))
    groups = [
        _group(entry, manager, tuple(_row(user, known[user.id], room.people, now) for user in members))
        for manager, members in groupby(ordered, key=lambda user: user.reports_to)
    ]
    return TeamView(today=now.date(), n_reps=len(reps), groups=tuple(groups))


def team_of(entry: Entry) -> tuple[User, ...]:
    """The reps below whoever came in; at one's own machine all reps."""
    people, viewer = entry.room.people, entry.viewer
    below = people.all() if viewer.everything else people.below(viewer.user.id)
    return tuple(user for user in below if "rep" in user.roles)


def _manager_order(people: People, user: User) -> tuple[str, str]:
    above = people.get(user.reports_to) if user.reports_to else None
    return (same_name(above.name) if above else "", user.reports_to or "")


def _group(entry: Entry, manager: str | None, rows: tuple[RepRow, ...]) -> Group:
    above = entry.room.people.get(manager) if manager else None
    return Group(manager=above.id if above else None, name=visible(above.name) if above else "", reps=rows)


def _row(user: User, known: Known, people: People, now: datetime) -> RepRow:
    steps = next_steps(known, now, side="coach")
    first = next(iter(due(steps, now) or steps), None)
    return RepRow(
        person=user.id,
        name=visible(user.name),
        picks=pick_cards(known, now),
        focuses=focus_cards(as_coach(known), people),
        session=next_session(known, people, now),
        follow_up=_due(known, now.date()),
        n_drafts=len(open_drafts(known)),
        next=shown(first) if first else None,
    )


def _due(known: Known, today: date) -> DueView | None:
    waiting = [each for each in follow_ups(known.history) if each.done_on is None]
    if not waiting:
        return None
    first = waiting[0]
    return DueView(on=first.on, overdue=first.state(today) == "overdue", today=first.on == today)
