"""Owns the application: its routes, what is said of errors, and the headers that every answer carries."""

from collections.abc import Awaitable, Callable
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.staticfiles import StaticFiles
from starlette.responses import JSONResponse, RedirectResponse, Response

from pipeline import __version__
from pipeline.errors import FilmroomError, InputError, NotFoundError, StaleError, UsageError
from pipeline.review import places
from pipeline.review.guards import ForgeryError, SignInNeeded, access_of, routes_of
from pipeline.review.pages import page
from pipeline.review.room import Room

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
    (NotFoundError, 404),
    (StaleError, 409),
    (UsageError, 400),
    (InputError, 400),
)


def make_app(room: Room) -> FastAPI:
    """The application over an open room. Raises: LookupError for a route that nobody guards."""
    app = FastAPI(title="Filmroom", version=__version__, docs_url=None, redoc_url=None, openapi_url=None)
    app.state.room = room
    for router in places.routers():
        app.router.routes.extend(router.routes)  # as they are: each keeps the guard that stands on it
    for route in routes_of(app):
        access_of(route)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    app.exception_handler(FilmroomError)(_told)
    app.exception_handler(RequestValidationError)(_refused)
    app.middleware("http")(_with_headers)
    return app


async def _with_headers(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
    response = await call_next(request)
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    if not request.url.path.startswith("/static/"):
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def _refused(request: Request, error: Exception) -> Response:
    """What is said of a request whose fields are off: which one, and why."""
    assert isinstance(error, RequestValidationError)
    told = "; ".join(f"{'.'.join(str(p) for p in e['loc'])}: {e['msg']}" for e in error.errors()[:5])
    wrong = UsageError(f"this cannot be read: {told}", hint="put these fields right and send it again")
    if request.url.path.startswith("/api/"):
        return JSONResponse({"error": wrong.message, "hint": wrong.hint}, status_code=422)
    return page(request, None, "error.html.j2", status=400, error=wrong, code=400)


def _told(request: Request, error: Exception) -> Response:
    """What is said of an error: to programs as JSON, to people as a page; without a session, the way to sign in."""
    assert isinstance(error, FilmroomError)
    status = next((status for kind, status in _STATUS if isinstance(error, kind)), 500)
    if request.url.path.startswith("/api/"):
        return JSONResponse({"error": error.message, "hint": error.hint}, status_code=status)
    if isinstance(error, SignInNeeded) and request.method == "GET" and "hx-request" not in request.headers:
        return RedirectResponse(f"/sign-in?next={request.url.path}", status_code=303)
    return page(request, None, "error.html.j2", status=status, error=error, code=status)
