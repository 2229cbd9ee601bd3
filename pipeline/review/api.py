"""Owns what all of the API shares: the form of its errors, and how routes state them."""

from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.openapi.utils import get_openapi
from starlette.responses import JSONResponse

from pipeline import __version__
from pipeline.domain.base import Value
from pipeline.review.guards import SIGNED_IN


class Problem(Value):
    """What is wrong, and what to do about it."""

    error: str
    hint: str


PROBLEMS: dict[int | str, dict[str, Any]] = {
    401: {"model": Problem, "description": "Nobody is signed in."},
    403: {
        "model": Problem,
        "description": "The request carries no token of its session, or one that may only read; or the rep picked the "
        "call and has not gone first yet.",
    },
    404: {"model": Problem, "description": "There is nothing there, or it is not the viewer's to see."},
    409: {"model": Problem, "description": "Somebody saved in between; nothing was overwritten."},
    422: {"model": Problem, "description": "A field is off."},
}
"""`responses=PROBLEMS` of every route of the API."""

router = APIRouter()


@router.get("/api/openapi.json", include_in_schema=False, dependencies=[SIGNED_IN])
def schema(request: Request) -> JSONResponse:
    """What the API takes and gives, as OpenAPI."""
    app: FastAPI = request.app
    return JSONResponse(described(app))


def described(app: FastAPI) -> dict[str, Any]:
    """The API as OpenAPI: every place needs the token of a user, who sees there what they see in the room."""
    if app.openapi_schema is None:
        found = get_openapi(
            title="Filmroom", version=__version__, routes=app.routes, description="The review room, for programs."
        )
        bearer = {"type": "http", "scheme": "bearer", "description": "A token of your own, made at /account."}
        found.setdefault("components", {})["securitySchemes"] = {"token": bearer}
        found["security"] = [{"token": []}]
        app.openapi_schema = found
    return app.openapi_schema
