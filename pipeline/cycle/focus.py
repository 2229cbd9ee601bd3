"""Owns the focus ledger: what a rep works on, in how many of the last calls it showed, when a habit no longer does.

What counts as a call here: it is live, it was after the focus was opened (or taken up again), it was read against the
focus's rubric in a version that has the behaviour, and the behaviour could show and was judged. A call without
opportunity, or one where it was left unread, is listed and takes no place among the last `of`: it says nothing.
"""

from datetime import datetime
from typing import Literal

from pydantic import AwareDatetime

from pipeline.domain.assessment import VerdictState
from pipeline.domain.base import Value
from pipeline.domain.coaching import ActivityStep
from pipeline.domain.cycle.events import Happened, History
from pipeline.domain.cycle.focus import (
    FocusClosed,
    FocusOpened,
    PraiseGiven,
    RelapseAnswered,
    StepMarked,
    StepStatus,
)
from pipeline.domain.cycle.past_calls import PastCall
from pipeline.domain.rubric import Polarity


class StepState(Value):
    """A step of a focus, how far it is, and who said so when; `at` is None while nobody has."""

    step: ActivityStep
    status: StepStatus = "open"
    note: str = ""
    author: str = ""
    at: AwareDatetime | None = None


class Praise(Value):
    """A praise that was given, by whom and when; `number` is that of its event."""

    number: int
    given: PraiseGiven
    author: str
    at: AwareDatetime


class Closing(Value):
    """One end of a focus; a habit that was taken up again has had several."""

    how: Literal["habit", "set_aside"]
    reason: str
    author: str
    at: AwareDatetime


class RelapseAnswer(Value):
    """What somebody did at a relapse: took the habit up again, or left it; `call` is the latest that was looked at."""

    call: str
    choice: Literal["reopened", "left"]
    note: str
    author: str
    at: AwareDatetime


class FocusState(Value):
    """A focus by now: "f" and the number of the event that opened it, its steps, praise, ends, answers to relapses.

    `since` is when it was opened or last taken up again: calls count from then on.
    """

    id: str
    opened: FocusOpened
    at: AwareDatetime
    author: str
    since: AwareDatetime
    steps: tuple[StepState, ...] = ()
    praise: tuple[Praise, ...] = ()
    closings: tuple[Closing, ...] = ()
    answers: tuple[RelapseAnswer, ...] = ()
    is_open: bool = True

    @property
    def closed(self) -> Closing | None:
        """How it ended; None while it is open."""
        return None if self.is_open else self.closings[-1]

    @property
    def is_habit(self) -> bool:
        """Whether it was met and a person said so."""
        return self.closed is not None and self.closed.how == "habit"

    @property
    def title(self) -> str:
        """The behaviour in the rubric's words of when it was opened, else its id."""
        return self.opened.text or self.opened.behaviour

    @property
    def wanted(self) -> VerdictState:
        """What is hoped for: that the behaviour shows, or, where it works against the goal, that it does not."""
        return "shown" if self.opened.polarity is Polarity.EFFECTIVE else "not_shown"


class Showing(Value):
    """A call that was looked at for a focus. `wanted`: the behaviour came out as hoped; None takes up no place."""

    call: str
    at: AwareDatetime
    state: VerdictState
    wanted: bool | None


class Showings(Value):
    """The last `of` calls that count, oldest first, with those between and after them that take up no place.

    `n_shown` of them came out as wanted, of `n_counted`, which is less than `of` while there were fewer calls.
    """

    looked_at: tuple[Showing, ...]
    n_shown: int
    n_counted: int
    shown: int
    of: int

    @property
    def met(self) -> bool:
        """Whether it showed in `shown` of the last `of`: also before there were `of`, since more could only add."""
        return self.n_shown >= self.shown

    @property
    def latest(self) -> Showing | None:
        """The last call that counts."""
        return next((each for each in reversed(self.looked_at) if each.wanted is not None), None)


class Relapse(Value):
    """A habit that shows too seldom again, by the calls in `showings`; somebody may take it up again, or leave it."""

    focus: FocusState
    showings: Showings

    @property
    def call(self) -> str:
        """The latest call that was looked at: an answer names it."""
        latest = self.showings.latest
        assert latest is not None, "a relapse rests on calls"
        return latest.call


def focuses(history: History) -> tuple[FocusState, ...]:
    """Every focus of a person, in the order in which they were opened."""
    found: dict[str, FocusState] = {}
    for event in history:
        what = event.what
        if isinstance(what, FocusOpened):
            found[f"f{event.number}"] = _opened(event, what)
        elif isinstance(what, StepMarked | PraiseGiven | FocusClosed | RelapseAnswered) and what.focus in found:
            found[what.focus] = _changed(found[what.focus], event)
    return tuple(found.values())


def open_focuses(history: History) -> tuple[FocusState, ...]:
    """The focuses that are open now: none, one, or by choice two."""
    return tuple(state for state in focuses(history) if state.is_open)


def showings(state: FocusState, calls: tuple[PastCall, ...]) -> Showings:
    """How often the behaviour came out as wanted in the last `of` calls that count, since the focus was taken up.

    `calls` are those of the person, in any order; calls that count are told at the top of this module.
    """
    return _last(state, calls, since=state.since)


def relapses(history: History, calls: tuple[PastCall, ...]) -> tuple[Relapse, ...]:
    """The habits that show too seldom again, and wait for an answer.

    Too seldom: of the last `of` calls that count, all after the habit was closed, fewer than half of `shown` came out
    as wanted. Once somebody left it as it is, `of` further calls are waited for. A behaviour that is worked on again,
    or that a later focus was about, is no relapse of this one.
    """
    all_of_them = focuses(history)
    worked_on = {(s.opened.rubric, s.opened.behaviour) for s in all_of_them if s.is_open}
    newest = {(s.opened.rubric, s.opened.behaviour): s.id for s in all_of_them}
    waiting = (
        Relapse(focus=state, showings=_last(state, calls, since=_looked_since(state, calls)))
        for state in all_of_them
        if state.is_habit
        and (key := (state.opened.rubric, state.opened.behaviour)) not in worked_on
        and newest[key] == state.id
    )
    return tuple(found for found in waiting if _too_seldom(found.showings))


def _opened(event: Happened, what: FocusOpened) -> FocusState:
    return FocusState(
        id=f"f{event.number}",
        opened=what,
        at=event.at,
        author=event.author,
        since=event.at,
        steps=tuple(StepState(step=step) for step in what.steps),
    )


def _changed(state: FocusState, event: Happened) -> FocusState:
    what, by = event.what, {"author": event.author, "at": event.at}
    change: dict[str, object] = {}
    if isinstance(what, StepMarked) and what.step < len(state.steps):
        marked = StepState(step=state.steps[what.step].step, status=what.status, note=what.note, **by)
        change = {"steps": (*state.steps[: what.step], marked, *state.steps[what.step + 1 :])}
    elif isinstance(what, PraiseGiven):
        change = {"praise": (*state.praise, Praise(number=event.number, given=what, **by))}
    elif isinstance(what, FocusClosed):
        change = {"closings": (*state.closings, Closing(how=what.how, reason=what.reason, **by)), "is_open": False}
    elif isinstance(what, RelapseAnswered):
        answer = RelapseAnswer(call=what.call, choice=what.choice, note=what.note, **by)
        change = {"answers": (*state.answers, answer)}
        if what.choice == "reopened":
            change |= {"is_open": True, "since": event.at}
    return state.model_copy(update=change)


def _last(state: FocusState, calls: tuple[PastCall, ...], *, since: datetime) -> Showings:
    after = sorted((c for c in calls if c.live and c.at > since), key=lambda c: (c.at, c.call))
    looked_at = [found for call in after if (found := _showing(state, call)) is not None]
    places = [n for n, each in enumerate(looked_at) if each.wanted is not None][-state.opened.of :]
    if len(places) == state.opened.of:
        looked_at = looked_at[places[0] :]
    return Showings(
        looked_at=tuple(looked_at),
        n_shown=sum(each.wanted is True for each in looked_at),
        n_counted=len(places),
        shown=state.opened.shown,
        of=state.opened.of,
    )


def _showing(state: FocusState, call: PastCall) -> Showing | None:
    verdict = call.verdicts.get(state.opened.behaviour) if call.rubric == state.opened.rubric else None
    if verdict is None:
        return None
    counts = verdict in ("shown", "not_shown")
    return Showing(call=call.call, at=call.at, state=verdict, wanted=verdict == state.wanted if counts else None)


def _looked_since(state: FocusState, calls: tuple[PastCall, ...]) -> datetime:
    """From when on calls tell of a relapse: the closing, or the latest call of an answer that came after it."""
    assert state.closed is not None
    closed = state.closed.at
    answered = {answer.call for answer in state.answers if answer.at >= closed}
    return max([closed, *(call.at for call in calls if call.call in answered)])


def _too_seldom(found: Showings) -> bool:
    return found.n_counted >= found.of and 2 * found.n_shown < found.shown
