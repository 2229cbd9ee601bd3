"""Owns which cards a person has: of each open focus, and of what their latest approved feedback asked for.

Only feedback that was approved makes a card with words of a call: a rep sees nothing of what nobody approved.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pipeline.cycle.focus import FocusState, open_focuses
from pipeline.cycle.practice import PracticeCard, card_of, without_moment
from pipeline.domain.cycle.events import History
from pipeline.domain.cycle.past_calls import PastCall
from pipeline.domain.cycle.rep_first import AppealDecided
from pipeline.domain.rubric import Polarity
from pipeline.errors import UsageError
from pipeline.review.guards import Entry
from pipeline.review.seals import seals_of
from pipeline.reviewing.standing import Standing, state_of

MOST_CARDS = 4
"""Of the latest approved feedback, beside those of open focuses: older ones were practised, or given up."""


@dataclass(frozen=True)
class Dealt:
    """A card with the call it is of, and the focus it belongs to, None for none."""

    card: PracticeCard
    call: PastCall
    focus: FocusState | None
    approved: bool


@dataclass(frozen=True)
class Desk:
    """What cards are made from: who looks, the person's events and calls, and which calls have approved feedback."""

    entry: Entry
    history: History
    calls: tuple[PastCall, ...]
    approved: frozenset[str]

    def live(self) -> Iterator[PastCall]:
        """The calls with customers, the latest first."""
        return (call for call in reversed(self.calls) if call.live)


def desk_of(entry: Entry, history: History, calls: tuple[PastCall, ...]) -> Desk:
    """The desk of the person of the path; calls that are sealed by now have no approved feedback for anybody."""
    ids = [call.call for call in calls]
    rows = entry.room.index.rows(
        "SELECT call FROM reviews WHERE state = 'approved' AND call IN (SELECT unnest(CAST(? AS VARCHAR[])))", [ids]
    )
    sealed = seals_of(entry.room, [entry.whose])
    approved = frozenset(str(call) for (call,) in rows) - frozenset(sealed)
    return Desk(entry=entry, history=history, calls=calls, approved=approved)


def dealt(desk: Desk) -> tuple[Dealt, ...]:
    """The cards that lie on the table, those of open focuses first; no card twice."""
    found: dict[tuple[str, str], Dealt] = {}
    for one in (*_of_focuses(desk), *_of_feedback(desk)):
        found.setdefault((one.card.call, one.card.behaviour), one)
    return tuple(found.values())


def one_card(desk: Desk, call: str, behaviour: str) -> Dealt:
    """The card of this call and behaviour. Raises: UsageError where there is none, or the call is somebody else's."""
    past = next((c for c in desk.live() if c.call == call), None)
    card = _card(desk, past, behaviour) if past is not None else None
    if past is None or card is None:
        raise UsageError("there is no such card", hint="open the practice page again and choose one of its cards")
    focus = next((f for f in open_focuses(desk.history) if _is_about(f, past, behaviour)), None)
    return Dealt(card=card, call=past, focus=focus, approved=call in desk.approved)


def _of_focuses(desk: Desk) -> Iterator[Dealt]:
    for focus in open_focuses(desk.history):
        past = _call_for(desk, focus)
        card = _card(desk, past, focus.opened.behaviour) if past is not None else None
        if past is not None and card is not None:
            yield Dealt(card=card, call=past, focus=focus, approved=past.call in desk.approved)


def _call_for(desk: Desk, focus: FocusState) -> PastCall | None:
    """The call that the card of a focus is of: that which the focus was seen in, else the latest approved one where the
    behaviour was wanting, else any that was read against its rubric."""
    same = [call for call in desk.live() if call.rubric == focus.opened.rubric]
    wanting = "shown" if focus.opened.polarity is Polarity.INEFFECTIVE else "not_shown"
    seen = [call for call in same if call.call == focus.opened.call and call.call in desk.approved]
    lacking = (
        call for call in same if call.call in desk.approved and call.verdicts.get(focus.opened.behaviour) == wanting
    )
    own = [call for call in same if call.call == focus.opened.call]
    return next(iter((*seen, *lacking, *own, *same)), None)


def _of_feedback(desk: Desk) -> Iterator[Dealt]:
    taken = 0
    focuses = open_focuses(desk.history)
    for past in desk.live():
        if past.call not in desk.approved or taken == MOST_CARDS:
            continue
        standing = state_of(desk.entry.room.workspace, past.call)
        card = _card(desk, past, standing.improvement, standing) if standing.improvement else None
        if card is not None:
            focus = next((f for f in focuses if _is_about(f, past, card.behaviour)), None)
            taken += 1
            yield Dealt(card=card, call=past, focus=focus, approved=True)


def _card(desk: Desk, past: PastCall, behaviour: str, standing: Standing | None = None) -> PracticeCard | None:
    """The card, with the words of the call where its feedback is approved, and the task as a coach worded it."""
    room = desk.entry.room
    if past.call not in desk.approved:
        number, record = room.record(past.call)
        card = card_of(room.result(record), behaviour, record=number)
        return None if card is None else without_moment(card)
    standing = standing or state_of(room.workspace, past.call)
    result = room.result(room.workspace.calls.get(past.call, standing.record))
    own = standing.improvement == behaviour and standing.feedback.practice != standing.own.practice
    return card_of(
        result,
        behaviour,
        record=standing.record,
        task=standing.feedback.practice if own else "",
        struck=_struck(desk.history, past.call, standing.record),
    )


def _struck(history: History, call: str, record: int) -> frozenset[str]:
    """The observations of this reading that no longer stand: the last decision on each says so."""
    decided: dict[str, bool] = {}
    for what in _decisions(history):
        if (what.call, what.record) == (call, record):
            decided[what.observation] = what.upheld
    return frozenset(observation for observation, upheld in decided.items() if upheld)


def _decisions(history: History) -> Iterable[AppealDecided]:
    return (event.what for event in history if isinstance(event.what, AppealDecided))


def _is_about(focus: FocusState, past: PastCall, behaviour: str) -> bool:
    return (focus.opened.rubric, focus.opened.behaviour) == (past.rubric, behaviour)
