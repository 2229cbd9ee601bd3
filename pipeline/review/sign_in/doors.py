"""Owns what all ways in share: the page, the new session and its cookie, what is written down."""

import math

from fastapi import Request
from starlette.responses import RedirectResponse, Response

from pipeline.export.untrusted import visible
from pipeline.export.wording import counted
from pipeline.review.pages import page
from pipeline.review.room import Room
from pipeline.review.sign_in.origins import local_path

UNKNOWN = "unknown"
"""In the audit trail: somebody who is no user."""


def room_of(request: Request) -> Room:
    """The room that the request is for."""
    room: Room = request.app.state.room
    return room


def show(
    request: Request, *, wanted: str, login: str = "", told: str = "", wrong: str = "", status: int = 200
) -> Response:
    """The sign-in page. `told` is what has happened, `wrong` what has to be put right."""
    room = room_of(request)
    proxied = room.entrance.proxy.name_of(request)
    return page(
        request,
        None,
        "sign_in.html.j2",
        status=status,
        login=visible(login),
        wanted=local_path(wanted),
        told=told,
        wrong=wrong,
        provider=room.config.review.oidc.name if room.config.review.oidc else None,
        stranger=visible(proxied)[:120] if proxied and room.people.by_login(proxied) is None else None,
        has_users=bool(room.people.all()),
    )


def too_many(request: Request, seconds: int, *, wanted: str) -> Response:
    """The sign-in page that says how long to wait."""
    wait = counted(seconds, "second") if seconds < 60 else counted(math.ceil(seconds / 60), "minute")
    response = show(request, wanted=wanted, wrong=f"Too many tries. Wait {wait}, then try again.", status=429)
    response.headers["Retry-After"] = str(seconds)
    return response


def signed_in(request: Request, user_id: str, *, wanted: str, how: str, cookie: str | None = None) -> Response:
    """On to where somebody wanted to go, with a new session in place of the one that the browser had."""
    room = room_of(request)
    room.entrance.close_session(room.entrance.cookie_of(request))
    cookie = cookie or room.entrance.open_session(user_id)
    room.audit.tell(user_id, "signed_in", detail=how, address=room.entrance.address_of(request))
    response = RedirectResponse(local_path(wanted), status_code=303)
    response.set_cookie(
        room.entrance.cookie, cookie, httponly=True, samesite="lax", secure=room.config.review.https, path="/"
    )
    return response


def refused(room: Room, user_id: str, *, detail: str, address: str) -> None:
    """Write down that somebody was not let in."""
    room.audit.tell(user_id, "sign_in_failed", detail=detail, address=address)
