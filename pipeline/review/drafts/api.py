"""Owns the review of a call for other programs: its state, what may be done with it, and the approved feedback."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter
from pydantic import AwareDatetime, Field
from starlette.responses import JSONResponse, Response

from pipeline.domain.base import Value
from pipeline.domain.review import MOST_TEXT, Feedback, FeedbackPart
from pipeline.errors import NotFoundError, StaleError
from pipeline.review.api import PROBLEMS
from pipeline.review.call.seeing import require_unsealed
from pipeline.review.drafts import acting
from pipeline.review.drafts.forms import tidy
from pipeline.review.drafts.parts import Hear
from pipeline.review.drafts.view import DraftView, draft_view
from pipeline.review.guards import CALL, JUDGE, Entry, nothing_here
from pipeline.reviewing.acts import Whose
from pipeline.reviewing.standing import Seen, Standing


class BothStates(Value):
    """Somebody saved in between: `theirs` is what stands now, `yours` the words that were sent and not saved."""

    error: str
    hint: str
    theirs: DraftView
    yours: Feedback | None = None


CONFLICTS = {**PROBLEMS, 409: {"model": BothStates, "description": "Somebody saved in between; both states."}}
router = APIRouter(prefix="/api/calls/{call}", tags=["reviews"])


class FeedbackBody(Seen):
    """Words to save, and why they were changed, part by part."""

    feedback: Feedback
    reasons: dict[FeedbackPart, Annotated[str, Field(max_length=MOST_TEXT)]] = Field(default_factory=dict)


class ChoiceBody(Seen):
    """Another improvement; `keep` says whose words stay in parts that a person wrote."""

    behaviour: str = Field(max_length=200)
    keep: dict[FeedbackPart, Whose] = Field(default_factory=dict)


class ReadingBody(Seen):
    """A newer reading, by the number of its record."""

    reading: int = Field(ge=1)
    keep: dict[FeedbackPart, Whose] = Field(default_factory=dict)


class ApproveBody(Seen):
    """An approval; `override` is why it goes without all moments heard."""

    override: str = Field(default="", max_length=MOST_TEXT)


class ReasonBody(Seen):
    """An act with its reason."""

    reason: str = Field(default="", max_length=MOST_TEXT)


class ApprovedFeedback(Value):
    """What a person approved for the rep, and the moments it rests on."""

    call: str
    approved_by: str
    approved_at: AwareDatetime
    feedback: Feedback
    moments: tuple[Hear, ...]


@router.get("/review", response_model=DraftView, responses=PROBLEMS)
def review(entry: Annotated[Entry, JUDGE]) -> DraftView:
    """Where the review of a call stands: state, words, the draft's own words, edits, ranking, what is unheard."""
    entry.room.audit.tell(entry.viewer.user.id, "viewed", call=entry.call, detail="review", address=entry.address)
    return _view(entry)


@router.put("/review/feedback", response_model=DraftView, responses=CONFLICTS)
def save(entry: Annotated[Entry, JUDGE], body: FeedbackBody) -> DraftView | Response:
    """Save the words of the feedback; the draft's own stay on record."""
    return _acted(entry, lambda: acting.save(entry, _seen(body), tidy(body.feedback), body.reasons), body.feedback)


@router.post("/review/improvement", response_model=DraftView, responses=CONFLICTS)
def choose(entry: Annotated[Entry, JUDGE], body: ChoiceBody) -> DraftView | Response:
    """Put another behaviour of the ranking in the place of the improvement."""
    return _acted(entry, lambda: acting.choose(entry, _seen(body), body.behaviour, body.keep))


@router.post("/review/take-new", response_model=DraftView, responses=CONFLICTS)
def take_new(entry: Annotated[Entry, JUDGE], body: ReadingBody) -> DraftView | Response:
    """Put the draft of a newer reading of the call under review."""
    return _acted(entry, lambda: acting.take_new(entry, _seen(body), body.reading, body.keep))


@router.post("/review/approve", response_model=DraftView, responses=CONFLICTS)
def approve(entry: Annotated[Entry, JUDGE], body: ApproveBody) -> DraftView | Response:
    """Approve the feedback: from then on the rep sees it. What was not heard takes a reason."""
    return _acted(entry, lambda: acting.approve(entry, _seen(body), body.override))


@router.post("/review/send-back", response_model=DraftView, responses=CONFLICTS)
def send_back(entry: Annotated[Entry, JUDGE], body: ReasonBody) -> DraftView | Response:
    """Send the draft back, to be read again, with a reason."""
    return _acted(entry, lambda: acting.send_back(entry, _seen(body), body.reason))


@router.post("/review/reopen", response_model=DraftView, responses=CONFLICTS)
def reopen(entry: Annotated[Entry, JUDGE], body: ReasonBody) -> DraftView | Response:
    """Take an approval or a sending back back, with a reason; the rep no longer sees the feedback."""
    return _acted(entry, lambda: acting.reopen(entry, _seen(body), body.reason))


@router.get("/feedback", response_model=ApprovedFeedback, responses=PROBLEMS)
def feedback(entry: Annotated[Entry, CALL]) -> ApprovedFeedback:
    """The approved feedback of a call, and nothing before it is approved: then 404."""
    require_unsealed(entry)
    view = draft_view(entry)
    if view is None or view.approved is None:
        raise NotFoundError("no feedback of this call is approved", hint="ask again once a manager approved it")
    entry.room.audit.tell(entry.viewer.user.id, "viewed", call=entry.call, detail="feedback", address=entry.address)
    return ApprovedFeedback(
        call=entry.call,
        approved_by=view.approved.by,
        approved_at=view.approved.at,
        feedback=view.feedback,
        moments=view.moments,
    )


def _seen(body: Seen) -> Seen:
    return Seen(after=body.after, record=body.record)


def _acted(entry: Entry, act: Callable[[], Standing], typed: Feedback | None = None) -> DraftView | Response:
    """How the review stands after the act; both states, and what was typed, where somebody saved in between."""
    try:
        act()
    except StaleError as error:
        return _both(entry, error, typed)
    return _view(entry)


def _view(entry: Entry) -> DraftView:
    view = draft_view(entry)
    if view is None:
        raise nothing_here()
    return view


def _both(entry: Entry, error: StaleError, yours: Feedback | None = None) -> Response:
    both = BothStates(error=error.message, hint=error.hint, theirs=_view(entry), yours=yours)
    return JSONResponse(both.model_dump(mode="json"), status_code=409)
