"""Owns one-to-ones as other programs read and plan them: the same values, acts and rules as the pages."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter
from pydantic import AwareDatetime, Field
from starlette.responses import JSONResponse, Response

from pipeline.cycle.sessions import session_of
from pipeline.domain.base import Value
from pipeline.domain.coaching import ActivityStep
from pipeline.domain.cycle.focus import Cause
from pipeline.domain.cycle.own import TrustLevel
from pipeline.domain.cycle.sessions import AgendaClip, SessionHeld, SessionPlan
from pipeline.domain.cycle.words import Long, Ref, Said
from pipeline.domain.session_template import SessionNature
from pipeline.errors import StaleError
from pipeline.review.api import PROBLEMS
from pipeline.review.cycle.acting import happened_to
from pipeline.review.cycle.focus.forms import LookedBody
from pipeline.review.cycle.sessions import acting
from pipeline.review.cycle.sessions.listing import SessionsView, sessions_view
from pipeline.review.cycle.sessions.planning import ProposalView, proposal_view
from pipeline.review.cycle.sessions.private import TrustView, trust_view
from pipeline.review.cycle.sessions.routes import calendar_file
from pipeline.review.cycle.sessions.values import SessionView
from pipeline.review.cycle.sessions.view import session_view
from pipeline.review.drafts.parts import lines
from pipeline.review.guards import PERSON, PERSON_COACH, Entry

router = APIRouter(prefix="/api/people/{person}", tags=["one-to-ones"])


class PlanBody(Value):
    """A plan; `template` is the id of a session template, and `fields` are by its fields' ids."""

    starts_at: AwareDatetime
    minutes: int = Field(default=0, ge=0, le=240)
    template: Said = ""
    nature: SessionNature | None = None
    purpose: Long = ""
    reason: Long = ""
    importance: Long = ""
    clips: tuple[AgendaClip, ...] = Field(default=(), max_length=20)
    positive: Long = ""
    question: Long = ""
    cause: Cause | None = None
    focus: Ref | None = None
    fields: dict[Said, Long] = Field(default_factory=dict, max_length=40)


class ChangedPlan(PlanBody):
    """A changed plan; `seen` is the number of the plan that you saw."""

    seen: int = Field(ge=1)


class TextBody(Value):
    """What somebody says."""

    text: Long


class ReasonBody(Value):
    """Why."""

    reason: Long


class HeldBody(Value):
    """What was agreed."""

    steps: tuple[ActivityStep, ...] = Field(max_length=20)
    follow_up: date | None = None
    rep_said: Long = ""
    notes: Long = ""


class RecordedBody(Value):
    """The call that the one-to-one was recorded as."""

    call: Said


class TrustBody(Value):
    """How you read the rep's trust in you by now."""

    level: TrustLevel
    note: Long = ""


class BothPlans(Value):
    """Why a plan was not saved, what stands by now, and what you sent."""

    error: str
    hint: str
    theirs: SessionView
    yours: ChangedPlan


CONFLICTS = {**PROBLEMS, 409: {"model": BothPlans, "description": "Somebody saved in between; nothing was lost."}}


@router.get("/one-to-ones", response_model=SessionsView, responses=PROBLEMS)
def read_sessions(entry: Annotated[Entry, PERSON]) -> SessionsView:
    """The one-to-ones of a person: to come, past, and what is to be looked at again."""
    return sessions_view(entry)


@router.post("/one-to-ones", response_model=SessionView, status_code=201, responses=PROBLEMS)
def add_session(entry: Annotated[Entry, PERSON_COACH], body: PlanBody) -> SessionView:
    """Plan a one-to-one."""
    return session_view(entry, acting.plan(entry, _plan(entry, body)))


@router.get("/one-to-ones/proposal", response_model=ProposalView, responses=PROBLEMS)
def read_proposal(entry: Annotated[Entry, PERSON_COACH], template: str = "", call: str = "") -> ProposalView:
    """An agenda that fits, from moments of approved feedback and of the rep's comments."""
    return proposal_view(entry, template, call or None)


@router.get("/one-to-ones/{session}", response_model=SessionView, responses=PROBLEMS)
def read_session(entry: Annotated[Entry, PERSON], session: str) -> SessionView:
    """A one-to-one: its plan, agenda, what is missing, what it agreed."""
    return session_view(entry, session)


@router.put("/one-to-ones/{session}", response_model=SessionView, responses=CONFLICTS)
def change_session(entry: Annotated[Entry, PERSON_COACH], session: str, body: ChangedPlan) -> SessionView | Response:
    """Change the plan that you saw."""
    before = session_of(happened_to(entry, entry.whose.id), session).plan
    try:
        acting.plan(entry, _plan(entry, body, before), session=session, seen=body.seen)
    except StaleError as error:
        both = BothPlans(error=error.message, hint=error.hint, theirs=session_view(entry, session), yours=body)
        return JSONResponse(both.model_dump(mode="json"), status_code=409)
    return session_view(entry, session)


@router.post("/one-to-ones/{session}/importance", response_model=SessionView, responses=PROBLEMS)
def add_importance(entry: Annotated[Entry, PERSON], session: str, body: TextBody) -> SessionView:
    """Say why it matters to the rep; a coach writes down what the rep said, and it is told so."""
    acting.importance(entry, session, body.text)
    return session_view(entry, session)


@router.post("/one-to-ones/{session}/start", response_model=SessionView, responses=PROBLEMS)
def start_session(entry: Annotated[Entry, PERSON_COACH], session: str) -> SessionView:
    """Start it. 400 names each thing that its plan lacks, or says by how much its agenda does not fit."""
    acting.start(entry, session)
    return session_view(entry, session)


@router.post("/one-to-ones/{session}/hold", response_model=SessionView, responses=PROBLEMS)
def hold_session(entry: Annotated[Entry, PERSON_COACH], session: str, body: HeldBody) -> SessionView:
    """Write down what was agreed, and the day to look again."""
    steps = [step.model_copy(update={"text": lines(step.text).replace("\n", " ").strip()}) for step in body.steps]
    held = SessionHeld.model_validate(
        {
            "session": session_of(happened_to(entry, entry.whose.id), session).id,
            "steps": [step for step in steps if step.text],
            "follow_up": body.follow_up,
            "rep_said": lines(body.rep_said).strip(),
            "notes": lines(body.notes).strip(),
        }
    )
    acting.hold(entry, held)
    return session_view(entry, session)


@router.post("/one-to-ones/{session}/looked", response_model=SessionView, responses=PROBLEMS)
def look_again(entry: Annotated[Entry, PERSON_COACH], session: str, body: LookedBody) -> SessionView:
    """Say that somebody looked again at what was agreed, and when to look next."""
    acting.look_again(entry, session, body)
    return session_view(entry, session)


@router.post("/one-to-ones/{session}/cancel", response_model=SessionView, responses=PROBLEMS)
def cancel_session(entry: Annotated[Entry, PERSON_COACH], session: str, body: ReasonBody) -> SessionView:
    """Cancel it, with the reason."""
    acting.cancel(entry, session, body.reason)
    return session_view(entry, session)


@router.post("/one-to-ones/{session}/recorded", response_model=SessionView, responses=PROBLEMS)
def link_recording(entry: Annotated[Entry, PERSON_COACH], session: str, body: RecordedBody) -> SessionView:
    """Link it to its recording, a coaching call of its coach."""
    acting.record(entry, session, body.call)
    return session_view(entry, session)


@router.get("/one-to-ones/{session}/calendar.ics", response_class=Response, responses={**PROBLEMS})
def read_calendar(entry: Annotated[Entry, PERSON], session: str) -> Response:
    """The calendar file of the talk and of the day to look again."""
    return calendar_file(entry, session)


@router.get("/trust", response_model=TrustView, responses=PROBLEMS)
def read_trust(entry: Annotated[Entry, PERSON_COACH]) -> TrustView:
    """Your own readings of this rep's trust; nobody else is given them."""
    return trust_view(entry)


@router.post("/trust", response_model=TrustView, responses=PROBLEMS)
def add_trust(entry: Annotated[Entry, PERSON_COACH], body: TrustBody) -> TrustView:
    """Mark a reading of your own."""
    acting.mark_trust(entry, body.level, body.note)
    return trust_view(entry)


def _plan(entry: Entry, body: PlanBody, before: SessionPlan | None = None) -> SessionPlan:
    outline = acting.outline_of(entry, body.template, before)
    asked = {field.id for field in outline.fields} if outline else set(body.fields)
    said = body.model_dump(exclude={"seen", "fields", "template"})
    return SessionPlan.model_validate(
        {
            **said,
            "coach": entry.viewer.user.id,
            "template": outline.id if outline else "",
            "nature": body.nature or (outline.nature if outline else None),
            "fields": {name: text for name, text in body.fields.items() if name in asked},
            "outline": outline,
        }
    )
