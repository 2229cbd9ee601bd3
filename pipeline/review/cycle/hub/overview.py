"""Owns the overview of a person: what comes next, for themselves or for those above them, and how things stand."""

from datetime import date

from pipeline.cycle.coach_steps import as_coach, open_drafts
from pipeline.cycle.known import known_of
from pipeline.cycle.next_steps import next_steps
from pipeline.cycle.own_steps import as_rep
from pipeline.domain.base import Value
from pipeline.domain.cycle.next_step import NextStep
from pipeline.domain.people import UserId
from pipeline.export.untrusted import visible
from pipeline.review.cycle.frame import takes_calls
from pipeline.review.cycle.hub.cards import (
    FeedbackCard,
    FocusCard,
    PickCard,
    SessionCard,
    focus_cards,
    last_held,
    latest_feedback,
    next_session,
    pick_cards,
)
from pipeline.review.guards import Entry


class OverviewView(Value):
    """A person's coaching at a glance. `own`: seen by themselves; `n_drafts` is None then, since drafts are not theirs.

    `takes_calls`: whether picks, focus and feedback are any use to this person. `today` is the day in UTC.
    """

    person: UserId
    name: str
    own: bool
    takes_calls: bool
    today: date
    next: tuple[NextStep, ...]
    focuses: tuple[FocusCard, ...]
    picks: tuple[PickCard, ...]
    session: SessionCard | None
    last_held: date | None
    feedback: FeedbackCard | None
    n_drafts: int | None


def overview_view(entry: Entry) -> OverviewView:
    """The overview of the person of the path, as whoever came in may see it."""
    room, person, own = entry.room, entry.whose, entry.sight == "own"
    now = room.now()
    known = known_of(room.index.rows, [person])[person.id]
    seen = as_rep(known) if own else as_coach(known)
    return OverviewView(
        person=person.id,
        name=visible(person.name),
        own=own,
        takes_calls=takes_calls(entry, person),
        today=now.date(),
        next=tuple(shown(step) for step in next_steps(known, now, side="own" if own else "coach")),
        focuses=focus_cards(seen, room.people),
        picks=pick_cards(known, now),
        session=next_session(known, room.people, now),
        last_held=last_held(known),
        feedback=latest_feedback(known),
        n_drafts=None if own else len(open_drafts(known)),
    )


def shown(step: NextStep) -> NextStep:
    """The step with what people wrote made visible."""
    return step.model_copy(update={"about": visible(step.about)})
