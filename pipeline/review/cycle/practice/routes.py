"""Owns the places of practice: its page, attempts, and the one place of the room that takes a large file."""

from typing import Annotated

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from pipeline.domain.base import Value
from pipeline.errors import FilmroomError, UsageError
from pipeline.review.api import PROBLEMS
from pipeline.review.cycle.frame import person_page
from pipeline.review.cycle.practice.handing_in import HandedIn, NewAttempt, again, attempt, attempt_of, upload
from pipeline.review.cycle.practice.uploads import MOST_UPLOAD
from pipeline.review.cycle.practice.view import PracticeView, practice_view
from pipeline.review.guards import PERSON, Entry

router = APIRouter(include_in_schema=False)
api = APIRouter(tags=["practice"])

MOST_BODY = MOST_UPLOAD + 100_000
"""Bytes of a request that hands a recording in: the file, and room for its form."""
_FORM = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["recording", "consent"],
                    "properties": {
                        "recording": {"type": "string", "format": "binary"},
                        "consent": {"type": "string", "enum": ["yes"]},
                        "with_whom": {"type": "string", "maxLength": 200},
                        "card": {"type": "string", "maxLength": 300},
                    },
                }
            }
        },
    }
}
"""Said here, since a file that FastAPI reads by itself would be read before anybody knows who sends it."""


@router.get("/people/{person}/practice")
def practice_page(request: Request, entry: Annotated[Entry, PERSON]) -> Response:
    """Cards, attempts, rehearsals, and the person's moments in the library."""
    _looked(entry)
    return _page(request, entry)


@router.post("/people/{person}/practice/attempts")
async def write_attempt(request: Request, entry: Annotated[Entry, PERSON]) -> Response:
    """Write an attempt at a card down."""
    form = await request.form()
    fields = {name: value for name, value in form.items() if isinstance(value, str)}
    await run_in_threadpool(lambda: attempt(entry, attempt_of(fields)))
    return _back(entry, "attempts")


@router.post("/people/{person}/practice/rehearsals", max_body_size=MOST_BODY)
async def hand_in_rehearsal(request: Request, entry: Annotated[Entry, PERSON]) -> Response:
    """Take the recording of a rehearsal; where it cannot be taken, the page says why, above the form."""
    async with request.form() as form:
        try:
            await run_in_threadpool(upload, entry, form)
        except UsageError as error:
            return await run_in_threadpool(_page, request, entry, error, str(form.get("card", "")))
    return _back(entry, "rehearsals")


@router.post("/people/{person}/practice/rehearsals/{sha256}/again")
def run_again(entry: Annotated[Entry, PERSON], sha256: str) -> Response:
    """Try a recording that did not come through once more."""
    again(entry, sha256)
    return _back(entry, "rehearsals")


class Attempted(Value):
    """An attempt that was written down; `number` is that of its event, 0 where the same was sent before."""

    person: str
    number: int


@api.get("/api/people/{person}/practice", response_model=PracticeView, responses=PROBLEMS)
def api_practice(entry: Annotated[Entry, PERSON]) -> PracticeView:
    """Cards, attempts, rehearsals and how far they are, and the person's moments in the library."""
    _looked(entry)
    return practice_view(entry)


@api.post("/api/people/{person}/practice/attempts", response_model=Attempted, status_code=201, responses=PROBLEMS)
def api_attempt(new: NewAttempt, entry: Annotated[Entry, PERSON]) -> Attempted:
    """Write an attempt at a card down."""
    return Attempted(person=entry.whose.id, number=attempt(entry, new))


@api.post(
    "/api/people/{person}/practice/rehearsals",
    response_model=HandedIn,
    status_code=201,
    responses=PROBLEMS,
    openapi_extra=_FORM,
    max_body_size=MOST_BODY,
)
async def api_rehearsal(request: Request, entry: Annotated[Entry, PERSON]) -> HandedIn:
    """Hand the recording of a rehearsal in, as a form with the file; it goes through the pipeline in the background."""
    async with request.form() as form:
        return await run_in_threadpool(upload, entry, form)


def _page(request: Request, entry: Entry, error: FilmroomError | None = None, card: str = "") -> Response:
    view = practice_view(entry)
    status = 200 if error is None else 400
    most = MOST_UPLOAD // 1_000_000
    return person_page(
        request, entry, "cycle_practice.html.j2", status=status, view=view, error=error, chosen=card, most=most
    )


def _looked(entry: Entry) -> None:
    detail = f"practice {entry.whose.id}"
    entry.room.audit.tell(entry.viewer.user.id, "viewed", detail=detail, address=entry.address)


def _back(entry: Entry, part: str) -> Response:
    return RedirectResponse(f"/people/{entry.whose.id}/practice#{part}", status_code=303)
