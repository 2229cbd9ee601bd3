"""Owns the places of the library: its pages, the sound of a clip, and what a coach and the featured rep do."""

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from pydantic import ValidationError
from starlette.responses import RedirectResponse, Response

from pipeline.adapters.flac import MEDIA_TYPE
from pipeline.domain.base import Value
from pipeline.domain.cycle.words import Said
from pipeline.errors import UsageError
from pipeline.review.api import PROBLEMS, Problem
from pipeline.review.cycle.library.acting import Proposal, consent, decline, propose, withdraw
from pipeline.review.cycle.library.sound import send_clip
from pipeline.review.cycle.library.view import LibraryClip, LibraryView, clip_view, library_view
from pipeline.review.guards import JUDGE, PERSON, PERSON_SELF, SIGNED_IN, Entry
from pipeline.review.pages import page

router = APIRouter(include_in_schema=False)
api = APIRouter(tags=["library"])

Filter = Annotated[str, Query(max_length=100)]


@router.get("/library")
def library_page(
    request: Request, entry: Annotated[Entry, SIGNED_IN], capability: Filter = "", rubric: Filter = ""
) -> Response:
    """The best moments that the viewer's team may hear."""
    view = library_view(entry, capability=capability, rubric=rubric)
    _looked(entry, "library")
    return page(request, entry, "cycle_library.html.j2", view=view, one=None)


@router.get("/library/{rep}/{clip}")
def clip_page(request: Request, entry: Annotated[Entry, SIGNED_IN], rep: str, clip: str) -> Response:
    """One moment, at an address of its own."""
    found = clip_view(entry, rep, clip)
    _looked(entry, f"library {rep} {clip}")
    return page(request, entry, "cycle_library.html.j2", view=None, one=found)


@router.head("/library/{rep}/{clip}/sound")
@router.get("/library/{rep}/{clip}/sound")
def clip_sound(request: Request, entry: Annotated[Entry, SIGNED_IN], rep: str, clip: str) -> Response:
    """The sound of a clip for its page: that stretch of the call and no more."""
    return send_clip(request, entry, rep, clip)


@router.post("/calls/{call}/clips")
def propose_on_call(
    entry: Annotated[Entry, JUDGE],
    observation: Annotated[str, Form()] = "",
    title: Annotated[str, Form()] = "",
) -> Response:
    """Propose an observation of the call for the library."""
    try:
        proposal = Proposal(observation=observation, title=title)
    except ValidationError as error:
        raise UsageError("the moment or its title cannot be used", hint="a title has 200 characters at most") from error
    featured, _ = propose(entry, proposal)
    return RedirectResponse(f"/people/{featured.id}/practice#library", status_code=303)


@router.post("/people/{person}/clips/{clip}/consent")
def consent_on_page(entry: Annotated[Entry, PERSON_SELF], clip: str) -> Response:
    """The featured rep lets the team hear it."""
    consent(entry, clip)
    return _back(entry)


@router.post("/people/{person}/clips/{clip}/decline")
def decline_on_page(entry: Annotated[Entry, PERSON_SELF], clip: str) -> Response:
    """The featured rep would rather not."""
    decline(entry, clip)
    return _back(entry)


@router.post("/people/{person}/clips/{clip}/withdraw")
def withdraw_on_page(
    entry: Annotated[Entry, PERSON], clip: str, reason: Annotated[str, Form(max_length=2000)] = ""
) -> Response:
    """The rep takes it back, or somebody above them takes it out."""
    withdraw(entry, clip, reason)
    return _back(entry)


class ClipChanged(Value):
    """A clip after an act: its id, and the number of the event, 0 where it stood so already."""

    person: str
    clip: str
    number: int


class Ending(Value):
    """Why a clip ends; nobody has to say."""

    reason: Said = ""


@api.get("/api/library", response_model=LibraryView, responses=PROBLEMS)
def api_library(entry: Annotated[Entry, SIGNED_IN], capability: Filter = "", rubric: Filter = "") -> LibraryView:
    """The best moments that this user's team may hear."""
    _looked(entry, "library")
    return library_view(entry, capability=capability, rubric=rubric)


@api.get("/api/library/{rep}/{clip}", response_model=LibraryClip, responses=PROBLEMS)
def api_clip(entry: Annotated[Entry, SIGNED_IN], rep: str, clip: str) -> LibraryClip:
    """One of them; 404 as soon as it is withdrawn."""
    _looked(entry, f"library {rep} {clip}")
    return clip_view(entry, rep, clip)


@api.head("/api/library/{rep}/{clip}/sound", include_in_schema=False)
@api.get(
    "/api/library/{rep}/{clip}/sound",
    response_class=Response,
    responses={
        **PROBLEMS,
        200: {"content": {MEDIA_TYPE: {}}},
        202: {"model": Problem, "description": "It is being made: ask again."},
        206: {"content": {MEDIA_TYPE: {}}},
    },
)
def api_clip_sound(request: Request, entry: Annotated[Entry, SIGNED_IN], rep: str, clip: str) -> Response:
    """Its sound: that stretch of the call and no more, FLAC, mono, 16 kHz."""
    return send_clip(request, entry, rep, clip)


@api.post("/api/calls/{call}/clips", response_model=ClipChanged, status_code=201, responses=PROBLEMS)
def api_propose(proposal: Proposal, entry: Annotated[Entry, JUDGE]) -> ClipChanged:
    """Propose an observation of the call for the library; its rep is asked."""
    featured, number = propose(entry, proposal)
    return ClipChanged(person=featured.id, clip=f"k{number}", number=number)


@api.post("/api/people/{person}/clips/{clip}/consent", response_model=ClipChanged, responses=PROBLEMS)
def api_consent(entry: Annotated[Entry, PERSON_SELF], clip: str) -> ClipChanged:
    """Let the team hear it."""
    return ClipChanged(person=entry.whose.id, clip=clip, number=consent(entry, clip))


@api.post("/api/people/{person}/clips/{clip}/decline", response_model=ClipChanged, responses=PROBLEMS)
def api_decline(entry: Annotated[Entry, PERSON_SELF], clip: str) -> ClipChanged:
    """Say no to it; no reason is asked."""
    return ClipChanged(person=entry.whose.id, clip=clip, number=decline(entry, clip))


@api.post("/api/people/{person}/clips/{clip}/withdraw", response_model=ClipChanged, responses=PROBLEMS)
def api_withdraw(entry: Annotated[Entry, PERSON], clip: str, ending: Ending | None = None) -> ClipChanged:
    """Take it back, or as somebody above the rep take it out: it is gone from every place at once."""
    reason = ending.reason if ending is not None else ""
    return ClipChanged(person=entry.whose.id, clip=clip, number=withdraw(entry, clip, reason))


def _looked(entry: Entry, detail: str) -> None:
    entry.room.audit.tell(entry.viewer.user.id, "viewed", detail=detail[:200], address=entry.address)


def _back(entry: Entry) -> Response:
    return RedirectResponse(f"/people/{entry.whose.id}/practice#library", status_code=303)
