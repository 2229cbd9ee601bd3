"""Owns the places of the overview of a person and of the team's page."""

from typing import Annotated

from fastapi import APIRouter, Request
from starlette.responses import Response

from pipeline.review.api import PROBLEMS
from pipeline.review.cycle.frame import person_page, team_links
from pipeline.review.cycle.hub.overview import OverviewView, overview_view
from pipeline.review.cycle.hub.team import TeamView, team_view
from pipeline.review.guards import COACHES, PERSON, Entry
from pipeline.review.pages import page

router = APIRouter()


@router.get("/people/{person}", include_in_schema=False)
def overview(request: Request, entry: Annotated[Entry, PERSON]) -> Response:
    """A person's coaching at a glance."""
    return person_page(request, entry, "cycle_overview.html.j2", view=overview_view(entry))


@router.get("/team", include_in_schema=False)
def team(request: Request, entry: Annotated[Entry, COACHES]) -> Response:
    """The reps below whoever looks, each with what their coaching is at."""
    return page(request, entry, "cycle_team.html.j2", view=team_view(entry), links=team_links(entry))


@router.get("/api/people/{person}", response_model=OverviewView, tags=["coaching"], responses=PROBLEMS)
def api_overview(entry: Annotated[Entry, PERSON]) -> OverviewView:
    """A person's coaching at a glance, for themselves or for somebody above them: what is next, focus, picks, and so
    on."""
    return overview_view(entry)


@router.get("/api/team", response_model=TeamView, tags=["coaching"], responses=PROBLEMS)
def api_team(entry: Annotated[Entry, COACHES]) -> TeamView:
    """The reps below you by manager and name, each with what their coaching is at."""
    return team_view(entry)
