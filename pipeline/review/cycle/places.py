"""Owns the list of the places of the coaching cycle: every part of it adds its routers here."""

from fastapi import APIRouter


def cycle_routers() -> tuple[APIRouter, ...]:
    """The routers of all parts, pages and API alike."""
    from pipeline.review.cycle.coached.routes import router as coached
    from pipeline.review.cycle.deals.routes import router as deals
    from pipeline.review.cycle.first.api import router as first_api
    from pipeline.review.cycle.first.routes import router as first
    from pipeline.review.cycle.focus.api import router as focus_api
    from pipeline.review.cycle.focus.routes import router as focus
    from pipeline.review.cycle.hub.routes import router as hub
    from pipeline.review.cycle.library.routes import api as library_api
    from pipeline.review.cycle.library.routes import router as library
    from pipeline.review.cycle.listening.routes import router as listening
    from pipeline.review.cycle.papers.routes import api as papers_api
    from pipeline.review.cycle.papers.routes import router as papers
    from pipeline.review.cycle.practice.routes import api as practice_api
    from pipeline.review.cycle.practice.routes import router as practice
    from pipeline.review.cycle.progress.api import router as progress_api
    from pipeline.review.cycle.progress.routes import router as progress
    from pipeline.review.cycle.prospecting.routes import router as prospecting
    from pipeline.review.cycle.reminders.routes import router as reminders
    from pipeline.review.cycle.second.routes import api as second_api
    from pipeline.review.cycle.second.routes import router as second
    from pipeline.review.cycle.sessions.api import router as sessions_api
    from pipeline.review.cycle.sessions.routes import router as sessions

    return (
        hub,
        reminders,
        focus,
        focus_api,
        coached,
        deals,
        listening,
        prospecting,
        first,
        first_api,
        practice,
        practice_api,
        library,
        library_api,
        sessions,
        sessions_api,
        papers,
        papers_api,
        second,
        second_api,
        progress,
        progress_api,
    )
