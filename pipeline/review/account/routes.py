"""Owns the account page: one's own password, API tokens and sessions."""

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from starlette.responses import RedirectResponse, Response

from pipeline.domain.people import User
from pipeline.errors import FilmroomError, UsageError
from pipeline.review.account.view import account_view
from pipeline.review.admin.users import enrolment
from pipeline.review.admin.view import ROLES
from pipeline.review.guards import SIGNED_IN, Entry, nothing_here
from pipeline.review.pages import page
from pipeline.review.sign_in.passwords import check, hash_password

router = APIRouter(include_in_schema=False)
Came = Annotated[Entry, SIGNED_IN]
Typed = Annotated[str, Form(max_length=2000)]
TokenName = Annotated[str, Form(max_length=200)]


@router.get("/account")
def show_account(request: Request, entry: Came, saved: Annotated[str, Query(max_length=20)] = "") -> Response:
    """Who somebody is here, and what they may change of it."""
    return _account(request, entry, saved=saved)


@router.post("/account/password")
def change_password(
    request: Request, entry: Came, old: Typed = "", password: Typed = "", again: Typed = ""
) -> Response:
    """Another password, for whoever knows the old one; it ends all sessions but this."""
    user = own_user(entry)
    try:
        _require_old(entry, user, old)
        if password != again:
            raise UsageError("the two new passwords differ", hint="type the same one twice")
        kept = hash_password(password, names=(user.id, user.name, user.email or ""))
        enrolment(entry).set_password(user.id, kept)
    except UsageError as error:
        return _account(request, entry, error=error)
    entry.room.entrance.password_changed(user.id, keep=entry.room.entrance.cookie_of(request))
    return RedirectResponse("/account?saved=password", status_code=303)


@router.post("/account/tokens")
def make_token(request: Request, entry: Came, name: TokenName = "", writes: Typed = "") -> Response:
    """A new API token, shown this once: the page itself, since no address may carry it."""
    try:
        made = enrolment(entry).add_token(own_user(entry).id, name, writes=writes == "yes")
    except UsageError as error:
        return _account(request, entry, error=error)
    return _account(request, entry, made=made)


@router.post("/account/tokens/remove")
def remove_token(entry: Came, name: TokenName) -> Response:
    """End one of one's tokens."""
    enrolment(entry).remove_token(own_user(entry).id, name)
    return RedirectResponse("/account?saved=token", status_code=303)


@router.post("/account/sign-out-everywhere")
def sign_out_everywhere(entry: Came) -> Response:
    """End all sessions of whoever asks, this one too."""
    room, user = entry.room, entry.viewer.user.id
    room.entrance.close_all(user)
    room.audit.tell(user, "signed_out_everywhere", address=entry.address)
    return RedirectResponse("/sign-in", status_code=303)


def own_user(entry: Entry) -> User:
    """The user who came in. Raises: NotFoundError at one's own machine, where there is none."""
    user = entry.room.people.get(entry.viewer.user.id)
    if user is None or entry.viewer.everything:
        raise nothing_here()
    return user


def _require_old(entry: Entry, user: User, old: str) -> None:
    if user.password is None:
        raise UsageError("you have no password here", hint="change it where you sign in")
    pace = entry.room.entrance.pace
    if seconds := pace.wait(user.id, entry.address):
        raise UsageError("the old password was wrong too often", hint=f"try again in {seconds} s")
    right, _ = check(old, user.password)
    if not right:
        entry.room.audit.tell(user.id, "sign_in_failed", detail="at a change of password", address=entry.address)
        raise UsageError("the old password is not right", hint="type it again; an admin can give you a new one")
    pace.forget(user.id)


def _account(
    request: Request, entry: Entry, *, saved: str = "", made: str = "", error: FilmroomError | None = None
) -> Response:
    values = {"view": account_view(entry), "roles": ROLES, "saved": saved, "made": made, "error": error}
    return page(request, entry, "account.html.j2", status=400 if error else 200, **values)
