"""Owns the list of all places: every part of the room adds its router here."""

from fastapi import APIRouter


def routers() -> tuple[APIRouter, ...]:
    """The routers of all parts, pages and API alike."""
    from pipeline.review.account.api import router as account_api
    from pipeline.review.account.routes import router as account
    from pipeline.review.admin.api import trail_api, users_api
    from pipeline.review.admin.trail_pages import router as trail
    from pipeline.review.admin.users import router as users
    from pipeline.review.api import router as api
    from pipeline.review.call.api import router as call_api
    from pipeline.review.call.routes import router as call
    from pipeline.review.cycle.places import cycle_routers
    from pipeline.review.drafts.api import router as drafts_api
    from pipeline.review.drafts.routes import router as drafts
    from pipeline.review.inbox.routes import router as inbox
    from pipeline.review.labelling.routes import router as labelling
    from pipeline.review.packs.routes import router as packs
    from pipeline.review.sign_in.provider_routes import router as provider
    from pipeline.review.sign_in.routes import router as sign_in
    from pipeline.review.sound.routes import router as sound
    from pipeline.review.speakers.routes import router as speakers

    return (
        api,
        sign_in,
        provider,
        inbox,
        call,
        call_api,
        packs,
        labelling,
        account,
        account_api,
        users,
        users_api,
        trail,
        trail_api,
        speakers,
        sound,
        drafts,
        drafts_api,
        *cycle_routers(),
    )
