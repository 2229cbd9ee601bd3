"""Owns the application: its routes, what is said of errors, and the headers that every answer carries."""

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.staticfiles import StaticFiles
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pipeline import __version__
from pipeline.errors import FilmroomError, InputError, NotFoundError, StaleError, UsageError
from pipeline.log import get_logger
from pipeline.review import places
from pipeline.review.guards import ForgeryError, ReadingOnlyError, SignInNeeded, access_of, routes_of
from pipeline.review.pages import HEADINGS, page
from pipeline.review.room import Room
from pipeline.review.seals import HEADING, SealedError
from pipeline.review.sign_in.origins import KnownHosts, known_hosts

_log = get_logger(__name__)
MOST_BYTES = 3_000_000
"""Bytes that one request may bring: a long text, and room for its form."""
STATIC = Path(__file__).parent / "static"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self'; "
    "connect-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
_STATUS: tuple[tuple[type[FilmroomError], int], ...] = (
    (SignInNeeded, 401),
    (ForgeryError, 403),
    (ReadingOnlyError, 403),
    (SealedError, 403),
    (NotFoundError, 404),
    (StaleError, 409),
    (UsageError, 400),
    (InputError, 400),
)
_HEADINGS: Mapping[type[FilmroomError], str] = {ReadingOnlyError: "This token may only read", SealedError: HEADING}
"""Where the heading of a status would say something else."""


def make_app(room: Room) -> FastAPI:
    """The application over an open room. Raises: LookupError for a route that nobody guards."""
    app = FastAPI(
        title="Filmroom",
        version=__version__,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        max_body_size=MOST_BYTES,
    )
    app.state.room = room
    for router in places.routers():
        app.router.routes.extend(router.routes)  # as they are: each keeps the guard that stands on it
    for route in routes_of(app):
        access_of(route)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    app.add_middleware(KnownHosts, hosts=known_hosts(room.config.review))
    app.add_middleware(WithHeaders)
    app.exception_handler(FilmroomError)(_told)
    app.exception_handler(RequestValidationError)(_refused)
    app.exception_handler(HTTPException)(_not_served)
    app.exception_handler(Exception)(_broken)
    return app


class WithHeaders:
    """Puts onto every answer what keeps a browser from doing more with it than was meant."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve, with the headers on the answer."""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
                if not scope["path"].startswith("/static/"):
                    headers.setdefault("Cache-Control", "no-store")
            await send(message)

        await self._app(scope, receive, with_headers if scope["type"] == "http" else send)


def _not_served(request: Request, error: Exception) -> Response:
    """What is said where nothing is served at all: no such place, no such method, a body that is too long."""
    assert isinstance(error, HTTPException)
    words = {
        404: ("there is nothing here, or it is not yours to see", "go back to the start"),
        405: ("this place does not take such requests", "see /api/openapi.json for what each place takes"),
        413: (f"more than {_most_bytes(request) // 1_000_000} MB were sent at once", "send less at once"),
    }
    message, hint = words.get(error.status_code, (str(error.detail), "put that right and send it again"))
    return _answer(request, UsageError(message, hint=hint), error.status_code, error.headers)


def _most_bytes(request: Request) -> int:
    """What the place that was asked takes at once: a route may take more than the others."""
    limit = getattr(request.scope.get("route"), "max_body_size", None)
    return limit if isinstance(limit, int) else MOST_BYTES


def _broken(request: Request, error: Exception) -> Response:
    """What is said of a fault of our own; the log has all of it."""
    _log.error("%s %s failed", request.method, request.url.path, exc_info=error)
    wrong = UsageError("something went wrong here, and it is our fault", hint="try again; if it stays, tell your admin")
    return _answer(request, wrong, 500)


def _answer(request: Request, error: FilmroomError, status: int, headers: Mapping[str, str] | None = None) -> Response:
    """An error to programs as JSON, to people as a page."""
    if request.url.path.startswith("/api/"):
        response: Response = JSONResponse({"error": error.message, "hint": error.hint}, status_code=status)
    else:
        heading = _HEADINGS.get(type(error)) or HEADINGS.get(status, "Something went wrong")
        onward = error.onward if isinstance(error, SealedError) else None
        said = {"error": error, "code": status, "heading": heading, "onward": onward}
        response = page(request, None, "error.html.j2", status=status, **said)
    response.headers.update(headers or {})
    return response


def _refused(request: Request, error: Exception) -> Response:
    """What is said of a request whose fields are off: which one, and why."""
    assert isinstance(error, RequestValidationError)
    told = "; ".join(f"{'.'.join(str(p) for p in e['loc'])}: {e['msg']}" for e in error.errors()[:5])
    wrong = UsageError(f"this cannot be read: {told}", hint="put these fields right and send it again")
    return _answer(request, wrong, 422 if request.url.path.startswith("/api/") else 400)


def _told(request: Request, error: Exception) -> Response:
    """What is said of an error; to people without a session, the way to sign in."""
    assert isinstance(error, FilmroomError)
    status = next((status for kind, status in _STATUS if isinstance(error, kind)), 500)
    if status == 500:
        _log.error("%s %s failed: %s", request.method, request.url.path, error.message)
    wants_page = request.method == "GET" and "hx-request" not in request.headers
    if isinstance(error, SignInNeeded) and wants_page and not request.url.path.startswith("/api/"):
        there = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse(f"/sign-in?next={quote(there, safe='/')}", status_code=303)
    return _answer(request, error, status)
