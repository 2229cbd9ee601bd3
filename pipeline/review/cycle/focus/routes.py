"""Owns the places of a person's focus: its page, and the forms by which it opens, goes on and ends."""

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from starlette.responses import Response

from pipeline.domain.cycle.words import Ref
from pipeline.review.cycle.focus import acts
from pipeline.review.cycle.focus.answers import acted, focus_page, opened
from pipeline.review.cycle.focus.forms import CloseForm, LookedForm, OpenForm, PraiseForm, RelapseForm, StepForm
from pipeline.review.cycle.focus.known import Known
from pipeline.review.cycle.focus.opening import opening
from pipeline.review.guards import PERSON, PERSON_COACH, Entry

router = APIRouter(include_in_schema=False)


@router.get("/people/{person}/focus")
def read_focus(
    request: Request, entry: Annotated[Entry, PERSON], call: Annotated[str, Query(max_length=100)] = ""
) -> Response:
    """What the person works on; for a coach with a `call` the form is filled in from its improvement."""
    entry.room.audit.tell(entry.viewer.user.id, "viewed", detail=f"focus {entry.whose.id}", address=entry.address)
    form = opening(Known(entry), call=call) if call and entry.sight == "coach" else None
    return focus_page(request, entry, form=form)


@router.post("/people/{person}/focus")
def open_focus(request: Request, entry: Annotated[Entry, PERSON_COACH], form: Annotated[OpenForm, Form()]) -> Response:
    """A focus opened; a second one only by choice."""
    return opened(request, entry, form, lambda: acts.open_focus(entry, form.body))


@router.post("/people/{person}/focus/{focus}/steps")
def mark_step(
    request: Request, entry: Annotated[Entry, PERSON], focus: Ref, form: Annotated[StepForm, Form()]
) -> Response:
    """A step marked, by the rep or a coach."""
    return acted(request, entry, lambda: acts.mark_step(entry, focus, form))


@router.post("/people/{person}/focus/{focus}/praise")
def give_praise(
    request: Request, entry: Annotated[Entry, PERSON_COACH], focus: Ref, form: Annotated[PraiseForm, Form()]
) -> Response:
    """A praise given, in the words of the form."""
    return acted(request, entry, lambda: acts.give_praise(entry, focus, form))


@router.post("/people/{person}/focus/{focus}/close")
def close_focus(
    request: Request, entry: Annotated[Entry, PERSON_COACH], focus: Ref, form: Annotated[CloseForm, Form()]
) -> Response:
    """A focus ended: as a habit, or set aside for a reason."""
    return acted(request, entry, lambda: acts.close_focus(entry, focus, form))


@router.post("/people/{person}/focus/{focus}/relapse")
def answer_relapse(
    request: Request, entry: Annotated[Entry, PERSON], focus: Ref, form: Annotated[RelapseForm, Form()]
) -> Response:
    """A habit that shows too seldom taken up again, or left as it is."""
    return acted(request, entry, lambda: acts.answer_relapse(entry, focus, form))


@router.post("/people/{person}/focus/{focus}/looked")
def look_again(
    request: Request, entry: Annotated[Entry, PERSON_COACH], focus: Ref, form: Annotated[LookedForm, Form()]
) -> Response:
    """The day to look again came, and somebody looked."""
    return acted(request, entry, lambda: acts.look_again(entry, focus, form.body))
