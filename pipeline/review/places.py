"""Owns the list of all places: every part of the room adds its router here."""

from fastapi import APIRouter


def routers() -> tuple[APIRouter, ...]:
    """The routers of all parts, pages and API alike."""
    from pipeline.review.sign_in.routes import router as sign_in

    return (sign_in,)
