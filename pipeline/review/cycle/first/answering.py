"""Owns the page on which a rep goes first with one call: sound, the three questions, and what comes after them."""

from datetime import date

from pydantic import AwareDatetime

from pipeline.cycle.rep_first import Answer, SelfReview, awaits_rep, overridden, self_review
from pipeline.cycle.rep_first_acts import WHY
from pipeline.cycle.signals import neutral_facts
from pipeline.domain.base import Value
from pipeline.domain.cycle.events import Happened
from pipeline.domain.cycle.rep_first import POWER_QUESTIONS, PowerQuestion, SealOverridden
from pipeline.domain.people import LOCAL_USER
from pipeline.export.untrusted import visible
from pipeline.review.cycle.acting import happened_to
from pipeline.review.cycle.first.shared import feedback_seen, measured, own_call, planned
from pipeline.review.cycle.first.view import CallLine, call_line
from pipeline.review.drafts.parts import lines
from pipeline.review.guards import Entry
from pipeline.review.seals import commented_by


class Said(Value):
    """What the rep answered, and when; `nothing`: that they would not change anything, or have nothing to say."""

    text: str
    nothing: bool
    at: AwareDatetime


class QuestionView(Value):
    """One of the three questions, with its answer. `open`: its turn has come; it can be answered, or answered anew."""

    question: PowerQuestion
    text: str
    open: bool
    said: Said | None


class PromptView(Value):
    """A prepared follow-up question, with its answer where there is one."""

    text: str
    said: Said | None


class Override(Value):
    """Who opened the coaching before the rep had commented, when and why."""

    by: str
    at: AwareDatetime
    reason: str


class AnsweringView(Value):
    """A rep's own view of one call.

    `prompts` are the follow-up questions up to the one that is asked now, and only where nothing would be changed.
    `last_resort` is what the recording shows, once those have their answers: `from_feedback` tells whether it is what
    the approved feedback says, or, before that may be read, what was measured. `waits`: the call is picked, and
    the rep has neither commented nor answered all three questions.
    """

    person: str
    call: str
    line: CallLine
    own: bool
    week: date | None
    why: str
    commented: bool
    waits: bool
    override: Override | None
    done: bool
    questions: tuple[QuestionView, ...]
    parked: tuple[str, ...]
    prompts: tuple[PromptView, ...]
    last_resort: tuple[str, ...]
    from_feedback: bool


def answering_view(entry: Entry) -> AnsweringView:
    """What the rep of the path says of the call of the path. Raises: NotFoundError for a call of somebody else."""
    call, history = own_call(entry), happened_to(entry, entry.whose.id)
    review, commented = self_review(history, call.call), call.call in commented_by(entry.room, entry.whose.id)
    follow_ups = planned(entry)
    facts, from_feedback = _last_resort(entry, review, follow_ups)
    return AnsweringView(
        person=entry.whose.id,
        call=call.call,
        line=call_line(call),
        own=entry.sight == "own",
        week=review.week,
        why=WHY[review.why] if review.why else "",
        commented=commented,
        waits=awaits_rep(history, call.call, commented),
        override=_override(entry, overridden(history, call.call)),
        done=review.done,
        questions=tuple(_question(review, name, text) for name, text in POWER_QUESTIONS.items()),
        parked=tuple(lines(text) for text in review.parked),
        prompts=_prompts(review, follow_ups),
        last_resort=facts,
        from_feedback=from_feedback,
    )


def _question(review: SelfReview, name: PowerQuestion, text: str) -> QuestionView:
    said = review.answers.get(name)
    return QuestionView(
        question=name,
        text=text,
        open=said is not None or name == review.next_question,
        said=_said(said) if said else None,
    )


def _prompts(review: SelfReview, follow_ups: tuple[str, ...]) -> tuple[PromptView, ...]:
    asked = tuple(PromptView(text=visible(answer.prompt), said=_said(answer)) for answer in review.prompted)
    now = review.next_prompt(follow_ups)
    return asked if now is None else (*asked, PromptView(text=now, said=None))


def _last_resort(entry: Entry, review: SelfReview, follow_ups: tuple[str, ...]) -> tuple[tuple[str, ...], bool]:
    """What the recording shows, for a rep who after all questions would change nothing, and whose words that is."""
    if not review.would_change_nothing or review.next_prompt(follow_ups) is not None:
        return (), False
    feedback = feedback_seen(entry)
    if feedback is not None and (told := [*feedback.part("improvement").paragraphs]):
        return tuple(told), True
    return neutral_facts(measured(entry, [entry.call])[entry.call], own=entry.sight == "own"), False


def _said(answer: Answer) -> Said:
    return Said(text=lines(answer.text), nothing=answer.nothing, at=answer.at)


def _override(entry: Entry, event: Happened | None) -> Override | None:
    if event is None or not isinstance(event.what, SealOverridden):
        return None
    user = entry.room.people.get(event.author)
    name = "You" if event.author == LOCAL_USER else visible(user.name if user else event.author)
    return Override(by=name, at=event.at, reason=lines(event.what.reason))
