"""Owns the days on which somebody promised to look again: at a focus, and at what a one-to-one agreed.

A follow-up is kept when somebody looked on or before its day, or at most `GRACE` working days (Monday to Friday) after
it: a person who is ill on the day, or a call that came in between, breaks no promise. Closing a focus is looking at it.
"""

from datetime import date, timedelta
from typing import Literal

from pipeline.domain.base import Value
from pipeline.domain.cycle.events import Happened, History
from pipeline.domain.cycle.focus import FocusClosed, FocusOpened, FollowedUp
from pipeline.domain.cycle.sessions import SessionHeld, SessionPlanned

GRACE = 2
"""Working days after its day on which a follow-up still counts as kept."""

FollowUpState = Literal["later", "due", "overdue", "kept", "late"]
"""later: its day has not come; due: its day, or within the grace; overdue: after it and nobody looked; kept: looked at
in time; late: looked at after the grace."""

_FRIDAY = 4


class FollowUp(Value):
    """A day to look again: `what` is a focus (f...) or a one-to-one (s...), `done_on` when somebody looked."""

    what: str
    on: date
    title: str
    done_on: date | None = None
    done_by: str = ""
    said: str = ""

    @property
    def last_day(self) -> date:
        """The last day on which looking still keeps it."""
        return after_working_days(self.on, GRACE)

    @property
    def kept(self) -> bool:
        """Whether somebody looked in time."""
        return self.done_on is not None and self.done_on <= self.last_day

    def state(self, today: date) -> FollowUpState:
        """How it stands on this day."""
        if self.done_on is not None:
            return "kept" if self.kept else "late"
        if today < self.on:
            return "later"
        return "due" if today <= self.last_day else "overdue"


def follow_ups(history: History) -> tuple[FollowUp, ...]:
    """Every day to look again that was agreed, in the order of the days, with whether somebody looked.

    A focus has the day it was opened with, a one-to-one the day it agreed, and each the days agreed on looking again. A
    day that a later one took the place of before anybody looked is not among them. A focus and the one-to-one about it
    that agreed on one day are one promise, and looking at either keeps it.
    """
    ledger = _Ledger()
    for event in history:
        ledger.read(event)
    return tuple(sorted((*ledger.done, *ledger.waiting.values()), key=lambda each: (each.on, each.what)))


class _Ledger:
    """The days that wait and those that were looked at, event by event."""

    def __init__(self) -> None:
        self.done: list[FollowUp] = []
        self.waiting: dict[str, FollowUp] = {}
        self.titles: dict[str, str] = {}
        self.about: dict[str, str | None] = {}
        self.together: dict[str, str] = {}
        """The one-to-one whose day is a focus's day too, by the focus."""

    def read(self, event: Happened) -> None:
        what = event.what
        if isinstance(what, FocusOpened):
            self._open(f"f{event.number}", what)
        elif isinstance(what, SessionPlanned):
            session = what.session or f"s{event.number}"
            self.titles[session], self.about[session] = what.plan.purpose, what.plan.focus
        elif isinstance(what, SessionHeld):
            self._agree(what)
        elif isinstance(what, FollowedUp):
            self._look(what.what, event, what.text)
            self._promise(what.what, what.again)
        elif isinstance(what, FocusClosed):
            self._look(what.focus, event, what.reason)

    def _open(self, focus: str, opened: FocusOpened) -> None:
        self.titles[focus] = opened.text or opened.behaviour
        if opened.session is not None and self._is_promised(opened.session, opened.follow_up):
            self.together[focus] = opened.session
        else:
            self._promise(focus, opened.follow_up)

    def _agree(self, held: SessionHeld) -> None:
        focus = self.about.get(held.session)
        if focus is not None and self._is_promised(focus, held.follow_up):
            del self.waiting[focus]
            self.together[focus] = held.session
        self._promise(held.session, held.follow_up)

    def _promise(self, what: str, on: date | None) -> None:
        self.waiting.pop(what, None)
        if on is not None:
            self.waiting[what] = FollowUp(what=what, on=on, title=self.titles.get(what) or what)

    def _is_promised(self, what: str, on: date | None) -> bool:
        waiting = self.waiting.get(what)
        return waiting is not None and waiting.on == on

    def _look(self, what: str, event: Happened, said: str) -> None:
        found = self.waiting.pop(what, None) or self.waiting.pop(self.together.get(what, ""), None)
        if found is not None:
            looked = {"done_on": event.at.date(), "done_by": event.author, "said": said}
            self.done.append(found.model_copy(update=looked))


def after_working_days(day: date, n: int) -> date:
    """The day `n` working days later, Monday to Friday; holidays are not known here."""
    while n > 0:
        day += timedelta(days=1)
        n -= day.weekday() <= _FRIDAY
    return day
