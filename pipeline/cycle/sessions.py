"""Owns the rules of the one-to-one: how it stands by its events, who may do what with it, and when it may start."""

from collections.abc import Sequence
from datetime import date
from typing import Literal

from pydantic import AwareDatetime, Field

from pipeline.cycle.agenda import agenda_of, in_order
from pipeline.domain.base import Value
from pipeline.domain.cycle.events import Happened, History
from pipeline.domain.cycle.past_calls import PastCall
from pipeline.domain.cycle.sessions import (
    ImportanceSaid,
    SessionCancelled,
    SessionHeld,
    SessionPlan,
    SessionPlanned,
    SessionRecorded,
    SessionStarted,
)
from pipeline.errors import NotFoundError, StaleError, UsageError

Standing = Literal["planned", "started", "held", "cancelled"]
Side = Literal["rep", "coach"]
"""Who acts: the rep whose one-to-one it is, or somebody above them."""

Need = Literal["purpose", "reason", "importance", "minutes", "nature"]
NEEDS: dict[Need, str] = {
    "purpose": "purpose",
    "reason": "reason",
    "importance": "importance, in the rep's words",
    "minutes": "minutes",
    "nature": "whether it is strategic or tactical",
}
"""What a plan must say before the one-to-one starts, in words."""

_YEARS = range(2000, 2200)


class Importance(Value):
    """Why it matters to the rep; `by` is who wrote it down, the rep or the coach for them."""

    text: str
    by: str
    at: AwareDatetime


class SessionState(Value):
    """A one-to-one as its events leave it; its id is "s" and the number of the event that planned it.

    `number_of_plan` is that of the plan's latest event, which the next save must have seen.
    """

    id: str
    plan: SessionPlan
    number_of_plan: int = Field(ge=1)
    planned_by: str
    planned_at: AwareDatetime
    state: Standing = "planned"
    importance: Importance | None = None
    started_at: AwareDatetime | None = None
    held: SessionHeld | None = None
    held_at: AwareDatetime | None = None
    cancelled: str = ""
    recorded_call: str | None = None

    @property
    def open(self) -> bool:
        """Whether it is still to come, or going on."""
        return self.state in ("planned", "started")

    @property
    def follow_up(self) -> date | None:
        """The day to look again at what was agreed."""
        return self.held.follow_up if self.held else None

    @property
    def missing(self) -> tuple[Need, ...]:
        """What must be said before it can start, in the order of `NEEDS`."""
        plan = self.plan
        said: dict[Need, bool] = {
            "purpose": bool(plan.purpose.strip()),
            "reason": bool(plan.reason.strip()),
            "importance": self.importance is not None,
            "minutes": plan.minutes > 0,
            "nature": plan.nature is not None,
        }
        return tuple(need for need in NEEDS if not said[need])


def sessions(history: History) -> tuple[SessionState, ...]:
    """The one-to-ones of a rep, in the order in which they were first planned."""
    found: dict[str, SessionState] = {}
    for happened in history:
        session = _session_of(happened)
        if session is None:
            continue
        found[session] = _after(found.get(session), happened, session)
    return tuple(found.values())


def session_of(history: History, session: str) -> SessionState:
    """The one-to-one of this id. Raises: NotFoundError."""
    for state in sessions(history):
        if state.id == session:
            return state
    raise NotFoundError("there is no such one-to-one", hint="go back to the list of one-to-ones")


def plan_session(
    history: History, plan: SessionPlan, by: Side, *, session: str | None = None, seen: int = 0
) -> SessionPlanned | None:
    """A new plan, or a changed one of this session; None where it would change nothing. Clips are put in order.

    Raises: UsageError, NotFoundError; StaleError where another plan than the one seen stands by now.
    """
    _coach_only(by, "plans a one-to-one")
    if plan.starts_at.year not in _YEARS:
        raise UsageError(f"the one-to-one cannot be in the year {plan.starts_at.year}", hint="check the date")
    ordered = plan.model_copy(update={"clips": in_order(plan.clips)})
    if session is None:
        return SessionPlanned(plan=ordered)
    state = _open(history, session)
    if seen != state.number_of_plan:
        raise StaleError("the plan was saved by somebody in between", hint="look at both texts and save again")
    kept = ordered.model_copy(update={"coach": state.plan.coach})
    return None if kept == state.plan else SessionPlanned(plan=kept, session=session, seen=seen)


def say_importance(history: History, session: str, text: str) -> ImportanceSaid | None:
    """Why it matters to the rep, said by the rep, or written down by the coach: the record's author tells which.

    None where the text stands already. Raises: UsageError, NotFoundError.
    """
    state, said = _open(history, session), text.strip()
    if not said:
        raise UsageError("nothing is said yet", hint="say in your own words why this one-to-one matters to you")
    if state.importance is not None and state.importance.text == said:
        return None
    return ImportanceSaid(session=session, text=said)


def start_session(history: History, session: str, by: Side) -> SessionStarted | None:
    """The start; None where it has started. Raises: UsageError that names each thing the plan still lacks."""
    _coach_only(by, "starts a one-to-one")
    state = _open(history, session)
    if state.state == "started":
        return None
    if state.missing:
        told = ", ".join(NEEDS[need] for need in state.missing)
        raise UsageError(f"the one-to-one cannot start without: {told}", hint="say these on the plan, then start")
    agenda = agenda_of(state.plan)
    if not agenda.fits:
        raise UsageError(f"the agenda {agenda.told}", hint="take out a clip, talk less about one, or plan more minutes")
    return SessionStarted(session=session)


def hold_session(history: History, held: SessionHeld, by: Side, *, today: date) -> SessionHeld:
    """What the one-to-one agreed. Raises: UsageError, also without a step or a day to look again; NotFoundError."""
    _coach_only(by, "writes down what was agreed")
    state = _open(history, held.session)
    if state.state != "started":
        raise UsageError("the one-to-one has not started", hint="start it first: its plan says what is missing")
    if not any(step.text.strip() for step in held.steps):
        raise UsageError("no step is agreed", hint='write one small step, who does it and by when: never "work on it"')
    if held.follow_up is None:
        raise UsageError("there is no day to look at it again", hint="agree on a date for the follow-up")
    if held.follow_up < today:
        raise UsageError(f"the follow-up on {held.follow_up} is in the past", hint="choose today or a later day")
    return held


def cancel_session(history: History, session: str, reason: str, by: Side) -> SessionCancelled:
    """The end of a one-to-one that does not take place. Raises: UsageError, NotFoundError."""
    _coach_only(by, "cancels a one-to-one")
    _open(history, session)
    if not reason.strip():
        raise UsageError("there is no reason", hint="say why it does not take place: the other side reads it")
    return SessionCancelled(session=session, reason=reason.strip())


def record_session(
    history: History, session: str, call: str, by: Side, *, of_coach: Sequence[PastCall]
) -> SessionRecorded | None:
    """The link from a held one-to-one to its recording, which is a coaching call of the coach who held it.

    None where it is linked already. Raises: UsageError, NotFoundError.
    """
    _coach_only(by, "links a recording")
    state = session_of(history, session)
    if state.state not in ("started", "held"):
        raise UsageError("only a one-to-one that took place has a recording", hint="start it first")
    if not any(past.call == call and past.stage == "coaching" for past in of_coach):
        raise UsageError("this is no recorded one-to-one of its coach", hint="choose a call of the stage coaching")
    return None if state.recorded_call == call else SessionRecorded(session=session, call=call)


def _session_of(happened: Happened) -> str | None:
    match happened.what:
        case SessionPlanned(session=None):
            return f"s{happened.number}"
        case (
            SessionPlanned(session=str(session))
            | ImportanceSaid(session=session)
            | SessionStarted(session=session)
            | SessionHeld(session=session)
            | SessionCancelled(session=session)
            | SessionRecorded(session=session)
        ):
            return session
    return None


def _after(before: SessionState | None, happened: Happened, session: str) -> SessionState:
    what = happened.what
    if isinstance(what, SessionPlanned):
        return _planned(before, happened, session, what.plan)
    assert before is not None, f"event {happened.number} is about {session}, which nobody planned"
    update: dict[str, object] = {}
    match what:
        case ImportanceSaid():
            update = {"importance": Importance(text=what.text, by=happened.author, at=happened.at)}
        case SessionStarted():
            update = {"state": "started", "started_at": happened.at}
        case SessionHeld():
            update = {"state": "held", "held": what, "held_at": happened.at}
        case SessionCancelled():
            update = {"state": "cancelled", "cancelled": what.reason}
        case SessionRecorded():
            update = {"recorded_call": what.call}
    return before.model_copy(update=update)


def _planned(before: SessionState | None, happened: Happened, session: str, plan: SessionPlan) -> SessionState:
    said = before.importance if before else None
    if plan.importance.strip() and (before is None or plan.importance != before.plan.importance):
        said = Importance(text=plan.importance.strip(), by=happened.author, at=happened.at)
    update = {
        "plan": plan,
        "number_of_plan": happened.number,
        "planned_by": happened.author,
        "planned_at": happened.at,
        "importance": said,
    }
    return before.model_copy(update=update) if before else SessionState.model_validate({"id": session, **update})


def _open(history: History, session: str) -> SessionState:
    state = session_of(history, session)
    if not state.open:
        words = "was held already" if state.state == "held" else "was cancelled"
        raise UsageError(f"this one-to-one {words}", hint="plan a new one")
    return state


def _coach_only(by: Side, does: str) -> None:
    if by != "coach":
        raise UsageError(f"a coach {does}", hint="ask your manager; say yourself why it matters to you")
