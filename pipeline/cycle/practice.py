"""Owns practice: the card of a real moment, with the customer's own words, and the attempts that were made at it.

Practice stands apart: nothing here, and no rehearsal, counts to a focus, to progress, or to what is said of a rep.
"""

from collections.abc import Collection

from pydantic import AwareDatetime

from pipeline.domain.assessment import MissedMoment, Quote, Verdict
from pipeline.domain.base import Value
from pipeline.domain.cycle.events import Happened, History
from pipeline.domain.cycle.focus import FocusOpened
from pipeline.domain.cycle.practice import PracticeTried, RehearsalUploaded
from pipeline.domain.recording import Role
from pipeline.domain.result import CallResult
from pipeline.domain.rubric import Behaviour, Polarity
from pipeline.domain.span import Span
from pipeline.domain.speech import Conversation, Turn
from pipeline.errors import UsageError

MOST_WORDS = 60
"""Of a longer turn of the customer's the card has the end: what the rep had to answer."""
MIN_WORDS = 3


class PracticeLine(Value):
    """Words of the call, a slice of one turn, who spoke them and when; no `span` in a transcript without times."""

    quote: Quote
    text: str
    role: Role
    span: Span | None


class PracticeCard(Value):
    """What to practise, from one call: a behaviour of its rubric and the moment of the call where it was called for.

    `line` is the customer's, to be said again by whoever plays the customer; `said` is what the rep said there. Both
    are absent where the call has no such moment: none is made up. `task` is the rehearsal, and `written` tells whether
    a coach worded it in the feedback; else it is the rubric's.
    """

    call: str
    record: int
    rubric: str
    capability: str
    behaviour: str
    text: str
    task: str
    written: bool
    steps: tuple[str, ...]
    line: PracticeLine | None
    said: PracticeLine | None


class Attempt(Value):
    """One attempt at the card of `call` and `behaviour`; `number` is that of its event, or of the upload that is one.

    `rehearsal` is the sha256 of its recording, where there is one.
    """

    number: int
    at: AwareDatetime
    author: str
    call: str
    behaviour: str
    focus: str | None
    with_whom: str
    note: str
    rehearsal: str | None


def card_of(
    result: CallResult, behaviour: str, *, record: int, task: str = "", struck: Collection[str] = ()
) -> PracticeCard | None:
    """The card of a behaviour from reading number `record` of a call; None where its rubric has no such behaviour.

    `task` is a coach's own wording. `struck` are observations that no longer stand, since the rep was right about them.
    """
    known, capability = result.rubric.behaviour(behaviour), result.rubric.capability_of(behaviour)
    if known is None or capability is None:
        return None
    line, said = _moment(result, known, struck)
    return PracticeCard(
        call=result.recording.call,
        record=record,
        rubric=result.rubric.id,
        capability=capability.name,
        behaviour=behaviour,
        text=known.text,
        task=task.strip() or known.coaching.practice,
        written=bool(task.strip()),
        steps=known.coaching.steps,
        line=line,
        said=said,
    )


def without_moment(card: PracticeCard) -> PracticeCard:
    """The card as it is where the words of the call are not to be shown: the rubric's own text, and nothing else."""
    return card.model_copy(update={"line": None, "said": None})


def attempts(history: History) -> tuple[Attempt, ...]:
    """Every attempt, in order. A recording that was handed in for a card is one, and one only, however often named."""
    found: dict[str, Attempt] = {}
    for event in history:
        if (attempt := _attempt(event)) is not None:
            found[attempt.rehearsal or f"#{event.number}"] = attempt
    return tuple(sorted(found.values(), key=lambda attempt: attempt.number))


def at_card(history: History, call: str, behaviour: str) -> tuple[Attempt, ...]:
    """The attempts at one card."""
    return tuple(a for a in attempts(history) if (a.call, a.behaviour) == (call, behaviour))


def at_focus(history: History, focus: str) -> tuple[Attempt, ...]:
    """The attempts that belong to one focus, at whichever cards."""
    return tuple(a for a in attempts(history) if a.focus == focus)


def try_card(history: History, tried: PracticeTried, *, author: str, nth: int | None = None) -> PracticeTried | None:
    """The attempt as it is to be kept; None for the same form sent twice.

    `nth` is which attempt at the card the form was made for: a second one of this number, by the same author in the
    same words, is the first again. Raises: UsageError for a focus that this person never had.
    """
    _require_focus(history, tried.focus)
    before = at_card(history, tried.call, tried.behaviour)
    if nth is not None and len(before) >= nth:
        last = before[-1]
        if (last.author, last.with_whom, last.note) == (author, tried.with_whom, tried.note):
            return None
    return tried


def hand_in(history: History, uploaded: RehearsalUploaded) -> RehearsalUploaded:
    """The upload as it is to be kept. Raises: UsageError for a file that was handed in before, or an unknown focus."""
    _require_focus(history, uploaded.focus)
    if any(isinstance(e.what, RehearsalUploaded) and e.what.sha256 == uploaded.sha256 for e in history):
        raise UsageError(
            "this recording was handed in before", hint="it is in the list of rehearsals; choose another file"
        )
    return uploaded


def _require_focus(history: History, focus: str | None) -> None:
    known = {f"f{event.number}" for event in history if isinstance(event.what, FocusOpened)}
    if focus is not None and focus not in known:
        raise UsageError(f"there is no focus {focus} here", hint="open the practice page again and send it from there")


def _attempt(event: Happened) -> Attempt | None:
    what = event.what
    if isinstance(what, PracticeTried):
        call, with_whom, note, rehearsal = what.call, what.with_whom, what.note, what.rehearsal
    elif isinstance(what, RehearsalUploaded) and what.call is not None and what.behaviour:
        call, with_whom, note, rehearsal = what.call, what.with_whom, "", what.sha256
    else:
        return None
    return Attempt(
        number=event.number,
        at=event.at,
        author=event.author,
        call=call,
        behaviour=what.behaviour,
        focus=what.focus,
        with_whom=with_whom,
        note=note,
        rehearsal=rehearsal,
    )


def _moment(
    result: CallResult, behaviour: Behaviour, struck: Collection[str]
) -> tuple[PracticeLine | None, PracticeLine | None]:
    """The customer's words and the rep's own, of the moment where the behaviour was called for."""
    verdict = next((v for v in result.assessment.verdicts if v.behaviour == behaviour.id), None)
    if verdict is None:
        return None, None
    if behaviour.polarity is Polarity.INEFFECTIVE:
        return _before_observation(result, verdict, struck)
    chosen = result.draft.improvement
    missed = chosen.missed if chosen is not None and chosen.behaviour == behaviour.id else None
    if missed is None:
        missed = verdict.missed[0] if verdict.missed else None
    return (None, None) if missed is None else _of_missed(result.conversation, missed)


def _of_missed(conversation: Conversation, missed: MissedMoment) -> tuple[PracticeLine | None, PracticeLine | None]:
    line = PracticeLine(quote=missed.quote, text=missed.text, role=missed.role, span=missed.span)
    if missed.role == "customer":
        return line, None
    return _customer_before(conversation, missed.quote.turn_id), line


def _before_observation(
    result: CallResult, verdict: Verdict, struck: Collection[str]
) -> tuple[PracticeLine | None, PracticeLine | None]:
    for observation_id in verdict.observation_ids:
        observation = result.observation(observation_id)
        if observation is not None and observation.id not in struck:
            said = PracticeLine(
                quote=observation.quote, text=observation.text, role=observation.role, span=observation.span
            )
            return _customer_before(result.conversation, observation.quote.turn_id), said
    return None, None


def _customer_before(conversation: Conversation, turn_id: str) -> PracticeLine | None:
    """The end of the customer's last turn before this one; None where there is none that is surely spoken."""
    before: Turn | None = None
    for turn in conversation.turns:
        if turn.id == turn_id:
            break
        if turn.role == "customer" and not turn.backchannel:
            before = turn
    if before is None:
        return None
    last = len(before.words) - 1
    first = next((n + 1 for n in range(last, -1, -1) if before.words[n].unreliable is not None), 0)
    first = max(first, last + 1 - MOST_WORDS)
    if last + 1 - first < min(MIN_WORDS, len(before.words)):
        return None
    quote = Quote(turn_id=before.id, first_word=first, last_word=last)
    return PracticeLine(quote=quote, text=quote.text(conversation), role="customer", span=quote.span(conversation))
