"""Owns the places where work begins: home, the inbox, the list of calls; pages and API."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import RedirectResponse, Response

from pipeline.review.api import PROBLEMS
from pipeline.review.guards import COACHES, SIGNED_IN, Entry
from pipeline.review.inbox.calls import CallsView, calls_view
from pipeline.review.inbox.chart import drawings
from pipeline.review.inbox.filters import CallFilters, InboxFilters
from pipeline.review.inbox.view import InboxView, inbox_view
from pipeline.review.pages import page

router = APIRouter()


@router.get("/", include_in_schema=False)
def home(request: Request, entry: Annotated[Entry, SIGNED_IN]) -> Response:
    """To where this viewer's work is; to those who have none here, what they can do."""
    viewer = entry.viewer
    if viewer.has("manager", "second_level"):
        return _to("/inbox")
    if viewer.has("rep"):
        return _to(f"/people/{viewer.user.id}")
    if entry.room.people.rates_any(viewer):
        return _to("/label")
    return _to("/admin/users") if viewer.has("admin") else page(request, entry, "home.html.j2")


@router.get("/inbox", include_in_schema=False)
def inbox(request: Request, entry: Annotated[Entry, COACHES], filters: Annotated[InboxFilters, Query()]) -> Response:
    """The drafts that wait for this coach."""
    return page(request, entry, "inbox.html.j2", view=inbox_view(entry, filters))


@router.get("/inbox/chart", include_in_schema=False)
def inbox_chart(
    request: Request, entry: Annotated[Entry, COACHES], filters: Annotated[InboxFilters, Query()]
) -> Response:
    """The same drafts, drawn: a part of the inbox, and a page of its own for those without script."""
    part = "hx-request" in request.headers
    template = "inbox_drawings.html.j2" if part else "inbox_chart.html.j2"
    return page(request, entry, template, drawings=drawings(entry, filters), query=filters.query())


@router.get("/calls", include_in_schema=False)
def calls(request: Request, entry: Annotated[Entry, SIGNED_IN], filters: Annotated[CallFilters, Query()]) -> Response:
    """The calls that this viewer may see."""
    return page(request, entry, "calls.html.j2", view=calls_view(entry, filters))


@router.get("/api/inbox", response_model=InboxView, tags=["inbox"], responses=PROBLEMS)
def api_inbox(entry: Annotated[Entry, COACHES], filters: Annotated[InboxFilters, Query()]) -> InboxView:
    """The drafts that wait for you as a coach, the oldest first, with counts for each filter."""
    return inbox_view(entry, filters)


@router.get("/api/calls", response_model=CallsView, tags=["calls"], responses=PROBLEMS)
def api_calls(entry: Annotated[Entry, SIGNED_IN], filters: Annotated[CallFilters, Query()]) -> CallsView:
    """The calls that you may see, the latest first; of your own calls, whether their feedback is ready."""
    return calls_view(entry, filters)


def _to(path: str) -> Response:
    return RedirectResponse(path, status_code=303)
