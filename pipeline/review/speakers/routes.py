"""Owns the places of a call's speakers: who is who, putting it right, and how far reading it again is."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from pipeline.domain.base import Value
from pipeline.domain.recording import Role
from pipeline.errors import FilmroomError, StaleError, UsageError
from pipeline.review.api import PROBLEMS
from pipeline.review.guards import CALL, COACH, Entry
from pipeline.review.pages import page
from pipeline.review.rereads import RereadState
from pipeline.review.speakers.saving import SpeakerSaid, SpeakersSaid, save_speakers, swapped_too
from pipeline.review.speakers.view import SpeakersView, speakers_view

router = APIRouter()
_API = "/api/calls/{call}"


class SpeakersForm(Value):
    """The form as it comes: roles and names in the order of the speakers; `swap`: rep and customer change places."""

    csrf: str = ""
    after: int
    heard: str
    role: tuple[Role, ...] = ()
    name: tuple[str, ...] = ()
    swap: bool = False


@router.post("/calls/{call}/speakers", include_in_schema=False)
def correct_speakers(
    request: Request, entry: Annotated[Entry, COACH], form: Annotated[SpeakersForm, Form()]
) -> Response:
    """Keep who is who; where that cannot be, the form comes back with all that was typed, beside what stands now."""
    try:
        said = _said(form, _view(entry))
        save_speakers(entry, swapped_too(entry, said) if form.swap else said)
    except (StaleError, UsageError) as error:
        return _again(request, entry, form, error)
    if "hx-request" in request.headers:
        return page(request, entry, "call_speakers.html.j2", speakers=_view(entry), beside=True)
    return RedirectResponse(f"/calls/{entry.call}#speakers", status_code=303)


@router.get("/calls/{call}/reading", include_in_schema=False)
def reading(request: Request, entry: Annotated[Entry, COACH], shown: int = 0) -> Response:
    """How far reading this call again is; `shown` is the number of the record that the page shows."""
    state = entry.room.rereads.state(entry.call)
    return page(request, entry, "call_reading.html.j2", reading=state, shown=shown)


@router.post("/calls/{call}/reading", include_in_schema=False)
def read_again(request: Request, entry: Annotated[Entry, COACH]) -> Response:
    """Read this call again: after a failure, say."""
    entry.room.rereads.ask(entry.call)
    if "hx-request" in request.headers:
        return reading(request, entry, shown=entry.room.record(entry.call)[0])
    return RedirectResponse(f"/calls/{entry.call}#speakers", status_code=303)


@router.get(f"{_API}/speakers", tags=["calls"], responses=PROBLEMS, response_model=SpeakersView)
def get_speakers(entry: Annotated[Entry, CALL]) -> SpeakersView:
    """The speakers of a call: role, name, how sure that is, and where each is heard."""
    return _view(entry)


@router.put(f"{_API}/speakers", tags=["calls"], responses=PROBLEMS, response_model=SpeakersView)
def put_speakers(entry: Annotated[Entry, COACH], said: SpeakersSaid) -> SpeakersView:
    """Correct roles and names; with new roles the call is read again in the background."""
    save_speakers(entry, said)
    return _view(entry)


@router.get(f"{_API}/reading", tags=["calls"], responses=PROBLEMS, response_model=RereadState)
def get_reading(entry: Annotated[Entry, COACH]) -> RereadState:
    """How far reading this call again is."""
    return entry.room.rereads.state(entry.call)


@router.post(f"{_API}/reading", tags=["calls"], responses=PROBLEMS, response_model=RereadState, status_code=202)
def post_reading(entry: Annotated[Entry, COACH]) -> RereadState:
    """Read this call again in the background; with nothing changed that its reading rests on, it says the same."""
    entry.room.rereads.ask(entry.call)
    return entry.room.rereads.state(entry.call)


def _view(entry: Entry) -> SpeakersView:
    room = entry.room
    return speakers_view(entry, room.result(room.record(entry.call)[1]))


def _said(form: SpeakersForm, view: SpeakersView) -> SpeakersSaid:
    """What the form says, by label. Raises: StaleError when the call has other speakers than the form."""
    if not len(form.role) == len(form.name) == len(view.rows):
        raise StaleError("the call has other speakers by now", hint="look at who is who now, and save again")
    said = zip(view.rows, form.role, form.name, strict=True)
    speakers = tuple(SpeakerSaid(label=row.label, role=role, name=name[:1000]) for row, role, name in said)
    return SpeakersSaid(after=form.after, heard=form.heard, speakers=speakers)


def _again(request: Request, entry: Entry, form: SpeakersForm, error: FilmroomError) -> Response:
    view = _view(entry)
    typed = tuple(zip(form.role, form.name, strict=False)) if len(form.name) == len(view.rows) else ()
    template = "call_speakers.html.j2" if "hx-request" in request.headers else "call_speakers_again.html.j2"
    status = 409 if isinstance(error, StaleError) else 400
    return page(
        request,
        entry,
        template,
        status=status,
        speakers=view,
        typed=typed,
        error=error,
        beside=template == "call_speakers.html.j2",
    )
