"""Owns the praise of showings: drafted from the rubric's own words and the rep's, and as a coach gave it."""

from pydantic import AwareDatetime

from pipeline.cycle.appeals import struck
from pipeline.cycle.focus import FocusState, Praise
from pipeline.cycle.focus_acts import praiseworthy
from pipeline.domain.base import Value
from pipeline.domain.cycle.past_calls import PastCall
from pipeline.domain.result import CallResult
from pipeline.domain.span import Span
from pipeline.errors import NotFoundError
from pipeline.export.moments import looked_up
from pipeline.export.untrusted import paragraphs, visible
from pipeline.review.cycle.focus.known import Known

MOST_DRAFTS = 3
"""So many showings wait for praise at most, the latest first: praise for what is long past helps nobody."""


class QuoteView(Value):
    """The rep's own words that show the behaviour, and when; `span` is None in a transcript without times."""

    text: str
    speaker: str
    clock: str
    span: Span | None
    sound: bool
    link: str


class PraiseView(Value):
    """A praise that was given, with the words it is about; `quote` is None where none were cited or they are gone."""

    call: str
    link: str
    at: AwareDatetime
    by: str
    paragraphs: tuple[str, ...]
    quote: QuoteView | None


class PraiseDraft(Value):
    """A praise that a coach may edit and give: nobody else sees it before.

    `record` and `observation` name the evidence; `observation` is empty where a measure decided.
    """

    call: str
    record: int
    observation: str
    at: AwareDatetime
    customer: str
    text: str
    quote: QuoteView | None


def praise_given(known: Known, praise: Praise) -> PraiseView:
    """A praise as both the rep and those above read it: with its quote, which the coach chose to give with it."""
    given = praise.given
    return PraiseView(
        call=given.call,
        link=f"/calls/{given.call}",
        at=praise.at,
        by=known.name(praise.author),
        paragraphs=paragraphs(given.text),
        quote=_cited(known, given.call, given.record, given.observation),
    )


def praise_drafts(known: Known, state: FocusState) -> tuple[PraiseDraft, ...]:
    """A praise for each of the latest showings that was not praised; none of those whose words no longer stand."""
    praised = {each.given.call for each in state.praise}
    waiting = [call for call in praiseworthy(state, known.calls) if call.call not in praised]
    found = (_draft(known, state, call) for call in reversed(waiting[-MOST_DRAFTS:]))
    return tuple(draft for draft in found if draft is not None)


def _draft(known: Known, state: FocusState, call: PastCall) -> PraiseDraft | None:
    number, record = known.entry.room.record(call.call)
    result = known.entry.room.result(record)
    behaviour = result.rubric.behaviour(state.opened.behaviour)
    if behaviour is None:
        return None
    gone = {each.observation for each in struck(known.history, call.call)}
    said = [o for o in result.observations if o.behaviour == behaviour.id]
    standing = [o for o in said if o.id not in gone]
    if said and not standing:
        return None
    best = max(standing, key=lambda o: o.strength, default=None) if state.wanted == "shown" else None
    quote = _quote(call.call, result, best.id) if best else None
    words = [visible(_praise(state, behaviour.praise, behaviour.text)), f"“{quote.text}”" if quote else ""]
    return PraiseDraft(
        call=call.call,
        record=number,
        observation=best.id if best else "",
        at=call.at,
        customer=visible(call.customer or ""),
        text=" ".join(word for word in words if word),
        quote=quote,
    )


def _praise(state: FocusState, praise: str, text: str) -> str:
    """The rubric's own praise; of a behaviour that works against the goal, what was left out."""
    return praise if state.wanted == "shown" else f"Not found in this call, as you set out to do: {text}."


def _cited(known: Known, call: str, record: int, observation: str) -> QuoteView | None:
    if not observation:
        return None
    room = known.entry.room
    try:
        result = room.result(room.workspace.calls.get(call, record))
    except NotFoundError:
        return None  # the call was erased; the coach's words stay
    return _quote(call, result, observation)


def _quote(call: str, result: CallResult, observation: str) -> QuoteView | None:
    moment = looked_up(result).observations.get(observation)
    if moment is None:
        return None
    return QuoteView(
        text=moment.text,
        speaker=moment.speaker,
        clock=moment.clock,
        span=moment.span,
        sound=moment.span is not None and result.recording.kind != "transcript",
        link=f"/calls/{call}",
    )
