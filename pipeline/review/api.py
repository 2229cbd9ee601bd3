"""Owns what all of the API shares: the form of its errors, and how routes state them."""

from typing import Any

from pipeline.domain.base import Value


class Problem(Value):
    """What is wrong, and what to do about it."""

    error: str
    hint: str


PROBLEMS: dict[int | str, dict[str, Any]] = {
    401: {"model": Problem, "description": "Nobody is signed in."},
    403: {"model": Problem, "description": "The request carries no token of its session."},
    404: {"model": Problem, "description": "There is nothing there, or it is not the viewer's to see."},
    409: {"model": Problem, "description": "Somebody saved in between; nothing was overwritten."},
    422: {"model": Problem, "description": "A field is off."},
}
"""`responses=PROBLEMS` of every route of the API."""
