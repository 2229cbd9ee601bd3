"""Owns what programs may ask of the user as whom they act."""

from fastapi import APIRouter
from pydantic import Field

from pipeline.domain.base import Value
from pipeline.errors import UsageError
from pipeline.review.account.routes import Came, own_user
from pipeline.review.account.view import AccountView, TokenView, account_view
from pipeline.review.admin.users import enrolment
from pipeline.review.api import PROBLEMS
from pipeline.review.guards import Entry

router = APIRouter(prefix="/api/me", tags=["me"])


class NewToken(Value):
    """The name by which its user will know a token, and whether it may do more than read."""

    name: str = Field(min_length=1, max_length=80)
    writes: bool = False


class MadeToken(Value):
    """A new token: nobody can be shown it again."""

    name: str
    token: str


@router.get("", response_model=AccountView, responses=PROBLEMS)
def who_am_i(entry: Came) -> AccountView:
    """Whoever asks, as the room knows them."""
    return account_view(entry)


@router.get("/tokens", response_model=tuple[TokenView, ...], responses=PROBLEMS)
def list_tokens(entry: Came) -> tuple[TokenView, ...]:
    """One's API tokens by name."""
    return account_view(entry).tokens


@router.post("/tokens", response_model=MadeToken, responses=PROBLEMS, status_code=201)
def make_token(entry: Came, new: NewToken) -> MadeToken:
    """A new API token, for somebody who is signed in: a token makes no others."""
    _require_session(entry)
    made = enrolment(entry).add_token(own_user(entry).id, new.name, writes=new.writes)
    return MadeToken(name=new.name, token=made)


@router.delete("/tokens/{name}", response_model=tuple[TokenView, ...], responses=PROBLEMS)
def remove_token(entry: Came, name: str) -> tuple[TokenView, ...]:
    """End one of one's tokens; those that are left."""
    enrolment(entry).remove_token(own_user(entry).id, name)
    return account_view(entry).tokens


def _require_session(entry: Entry) -> None:
    if entry.viewer.by == "token":
        raise UsageError("a token makes no other tokens", hint="sign in, and make it on your account's page")
