"""Owns the places of a manager's recorded one-to-ones."""

from typing import Annotated

from fastapi import APIRouter, Request
from starlette.responses import Response

from pipeline.review.api import PROBLEMS
from pipeline.review.cycle.coached.view import CoachedView, coached_view
from pipeline.review.cycle.frame import person_page
from pipeline.review.guards import PERSON, Entry

router = APIRouter()


@router.get("/people/{person}/coached", include_in_schema=False)
def coached(request: Request, entry: Annotated[Entry, PERSON]) -> Response:
    """The recorded one-to-ones of a manager, for them and those above them."""
    return person_page(request, entry, "cycle_coached.html.j2", view=coached_view(entry))


@router.get("/api/people/{person}/coached", response_model=CoachedView, tags=["coaching"], responses=PROBLEMS)
def api_coached(entry: Annotated[Entry, PERSON]) -> CoachedView:
    """The recorded one-to-ones of a manager: talk share, asks against tells, and what else was found, with quotes."""
    return coached_view(entry)
