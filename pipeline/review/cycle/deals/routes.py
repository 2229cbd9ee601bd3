"""Owns the places of deals: the calls of one deal, by its name or by one of its calls."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from pipeline.review.api import PROBLEMS
from pipeline.review.cycle.deals.listing import DealLine, deal_lines
from pipeline.review.cycle.deals.view import DealView, deal_of_call, deal_view
from pipeline.review.guards import CALL, SIGNED_IN, Entry
from pipeline.review.pages import page

router = APIRouter()
Deal = Annotated[str, Query(max_length=300)]


@router.get("/deals", include_in_schema=False)
def deal(request: Request, entry: Annotated[Entry, SIGNED_IN], deal: Deal = "") -> Response:
    """The calls of a deal that the viewer sees, in the order of time; where none is named, the deals to choose from."""
    deals = () if deal.strip() else deal_lines(entry)
    return page(request, entry, "cycle_deals.html.j2", view=deal_view(entry, deal), deals=deals)


@router.get("/calls/{call}/deal", include_in_schema=False)
def deal_of(request: Request, entry: Annotated[Entry, CALL]) -> Response:
    """The deal of a call; of a closing call with its gaps beside those of discovery."""
    return page(request, entry, "cycle_deals.html.j2", view=deal_of_call(entry), deals=())


@router.get("/api/deals", response_model=DealView, tags=["coaching"], responses=PROBLEMS)
def api_deal(entry: Annotated[Entry, SIGNED_IN], deal: Deal = "") -> DealView:
    """The calls of a deal that you see, by time; names of deals are compared without case."""
    return deal_view(entry, deal)


@router.get("/api/deals/names", response_model=tuple[DealLine, ...], tags=["coaching"], responses=PROBLEMS)
def api_deals(entry: Annotated[Entry, SIGNED_IN]) -> tuple[DealLine, ...]:
    """The deals of the calls that you see, the one with the latest call first; at most 200."""
    return deal_lines(entry)


@router.get("/api/calls/{call}/deal", response_model=DealView, tags=["coaching"], responses=PROBLEMS)
def api_deal_of(entry: Annotated[Entry, CALL]) -> DealView:
    """The deal of a call. `gaps`: of a closing call, its gaps beside what was found in discovery."""
    return deal_of_call(entry)
