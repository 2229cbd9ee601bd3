"""Owns the sound of a clip: that stretch of the call and nothing beside it, cut anew each time and never kept.

So whoever may hear a clip gets no more of the call than it, and after a withdrawal there is nothing left to delete.
"""

import tempfile
import threading
from concurrent.futures import TimeoutError as NotYet
from pathlib import Path

from fastapi import Request
from starlette.responses import JSONResponse, Response

from pipeline.adapters.flac import MEDIA_TYPE, excerpt, write_flac
from pipeline.cycle.library import stretch
from pipeline.domain.span import Span
from pipeline.review.api import Problem
from pipeline.review.cycle.library.view import Shown, shown_to
from pipeline.review.guards import Entry, nothing_here
from pipeline.review.sound.cache import Made
from pipeline.review.sound.ranges import send_file

PATIENCE_S = 20.0
_WAITING = threading.BoundedSemaphore(4)
"""How many requests may wait for sounds at once: each holds a thread that others need."""


def send_clip(request: Request, entry: Entry, rep: str, clip: str) -> Response:
    """The stretch of sound of a clip that the viewer may hear, or the part asked for; 202 while the call's is made.

    Raises: NotFoundError where there is no such clip, or no sound of it, or it was withdrawn meanwhile.
    """
    shown = shown_to(entry, rep, clip)
    if shown.moment.span is None or not shown.moment.audible:
        raise nothing_here()
    made = _made(entry, shown)
    if made is None:
        told = Problem(error="the sound is being prepared", hint="ask again in a moment")
        return JSONResponse(told.model_dump(), status_code=202, headers={"Retry-After": "2"})
    span = stretch(shown.moment.span, shown.moment.duration)
    with tempfile.TemporaryDirectory(prefix="filmroom-clip-") as folder:
        path = cut(made.path, span, Path(folder) / "clip.flac")
        shown_to(entry, rep, clip)  # it may have been withdrawn while it was cut
        sent = send_file(request, path, etag=f"{made.key[:32]}-{span.start}-{span.end}", media_type=MEDIA_TYPE)
    if request.headers.get("range", "bytes=0-").startswith("bytes=0-"):
        detail = f"library {rep} {clip}"
        entry.room.audit.tell(
            entry.viewer.user.id, "listened", call=shown.clip.proposed.call, detail=detail, address=entry.address
        )
    return sent


def cut(sound: Path, span: Span, target: Path) -> Path:
    """The file `target`, by now the stretch `span` of a sound that the room made. Raises: StoreError."""
    samples, rate = excerpt(sound, span.start, span.end)
    write_flac(target, [samples[None, at : at + rate] for at in range(0, len(samples), rate)], rate)
    return target


def _made(entry: Entry, shown: Shown) -> Made | None:
    """The sound of the clip's call; None while it is being made. Raises: SilentError, StoreError."""
    job = entry.room.sounds.ask(entry.room.record(shown.clip.proposed.call)[1])
    if job.done():
        return job.result()
    if not _WAITING.acquire(blocking=False):
        return None
    try:
        return job.result(timeout=PATIENCE_S)
    except NotYet:
        return None
    finally:
        _WAITING.release()
