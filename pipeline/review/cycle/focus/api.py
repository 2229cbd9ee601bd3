"""Owns the focus for other programs: what a person works on, and everything that may be done with it."""

from typing import Annotated

from fastapi import APIRouter

from pipeline.domain.cycle.words import Ref
from pipeline.review.api import PROBLEMS, Problem
from pipeline.review.cycle.focus import acts
from pipeline.review.cycle.focus.forms import CloseBody, LookedBody, OpenBody, PraiseBody, RelapseBody, StepBody
from pipeline.review.cycle.focus.known import Known
from pipeline.review.cycle.focus.view import FocusView, focus_view
from pipeline.review.guards import PERSON, PERSON_COACH, Entry

_REFUSED = {**PROBLEMS, 400: {"model": Problem, "description": "A rule of the focus forbids it; the hint says which."}}
router = APIRouter(prefix="/api/people/{person}/focus", tags=["coaching"])


@router.get("", response_model=FocusView, responses=PROBLEMS)
def focus(entry: Annotated[Entry, PERSON]) -> FocusView:
    """What a person works on: k of n calls, steps, praise, days to look again, relapses, and past focuses."""
    entry.room.audit.tell(entry.viewer.user.id, "viewed", detail=f"focus {entry.whose.id}", address=entry.address)
    return focus_view(Known(entry))


@router.post("", response_model=FocusView, responses=_REFUSED)
def open_focus(entry: Annotated[Entry, PERSON_COACH], body: OpenBody) -> FocusView:
    """Open a focus; beside an open one it is a second, which takes a choice and a reason. There is never a third."""
    acts.open_focus(entry, body)
    return focus_view(Known(entry))


@router.post("/{focus}/steps", response_model=FocusView, responses=_REFUSED)
def mark_step(entry: Annotated[Entry, PERSON], focus: Ref, body: StepBody) -> FocusView:
    """Mark a step as open, tried or done. The rep may, too."""
    acts.mark_step(entry, focus, body)
    return focus_view(Known(entry))


@router.post("/{focus}/praise", response_model=FocusView, responses=_REFUSED)
def give_praise(entry: Annotated[Entry, PERSON_COACH], focus: Ref, body: PraiseBody) -> FocusView:
    """Praise a showing, once for each call; the rep reads it with its quote."""
    acts.give_praise(entry, focus, body)
    return focus_view(Known(entry))


@router.post("/{focus}/close", response_model=FocusView, responses=_REFUSED)
def close_focus(entry: Annotated[Entry, PERSON_COACH], focus: Ref, body: CloseBody) -> FocusView:
    """End a focus: as a habit once it is met, or set aside with a reason."""
    acts.close_focus(entry, focus, body)
    return focus_view(Known(entry))


@router.post("/{focus}/relapse", response_model=FocusView, responses=_REFUSED)
def answer_relapse(entry: Annotated[Entry, PERSON], focus: Ref, body: RelapseBody) -> FocusView:
    """Take a habit that shows too seldom up again, or leave it as it is."""
    acts.answer_relapse(entry, focus, body)
    return focus_view(Known(entry))


@router.post("/{focus}/looked", response_model=FocusView, responses=_REFUSED)
def look_again(entry: Annotated[Entry, PERSON_COACH], focus: Ref, body: LookedBody) -> FocusView:
    """Say that somebody looked at the focus again, and when to look next."""
    acts.look_again(entry, focus, body)
    return focus_view(Known(entry))
