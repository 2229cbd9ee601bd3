"""Owns the places of a draft: reading it, and the forms that edit, choose, approve, send back and reopen."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from pipeline.domain.review import with_parts
from pipeline.errors import StaleError, UsageError
from pipeline.review.call.seeing import require_unsealed
from pipeline.review.drafts import acting
from pipeline.review.drafts.answers import answers
from pipeline.review.drafts.forms import ApproveForm, ChoiceForm, EditForm, ReadingForm, ReasonForm
from pipeline.review.guards import CALL, JUDGE, Entry
from pipeline.reviewing.acts import UndecidedError
from pipeline.reviewing.standing import state_of

router = APIRouter(include_in_schema=False)


@router.get("/calls/{call}/draft")
def read_draft(request: Request, entry: Annotated[Entry, CALL]) -> Response:
    """The draft by itself, or for htmx as the part of the call's page that it is."""
    require_unsealed(entry)
    answer = answers(request, entry)
    if not answer.asks_part:
        entry.room.audit.tell(entry.viewer.user.id, "viewed", call=entry.call, detail="draft", address=entry.address)
    return answer.draft()


@router.get("/calls/{call}/draft/edit")
def edit_draft(request: Request, entry: Annotated[Entry, JUDGE]) -> Response:
    """The form in which the draft is edited."""
    return answers(request, entry).form()


@router.post("/calls/{call}/draft/save")
def save_draft(request: Request, entry: Annotated[Entry, JUDGE], form: Annotated[EditForm, Form()]) -> Response:
    """The words of the form, saved; 409 with both texts where somebody saved in between."""
    answer = answers(request, entry, form)
    words = with_parts(form.feedback(), state_of(entry.room.workspace, entry.call).feedback, form.take)
    try:
        acting.save(entry, form.seen, words, form.reasons)
    except StaleError:
        return answer.clash(form, words)
    return answer.back("Saved.")


@router.post("/calls/{call}/draft/improvement")
def choose_improvement(
    request: Request, entry: Annotated[Entry, JUDGE], form: Annotated[ChoiceForm, Form()]
) -> Response:
    """Another improvement in place of the one that stands; asks first about words that a person wrote."""
    answer = answers(request, entry, form)
    try:
        acting.choose(entry, form.seen, form.behaviour, form.keep)
    except UndecidedError as error:
        return answer.ask(error, form)
    except StaleError:
        return answer.late()
    return answer.back("The improvement you chose stands in the draft.")


@router.post("/calls/{call}/draft/take-new")
def take_new(request: Request, entry: Annotated[Entry, JUDGE], form: Annotated[ReadingForm, Form()]) -> Response:
    """The draft of a newer reading in place of the one under review; asks first about words that a person wrote."""
    answer = answers(request, entry, form)
    try:
        acting.take_new(entry, form.seen, form.reading, form.keep)
    except UndecidedError as error:
        return answer.ask(error, form)
    except StaleError:
        return answer.late()
    return answer.back("The new reading is under review.")


@router.post("/calls/{call}/draft/approve")
def approve(request: Request, entry: Annotated[Entry, JUDGE], form: Annotated[ApproveForm, Form()]) -> Response:
    """The feedback approved; without the listening it needs a reason."""
    answer = answers(request, entry, form)
    try:
        acting.approve(entry, form.seen, form.override)
    except StaleError:
        if not _approved_by(entry):  # a second click says nothing new
            return answer.late(form.override)
    except UsageError as error:
        return answer.draft(status=400, problem=error, override=form.override)
    return answer.on() if form.then == "next" else answer.back("Approved: the rep sees it now.")


@router.post("/calls/{call}/draft/send-back")
def send_back(request: Request, entry: Annotated[Entry, JUDGE], form: Annotated[ReasonForm, Form()]) -> Response:
    """The draft sent back, to be read again."""
    answer = answers(request, entry, form)
    try:
        acting.send_back(entry, form.seen, form.reason)
    except StaleError:
        return answer.late(form.reason)
    except UsageError as error:
        return answer.draft(status=400, problem=error)
    return answer.back("Sent back.")


@router.post("/calls/{call}/draft/reopen")
def reopen(request: Request, entry: Annotated[Entry, JUDGE], form: Annotated[ReasonForm, Form()]) -> Response:
    """An approval or a sending back, taken back."""
    answer = answers(request, entry, form)
    try:
        acting.reopen(entry, form.seen, form.reason)
    except StaleError:
        return answer.late(form.reason)
    except UsageError as error:
        return answer.draft(status=400, problem=error)
    return answer.back("Open again: the rep does not see it.")


def _approved_by(entry: Entry) -> bool:
    """Whether the viewer approved it already."""
    review = state_of(entry.room.workspace, entry.call).review
    return review is not None and review.state == "approved" and review.author == entry.viewer.user.id
