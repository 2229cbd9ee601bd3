"""Owns the parts of which the overview of a person and the row of a rep are made."""

from datetime import date, datetime
from typing import Literal

from pydantic import AwareDatetime

from pipeline.cycle.focus import FocusState, Showing, open_focuses, showings
from pipeline.cycle.follow_ups import follow_ups
from pipeline.cycle.known import Known
from pipeline.cycle.rep_first import awaits_rep, overridden, picks, self_review
from pipeline.cycle.sessions import NEEDS, SessionState, sessions
from pipeline.cycle.wording import about_call
from pipeline.domain.base import Value
from pipeline.domain.cycle.past_calls import week_of
from pipeline.domain.cycle.rep_first import PickReason
from pipeline.export.untrusted import visible
from pipeline.review.people import People

SquareState = Literal["shown", "not-shown", "no-chance", "not-read"]


class Square(Value):
    """One call of a strip. shown: as the focus wants it, for a behaviour that works against the goal by its absence."""

    state: SquareState
    told: str
    link: str


class PraiseCard(Value):
    """The latest praise of a focus."""

    text: str
    by: str
    at: AwareDatetime


class FocusCard(Value):
    """An open focus: in how many of the last calls that count it showed, and how many it takes."""

    id: str
    title: str
    link: str
    since: AwareDatetime
    squares: tuple[Square, ...]
    n_shown: int
    n_counted: int
    shown: int
    of: int
    met: bool
    steps_done: int
    n_steps: int
    follow_up: date | None
    praise: PraiseCard | None


class PickCard(Value):
    """A call that the rep picked: how far their own view of it is. `sealed`: its coaching waits for that."""

    call: str
    link: str
    why: PickReason
    about: str
    n_answered: int
    commented: bool
    sealed: bool
    done: bool


class SessionCard(Value):
    """A one-to-one that is to come, or was begun; `missing` is what its plan still lacks, in words,
    `unsaid` whether the rep has yet to say why it matters."""

    link: str
    at: AwareDatetime
    minutes: int
    purpose: str
    coach: str
    missing: tuple[str, ...]
    unsaid: bool
    started: bool


class FeedbackCard(Value):
    """The latest feedback that was approved."""

    link: str
    about: str
    at: AwareDatetime


def focus_cards(known: Known, people: People) -> tuple[FocusCard, ...]:
    """The open focuses: none, one, or by choice two."""
    return tuple(_focus_card(state, known, people) for state in open_focuses(known.history))


def pick_cards(known: Known, now: datetime) -> tuple[PickCard, ...]:
    """The picks of this week, that which went well first."""
    found = []
    for pick in sorted(picks(known.history, week_of(now)), key=lambda pick: pick.why != "went_well"):
        review, commented = self_review(known.history, pick.call), pick.call in known.commented
        waits = awaits_rep(known.history, pick.call, commented)
        found.append(
            PickCard(
                call=pick.call,
                link=f"/people/{known.person}/self-review/{pick.call}",
                why=pick.why,
                about=visible(about_call(known, pick.call)),
                n_answered=len(review.answers),
                commented=commented,
                sealed=waits and overridden(known.history, pick.call) is None,
                done=not waits and review.done,
            )
        )
    return tuple(found)


def next_session(known: Known, people: People, now: datetime) -> SessionCard | None:
    """The one-to-one that comes next, or was begun and is not written down."""
    states = [state for state in sessions(known.history) if state.open]
    begun = [s for s in states if s.state == "started"]
    ahead = sorted((s for s in states if s.plan.starts_at >= now), key=lambda s: s.plan.starts_at)
    first = next(iter(begun or ahead), None)
    return _session_card(first, known.person, people) if first else None


def last_held(known: Known) -> date | None:
    """The day of the latest one-to-one that was held."""
    held = [state.held_at for state in sessions(known.history) if state.held_at is not None]
    return max(held).date() if held else None


def latest_feedback(known: Known) -> FeedbackCard | None:
    """The feedback that was approved last."""
    if not known.approved:
        return None
    call, at = max(known.approved.items(), key=lambda found: found[1])
    return FeedbackCard(link=f"/calls/{call}", about=visible(about_call(known, call)), at=at)


def name_of(people: People, user: str) -> str:
    """The name of a user, else the id."""
    known = people.get(user)
    return visible(known.name if known else user)


def _focus_card(state: FocusState, known: Known, people: People) -> FocusCard:
    found = showings(state, known.calls)
    praise = state.praise[-1] if state.praise else None
    return FocusCard(
        id=state.id,
        title=visible(state.title),
        link=f"/people/{known.person}/focus",
        since=state.since,
        squares=tuple(_square(each, known) for each in found.looked_at[-2 * found.of :]),
        n_shown=found.n_shown,
        n_counted=found.n_counted,
        shown=found.shown,
        of=found.of,
        met=found.met,
        steps_done=sum(step.status != "open" for step in state.steps),
        n_steps=len(state.steps),
        follow_up=next((f.on for f in follow_ups(known.history) if f.what == state.id and f.done_on is None), None),
        praise=PraiseCard(text=visible(praise.given.text), by=name_of(people, praise.author), at=praise.at)
        if praise
        else None,
    )


def _square(showing: Showing, known: Known) -> Square:
    if showing.wanted is None:
        state: SquareState = "no-chance" if showing.state == "no_opportunity" else "not-read"
    else:
        state = "shown" if showing.wanted else "not-shown"
    told = about_call(known, showing.call) or f"{showing.at.day} {showing.at:%B}"
    return Square(state=state, told=visible(told), link=f"/calls/{showing.call}")


def _session_card(state: SessionState, person: str, people: People) -> SessionCard:
    return SessionCard(
        link=f"/people/{person}/one-to-ones/{state.id}",
        at=state.plan.starts_at,
        minutes=state.plan.minutes,
        purpose=visible(state.plan.purpose),
        coach=name_of(people, state.plan.coach),
        missing=tuple(NEEDS[need] for need in state.missing),
        unsaid="importance" in state.missing,
        started=state.state == "started",
    )
