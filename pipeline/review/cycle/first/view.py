"""Owns the self-review of a rep as its page and the API show it: the picks of the week, and what was said of them."""

from datetime import date

from pydantic import AwareDatetime

from pipeline.cycle.appeals import AppealRates, appeal_rates
from pipeline.cycle.rep_first import awaits_rep, overridden, picks, self_reviews, standing_picks
from pipeline.cycle.rep_first_acts import WHY
from pipeline.cycle.signals import signals
from pipeline.domain.base import Value
from pipeline.domain.cycle.events import History
from pipeline.domain.cycle.past_calls import PastCall, week_of
from pipeline.domain.cycle.rep_first import POWER_QUESTIONS, PickReason
from pipeline.export.untrusted import visible
from pipeline.review.cycle.acting import calls_of, happened_to
from pipeline.review.cycle.first.observations import AppealRow, appeal_rows, shown_observations
from pipeline.review.cycle.first.shared import lately, measured
from pipeline.review.guards import Entry
from pipeline.review.inbox.rows import minutes
from pipeline.review.seals import commented_by

_SLOTS: dict[bool, dict[PickReason, str]] = {
    True: {"went_well": "One that went well", "struggled": "One you struggled with"},
    False: {"went_well": "One that went well", "struggled": "One that was a struggle"},
}
"""What the picks are called, to the rep themselves or not."""


class CallLine(Value):
    """A call in a list of the self-review: enough to know it again. `signals` are measured facts, none of worth."""

    call: str
    customer: str | None
    deal: str | None
    at: AwareDatetime
    minutes: int | None
    rehearsal: bool
    signals: tuple[str, ...]


class ReviewLine(Value):
    """A picked or answered call: how far its rep is with it.

    `answered` of the three questions have an answer; `commented`: a comment of the rep on it stands. `waits`: it is
    picked, and neither is done; `overridden`: a coach opened its coaching all the same.
    """

    line: CallLine
    week: date | None
    why: str
    answered: int
    of: int = len(POWER_QUESTIONS)
    commented: bool
    waits: bool
    overridden: bool
    next_question: str
    parked: tuple[str, ...]


class Slot(Value):
    """One of the two picks of a week."""

    why: PickReason
    title: str
    picked: ReviewLine | None


class SelfReviewView(Value):
    """The self-review of a person. `choices` are calls that can be picked this week, to the person alone."""

    person: str
    name: str
    own: bool
    week: date
    slots: tuple[Slot, ...]
    choices: tuple[CallLine, ...]
    asked: str
    n_lately: int
    earlier: tuple[ReviewLine, ...]
    appeals: tuple[AppealRow, ...]
    rates: AppealRates


def self_review_view(entry: Entry, asked: str = "") -> SelfReviewView:
    """The self-review of the person of the path; `asked` narrows the calls to pick from."""
    history, calls = happened_to(entry, entry.whose.id), calls_of(entry, entry.whose)
    own, week = entry.sight == "own", week_of(entry.room.now())
    lines, rows = {call.call: call_line(call) for call in calls}, review_lines(entry, history, calls)
    now = {pick.why: rows[pick.call] for pick in picks(history, week) if pick.call in rows}
    rates = appeal_rates(history, shown_observations(entry, history))
    return SelfReviewView(
        person=entry.whose.id,
        name=visible(entry.whose.name),
        own=own,
        week=week,
        slots=tuple(Slot(why=why, title=title, picked=now.get(why)) for why, title in _SLOTS[own].items()),
        choices=_choices(entry, history, calls, asked) if own else (),
        asked=visible(asked),
        n_lately=len(lately(entry, calls)),
        earlier=tuple(row for row in reversed(rows.values()) if row not in now.values()),
        appeals=appeal_rows(entry, history, {call: line.customer or "" for call, line in lines.items()}),
        rates=rates,
    )


def review_lines(entry: Entry, history: History, calls: tuple[PastCall, ...]) -> dict[str, ReviewLine]:
    """Every picked or answered call of the person, by call, in the order in which they were begun."""
    commented, known = commented_by(entry.room, entry.whose.id), {call.call: call for call in calls}
    found = {}
    for review in self_reviews(history):
        call, asked = review.call, review.next_question
        if call in known:
            found[call] = ReviewLine(
                line=call_line(known[call]),
                week=review.week,
                why=WHY[review.why] if review.why else "",
                answered=len(review.answers),
                commented=call in commented,
                waits=awaits_rep(history, call, call in commented),
                overridden=overridden(history, call) is not None,
                next_question=POWER_QUESTIONS[asked] if asked else "",
                parked=tuple(visible(text) for text in review.parked),
            )
    return found


def call_line(call: PastCall, told: tuple[str, ...] = ()) -> CallLine:
    """The line of a call; `told` are its signals."""
    return CallLine(
        call=call.call,
        customer=visible(call.customer) if call.customer else None,
        deal=visible(call.deal) if call.deal else None,
        at=call.at,
        minutes=minutes(call.duration),
        rehearsal=call.simulated,
        signals=told,
    )


def _choices(entry: Entry, history: History, calls: tuple[PastCall, ...], asked: str) -> tuple[CallLine, ...]:
    """The calls that can be picked; a signal compares with all calls of these days, found or not."""
    found = signals(measured(entry, [call.call for call in lately(entry, calls)]))
    picked = {pick.call for pick in standing_picks(history)}
    return tuple(call_line(c, found.get(c.call, ())) for c in lately(entry, calls, asked) if c.call not in picked)
