"""Owns the places where people sign in and out."""

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from pipeline.review.entrance import COOKIE
from pipeline.review.guards import PUBLIC, nothing_here
from pipeline.review.room import Room

router = APIRouter(include_in_schema=False)


@router.get("/open", dependencies=[PUBLIC])
def use_link(request: Request, token: str) -> Response:
    """The way in by the one-time link that was printed at the start."""
    room: Room = request.app.state.room
    cookie = room.entrance.use_link(token)
    if cookie is None:
        raise nothing_here()
    response = RedirectResponse("/", status_code=303)
    response.set_cookie(COOKIE, cookie, httponly=True, samesite="lax")
    return response
