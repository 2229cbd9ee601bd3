"""Owns how a page is made: one environment of templates, and what every page needs of whoever looks at it."""

from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path
from typing import Any, Literal

from fastapi import Request
from fastapi.templating import Jinja2Templates
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import Response

from pipeline.domain.base import Value
from pipeline.domain.people import Viewer
from pipeline.domain.phrasing import clock
from pipeline.errors import FilmroomError
from pipeline.export.untrusted import visible
from pipeline.export.wording import counted, day, moment_of, weekday
from pipeline.review.guards import Entry
from pipeline.review.room import Room

_TEMPLATES = Path(__file__).parent / "templates"
HEADINGS = {
    400: "This cannot be read",
    401: "Sign in first",
    403: "This did not come from your page",
    404: "Nothing here",
    409: "Somebody saved in between",
    429: "Too many tries",
    500: "Something went wrong on our side",
}


class Place(Value):
    """One link of the bar; `here` where the page is that place or below it."""

    path: str
    title: str
    here: bool = False


def places_of(room: Room, viewer: Viewer | None, here: str) -> tuple[Place, ...]:
    """The places that this viewer has use for, in the order of the bar; none for nobody."""
    if viewer is None:
        return ()
    open_to = (
        (viewer.has("manager", "second_level"), Place(path="/inbox", title="Inbox")),
        (viewer.user.has_calls, Place(path="/calls", title="Calls")),
        (viewer.has("rep"), Place(path=f"/people/{viewer.user.id}", title="My coaching")),
        (viewer.has("manager", "second_level"), Place(path="/team", title="Team")),
        (viewer.user.has_calls, Place(path="/library", title="Library")),
        (viewer.has("second_level"), Place(path="/coaching", title="Coaching")),
        (room.people.rates_any(viewer), Place(path="/label", title="Label")),
        (viewer.has("author"), Place(path="/disagreements", title="Disagreements")),
        (viewer.has("admin"), Place(path="/admin/users", title="Admin")),
    )
    shown = [place for is_open, place in open_to if is_open]
    found = next((place.path for place in shown if _within(here, place.path)), None)
    if found is None and here.startswith(_OF_TEAM):
        found = "/team"
    return tuple(place.model_copy(update={"here": place.path == found}) for place in shown)


_OF_TEAM = ("/people/", "/listening", "/prospecting", "/deals")
"""Where else a coach is at their team."""


def _within(here: str, path: str) -> bool:
    area = "/admin" if path.startswith("/admin/") else path
    return here == area or here.startswith(f"{area}/")


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
    made.filters.update(clock=clock, instant=instant, told=told)
    made.filters.update(day=day, weekday=weekday, visible=visible, sentence=sentence)
    made.globals.update(counted=counted)
    return made


def warm_up() -> None:
    """Every template is ready to be set, so that the first page of a process comes as quickly as the next."""
    made = environment()
    for name in made.list_templates():
        made.get_template(name)


def page(request: Request, entry: Entry | None, template: str, *, status: int = 200, **values: Any) -> Response:
    """A page, or a part of one for htmx; templates see `viewer`, `entry`, `csrf`, `places()` and `here`, the page's own
    path.

    Without an entry (public places, errors) the bar is still that of whoever is signed in.
    """
    room: Room = request.app.state.room
    viewer = entry.viewer if entry else _known(room, request)
    context = {
        "viewer": viewer,
        "entry": entry,
        "csrf": viewer.csrf if viewer else "",
        "here": request.url.path,
        "progress": room.index.progress if viewer else None,
        "places": partial(places_of, room, viewer, request.url.path),  # asked by whole pages only
        **values,
    }
    return Jinja2Templates(env=environment()).TemplateResponse(request, template, context, status_code=status)


def instant(at: datetime) -> str:
    """The moment as `<time datetime>` has it, in UTC; `at` without a zone is UTC, as in the index."""
    return f"{_in_utc(at):%Y-%m-%dT%H:%M:%SZ}"


def told(at: datetime, form: Literal["both", "day", "short"] = "both") -> str:
    """The moment as a person reads it without script: in UTC, or only its day, or that in short, "4 Mar"."""
    if form == "short":
        return f"{_in_utc(at).day} {_in_utc(at):%b}"
    return day(_in_utc(at)) if form == "day" else moment_of(_in_utc(at))


def sentence(text: str) -> str:
    """The text as a sentence: a capital first, a full stop last unless it ends in a mark of its own."""
    shown = visible(text)
    return f"{shown[:1].upper()}{shown[1:]}{'' if shown.endswith(('.', '!', '?')) else '.'}" if shown else ""


def _in_utc(at: datetime) -> datetime:
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def _known(room: Room, request: Request) -> Viewer | None:
    try:
        return room.entrance.viewer(request)
    except FilmroomError:
        return None  # the page that is being made tells this error, or one before it
