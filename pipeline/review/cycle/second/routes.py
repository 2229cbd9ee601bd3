"""Owns the places of the second level: figures of the managers below, of one manager, and the sample of drafts."""

from datetime import date
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Form, Query, Request
from starlette.responses import RedirectResponse, Response

from pipeline.cycle.period import asked_day
from pipeline.cycle.release import Purpose, Release
from pipeline.review.api import PROBLEMS
from pipeline.review.cycle.frame import person_page
from pipeline.review.cycle.second.noting import NoteForm, SampleNote, note
from pipeline.review.cycle.second.samples_view import PATH, SampleQuery, SamplesView, asked_sample, samples_view
from pipeline.review.cycle.second.scores import scores_for
from pipeline.review.cycle.second.view import (
    NoteView,
    OneManagerView,
    SecondLevelView,
    asked_period,
    notes_of,
    one_manager_view,
    second_level_view,
)
from pipeline.review.guards import PERSON, PERSON_COACH, SECOND_LEVEL, Entry, nothing_here
from pipeline.review.pages import page

router = APIRouter()
api = APIRouter(prefix="/api", tags=["second level"], responses=PROBLEMS)
Since = Annotated[date | None, Query(description="The first day, UTC.")]
Until = Annotated[date | None, Query(description="The last day, UTC.")]


@router.get("/coaching", include_in_schema=False)
def coaching(request: Request, entry: Annotated[Entry, SECOND_LEVEL], since: str = "", until: str = "") -> Response:
    """Whether coaching happens, and how, for every manager below."""
    view = second_level_view(entry, asked_period(entry, asked_day(since), asked_day(until)))
    return page(request, entry, "cycle_second.html.j2", view=view)


@router.get(PATH, include_in_schema=False)
def samples(request: Request, entry: Annotated[Entry, SECOND_LEVEL]) -> Response:
    """A sample of reviewed drafts that anybody can draw again by its seed."""
    asked = asked_sample(request.query_params)
    return page(request, entry, "cycle_second_samples.html.j2", view=samples_view(entry, asked))


@router.get("/people/{person}/coaching", include_in_schema=False)
def one_manager(request: Request, entry: Annotated[Entry, PERSON], since: str = "", until: str = "") -> Response:
    """One manager's coaching: for the second level above, and for the manager."""
    _require_second_level(entry, own=True)
    view = one_manager_view(entry, asked_period(entry, asked_day(since), asked_day(until)))
    return person_page(request, entry, "cycle_second_manager.html.j2", view=view)


@router.post("/people/{person}/coaching/samples", include_in_schema=False)
def save_note(entry: Annotated[Entry, PERSON_COACH], form: Annotated[NoteForm, Form()]) -> Response:
    """Note something on a reviewed draft of this manager."""
    _require_second_level(entry)
    note(entry, form.noted())
    query = quote(form.back, safe="=&%+-._~")
    return RedirectResponse(f"{PATH}{f'?{query}' if query else ''}#d-{quote(form.call)}", status_code=303)


@api.get("/coaching", response_model=SecondLevelView)
def read_coaching(entry: Annotated[Entry, SECOND_LEVEL], since: Since = None, until: Until = None) -> SecondLevelView:
    """The figures of every manager below, with the definition of each figure; managers by name."""
    return second_level_view(entry, asked_period(entry, since, until))


@api.get("/coaching/samples", response_model=SamplesView)
def read_samples(entry: Annotated[Entry, SECOND_LEVEL], asked: Annotated[SampleQuery, Query()]) -> SamplesView:
    """A sample of reviewed drafts: what each draft said and what was sent; the same seed draws the same."""
    return samples_view(entry, asked)


@api.get("/people/{person}/coaching", response_model=OneManagerView)
def read_manager(entry: Annotated[Entry, PERSON], since: Since = None, until: Until = None) -> OneManagerView:
    """The figures of one manager, and what was noted on their reviews: for the second level above and for them."""
    _require_second_level(entry, own=True)
    return one_manager_view(entry, asked_period(entry, since, until))


@api.post("/people/{person}/coaching/samples", response_model=tuple[NoteView, ...], status_code=201)
def post_note(entry: Annotated[Entry, PERSON_COACH], noted: SampleNote) -> tuple[NoteView, ...]:
    """Note something on a reviewed draft of this manager; all notes on their reviews come back."""
    _require_second_level(entry)
    note(entry, noted)
    return notes_of(entry, entry.whose.id)


@api.get("/people/{person}/scores", response_model=Release)
def read_scores(entry: Annotated[Entry, PERSON], purpose: Purpose) -> Release:
    """The scores of a person for a purpose; for evaluation of employees some are refused, and the answer says why."""
    return scores_for(entry, purpose)


def _require_second_level(entry: Entry, *, own: bool = False) -> None:
    """Passes for who is at the second level above the person, and with `own` for that person.

    Raises: NotFoundError for others, and for a person who manages nobody.
    """
    allowed = entry.viewer.has("second_level") if entry.sight == "coach" else own
    if not allowed or not entry.whose.manages:
        raise nothing_here()
