"""Owns the list of a person's one-to-ones: what comes next, what was, and what is to be looked at again."""

from datetime import date

from pydantic import AwareDatetime

from pipeline.cycle.agenda import agenda_of
from pipeline.cycle.follow_ups import FollowUpState, follow_ups
from pipeline.cycle.session_templates import shelf
from pipeline.cycle.sessions import SessionState, Standing, sessions
from pipeline.domain.base import Value
from pipeline.domain.session_template import SessionNature
from pipeline.export.untrusted import visible
from pipeline.review.cycle.acting import happened_to
from pipeline.review.cycle.sessions.view import NATURES, STANDINGS, name_of
from pipeline.review.guards import Entry


class SessionRow(Value):
    """A one-to-one of the list; `missing` is how many things its plan still lacks."""

    id: str
    title: str
    starts_at: AwareDatetime
    minutes: int
    coach: str
    state: Standing
    standing: tuple[str, str]
    nature: SessionNature | None
    nature_told: str
    missing: int
    fits: bool
    waits_for_rep: bool
    follow_up: date | None


class FollowUpRow(Value):
    """A day to look again at what a one-to-one agreed."""

    session: str
    title: str
    on: date
    state: FollowUpState
    done_on: date | None


class TemplateRow(Value):
    """A session template that a plan may follow."""

    id: str
    title: str
    about: str
    minutes: int


class SessionsView(Value):
    """The one-to-ones of a person: those to come by their day, those that were from the latest on.

    `templates` and `problems`, what is wrong with template files, are for coaches.
    """

    person: str
    rep: str
    coming: tuple[SessionRow, ...]
    past: tuple[SessionRow, ...]
    follow_ups: tuple[FollowUpRow, ...]
    templates: tuple[TemplateRow, ...] = ()
    problems: tuple[str, ...] = ()


def sessions_view(entry: Entry) -> SessionsView:
    """The one-to-ones of the person of the path."""
    history = happened_to(entry, entry.whose.id)
    rows = [_row(entry, state) for state in sessions(history)]
    today = entry.room.now().date()
    known = shelf(entry.room.config.coaching.templates) if entry.sight == "coach" else None
    coming = [row for row in rows if row.state in ("planned", "started")]
    past = [row for row in rows if row.state not in ("planned", "started")]
    return SessionsView(
        person=entry.whose.id,
        rep=visible(entry.whose.name),
        coming=tuple(sorted(coming, key=lambda row: (row.starts_at, row.id))),
        past=tuple(sorted(past, key=lambda row: (row.starts_at, row.id), reverse=True)),
        follow_ups=tuple(
            FollowUpRow(
                session=each.what,
                title=visible(each.title),
                on=each.on,
                state=each.state(today),
                done_on=each.done_on,
            )
            for each in follow_ups(history)
            if each.what.startswith("s")
        ),
        templates=tuple(
            TemplateRow(id=t.id, title=visible(t.title), about=visible(t.about), minutes=t.minutes)
            for t in (known.templates if known else ())
        ),
        problems=tuple(visible(problem) for problem in (known.problems if known else ())),
    )


def _row(entry: Entry, state: SessionState) -> SessionRow:
    plan = state.plan
    return SessionRow(
        id=state.id,
        title=visible(plan.purpose) or "No purpose yet",
        starts_at=plan.starts_at,
        minutes=plan.minutes,
        coach=name_of(entry, plan.coach),
        state=state.state,
        standing=STANDINGS[state.state],
        nature=plan.nature,
        nature_told=NATURES[plan.nature][0] if plan.nature else "",
        missing=len(state.missing),
        fits=agenda_of(plan).fits,
        waits_for_rep=state.importance is None,
        follow_up=state.follow_up,
    )
