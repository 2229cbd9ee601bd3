"""Owns the page on which users say how they want to be reminded, and their calendar."""

from typing import Annotated, Literal

from fastapi import APIRouter, Form, Query, Request
from pydantic import Field
from starlette.responses import RedirectResponse, Response

from pipeline.cycle.reminders import subscribe
from pipeline.domain.base import Value
from pipeline.domain.cycle.own import Subscribed
from pipeline.errors import UsageError
from pipeline.review.account.routes import own_user
from pipeline.review.api import PROBLEMS
from pipeline.review.cycle.acting import act
from pipeline.review.cycle.reminders.calendar import calendar
from pipeline.review.cycle.reminders.rounds import base_of
from pipeline.review.cycle.reminders.view import RemindersView, reminders_of, reminders_view
from pipeline.review.guards import SIGNED_IN, Entry
from pipeline.review.pages import page

router = APIRouter()
Came = Annotated[Entry, SIGNED_IN]
Ticked = Annotated[Literal["", "yes"], Form()]
Digest = Literal["none", "daily", "weekly"]


class Wish(Value):
    """How somebody wants to be reminded; what is left out is not wanted."""

    mail: bool = False
    calendar: bool = False
    webhook: str | None = Field(default=None, max_length=500)
    digest: Digest = "none"


@router.get("/reminders", include_in_schema=False)
def show_reminders(request: Request, entry: Came, saved: Annotated[str, Query(max_length=5)] = "") -> Response:
    """How one wants to be reminded, and of what one would be."""
    return page(request, entry, "cycle_reminders.html.j2", view=reminders_view(entry), saved=bool(saved), error=None)


@router.post("/reminders", include_in_schema=False)
def save_reminders(
    request: Request,
    entry: Came,
    mail: Ticked = "",
    calendar: Ticked = "",
    webhook: Annotated[str, Form(max_length=500)] = "",
    digest: Annotated[Digest, Form()] = "none",
) -> Response:
    """From now on in this way."""
    wish = Wish(mail=mail == "yes", calendar=calendar == "yes", webhook=webhook.strip() or None, digest=digest)
    try:
        _subscribe(entry, wish)
    except UsageError as error:
        typed = reminders_view(entry).model_copy(update=wish.model_dump())
        values = {"view": typed, "saved": False, "error": error}
        return page(request, entry, "cycle_reminders.html.j2", status=400, **values)
    return RedirectResponse("/reminders?saved=yes", status_code=303)


@router.get("/reminders/calendar.ics", include_in_schema=False)
def own_calendar(entry: Came) -> Response:
    """Everything of one's own that has a day, as a calendar file."""
    room, reminders = entry.room, reminders_of(entry, own_user(entry))
    content = calendar(reminders, base=base_of(room.config.review), at=room.now())
    headers = {"Content-Disposition": 'attachment; filename="coaching.ics"'}
    return Response(content, media_type="text/calendar; charset=utf-8", headers=headers)


@router.get("/api/reminders", response_model=RemindersView, tags=["coaching"], responses=PROBLEMS)
def api_reminders(entry: Came) -> RemindersView:
    """How you want to be reminded, and everything that comes next for you."""
    return reminders_view(entry)


@router.put("/api/reminders", response_model=RemindersView, tags=["coaching"], responses=PROBLEMS)
def api_save_reminders(entry: Came, wish: Wish) -> RemindersView:
    """Be reminded in this way from now on; what is left out is not wanted."""
    _subscribe(entry, wish)
    return reminders_view(entry)


def _subscribe(entry: Entry, wish: Wish) -> None:
    user = own_user(entry)
    subscribed = Subscribed(**wish.model_dump())
    act(entry, user.id, lambda h: subscribe(h, user.id, subscribed, has_address=bool(user.email)))
