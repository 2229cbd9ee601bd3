"""Owns what a rep may do before the coaching of a call begins, and what a coach may do about their going first."""

from datetime import date

from pipeline.cycle.rep_first import (
    Answer,
    is_sealed,
    overridden,
    pick_of,
    self_review,
)
from pipeline.domain.cycle.events import History
from pipeline.domain.cycle.past_calls import PastCall, week_of
from pipeline.domain.cycle.rep_first import (
    POWER_QUESTIONS,
    Answered,
    Parked,
    Picked,
    PickReason,
    PickTakenBack,
    SealOverridden,
)
from pipeline.errors import UsageError

MIN_OVERRIDE_WORDS = 3
"""Words that the reason of an override has at least."""

WHY: dict[PickReason, str] = {"went_well": "went well", "struggled": "was a struggle"}

FOLLOW_UP_QUESTIONS: tuple[str, ...] = (
    "If the customer told a colleague about this call, what would they say?",
    "Which minute of it would you most like to play a second time, and what would you try there?",
    "What did you want the customer to agree to, and what did they agree to?",
)
"""The planned answer to "nothing": questions asked one at a time, that a rep can answer from the recording alone."""

Calls = tuple[PastCall, ...]


def pick(history: History, wish: Picked, *, calls: Calls, today: date) -> Picked | None:
    """The pick as it goes on record; None where it stands already. `calls` are the rep's own.

    Raises: UsageError for the call of somebody else, another week, and a call that is picked otherwise already.
    """
    call = _own(calls, wish.call)
    if call.stage == "coaching":
        raise UsageError("this is a one-to-one, and no call with a customer", hint="pick one of your calls")
    if wish.week != week_of(today):
        raise UsageError(f"{wish.week} does not begin this week", hint=f"pick for the week of {week_of(today)}")
    if (before := pick_of(history, wish.call)) is not None:
        if (before.week, before.why) == (wish.week, wish.why):
            return None
        raise UsageError(
            f"you picked this call already, as one that {WHY[before.why]}, in the week of {before.week}",
            hint="pick another one, or take that back first",
        )
    return wish


def take_back(history: History, wish: PickTakenBack) -> PickTakenBack:
    """The end of a pick; what was said of the call stays. Raises: UsageError where the call is not picked."""
    if pick_of(history, wish.call) is None:
        raise UsageError("this call is not picked", hint="open your self-review again")
    return wish


def answer(history: History, wish: Answered, *, calls: Calls, planned: tuple[str, ...]) -> Answered | None:
    """The answer as it goes on record; None where it stands already. `planned` are the follow-up questions.

    Raises: UsageError for a question whose turn has not come, for no answer, and for a call of somebody else.
    """
    _own(calls, wish.call)
    review = self_review(history, wish.call)
    if wish.prompt:
        return _answer_to_prompt(history, wish, planned)
    if review.next_question is not None and wish.question not in (*review.answers, review.next_question):
        raise UsageError(
            f'"{POWER_QUESTIONS[wish.question]}" comes later',
            hint=f'answer "{POWER_QUESTIONS[review.next_question]}" first',
        )
    if wish.nothing and wish.question != "would_change":
        raise UsageError("only the third question can be answered with nothing", hint="write a sentence")
    if wish.nothing and wish.text.strip() == "\n".join(review.parked).strip():
        wish = wish.model_copy(update={"text": ""})  # what was put aside stood in the field; nobody answered with it
    _require_text(wish)
    return None if _same(review.answers.get(wish.question), wish) else wish


def park(history: History, wish: Parked, *, calls: Calls) -> Parked | None:
    """What is put aside for the third question; None where it is there already.

    Raises: UsageError once the third question has an answer, for no text, and for a call of somebody else.
    """
    _own(calls, wish.call)
    review = self_review(history, wish.call)
    if "would_change" in review.answers:
        raise UsageError("the third question has its answer already", hint="write it into that answer")
    if not wish.text.strip():
        raise UsageError("there is nothing to put aside", hint="write what you would keep for the third question")
    return None if wish.text in review.parked else wish


def override(history: History, wish: SealOverridden, *, rep_commented: bool) -> SealOverridden | None:
    """The override as it goes on record; None where somebody overrode it already.

    Raises: UsageError where nothing is sealed, or for a reason of fewer than three words.
    """
    if overridden(history, wish.call) is not None:
        return None
    if not is_sealed(history, wish.call, rep_commented):
        raise UsageError("the coaching of this call is open already", hint="open the call again")
    if len(wish.reason.split()) < MIN_OVERRIDE_WORDS:
        raise UsageError(
            f"the reason has fewer than {MIN_OVERRIDE_WORDS} words", hint="write in a sentence why it cannot wait"
        )
    return wish


def _answer_to_prompt(history: History, wish: Answered, planned: tuple[str, ...]) -> Answered | None:
    review = self_review(history, wish.call)
    before = next((a for a in review.prompted if a.prompt == wish.prompt), None)
    if wish.question != "would_change" or not review.would_change_nothing:
        raise UsageError("this is asked only where nothing would be changed", hint="open your self-review again")
    if before is None and wish.prompt != review.next_prompt(planned):
        raise UsageError("another question comes first", hint="open your self-review again, and answer that one")
    _require_text(wish)
    return None if _same(before, wish) else wish


def _own(calls: Calls, call: str) -> PastCall:
    found = next((c for c in calls if c.call == call), None)
    if found is None:
        raise UsageError("this is no call of yours", hint="pick one from your list of calls")
    return found


def _require_text(wish: Answered) -> None:
    if not wish.nothing and not wish.text.strip():
        raise UsageError("the answer is empty", hint="write a sentence in your own words")


def _same(before: Answer | None, wish: Answered) -> bool:
    return before is not None and (before.text, before.nothing) == (wish.text, wish.nothing)
