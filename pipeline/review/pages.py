"""Owns how a page is made: one environment of templates, and what every page needs of whoever looks at it."""

from functools import cache
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.templating import Jinja2Templates
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import Response

from pipeline.domain.phrasing import clock
from pipeline.export.wording import counted, weekday
from pipeline.review.guards import Entry

_TEMPLATES = Path(__file__).parent / "templates"


@cache
def environment() -> Environment:
    """The templates of the room; everything is escaped, and a name that is not given is an error."""
    made = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(clock=clock, weekday=weekday)
    made.globals.update(counted=counted)
    return made


def page(request: Request, entry: Entry | None, template: str, *, status: int = 200, **values: Any) -> Response:
    """A page, or a part of one for htmx; templates see `viewer`, `entry`, `csrf` and `here`, the page's own path."""
    context = {
        "viewer": entry.viewer if entry else None,
        "entry": entry,
        "csrf": entry.viewer.csrf if entry else "",
        "here": request.url.path,
        **values,
    }
    return Jinja2Templates(env=environment()).TemplateResponse(request, template, context, status_code=status)
