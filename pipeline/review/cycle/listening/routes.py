"""Owns the places of listening commitments: the page, and the pledge."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from pydantic import Field
from starlette.responses import RedirectResponse, Response

from pipeline.domain.base import Value
from pipeline.errors import UsageError
from pipeline.review.api import PROBLEMS
from pipeline.review.cycle.listening.view import (
    MOST_MINUTES,
    ListeningView,
    listening_view,
    minutes_given,
    pledge_minutes,
)
from pipeline.review.guards import SIGNED_IN, Entry
from pipeline.review.pages import page

router = APIRouter()
Came = Annotated[Entry, SIGNED_IN]


class Pledge(Value):
    """Minutes of calls a week that somebody means to hear; 0 ends it."""

    minutes: int = Field(ge=0, le=MOST_MINUTES)


@router.get("/listening", include_in_schema=False)
def listening(request: Request, entry: Came) -> Response:
    """What the viewer, and everybody below, pledged to hear and really played."""
    return page(request, entry, "cycle_listening.html.j2", view=listening_view(entry), error="", typed=None)


@router.post("/listening", include_in_schema=False)
def pledge(request: Request, entry: Came, minutes: Annotated[str, Form(max_length=40)] = "") -> Response:
    """Pledge so many minutes a week; where that is no number, the form comes back with what was typed."""
    try:
        pledge_minutes(entry, minutes_given(minutes))
    except UsageError as error:
        view, told = listening_view(entry), f"{error.message}: {error.hint}"
        return page(request, entry, "cycle_listening.html.j2", status=400, view=view, error=told, typed=minutes)
    return RedirectResponse("/listening", status_code=303)


@router.get("/api/listening", response_model=ListeningView, tags=["coaching"], responses=PROBLEMS)
def api_listening(entry: Came) -> ListeningView:
    """What you pledged to hear and really played, the last eight weeks; and everybody below you, by name."""
    return listening_view(entry)


@router.put("/api/listening/pledge", response_model=ListeningView, tags=["coaching"], responses=PROBLEMS)
def api_pledge(pledge: Pledge, entry: Came) -> ListeningView:
    """Pledge so many minutes of calls a week for yourself, from this week on; 0 ends it."""
    pledge_minutes(entry, pledge.minutes)
    return listening_view(entry)
