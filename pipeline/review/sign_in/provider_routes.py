"""Owns the way to the OpenID Connect provider and back."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import RedirectResponse, Response

from pipeline.export.untrusted import visible
from pipeline.review.guards import PUBLIC, nothing_here
from pipeline.review.sign_in.doors import UNKNOWN, refused, room_of, show, signed_in, too_many
from pipeline.review.sign_in.id_token import ProviderError, UnreachableError
from pipeline.review.sign_in.origins import local_path
from pipeline.review.sign_in.provider import VALID_FOR, Provider

BACK = "/sign-in/provider/back"
router = APIRouter(include_in_schema=False)


@router.get("/sign-in/provider", dependencies=[PUBLIC])
def leave(request: Request, wanted: Annotated[str, Query(alias="next")] = "/") -> Response:
    """To the provider. A link and no form: the policy of our pages lets forms go nowhere else."""
    provider = _provider(request)
    try:
        address, carried = provider.leave(_back(request), local_path(wanted))
    except UnreachableError as error:
        return show(request, wanted=wanted, wrong=_told(error), status=502)
    response = RedirectResponse(address, status_code=303)
    response.set_cookie(
        _cookie(request),
        carried,
        max_age=int(VALID_FOR.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=room_of(request).config.review.https,
        path="/",
    )
    return response


@router.get(BACK, dependencies=[PUBLIC])
def arrive(request: Request) -> Response:
    """Back from the provider: in, for whoever is a user."""
    room, provider = room_of(request), _provider(request)
    address = room.entrance.address_of(request)
    if seconds := room.entrance.pace.wait_at(address):
        return too_many(request, seconds, wanted="/")
    try:
        came = provider.arrive(_back(request), request.cookies.get(_cookie(request), ""), request.query_params)
    except ProviderError as error:
        refused(room, UNKNOWN, detail=f"by the provider: {error.message}", address=address)
        status = 502 if isinstance(error, UnreachableError) else 403
        return _without_trip(request, show(request, wanted="/", wrong=_told(error), status=status))
    user = room.people.by_login(came.name)
    if user is None:
        name = visible(came.name)[:120]
        refused(room, UNKNOWN, detail=f"by the provider: {name} is no user", address=address)
        wrong = f"The provider knows you as {name}, and there is no such user here. Ask your admin for an account."
        return _without_trip(request, show(request, wanted="/", wrong=wrong, status=403))
    return _without_trip(request, signed_in(request, user.id, wanted=came.wanted, how="by the provider"))


def _provider(request: Request) -> Provider:
    provider = room_of(request).entrance.provider
    if provider is None:
        raise nothing_here()
    return provider


def _back(request: Request) -> str:
    """Our own address for the way back, by the name that the browser has for us: only known ones come this far."""
    scheme = "https" if room_of(request).config.review.https else "http"
    return f"{scheme}://{request.headers.get('host', '')}{BACK}"


def _cookie(request: Request) -> str:
    return f"{room_of(request).entrance.cookie}-trip"


def _without_trip(request: Request, response: Response) -> Response:
    """The trip is over: its cookie is good for nothing more."""
    secure = room_of(request).config.review.https
    response.delete_cookie(_cookie(request), secure=secure, httponly=True, samesite="lax")
    return response


def _told(error: ProviderError) -> str:
    return f"{error.message[:1].upper()}{error.message[1:]}. {error.hint[:1].upper()}{error.hint[1:]}."
