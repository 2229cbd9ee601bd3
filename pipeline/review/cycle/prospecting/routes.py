"""Owns the places of prospecting activity: of one rep, and of a team."""

from typing import Annotated

from fastapi import APIRouter, Request
from starlette.responses import Response

from pipeline.review.api import PROBLEMS
from pipeline.review.cycle.frame import person_page
from pipeline.review.cycle.prospecting.view import (
    ProspectingView,
    TeamProspectingView,
    prospecting_view,
    team_prospecting_view,
)
from pipeline.review.guards import COACHES, PERSON, Entry
from pipeline.review.pages import page

router = APIRouter()


@router.get("/prospecting", include_in_schema=False)
def team(request: Request, entry: Annotated[Entry, COACHES]) -> Response:
    """The prospecting activity of the reps below the viewer."""
    return page(request, entry, "cycle_prospecting_team.html.j2", view=team_prospecting_view(entry))


@router.get("/people/{person}/prospecting", include_in_schema=False)
def of_person(request: Request, entry: Annotated[Entry, PERSON]) -> Response:
    """The prospecting activity of a rep."""
    return person_page(request, entry, "cycle_prospecting.html.j2", view=prospecting_view(entry))


@router.get("/api/prospecting", response_model=TeamProspectingView, tags=["coaching"], responses=PROBLEMS)
def api_team(entry: Annotated[Entry, COACHES]) -> TeamProspectingView:
    """The prospecting activity of the reps below you, by name: what was done, and no quota."""
    return team_prospecting_view(entry)


@router.get("/api/people/{person}/prospecting", response_model=ProspectingView, tags=["coaching"], responses=PROBLEMS)
def api_of_person(entry: Annotated[Entry, PERSON]) -> ProspectingView:
    """Attempts on each contact, their spacing, contacts left early, calls by stage and by week; from metadata alone."""
    return prospecting_view(entry)
