"""Owns who goes first: the calls that a rep picks, the three questions about each, until when their coaching waits."""

from collections.abc import Collection
from datetime import date

from pydantic import AwareDatetime, Field

from pipeline.domain.base import Value
from pipeline.domain.cycle.events import Happened, History
from pipeline.domain.cycle.rep_first import (
    POWER_QUESTIONS,
    Answered,
    Parked,
    Picked,
    PickReason,
    PickTakenBack,
    PowerQuestion,
    SealOverridden,
)

QUESTIONS: tuple[PowerQuestion, ...] = tuple(POWER_QUESTIONS)


class Pick(Value):
    """A call that its rep picked, for which week and why, and when; `number` is that of the event."""

    call: str
    week: date
    why: PickReason
    at: AwareDatetime
    number: int
    after_feedback: bool = False


class Answer(Value):
    """The rep's answer to a question; `prompt` is the prepared follow-up question that it answers, empty for the
    question itself. `nothing`: the rep would not change anything, or has nothing to say to the follow-up."""

    question: PowerQuestion
    text: str
    nothing: bool
    prompt: str
    at: AwareDatetime


class SelfReview(Value):
    """What a rep said of a call of their own, before anybody else did.

    `answers` has the latest of each question, `prompted` those to follow-up questions in the order in which these were
    first answered, `parked` what the rep disliked and put aside for the third question. `week` and `why` are absent for
    a call that is not picked, or no longer.
    """

    call: str
    week: date | None = None
    why: PickReason | None = None
    answers: dict[PowerQuestion, Answer] = Field(default_factory=dict)
    prompted: tuple[Answer, ...] = ()
    parked: tuple[str, ...] = ()

    @property
    def next_question(self) -> PowerQuestion | None:
        """The question that is open now: the first without an answer; None once all have one."""
        return next((q for q in QUESTIONS if q not in self.answers), None)

    @property
    def done(self) -> bool:
        """Whether all three questions have an answer; that nothing would be changed is one."""
        return self.next_question is None

    @property
    def would_change_nothing(self) -> bool:
        """Whether the rep's latest answer to the third question is that they would not change anything."""
        return self.done and self.answers["would_change"].nothing

    def next_prompt(self, planned: Collection[str]) -> str | None:
        """The follow-up question to ask now, of those planned: one at a time, and only for "nothing"."""
        if not self.would_change_nothing:
            return None
        asked = {answer.prompt for answer in self.prompted}
        return next((prompt for prompt in planned if prompt not in asked), None)


def standing_picks(history: History) -> tuple[Pick, ...]:
    """The picks that stand, in the order in which they were made: one of each week and reason, no call twice."""
    found: dict[str, Pick] = {}
    for event in history:
        what = event.what
        if isinstance(what, Picked):
            found = {c: p for c, p in found.items() if (p.week, p.why) != (what.week, what.why) and c != what.call}
            found[what.call] = _pick(event, what)
        elif isinstance(what, PickTakenBack):
            found.pop(what.call, None)
    return tuple(found.values())


def picks(history: History, week: date) -> tuple[Pick, ...]:
    """The picks of the week that begins on this Monday: at most one that went well and one that was a struggle."""
    return tuple(pick for pick in standing_picks(history) if pick.week == week)


def pick_of(history: History, call: str) -> Pick | None:
    """The pick of this call, where one stands."""
    return next((pick for pick in standing_picks(history) if pick.call == call), None)


def self_reviews(history: History) -> tuple[SelfReview, ...]:
    """What the rep said of every call that is picked or has an answer, in the order of the first event of each call."""
    return tuple(review for review in _reviews(history).values() if review.why is not None or review.answers)


def self_review(history: History, call: str) -> SelfReview:
    """What the rep said of this call; nothing yet where there is nothing."""
    return _reviews(history).get(call, SelfReview(call=call))


def awaits_rep(history: History, call: str, rep_commented: bool) -> bool:
    """Whether a picked call still waits for its rep to go first: by a comment of theirs that stands, or by answers to
    the three questions. An override by a coach changes nothing about that."""
    pick = pick_of(history, call)
    if pick is None or pick.after_feedback or rep_commented:
        return False
    return not self_review(history, call).done


def is_sealed(history: History, call: str, rep_commented: bool) -> bool:
    """Whether the coaching of the call is closed to those who coach its rep; `rep_commented` is whether a comment of
    the rep on it stands. It is while it awaits the rep, and no coach overrode that."""
    return awaits_rep(history, call, rep_commented) and overridden(history, call) is None


def overridden(history: History, call: str) -> Happened | None:
    """The first override of the seal of this call: it holds for good, since what was seen stays seen."""
    return next((e for e in history if isinstance(e.what, SealOverridden) and e.what.call == call), None)


def sealed_calls(history: History, commented: Collection[str]) -> tuple[str, ...]:
    """The calls whose coaching is closed to coaches by now; `commented` are those with a comment of the rep."""
    return tuple(p.call for p in standing_picks(history) if is_sealed(history, p.call, p.call in commented))


def _reviews(history: History) -> dict[str, SelfReview]:
    """What was said of every call, those too that are neither picked nor answered by now."""
    picked = {pick.call: pick for pick in standing_picks(history)}
    found: dict[str, SelfReview] = {}
    for event in history:
        what = event.what
        if isinstance(what, (Picked, Answered, Parked)):
            found[what.call] = _with(found.get(what.call, SelfReview(call=what.call)), event)
    return {
        call: review.model_copy(update={"week": pick.week, "why": pick.why} if (pick := picked.get(call)) else {})
        for call, review in found.items()
    }


def _pick(event: Happened, what: Picked) -> Pick:
    return Pick(
        call=what.call,
        week=what.week,
        why=what.why,
        at=event.at,
        number=event.number,
        after_feedback=what.after_feedback,
    )


def _with(review: SelfReview, event: Happened) -> SelfReview:
    what = event.what
    if isinstance(what, Parked):
        return review.model_copy(update={"parked": (*review.parked, what.text)})
    if not isinstance(what, Answered):
        return review
    answer = Answer(question=what.question, text=what.text, nothing=what.nothing, prompt=what.prompt, at=event.at)
    if not what.prompt:
        return review.model_copy(update={"answers": {**review.answers, what.question: answer}})
    kept = {a.prompt: a for a in review.prompted} | {what.prompt: answer}
    return review.model_copy(update={"prompted": tuple(kept.values())})
