"""Owns a call as other programs read it, and its measures and comments: the same that the page shows."""

from typing import Annotated

from fastapi import APIRouter

from pipeline.domain.review import ReviewState
from pipeline.export.contract import SeenCall, call_fields
from pipeline.export.sheet import sheet
from pipeline.review.api import PROBLEMS
from pipeline.review.call.comments import (
    CommentsView,
    CommentView,
    NewComment,
    add_comment,
    comments_view,
    withdraw_comment,
)
from pipeline.review.call.measures import MeasuresView, measures_view
from pipeline.review.call.shown import Shown, length_of, shown
from pipeline.review.call.view import starts_of, why_closed
from pipeline.review.guards import CALL, Entry

router = APIRouter(prefix="/api/calls/{call}", tags=["calls"])


class CallReply(SeenCall):
    """A call: the fields that `filmroom show --json` prints, and which of its readings they are of.

    `sealed` says why `observations`, `rejected`, `verdicts` and `scores` are empty and `draft` is null, and `review`
    tells nothing but that there is no feedback yet; it is null where they are given.
    """

    record: int
    latest: int
    review: ReviewState
    sealed: str | None


_SEALED: dict[str, object] = {"observations": (), "rejected": (), "verdicts": (), "scores": (), "draft": None}


@router.get("", response_model=CallReply, responses=PROBLEMS)
def read_call(entry: Annotated[Entry, CALL], record: int | None = None) -> CallReply:
    """Everything known of a call, as far as you may see it; `record` asks for an earlier reading by its number."""
    reply = call_reply(shown(entry, record))
    entry.room.audit.tell(entry.viewer.user.id, "viewed", call=entry.call, detail="by the API", address=entry.address)
    return reply


@router.get("/measures", response_model=MeasuresView, responses=PROBLEMS)
def read_measures(entry: Annotated[Entry, CALL], record: int | None = None) -> MeasuresView:
    """The measures of a call, with intervals and with what they are held against."""
    result = shown(entry, record).result
    return measures_view(entry, result, sheet(result).measures)


@router.get("/comments", response_model=CommentsView, responses=PROBLEMS)
def read_comments(entry: Annotated[Entry, CALL]) -> CommentsView:
    """The comments of a call, in order of their moments."""
    return _comments(entry, shown(entry))


@router.post("/comments", response_model=CommentView, status_code=201, responses=PROBLEMS)
def post_comment(entry: Annotated[Entry, CALL], comment: NewComment) -> CommentView:
    """Write a comment at a second of the call, or on the whole of it; with `parent`, an answer."""
    seen = shown(entry)
    made = add_comment(entry, comment, duration=length_of(seen.result))
    threads = _comments(entry, seen).threads
    return next(c for thread in threads for c in (thread, *thread.answers) if c.id == made)


@router.delete("/comments/{comment}", response_model=CommentsView, responses=PROBLEMS)
def delete_comment(entry: Annotated[Entry, CALL], comment: str) -> CommentsView:
    """Take your own comment back; the comments that are left come back."""
    withdraw_comment(entry, comment)
    return _comments(entry, shown(entry))


def call_reply(seen: Shown) -> CallReply:
    """The reply for a reading as its viewer may see it."""
    fields = dict(call_fields(seen.result))
    return CallReply(
        record=seen.number,
        latest=seen.latest,
        review=seen.review.state if seen.review and seen.judged else "waiting",
        sealed=why_closed(seen) or None,
        **(fields if seen.judged else fields | _SEALED),
    )


def _comments(entry: Entry, seen: Shown) -> CommentsView:
    return comments_view(entry, starts_of(seen.result), timed=seen.result.conversation.timed)
