"""Owns the places of blind labelling: pages and API."""

from enum import Enum
from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import Field
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from pipeline.domain.base import Value
from pipeline.domain.labels import LabelTask
from pipeline.errors import StaleError, UsageError
from pipeline.review.api import PROBLEMS
from pipeline.review.call.seeing import require_unsealed
from pipeline.review.guards import AUTHOR, COACH, LABELLER, RATER, Entry
from pipeline.review.labelling.disagreements import Disagreements, disagreements
from pipeline.review.labelling.forms import Filled, Ground, read_form
from pipeline.review.labelling.tasks import TO_LABEL, ground_of, labels_of, own_label, put_up, seen_by, task_of
from pipeline.review.labelling.views import (
    Comparison,
    LabelSheet,
    PutUp,
    TaskRow,
    comparison,
    label_sheet,
    put_up_view,
    task_rows,
)
from pipeline.review.pages import page
from pipeline.review.sound.routes import peaks_of, sound_of

router = APIRouter()
_TAGS: list[str | Enum] = ["labelling"]


class LabelFields(Value):
    """A filled-in sheet: `state.B` (shown, not_shown, no_opportunity), `turns.B` (numbers of turns), `level.C`."""

    fields: Annotated[dict[str, Annotated[str, Field(max_length=4000)]], Field(max_length=500)]


class Raters(Value):
    """Who is asked to label a call; nobody takes it back."""

    raters: Annotated[tuple[Annotated[str, Field(max_length=60)], ...], Field(max_length=50)]


@router.get("/label", include_in_schema=False)
def label_list(request: Request, entry: Annotated[Entry, LABELLER]) -> Response:
    """The calls that the viewer is asked to label."""
    return page(request, entry, "label_list.html.j2", rows=task_rows(entry))


@router.get("/label/{call}", include_in_schema=False)
def label_page(request: Request, entry: Annotated[Entry, RATER]) -> Response:
    """The sheet to fill in; once it is done, the comparison."""
    if own_label(entry) is not None:
        return RedirectResponse(f"/label/{entry.call}/compare", status_code=303)
    ground = ground_of(entry.room, task_of(entry.room, entry.call))
    if seen_by(entry.room, entry.call, entry.viewer.user.id):
        return page(request, entry, "label_seen.html.j2", status=403, sheet=label_sheet(ground))
    entry.room.audit.tell(entry.viewer.user.id, "viewed", call=entry.call, detail=TO_LABEL, address=entry.address)
    return _sheet_page(request, entry, label_sheet(ground), ground)


@router.post("/label/{call}", include_in_schema=False)
async def label_save(request: Request, entry: Annotated[Entry, RATER]) -> Response:
    """Keep the label; a sheet with mistakes comes back as it was filled in."""
    form = await request.form()
    fields = {name: value for name, value in form.items() if isinstance(value, str)}
    return await run_in_threadpool(_kept, request, entry, fields)


def _kept(request: Request, entry: Entry, fields: dict[str, str]) -> Response:
    ground = ground_of(entry.room, task_of(entry.room, entry.call))
    filled = save(entry, ground, fields)
    if filled.label is None:
        return _sheet_page(request, entry, label_sheet(ground, fields, filled), ground, status=400)
    return RedirectResponse(f"/label/{entry.call}/compare", status_code=303)


@router.get("/label/{call}/compare", include_in_schema=False)
def compare_page(request: Request, entry: Annotated[Entry, RATER]) -> Response:
    """The viewer's label beside those of others and the software's; the sheet, while it is not done."""
    if own_label(entry) is None:
        return RedirectResponse(f"/label/{entry.call}", status_code=303)
    require_unsealed(entry)
    found = comparison(entry, task_of(entry.room, entry.call))
    entry.room.audit.tell(
        entry.viewer.user.id, "viewed", call=entry.call, detail="labels compared", address=entry.address
    )
    return page(request, entry, "label_compare.html.j2", found=found)


@router.get("/label/{call}/sound", include_in_schema=False)
def label_sound(request: Request, entry: Annotated[Entry, RATER]) -> Response:
    """The call's sound for its raters."""
    return sound_of(request, entry)


@router.get("/label/{call}/peaks", include_in_schema=False)
def label_peaks(entry: Annotated[Entry, RATER]) -> Response:
    """The call's loudness for its raters."""
    return peaks_of(entry)


@router.get("/calls/{call}/labelling", include_in_schema=False)
def put_up_page(request: Request, entry: Annotated[Entry, COACH]) -> Response:
    """Who labels this call, and how far they are."""
    return page(request, entry, "label_put_up.html.j2", view=put_up_view(entry))


@router.post("/calls/{call}/labelling", include_in_schema=False)
async def put_up_save(request: Request, entry: Annotated[Entry, COACH]) -> Response:
    """Ask these people to label the call."""
    form = await request.form()
    await run_in_threadpool(put_up, entry, [str(value) for value in form.getlist("rater") if value])
    return RedirectResponse(f"/calls/{entry.call}/labelling", status_code=303)


@router.get("/disagreements", include_in_schema=False)
def disagreements_page(request: Request, entry: Annotated[Entry, AUTHOR]) -> Response:
    """Where people and the software say different things."""
    return page(request, entry, "label_disagreements.html.j2", found=disagreements(entry))


@router.get("/api/labelling", tags=_TAGS, responses=PROBLEMS)
def api_tasks(entry: Annotated[Entry, LABELLER]) -> tuple[TaskRow, ...]:
    """The calls that the viewer is asked to label."""
    return task_rows(entry)


@router.get("/api/labelling/{call}", tags=_TAGS, responses=PROBLEMS)
def api_sheet(entry: Annotated[Entry, RATER]) -> LabelSheet:
    """The words of the call and what to look for; nothing of what anybody makes of it."""
    entry.room.audit.tell(entry.viewer.user.id, "viewed", call=entry.call, detail=TO_LABEL, address=entry.address)
    return label_sheet(ground_of(entry.room, task_of(entry.room, entry.call)))


@router.put("/api/labelling/{call}", tags=_TAGS, responses=PROBLEMS)
def api_save(entry: Annotated[Entry, RATER], body: LabelFields) -> Comparison:
    """Keep the viewer's label; the answer is the comparison that opens with it."""
    task = task_of(entry.room, entry.call)
    filled = save(entry, ground_of(entry.room, task), body.fields)
    if filled.label is None:
        wrong = "; ".join(f"{m.field or 'the sheet'}: {m.reason}" for m in filled.mistakes[:5])
        raise UsageError(wrong, hint="put these fields right and send it again")
    require_unsealed(entry)
    return comparison(entry, task)


@router.get("/api/labelling/{call}/comparison", tags=_TAGS, responses=PROBLEMS)
def api_comparison(entry: Annotated[Entry, RATER]) -> Comparison:
    """Everybody's labels and the software's verdicts, once the viewer's own label stands."""
    if own_label(entry) is None:
        raise UsageError("your own label comes first", hint="send it with PUT /api/labelling/{call}")
    require_unsealed(entry)
    return comparison(entry, task_of(entry.room, entry.call))


@router.get("/api/calls/{call}/labelling", tags=_TAGS, responses=PROBLEMS)
def api_put_up_view(entry: Annotated[Entry, COACH]) -> PutUp:
    """Who labels this call, and how far they are."""
    return put_up_view(entry)


@router.post("/api/calls/{call}/labelling", tags=_TAGS, responses=PROBLEMS)
def api_put_up(entry: Annotated[Entry, COACH], body: Raters) -> LabelTask:
    """Ask these users to label the call."""
    return put_up(entry, body.raters)


@router.get("/api/disagreements", tags=_TAGS, responses=PROBLEMS)
def api_disagreements(entry: Annotated[Entry, AUTHOR]) -> Disagreements:
    """Where people and the software say different things, behaviour by behaviour."""
    return disagreements(entry)


def save(entry: Entry, ground: Ground, fields: dict[str, str]) -> Filled:
    """What came of the fields; a label without mistakes is kept, once.

    Raises: StaleError for a second label of one rater, who has seen the others by then; UsageError for somebody who has
    looked at what the software says.
    """
    room, rater = entry.room, entry.viewer.user.id
    if any(label.rater == rater for label in labels_of(room, entry.call)):
        raise StaleError("you have labelled this call already", hint="your label stands; see how it compares")
    if seen_by(entry.room, entry.call, entry.viewer.user.id):
        raise UsageError(
            "you have seen what the software says of this call, so your label would not be blind",
            hint="leave this call to others",
        )
    filled = read_form(ground, fields, rater=rater, now=room.now())
    if filled.label is not None:
        room.workspace.labels.append(entry.call, filled.label)
        room.audit.tell(rater, "labelled", call=entry.call, address=entry.address)
    return filled


def _sheet_page(request: Request, entry: Entry, sheet: LabelSheet, ground: Ground, status: int = 200) -> Response:
    from pipeline.review.sound.view import player_view

    record = entry.room.workspace.calls.get(entry.call, task_of(entry.room, entry.call).record)
    player = player_view(entry, entry.room.result(record), moments=False, base=f"/label/{entry.call}")
    return page(request, entry, "label_sheet.html.j2", status=status, sheet=sheet, player=player, ground=ground)
