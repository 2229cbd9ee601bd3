"""Owns the places of a call's sound: the sound itself, its loudness, its player's data, and what was played of it."""

import threading
from concurrent.futures import TimeoutError as NotYet
from typing import Annotated, Any

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from pipeline.adapters.flac import MEDIA_TYPE
from pipeline.domain.span import total
from pipeline.errors import FilmroomError
from pipeline.review.api import PROBLEMS, Problem
from pipeline.review.call.seeing import sees_judgement_of
from pipeline.review.guards import CALL, Entry
from pipeline.review.sound.cache import Made
from pipeline.review.sound.envelope import Peaks, peaks
from pipeline.review.sound.listening import Heard, PlayedReport, listened
from pipeline.review.sound.ranges import send_file
from pipeline.review.sound.view import PlayerView, player_view

router = APIRouter(tags=["sound"])

PATIENCE_S = 20.0
_WAITING = threading.BoundedSemaphore(8)
"""How many requests may wait for sounds at once: each holds a thread that others need."""


class NotReady(FilmroomError):
    """The sound is being made."""

    retryable = True


def sound_of(request: Request, entry: Entry) -> Response:
    """The call's sound, or the part asked for; 202 when it is still being made after `PATIENCE_S`.

    For whoever the route's guard let in. Raises: SilentError, StoreError.
    """
    try:
        made = _made(entry)
        sent = send_file(request, made.path, etag=made.key, media_type=MEDIA_TYPE)
    except (NotReady, FileNotFoundError):
        return _later()
    entry.room.sounds.listening.opened(entry.call, entry.viewer.user.id)
    return sent


def peaks_of(entry: Entry) -> Response:
    """The call's loudness as JSON; 202 as `sound_of`. Raises: SilentError, StoreError."""
    try:
        envelope = _made(entry).envelope
    except (NotReady, FileNotFoundError):
        return _later()
    result = entry.room.result(entry.room.record(entry.call)[1])
    return Response(peaks(envelope, result).model_dump_json(), media_type="application/json")


@router.get("/calls/{call}/sound", include_in_schema=False)
@router.head("/calls/{call}/sound", include_in_schema=False)
def call_sound(request: Request, entry: Annotated[Entry, CALL]) -> Response:
    """The call's sound for its page."""
    return sound_of(request, entry)


@router.get("/calls/{call}/peaks", include_in_schema=False)
def call_peaks(entry: Annotated[Entry, CALL]) -> Response:
    """The call's loudness for its page."""
    return peaks_of(entry)


@router.post("/calls/{call}/played", include_in_schema=False)
def call_played(report: PlayedReport, entry: Annotated[Entry, CALL]) -> Heard:
    """What the call's page has played."""
    return _played(report, entry)


_BINARY: dict[int | str, dict[str, Any]] = {200: {"content": {MEDIA_TYPE: {}}}, 206: {"content": {MEDIA_TYPE: {}}}}
_LATER: dict[int | str, dict[str, Any]] = {202: {"model": Problem, "description": "It is being made: ask again."}}


@router.head("/api/calls/{call}/sound", include_in_schema=False)
@router.get("/api/calls/{call}/sound", response_class=Response, responses={**PROBLEMS, **_BINARY, **_LATER})
def api_sound(request: Request, entry: Annotated[Entry, CALL]) -> Response:
    """The call's sound: FLAC, mono, 16 kHz. Ranges of bytes are served (206), others than one range whole."""
    return sound_of(request, entry)


@router.get("/api/calls/{call}/peaks", response_model=Peaks, responses={**PROBLEMS, **_LATER})
def api_peaks(entry: Annotated[Entry, CALL]) -> Response:
    """How loud each side is along the call."""
    return peaks_of(entry)


@router.get("/api/calls/{call}/player", response_model=PlayerView, responses=PROBLEMS)
def api_player(entry: Annotated[Entry, CALL]) -> PlayerView:
    """The timeline of both sides, the marked moments that the viewer may see, and what the viewer has played."""
    number, record = entry.room.record(entry.call)
    return player_view(entry, entry.room.result(record), moments=sees_judgement_of(entry, number))


@router.post("/api/calls/{call}/played", response_model=Heard, responses=PROBLEMS)
def api_played(report: PlayedReport, entry: Annotated[Entry, CALL]) -> Heard:
    """Report what was played since the last report. What cannot have been played in that time is refused (400)."""
    return _played(report, entry)


def _played(report: PlayedReport, entry: Entry) -> Heard:
    room, user = entry.room, entry.viewer.user.id
    _, record = room.record(entry.call)
    before = listened(room.workspace, entry.call, user)
    duration = room.sounds.duration(record)
    room.sounds.listening.take(entry.call, user, report, duration=duration, at=room.now())
    if not before:
        room.audit.tell(user, "listened", call=entry.call, address=entry.address)
    spans = listened(room.workspace, entry.call, user)
    return Heard(call=entry.call, user=user, spans=spans, heard_s=total(spans))


def _made(entry: Entry) -> Made:
    """The call's sound, waited for. Raises: NotReady, SilentError, StoreError."""
    job = entry.room.sounds.ask(entry.room.record(entry.call)[1])
    if job.done():
        return job.result()
    if not _WAITING.acquire(blocking=False):
        raise NotReady("the sound is being prepared", hint="ask again in a moment")
    try:
        return job.result(timeout=PATIENCE_S)
    except NotYet:
        raise NotReady("the sound is being prepared", hint="ask again in a moment") from None
    finally:
        _WAITING.release()


def _later() -> Response:
    told = Problem(error="the sound is being prepared", hint="ask again in a moment")
    return JSONResponse(told.model_dump(), status_code=202, headers={"Retry-After": "2"})
