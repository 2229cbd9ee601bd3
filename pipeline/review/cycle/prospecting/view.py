"""Owns prospecting activity as a viewer sees it: of one rep in full, of a team by name, without any order of merit."""

from datetime import date

from pipeline.cycle.contact_calls import contact_calls
from pipeline.cycle.prospecting import (
    ActivityWeek,
    Contact,
    ContactCall,
    ContactState,
    Prospecting,
    StageCount,
    prospecting,
)
from pipeline.domain.base import Value
from pipeline.domain.people import User, UserId, same_name
from pipeline.export.untrusted import visible
from pipeline.export.wording import counted, day
from pipeline.review.guards import Entry

MOST = 100
"""So many contacts of a state are listed."""
GROUPS: tuple[tuple[ContactState, str, str], ...] = (
    ("given_up", "Left before the team’s number", "Tried less often than the team has agreed, and not lately."),
    ("waiting", "Still being tried", "The last attempt is recent."),
    ("tried", "Tried the full number", "Tried as often as the team has agreed, and not reached."),
    ("reached", "Reached", "Answered an attempt, or took part in a later call."),
    ("unclear", "Cannot be told", "In one of the attempts two voices may not have been told apart."),
)


class AttemptView(Value):
    """One attempt: its call, and its day."""

    call: str
    address: str
    on: date


class ContactView(Value):
    """A contact as it is told: the attempts, the days between them in words, and how it stands."""

    customer: str
    state: ContactState
    attempts: tuple[AttemptView, ...]
    spacing: tuple[int, ...]
    spaced: str
    told: str


class Group(Value):
    """The contacts that stand alike; `n` is how many there are, `contacts` the latest of them."""

    state: ContactState
    title: str
    meaning: str
    n: int
    contacts: tuple[ContactView, ...]


class ProspectingView(Value):
    """The prospecting activity of one rep since a Monday; see `pipeline.cycle.prospecting` for what is counted."""

    person: UserId
    name: str
    since: date
    until: date
    attempts: int
    quiet_days: int
    n_attempts: int
    n_unnamed: int
    most_calls: int
    weeks: tuple[ActivityWeek, ...]
    stages: tuple[StageCount, ...]
    groups: tuple[Group, ...]

    @property
    def n_calls(self) -> int:
        """Calls with customers in these weeks."""
        return sum(week.n_calls for week in self.weeks)


class RepActivity(Value):
    """A rep's line on the team's page: contacts by how they stand, and the weeks."""

    person: UserId
    name: str
    address: str
    n_contacts: int
    n_attempts: int
    states: dict[ContactState, int]
    weeks: tuple[ActivityWeek, ...]


class TeamProspectingView(Value):
    """The reps below the viewer by name. `attempts` and `quiet_days` are the team's numbers."""

    since: date
    until: date
    attempts: int
    quiet_days: int
    reps: tuple[RepActivity, ...]


def prospecting_view(entry: Entry) -> ProspectingView:
    """The activity of the person of the path."""
    person = entry.whose
    (found,) = _activity(entry, (person,))
    return ProspectingView(
        person=person.id,
        name=visible(person.name),
        since=found.since,
        until=entry.room.now().date(),
        attempts=found.attempts,
        quiet_days=found.quiet_days,
        n_attempts=sum(week.n_attempts for week in found.weeks),
        n_unnamed=found.n_unnamed,
        most_calls=max(week.n_calls for week in found.weeks),
        weeks=found.weeks,
        stages=found.stages,
        groups=tuple(_group(found, *group) for group in GROUPS if found.of_state(group[0])),
    )


def team_prospecting_view(entry: Entry) -> TeamProspectingView:
    """The activity of all reps below the viewer, by name."""
    reps = sorted(_team(entry), key=lambda user: (same_name(user.name), user.id))
    coaching = entry.room.config.coaching
    found = _activity(entry, tuple(reps))
    return TeamProspectingView(
        since=prospecting((), today=entry.room.now().date(), attempts=1, quiet_days=1).since,
        until=entry.room.now().date(),
        attempts=coaching.attempts,
        quiet_days=coaching.quiet_days,
        reps=tuple(_rep(user, activity) for user, activity in zip(reps, found, strict=True)),
    )


def _team(entry: Entry) -> tuple[User, ...]:
    people, viewer = entry.room.people, entry.viewer
    below = people.all() if viewer.everything else people.below(viewer.user.id)
    return tuple(user for user in below if "rep" in user.roles)


def _activity(entry: Entry, people: tuple[User, ...]) -> tuple[Prospecting, ...]:
    room = entry.room
    names = frozenset().union(*(user.names for user in people))
    by_name = contact_calls(room.index.rows, names)
    return tuple(
        prospecting(
            tuple(call for name in sorted(user.names) for call in by_name.get(name, ())),
            today=room.now().date(),
            attempts=room.config.coaching.attempts,
            quiet_days=room.config.coaching.quiet_days,
        )
        for user in people
    )


def _rep(user: User, found: Prospecting) -> RepActivity:
    return RepActivity(
        person=user.id,
        name=visible(user.name),
        address=f"/people/{user.id}/prospecting",
        n_contacts=len(found.contacts),
        n_attempts=sum(week.n_attempts for week in found.weeks),
        states={state: len(found.of_state(state)) for state, _, _ in GROUPS},
        weeks=found.weeks,
    )


def _group(found: Prospecting, state: ContactState, title: str, meaning: str) -> Group:
    contacts = found.of_state(state)
    return Group(
        state=state,
        title=title,
        meaning=meaning,
        n=len(contacts),
        contacts=tuple(_contact(contact, found.attempts) for contact in contacts[:MOST]),
    )


def _contact(contact: Contact, attempts: int) -> ContactView:
    return ContactView(
        customer=visible(contact.customer),
        state=contact.state,
        attempts=tuple(_attempt(call) for call in contact.attempts),
        spacing=contact.spacing,
        spaced=_spaced(contact.spacing),
        told=_told(contact, attempts),
    )


def _attempt(call: ContactCall) -> AttemptView:
    return AttemptView(call=call.call, address=f"/calls/{call.call}", on=call.at.date())


def _spaced(spacing: tuple[int, ...]) -> str:
    """The days between attempts in words: "2, 3 and 7 days apart"; empty for a single attempt."""
    if not spacing:
        return ""
    days = [str(n) for n in spacing]
    several = f"{', '.join(days[:-1])} and {days[-1]}" if len(days) > 1 else days[0]
    return f"{several} {'day' if days == ['1'] else 'days'} apart"


def _told(contact: Contact, attempts: int) -> str:
    n = len(contact.attempts)
    if contact.state == "reached":
        on = f"on {day(contact.reached_on)}" if contact.reached_on else ""
        return f"reached {on} after {counted(contact.n_until_reached or 0, 'attempt')}"
    return f"{n} of {attempts} attempts" if n < attempts else counted(n, "attempt")
