"""Owns the places of a call's page: the page itself, and comments written on it."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from pipeline.domain.base import Value
from pipeline.errors import UsageError
from pipeline.review.call.comments import (
    NewComment,
    add_comment,
    comments_view,
    moment_given,
    whole,
    withdraw_comment,
)
from pipeline.review.call.shown import Shown, length_of, shown
from pipeline.review.call.view import call_view, starts_of
from pipeline.review.cycle.deals.view import gaps_of_call
from pipeline.review.drafts.view import draft_view
from pipeline.review.guards import CALL, Entry
from pipeline.review.pages import page
from pipeline.review.sound.view import player_view
from pipeline.review.speakers.view import speakers_view

router = APIRouter(include_in_schema=False)


class Writing(Value):
    """What stands in the comment form: empty, or what somebody typed that could not be saved, and why."""

    text: str = ""
    at: str = ""
    parent: str = ""
    error: str = ""


@router.get("/calls/{call}")
def call_page(request: Request, entry: Annotated[Entry, CALL], record: int | None = None) -> Response:
    """The page of a call; `record` asks for an earlier reading by its number."""
    seen = shown(entry, record)
    response = _page(request, entry, seen, Writing())
    entry.room.audit.tell(entry.viewer.user.id, "viewed", call=entry.call, address=entry.address)
    return response


@router.post("/calls/{call}/comments")
def write_comment(
    request: Request,
    entry: Annotated[Entry, CALL],
    text: Annotated[str, Form()] = "",
    at: Annotated[str, Form()] = "",
    parent: Annotated[str, Form()] = "",
) -> Response:
    """Write a comment; where it cannot be saved, the form comes back with all that was typed."""
    seen = shown(entry)
    try:
        new = NewComment(text=whole(text), moment=moment_given(at), parent=parent[:20] or None)
        made = add_comment(entry, new, duration=length_of(seen.result))
    except UsageError as error:
        if _is_part(request):
            raise  # the page tells it in the form, which still has all that was typed
        return _page(
            request, entry, seen, Writing(text=text, at=at, parent=parent, error=f"{error.message}: {error.hint}")
        )
    if _is_part(request):
        return _part(request, entry, seen)
    return RedirectResponse(f"/calls/{entry.call}#{made}", status_code=303)


@router.post("/calls/{call}/comments/{comment}/withdraw")
def take_back_comment(request: Request, entry: Annotated[Entry, CALL], comment: str) -> Response:
    """Take one's own comment back."""
    withdraw_comment(entry, comment)
    if _is_part(request):
        return _part(request, entry, shown(entry))
    return RedirectResponse(f"/calls/{entry.call}#comments", status_code=303)


def _page(request: Request, entry: Entry, seen: Shown, writing: Writing) -> Response:
    speakers = speakers_view(entry, seen.result)
    player = player_view(entry, seen.result, moments=seen.judged)
    view = call_view(entry, seen, speakers.names)
    return page(
        request,
        entry,
        "call.html.j2",
        status=400 if writing.error else 200,
        view=view,
        comments=view.comments,
        writing=writing,
        speakers=speakers,
        player=player,
        draft=draft_view(entry),
        deal=gaps_of_call(entry) if seen.judged and seen.number == seen.latest else None,
        audible=player.state != "none",
    )


def _part(request: Request, entry: Entry, seen: Shown) -> Response:
    comments = comments_view(entry, starts_of(seen.result), timed=seen.result.conversation.timed)
    audible = player_view(entry, seen.result, moments=False).state != "none"
    return page(request, entry, "call_comments.html.j2", comments=comments, audible=audible, writing=Writing())


def _is_part(request: Request) -> bool:
    return "hx-request" in request.headers
