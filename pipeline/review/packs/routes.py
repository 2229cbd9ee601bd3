"""Owns the places where a review pack is fetched."""

from collections.abc import Callable
from enum import Enum
from typing import Annotated

from fastapi import APIRouter
from starlette.responses import Response

from pipeline.domain.result import CallResult
from pipeline.export.handing_over import handed_over, silent_spans
from pipeline.review.api import PROBLEMS
from pipeline.review.call.seeing import require_unsealed, sees_judgement
from pipeline.review.cycle.first.observations import struck_notes
from pipeline.review.guards import CALL, Entry, nothing_here
from pipeline.review.packs.html import clip_sounds, to_html
from pipeline.review.packs.markdown import to_markdown
from pipeline.review.packs.pack import Pack, make_pack
from pipeline.review.packs.pdf import to_pdf
from pipeline.review.sound.cache import SilentError
from pipeline.reviewing.standing import state_of

router = APIRouter()
_TAGS: list[str | Enum] = ["packs"]


def _page(pack: Pack, result: CallResult, entry: Entry) -> bytes:
    """The pack with its clips, cut from the call's sound as the room plays it, silent where words are masked; without
    them it says why."""
    try:
        made = entry.room.sounds.ask(entry.room.record(entry.call)[1]).result()
    except SilentError as error:
        return to_html(pack, {}, silent=error.message).encode()
    return to_html(pack, clip_sounds(pack, made.path, silent=silent_spans(result.conversation))).encode()


_FORMATS: dict[str, tuple[str, Callable[[Pack, CallResult, Entry], bytes]]] = {
    "html": ("text/html; charset=utf-8", _page),
    "md": ("text/markdown; charset=utf-8", lambda pack, *_: to_markdown(pack).encode()),
    "pdf": ("application/pdf", lambda pack, *_: to_pdf(pack)),
}


@router.get("/calls/{call}/pack.{form}", include_in_schema=False)
def fetch(entry: Annotated[Entry, CALL], form: str) -> Response:
    """The pack as a file: html with the clips inside, md or pdf."""
    return _pack(entry, form)


@router.get("/api/calls/{call}/pack", tags=_TAGS, responses=PROBLEMS)
def api_pack(entry: Annotated[Entry, CALL]) -> Pack:
    """What is in the pack; an approved feedback's, or for the rep's managers that of a draft."""
    return _made(entry, "json")[0]


def _pack(entry: Entry, form: str) -> Response:
    if form not in _FORMATS:
        raise nothing_here()
    mime, write = _FORMATS[form]
    pack, result = _made(entry, form)
    name = f"feedback-{pack.call}.{form}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(write(pack, result, entry), media_type=mime, headers=headers)


def _made(entry: Entry, form: str) -> tuple[Pack, CallResult]:
    require_unsealed(entry)
    if not sees_judgement(entry):
        raise nothing_here()
    room = entry.room
    standing = state_of(room.workspace, entry.call)
    spoken = room.result(room.workspace.calls.get(entry.call, standing.record))
    leaving = handed_over(room.config)
    result = leaving.result(spoken)
    approver = room.people.get(standing.review.author) if standing.review else None
    pack = make_pack(
        result,
        standing,
        approver=approver.name if approver else "the manager",
        struck=struck_notes(room, entry.call, standing.record),
    )
    room.audit.tell(entry.viewer.user.id, "exported", call=entry.call, detail=form, address=entry.address)
    return leaving.value(pack, about=spoken.conversation), result
