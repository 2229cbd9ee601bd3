"""Owns what is answered at the focus's page: the page, for htmx its part, or the way back to it."""

from collections.abc import Callable
from typing import Any

from fastapi import Request
from starlette.responses import RedirectResponse, Response

from pipeline.errors import UsageError
from pipeline.review.cycle.focus.forms import OpenForm
from pipeline.review.cycle.focus.known import Known
from pipeline.review.cycle.focus.opening import Opening, opening
from pipeline.review.cycle.focus.view import focus_view
from pipeline.review.cycle.frame import person_page
from pipeline.review.guards import Entry
from pipeline.review.pages import page


def focus_page(
    request: Request, entry: Entry, *, status: int = 200, problem: UsageError | None = None, form: Opening | None = None
) -> Response:
    """The page with what is so by now, and what was refused; `form` is that to open one, filled in."""
    known = Known(entry)
    values: dict[str, Any] = {
        "focus": focus_view(known),
        "problem": problem,
        "opening": (form or opening(known)) if entry.sight == "coach" else None,
        "asked": form is not None,
    }
    if "hx-request" in request.headers:
        own = entry.sight == "own"
        part = "cycle_focus_part.html.j2"
        return page(request, entry, part, status=status, person=entry.whose, own=own, **values)
    return person_page(request, entry, "cycle_focus.html.j2", status=status, **values)


def acted(request: Request, entry: Entry, act: Callable[[], int]) -> Response:
    """The way back to the page once it was done; for htmx the part. What is refused is told on the page."""
    try:
        act()
    except UsageError as problem:
        return focus_page(request, entry, status=400, problem=problem)
    if "hx-request" in request.headers:
        return focus_page(request, entry)
    return RedirectResponse(f"/people/{entry.whose.id}/focus", status_code=303)


def opened(request: Request, entry: Entry, form: OpenForm, act: Callable[[], int]) -> Response:
    """The way back once a focus was opened, else the form as it was typed, with what is wrong."""
    try:
        act()
    except UsageError as problem:
        typed = opening(Known(entry), typed=form)
        return focus_page(request, entry, status=400, problem=problem, form=typed)
    return RedirectResponse(f"/people/{entry.whose.id}/focus", status_code=303)
