"""Owns the pages of the audit trail and of how the workspace stands."""

from datetime import date
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from pipeline.domain.audit import AuditAction
from pipeline.errors import UsageError
from pipeline.review.admin.state import state_view
from pipeline.review.admin.trail import WORDS, chain_view, trail_view
from pipeline.review.audit import Wanted
from pipeline.review.guards import ADMIN, Entry
from pipeline.review.pages import page

router = APIRouter(include_in_schema=False)
Came = Annotated[Entry, ADMIN]
Text = Annotated[str, Query(max_length=120)]


@router.get("/admin/audit")
def show_trail(
    request: Request, entry: Came, user: Text = "", action: Text = "", call: Text = "", day: Text = "", older: Text = ""
) -> Response:
    """The trail, newest first; every name, action, call and day in it leads to its own lines."""
    room = entry.room
    wanted = wanted_of(user=user, action=action, call=call, day=day)
    view = trail_view(room.audit, room.people, wanted, older or None)
    chosen = {"user": user, "action": action, "call": call, "day": day}

    def link(**changes: str) -> str:
        asked = {name: value for name, value in {**chosen, **changes}.items() if value}
        return f"/admin/audit?{urlencode(asked)}" if asked else "/admin/audit"

    values: dict[str, Any] = {"view": view, "link": link, "words": WORDS, "older": older}
    return page(request, entry, "admin_audit.html.j2", users=room.people.all(removed=True), **values)


@router.get("/admin/audit/check")
def check_trail(request: Request, entry: Came) -> Response:
    """Whether every line of the trail still follows from the one before it; reads all of it."""
    return page(request, entry, "admin_check.html.j2", chain=chain_view(entry.room.audit.verify()))


@router.get("/admin/state")
def show_state(request: Request, entry: Came) -> Response:
    """How many calls there are, and what could not be read or done."""
    return page(request, entry, "admin_state.html.j2", view=state_view(entry.room))


def wanted_of(*, user: str, action: str, call: str, day: str) -> Wanted:
    """What these fields ask for, empty ones for everything. Raises: UsageError."""
    if action and action not in WORDS:
        raise UsageError(f"nothing is called {action!r}", hint=f"give one of {', '.join(WORDS)}")
    try:
        when = date.fromisoformat(day) if day else None
    except ValueError as error:
        raise UsageError(f"{day!r} is no day", hint="give it as 2026-03-05") from error
    done: AuditAction | None = next((known for known in WORDS if known == action), None)
    return Wanted(user=user or None, action=done, call=call[:80] or None, day=when)
