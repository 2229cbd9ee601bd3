"""Owns the second level's figures as a value, for the pages and the API: of all managers below, and of one."""

from collections.abc import Mapping
from datetime import date

from pydantic import AwareDatetime

from pipeline.cycle.measures_of_coaching import DEFINITIONS, Definition, Figure, MeasureOfCoaching
from pipeline.cycle.period import Period, chosen_period, last_weeks
from pipeline.cycle.samples import looked_at
from pipeline.cycle.second_level import Coaching, coaching_of
from pipeline.domain.base import Value
from pipeline.domain.people import User
from pipeline.export.untrusted import visible
from pipeline.export.wording import counted
from pipeline.review.cycle.acting import happened_to
from pipeline.review.cycle.second.evidence import managers_below, teams_of
from pipeline.review.guards import Entry

GROUPS: Mapping[str, tuple[MeasureOfCoaching, ...]] = {
    "Whether it happens": ("one_to_ones", "approvals", "without_coaching", "minutes_listened"),
    "How drafts became feedback": ("edited", "overrode", "positive_first", "one_improvement"),
    "Asking and telling": ("asks_written", "asks_spoken"),
    "Staying with it": ("one_focus", "follow_ups_kept", "appeals", "appeals_upheld"),
}
_UNITS: Mapping[MeasureOfCoaching, str] = {
    "one_to_ones": "per rep and month",
    "approvals": "per week",
    "appeals": "per feedback",
}


class FigureView(Value):
    """A figure with its words: `told` is the value, `counts` what it is made of."""

    name: MeasureOfCoaching
    title: str
    value: float | None
    count: float
    of: float | None
    told: str
    counts: str


class RepNamed(Value):
    """A rep by id and name."""

    person: str
    name: str


class ManagerView(Value):
    """A manager's figures, in the order of the definitions; `uncoached` are the reps without coaching in the period."""

    person: str
    name: str
    n_reps: int
    figures: tuple[FigureView, ...]
    uncoached: tuple[RepNamed, ...]

    def figure(self, name: MeasureOfCoaching) -> FigureView:
        """The figure of this name."""
        return next(each for each in self.figures if each.name == name)


class SecondLevelView(Value):
    """The managers below the viewer, by name. `groups` are headings with the figures below each."""

    period: Period
    definitions: tuple[Definition, ...]
    groups: dict[str, tuple[MeasureOfCoaching, ...]]
    managers: tuple[ManagerView, ...]

    def definition(self, name: MeasureOfCoaching) -> Definition:
        """The definition of this name."""
        return next(each for each in self.definitions if each.name == name)


class NoteView(Value):
    """What the second level noted on a feedback of this manager. The three answers are None where nobody gave one."""

    call: str
    review: int
    by: str
    at: AwareDatetime
    note: str
    asks: bool | None
    positive_first: bool | None
    one_focus: bool | None
    sample: str


class OneManagerView(Value):
    """One manager's coaching, for those above at the second level and for the manager; the notes' latest first."""

    period: Period
    definitions: tuple[Definition, ...]
    groups: dict[str, tuple[MeasureOfCoaching, ...]]
    manager: ManagerView
    notes: tuple[NoteView, ...]

    def definition(self, name: MeasureOfCoaching) -> Definition:
        """The definition of this name."""
        return next(each for each in self.definitions if each.name == name)


def asked_period(entry: Entry, since: date | None, until: date | None) -> Period:
    """The days asked for; the last four weeks where none are. Raises: UsageError."""
    return chosen_period(since, until, last_weeks(entry.room.now().date()))


def second_level_view(entry: Entry, period: Period) -> SecondLevelView:
    """The figures of every manager below the viewer who has reps, or who approved feedback in the period."""
    found = []
    for manager, team in zip(managers := managers_below(entry), teams_of(entry, managers, period), strict=True):
        if team.reps or team.approvals:
            found.append(_manager_view(entry, manager, coaching_of(team, period)))
    return SecondLevelView(period=period, definitions=DEFINITIONS, groups=dict(GROUPS), managers=tuple(found))


def one_manager_view(entry: Entry, period: Period) -> OneManagerView:
    """The figures of the person of the path, and what was noted on their reviews."""
    (team,) = teams_of(entry, (entry.whose,), period)
    return OneManagerView(
        period=period,
        definitions=DEFINITIONS,
        groups=dict(GROUPS),
        manager=_manager_view(entry, entry.whose, coaching_of(team, period)),
        notes=notes_of(entry, entry.whose.id),
    )


def notes_of(entry: Entry, manager: str) -> tuple[NoteView, ...]:
    """What was noted on this manager's reviews, the latest first."""
    return tuple(
        NoteView(
            call=each.what.call,
            review=each.what.review,
            by=named(entry, each.by),
            at=each.at,
            note=visible(each.what.note),
            asks=each.what.asks,
            positive_first=each.what.positive_first,
            one_focus=each.what.one_focus,
            sample=visible(each.what.sample),
        )
        for each in looked_at(happened_to(entry, manager))
    )


def named(entry: Entry, user: str) -> str:
    """The name of a user; the id where there is no such user."""
    known = entry.viewer.user if user == entry.viewer.user.id else entry.room.people.get(user)
    return visible(known.name if known else user)


def _manager_view(entry: Entry, manager: User, found: Coaching) -> ManagerView:
    return ManagerView(
        person=manager.id,
        name=visible(manager.name),
        n_reps=found.n_reps,
        figures=tuple(_figure(each, found.n_reps) for each in found.figures),
        uncoached=tuple(RepNamed(person=rep, name=named(entry, rep)) for rep in found.uncoached),
    )


def _figure(each: Figure, n_reps: int) -> FigureView:
    definition = next(d for d in DEFINITIONS if d.name == each.name)
    return FigureView(
        name=each.name,
        title=definition.title,
        value=each.value,
        count=each.count,
        of=each.of,
        told=_told(each, definition),
        counts=_counts(each, definition, n_reps),
    )


def _told(each: Figure, definition: Definition) -> str:
    if definition.form == "minutes":
        return "under 1 min" if 0 < each.count < 1 else f"{each.count:.0f} min"
    if each.value is None:
        return "too few" if each.too_few else "none"
    if definition.form == "share":
        return f"{each.value:.0%}"
    return f"{each.value:.1f} {_UNITS[each.name]}"


def _counts(each: Figure, definition: Definition, n_reps: int) -> str:
    if definition.form == "minutes" or not each.of:
        return ""
    if each.name == "one_to_ones":
        return f"{each.count:.0f} held, {counted(n_reps, 'rep')}"
    if each.name == "approvals":
        return f"{each.count:.0f} sent"
    return f"{each.count:.0f} {'of' if definition.form == 'share' else 'on'} {each.of:.0f}"
