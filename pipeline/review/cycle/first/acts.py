"""Owns what the forms and the API of the self-review do: each act decided by the rules, on record, in the trail."""

from pipeline.cycle.appeals import answer_observation, decide_appeal
from pipeline.cycle.rep_first_acts import answer, override, park, pick, take_back
from pipeline.domain.cycle.past_calls import week_of
from pipeline.domain.cycle.rep_first import (
    Answered,
    AppealDecided,
    ObservationAnswered,
    Parked,
    Picked,
    PickReason,
    PickTakenBack,
    PowerQuestion,
    SealOverridden,
    Stance,
)
from pipeline.errors import UsageError
from pipeline.review.call.seeing import approved, require_unsealed
from pipeline.review.cycle.acting import act, calls_of
from pipeline.review.cycle.first.shared import own_call, planned
from pipeline.review.guards import Entry, nothing_here
from pipeline.review.seals import commented_by


def pick_call(entry: Entry, call: str, why: PickReason) -> None:
    """Pick a call of one's own for this week. Raises: UsageError."""
    today, calls = entry.room.now().date(), calls_of(entry, entry.whose)
    review = entry.room.workspace.reviews.last(call) if any(c.call == call for c in calls) else None
    given = review is not None and review.state == "approved"
    wish = Picked(call=call, week=week_of(today), why=why, after_feedback=given)
    act(entry, entry.whose.id, lambda history: pick(history, wish, calls=calls, today=today), call=call)


def take_pick_back(entry: Entry, call: str) -> None:
    """Pick a call no longer. Raises: UsageError."""
    wish = PickTakenBack(call=call)
    act(entry, entry.whose.id, lambda history: take_back(history, wish), call=call)


def answer_question(entry: Entry, question: PowerQuestion, text: str, *, nothing: bool = False) -> None:
    """Answer one of the three questions about the call of the path. Raises: UsageError."""
    _answer(entry, Answered(call=entry.call, question=question, text=_tidy(text), nothing=nothing))


def answer_prompt(entry: Entry, prompt: str, text: str, *, nothing: bool = False) -> None:
    """Answer a prepared follow-up question, or pass it over with `nothing`. Raises: UsageError."""
    wish = Answered(call=entry.call, question="would_change", text=_tidy(text), nothing=nothing, prompt=prompt)
    _answer(entry, wish)


def park_dislike(entry: Entry, text: str) -> None:
    """Put something aside for the third question. Raises: UsageError."""
    own_call(entry)
    calls, wish = calls_of(entry, entry.whose), Parked(call=entry.call, text=_said(text))
    act(entry, entry.whose.id, lambda history: park(history, wish, calls=calls), call=entry.call)


def override_seal(entry: Entry, reason: str) -> None:
    """Open the coaching of the call of the path before its rep has gone first. Raises: UsageError."""
    own_call(entry)
    commented = entry.call in commented_by(entry.room, entry.whose.id)
    wish = SealOverridden(call=entry.call, reason=_said(reason))
    act(
        entry,
        entry.whose.id,
        lambda history: override(history, wish, rep_commented=commented),
        action="overrode_seal",
        call=entry.call,
    )


def say_of_observation(entry: Entry, observation: str, stance: Stance, text: str) -> None:
    """Say whether an observation of the approved feedback was so.

    Raises: UsageError; SealedError; NotFoundError while no feedback is approved, and for no observation of it.
    """
    own_call(entry)
    require_unsealed(entry)
    review = approved(entry)
    if review is None:
        raise nothing_here()
    found = entry.room.result(entry.room.workspace.calls.get(entry.call, review.record)).observation(observation)
    if found is None:
        raise nothing_here()
    wish = ObservationAnswered(
        call=entry.call,
        record=review.record,
        observation=found.id,
        behaviour=found.behaviour,
        stance=stance,
        text=_tidy(text),
    )
    act(entry, entry.whose.id, lambda history: answer_observation(history, wish), call=entry.call)


def decide(entry: Entry, wish: AppealDecided) -> None:
    """Say what was found on listening again. Raises: UsageError; SealedError."""
    own_call(entry)
    require_unsealed(entry)
    wish = wish.model_copy(update={"text": _tidy(wish.text)})
    act(entry, entry.whose.id, lambda history: decide_appeal(history, wish), call=entry.call)


def _answer(entry: Entry, wish: Answered) -> None:
    own_call(entry)
    calls, follow_ups = calls_of(entry, entry.whose), planned(entry)
    act(entry, entry.whose.id, lambda h: answer(h, wish, calls=calls, planned=follow_ups), call=entry.call)


def _said(text: str) -> str:
    if not (said := _tidy(text)):
        raise UsageError("there is no text", hint="write a sentence, then send it")
    return said


def _tidy(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.strip().splitlines())
