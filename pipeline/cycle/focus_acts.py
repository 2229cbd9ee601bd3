"""Owns what may be done with a focus: each rule gives the event that follows, or says why there is none."""

from datetime import date, datetime

from pipeline.cycle.focus import FocusState, focuses, open_focuses, relapses, showings
from pipeline.cycle.follow_ups import follow_ups
from pipeline.domain.cycle.events import History
from pipeline.domain.cycle.focus import (
    FocusClosed,
    FocusOpened,
    FollowedUp,
    PraiseGiven,
    RelapseAnswered,
    StepMarked,
)
from pipeline.domain.cycle.past_calls import PastCall
from pipeline.errors import NotFoundError, UsageError

MOST_OPEN = 2
"""One thing at a time, two at the very most, and two only by a person's choice."""


def open_focus(history: History, wanted: FocusOpened) -> FocusOpened:
    """The opening of a focus; the only one that is open is no second, whatever was said of it.

    Raises: UsageError where the behaviour is worked on already, where it is a second without choice or reason, or a
    third.
    """
    now_open = open_focuses(history)
    if any((s.opened.rubric, s.opened.behaviour) == (wanted.rubric, wanted.behaviour) for s in now_open):
        raise UsageError("this behaviour is the focus already", hint="go on with it, or choose another behaviour")
    _require_room(now_open, by_choice=wanted.second, reason=wanted.reason)
    return wanted.model_copy(update={"second": bool(now_open)})


def mark_step(history: History, wanted: StepMarked) -> StepMarked | None:
    """How far a step is now; None where nothing changes. Raises: NotFoundError, UsageError for a focus that ended."""
    state = find_focus(history, wanted.focus)
    if wanted.step >= len(state.steps):
        raise NotFoundError(f"the focus has no step {wanted.step + 1}", hint="open the page of the focus again")
    if not state.is_open:
        raise UsageError(
            "this focus has ended, and its steps stay as they were", hint="mark the steps of an open focus"
        )
    known = state.steps[wanted.step]
    return None if (known.status, known.note) == (wanted.status, wanted.note) else wanted


def close_focus(history: History, calls: tuple[PastCall, ...], wanted: FocusClosed) -> FocusClosed:
    """The end of a focus: as a habit once it is met, or set aside for a reason.

    Raises: NotFoundError; UsageError where it has ended already, is not met, or no reason is given.
    """
    state = find_focus(history, wanted.focus)
    if not state.is_open:
        raise UsageError("this focus has ended already", hint="open the page of the focus again")
    found = showings(state, calls)
    if wanted.how == "habit" and not found.met:
        raise UsageError(
            f"it came out in {found.n_shown} of the last {found.n_counted} calls, and a habit takes {found.shown} of "
            f"the last {found.of}",
            hint="go on until it does, or set the focus aside and say why",
        )
    if wanted.how == "set_aside" and not wanted.reason.strip():
        raise UsageError("a focus is not set aside without a reason", hint="say in a line why it ends before it is met")
    return wanted


def give_praise(history: History, calls: tuple[PastCall, ...], wanted: PraiseGiven) -> PraiseGiven:
    """The praise of a showing, once for each call.

    Raises: NotFoundError; UsageError without words, for a call that was praised or is none of the showings.
    """
    state = find_focus(history, wanted.focus)
    if not wanted.text.strip():
        raise UsageError("there are no words in this praise", hint="write what was good, and in which words it showed")
    if any(each.given.call == wanted.call for each in state.praise):
        raise UsageError("this call has been praised already", hint="the praise is on the page of the focus")
    call = next((each for each in calls if each.call == wanted.call), None)
    if call is None or call not in praiseworthy(state, calls):
        raise UsageError("the behaviour did not show in this call", hint="praise a call in which it did")
    return wanted


def praiseworthy(state: FocusState, calls: tuple[PastCall, ...]) -> tuple[PastCall, ...]:
    """The live calls since the focus was first opened in which its behaviour came out as wanted, oldest first."""
    return tuple(
        call
        for call in calls
        if call.live
        and call.at > state.at
        and call.rubric == state.opened.rubric
        and call.verdicts.get(state.opened.behaviour) == state.wanted
    )


def answer_relapse(
    history: History, calls: tuple[PastCall, ...], wanted: RelapseAnswered, *, by_coach: bool
) -> RelapseAnswered:
    """What somebody does at a relapse that is offered: the coach, or the rep, who may not make it a second focus.

    Taken up again beside an open focus it is a second, so that the note is its reason.
    Raises: NotFoundError; UsageError where no relapse is offered any more, by these calls, or it would be a second
    without a reason or by the rep, or a third.
    """
    state = find_focus(history, wanted.focus)
    offered = next((each for each in relapses(history, calls) if each.focus.id == state.id), None)
    if offered is None or offered.call != wanted.call:
        raise UsageError("this is not offered any more", hint="open the page of the focus again and look at its calls")
    if wanted.choice == "reopened":
        _require_room(open_focuses(history), by_choice=by_coach, reason=wanted.note)
    return wanted


def follow_up(history: History, wanted: FollowedUp, *, now: datetime) -> FollowedUp:
    """That somebody looked at a focus or a one-to-one again; of an open focus without a day, that one is agreed now.

    Raises: NotFoundError where nothing was agreed to look at; UsageError for a next day that is not after today.
    """
    waits = any(each.what == wanted.what and each.done_on is None for each in follow_ups(history))
    is_set = wanted.again is not None and any(state.id == wanted.what for state in open_focuses(history))
    if not waits and not is_set:
        raise NotFoundError("no day to look again was agreed", hint="open the page again: somebody may have looked")
    _require_later(wanted.again, now.date())
    return wanted


def find_focus(history: History, focus: str) -> FocusState:
    """The focus of this id. Raises: NotFoundError."""
    for state in focuses(history):
        if state.id == focus:
            return state
    raise NotFoundError(f"no focus {focus!r}", hint="open the page of the focus again")


def _require_room(now_open: tuple[FocusState, ...], *, by_choice: bool, reason: str) -> None:
    if len(now_open) >= MOST_OPEN:
        raise UsageError(
            "two focuses are open, and a third is never",
            hint="close one as a habit, or set one aside with a reason, before another begins",
        )
    if now_open and not (by_choice and reason.strip()):
        raise UsageError(
            f"a focus is open: {now_open[0].title}; one thing at a time",
            hint="go on with it; or a coach chooses to have a second beside it, and says why",
        )


def _require_later(again: date | None, today: date) -> None:
    if again is not None and again <= today:
        raise UsageError("the next day to look again has passed", hint="choose a day after today, or leave it empty")
