"""Owns what programs of admins may ask and change: the users, and the audit trail."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from pipeline.domain.base import Value
from pipeline.domain.people import Particulars, UserId
from pipeline.review.admin.state import StateView, state_view
from pipeline.review.admin.trail import ChainView, TrailView, chain_view, trail_view
from pipeline.review.admin.trail_pages import wanted_of
from pipeline.review.admin.users import enrolment, names_nobody_has, view_of
from pipeline.review.admin.view import UsersView, UserView, users_view
from pipeline.review.api import PROBLEMS
from pipeline.review.guards import ADMIN, Entry

users_api = APIRouter(prefix="/api/users", tags=["users"])
trail_api = APIRouter(prefix="/api", tags=["audit"])
Came = Annotated[Entry, ADMIN]
Text = Annotated[str, Query(max_length=120)]
Number = Annotated[int, Field(ge=0, le=10**6)]


class NewUser(Particulars):
    """A user to add, who signs in elsewhere until somebody sets a password."""

    id: UserId


class ChangedUser(Particulars):
    """All that is said of a user, in place of what was; `after` is the `number` that the change was made from."""

    after: Number


class Removed(Value):
    """Who was removed, and who still reports to them."""

    removed: UserId
    still_report: tuple[UserId, ...]


@users_api.get("", response_model=UsersView, responses=PROBLEMS)
def list_users(entry: Came) -> UsersView:
    """All users, each below the one they report to, and the names in calls that are no user's."""
    return users_view(entry.room.people, names_nobody_has(entry))


@users_api.post("", response_model=UserView, responses=PROBLEMS, status_code=201)
def create_user(entry: Came, user: NewUser) -> UserView:
    """Add a user."""
    enrolment(entry).add(user.id, user)
    return view_of(entry, user.id)


@users_api.get("/{user}", response_model=UserView, responses=PROBLEMS)
def get_user(entry: Came, user: str) -> UserView:
    """One user."""
    return view_of(entry, user)


@users_api.put("/{user}", response_model=UserView, responses=PROBLEMS)
def change_user(entry: Came, user: str, said: ChangedUser) -> UserView:
    """Put this in place of all that was said of a user."""
    enrolment(entry).change(view_of(entry, user).id, said, after=said.after)
    return view_of(entry, user)


@users_api.delete("/{user}", response_model=Removed, responses=PROBLEMS)
def remove_user(entry: Came, user: str, after: Annotated[int, Query(ge=0, le=10**6)]) -> Removed:
    """Let a user in no more, from this moment on."""
    left = enrolment(entry).remove(view_of(entry, user).id, after=after)
    return Removed(removed=user, still_report=tuple(u.id for u in left))


@trail_api.get("/audit", response_model=TrailView, responses=PROBLEMS)
def read_trail(
    entry: Came, user: Text = "", action: Text = "", call: Text = "", day: Text = "", older: Text = ""
) -> TrailView:
    """The audit trail, newest first, 50 lines at a time: go on with the `older` of the answer."""
    wanted = wanted_of(user=user, action=action, call=call, day=day)
    return trail_view(entry.room.audit, entry.room.people, wanted, older or None)


@trail_api.get("/audit/check", response_model=ChainView, responses=PROBLEMS)
def check_trail(entry: Came) -> ChainView:
    """Whether every line of the audit trail still follows from the one before it."""
    return chain_view(entry.room.audit.verify())


@trail_api.get("/state", response_model=StateView, responses=PROBLEMS)
def read_state(entry: Came) -> StateView:
    """How the workspace stands."""
    return state_view(entry.room)
