"""Owns what a form or a program hands in at the practice page: an attempt, and the recording of a rehearsal."""

from collections.abc import Mapping
from typing import Literal

from pydantic import Field, ValidationError
from starlette.datastructures import FormData, UploadFile

from pipeline.cycle.desk import history_of
from pipeline.cycle.practice import hand_in, try_card
from pipeline.domain.base import Value
from pipeline.domain.cycle.practice import PracticeTried, RehearsalUploaded
from pipeline.domain.people import User
from pipeline.domain.recording import CallId, Sha256
from pipeline.errors import UsageError
from pipeline.export.untrusted import visible
from pipeline.review.cycle.acting import act, calls_of, happened_to
from pipeline.review.cycle.practice.cards import Dealt, desk_of, one_card
from pipeline.review.cycle.practice.uploads import Received, Told, keep, let_go, receive
from pipeline.review.guards import Entry

_REHEARSAL = "Rehearsal"


class NewAttempt(Value):
    """An attempt at a card. `nth` is which one it is to be, so that the same form sent twice counts once."""

    call: CallId
    behaviour: str = Field(min_length=1, max_length=200)
    with_whom: str = Field(default="", max_length=200)
    note: str = Field(default="", max_length=5000)
    nth: int | None = Field(default=None, ge=1)


class Handed(Value):
    """What is said of a recording that is handed in; `card` is a call's id and a behaviour, with a space between."""

    consent: Literal["yes"]
    with_whom: str = Field(default="", max_length=200)
    card: str = Field(default="", max_length=300)


class HandedIn(Value):
    """A recording that was taken: its hash, by which its state is looked up."""

    person: str
    sha256: Sha256
    number: int


def attempt(entry: Entry, new: NewAttempt) -> int:
    """The number of the event, 0 where the same was sent before. Raises: UsageError where there is no such card."""
    one = _dealt(entry, new.call, new.behaviour)
    tried = PracticeTried(
        call=new.call,
        behaviour=new.behaviour,
        focus=one.focus.id if one.focus else None,
        with_whom=" ".join(new.with_whom.split()),
        note=new.note.strip(),
    )
    author = entry.viewer.user.id
    return act(
        entry, entry.whose.id, lambda history: try_card(history, tried, author=author, nth=new.nth), call=new.call
    )


def attempt_of(form: Mapping[str, str]) -> NewAttempt:
    """An attempt as a form states it. Raises: UsageError."""
    call, _, behaviour = form.get("card", "").partition(" ")
    given = {"call": call, "behaviour": behaviour, **{k: form[k] for k in ("with_whom", "note") if k in form}}
    try:
        return NewAttempt.model_validate({**given, "nth": form.get("nth") or None})
    except ValidationError as error:
        raise UsageError(
            "this attempt cannot be read", hint="open the practice page again and send it there"
        ) from error


def upload(entry: Entry, form: FormData) -> HandedIn:
    """Take the recording that a form brings; it goes through the pipeline from now on.

    Raises: UsageError for whatever keeps it from being taken, of which nothing is kept then; StoreError.
    """
    file, handed = _file_of(form), _handed(form)
    one = _dealt(entry, *_card_of(handed.card)) if handed.card else None
    name = visible(file.filename or "")[:200] or "without a name"
    received = receive(entry.room.workspace, file.file, name)
    with entry.room.rehearsals.handing_in:
        try:
            number = _taken(entry, received, handed, one, name)
        finally:
            let_go(received)
    entry.room.rehearsals.ask(received.sha256)
    return HandedIn(person=entry.whose.id, sha256=received.sha256, number=number)


def again(entry: Entry, sha256: str) -> None:
    """Have a recording of this person run once more. Raises: UsageError where they handed in none of this hash."""
    if not any(
        isinstance(event.what, RehearsalUploaded) and event.what.sha256 == sha256
        for event in happened_to(entry, entry.whose.id)
    ):
        raise UsageError("there is no such rehearsal", hint="open the practice page again")
    if entry.room.rehearsals.state(sha256).state in ("failed", "set_aside", "left"):
        entry.room.rehearsals.ask(sha256)


def _taken(entry: Entry, received: Received, handed: Handed, one: Dealt | None, name: str) -> int:
    """Keep file and event, in this order: what was written down is there."""
    _require_new(entry, received)
    with_whom = " ".join(handed.with_whom.split())
    customer = one.call.customer if one is not None else None
    uploaded = RehearsalUploaded(
        sha256=received.sha256,
        name=name,
        size=received.size,
        consent=True,
        call=one.card.call if one is not None else None,
        behaviour=one.card.behaviour if one is not None else "",
        focus=one.focus.id if one is not None and one.focus else None,
        customer=f"{_REHEARSAL}: {customer}"
        if customer
        else f"{_REHEARSAL} with {with_whom}"
        if with_whom
        else _REHEARSAL,
        with_whom=with_whom,
    )
    hand_in(history_of(entry.room.workspace, entry.whose.id), uploaded)
    keep(entry.room.workspace, received, _told(entry, uploaded, one))
    return act(entry, entry.whose.id, lambda history: hand_in(history, uploaded), action="uploaded")


def _told(entry: Entry, uploaded: RehearsalUploaded, one: Dealt | None) -> Told:
    person: User = entry.whose
    above = entry.room.people.get(person.reports_to) if person.reports_to else None
    return Told(
        rep=person.name,
        manager=above.name if above else None,
        customer=uploaded.customer,
        stage=one.call.stage if one is not None else None,
        started_at=entry.room.now(),
    )


def _require_new(entry: Entry, received: Received) -> None:
    """Refuse a recording that is known: as a rehearsal, it would take the place of what was made of it."""
    room = entry.room
    rows = room.index.rows(
        "SELECT 1 FROM happened WHERE kind = 'rehearsal_uploaded' AND contains(body, ?)",
        [received.sha256],
    )
    if rows or room.workspace.calls.last_number(received.call):
        raise UsageError(
            "this recording is known already, as a call or as a rehearsal", hint="choose another file, or leave it"
        )


def _dealt(entry: Entry, call: str, behaviour: str) -> Dealt:
    desk = desk_of(entry, happened_to(entry, entry.whose.id), calls_of(entry, entry.whose))
    return one_card(desk, call, behaviour)


def _card_of(card: str) -> tuple[str, str]:
    call, _, behaviour = card.partition(" ")
    return call, behaviour


def _file_of(form: FormData) -> UploadFile:
    file = form.get("recording")
    if not isinstance(file, UploadFile) or not file.filename:
        raise UsageError("no recording was chosen", hint="choose the file, then hand it in")
    return file


def _handed(form: FormData) -> Handed:
    if form.get("consent") != "yes":
        raise UsageError(
            "nobody said that everybody in the recording agreed to it", hint="ask them, then tick the box and send it"
        )
    given = {name: str(form[name]) for name in ("consent", "with_whom", "card") if name in form}
    try:
        return Handed.model_validate(given)
    except ValidationError as error:
        raise UsageError(
            "what was said of the recording cannot be read", hint="shorten it and send it again"
        ) from error
