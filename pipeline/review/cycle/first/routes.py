"""Owns the pages of the self-review and their forms: picks, answers, what is put aside, the seal, appeals."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from starlette.responses import RedirectResponse, Response

from pipeline.domain.base import Value
from pipeline.domain.recording import CallId
from pipeline.errors import UsageError
from pipeline.review.cycle.first import acts
from pipeline.review.cycle.first.answering import answering_view
from pipeline.review.cycle.first.bodies import (
    AnswerBody,
    DecisionBody,
    ObservationBody,
    ParkBody,
    PickBody,
    PromptBody,
    ReasonBody,
)
from pipeline.review.cycle.first.shared import own_call
from pipeline.review.cycle.first.view import self_review_view
from pipeline.review.cycle.frame import person_page
from pipeline.review.guards import PERSON, PERSON_COACH, PERSON_SELF, Entry
from pipeline.review.sound.view import player_view

router = APIRouter(prefix="/people/{person}/self-review", include_in_schema=False)


class Typed(Value):
    """What somebody sent that was not taken, so that the form still has it: `place` is the form it came from."""

    place: str = ""
    text: str = ""
    problem: str = ""


class PickForm(PickBody):
    """A pick, as a form sends it."""

    csrf: str = ""


class BackForm(Value):
    """A pick that is taken back, as a form sends it."""

    csrf: str = ""
    call: CallId


class AnswerForm(AnswerBody):
    """An answer to one of the three questions, as a form sends it."""

    csrf: str = ""


class PromptForm(PromptBody):
    """An answer to a follow-up question, as a form sends it."""

    csrf: str = ""


class ParkForm(ParkBody):
    """Something put aside, as a form sends it."""

    csrf: str = ""


class ReasonForm(ReasonBody):
    """Why the coaching is opened, as a form sends it."""

    csrf: str = ""


class ObservationForm(ObservationBody):
    """What the rep says of an observation, as a form sends it."""

    csrf: str = ""


class DecisionForm(DecisionBody):
    """What a coach found, as a form sends it."""

    csrf: str = ""


@router.get("")
def self_review_page(
    request: Request, entry: Annotated[Entry, PERSON], q: Annotated[str, Query(max_length=200)] = ""
) -> Response:
    """The picks of the week, what was said of earlier ones, and the appeals."""
    return _overview(request, entry, asked=q)


@router.post("/picks")
def pick(request: Request, entry: Annotated[Entry, PERSON_SELF], form: Annotated[PickForm, Form()]) -> Response:
    """Pick a call for this week."""
    return _back(request, entry, lambda: acts.pick_call(entry, form.call, form.why))


@router.post("/picks/back")
def take_back(request: Request, entry: Annotated[Entry, PERSON_SELF], form: Annotated[BackForm, Form()]) -> Response:
    """Pick a call no longer."""
    return _back(request, entry, lambda: acts.take_pick_back(entry, form.call))


@router.get("/{call}")
def answering_page(request: Request, entry: Annotated[Entry, PERSON]) -> Response:
    """The sound of a call, and the three questions about it."""
    return _answering(request, entry)


@router.post("/{call}/answers")
def answer(request: Request, entry: Annotated[Entry, PERSON_SELF], form: Annotated[AnswerForm, Form()]) -> Response:
    """Answer the next of the three questions, or an earlier one anew."""
    typed = Typed(place=form.question, text=form.text)
    return _on(
        request, entry, typed, lambda: acts.answer_question(entry, form.question, form.text, nothing=form.nothing)
    )


@router.post("/{call}/prompts")
def prompt(request: Request, entry: Annotated[Entry, PERSON_SELF], form: Annotated[PromptForm, Form()]) -> Response:
    """Answer the follow-up question that is asked now."""
    typed = Typed(place="prompt", text=form.text)
    return _on(request, entry, typed, lambda: acts.answer_prompt(entry, form.prompt, form.text, nothing=form.nothing))


@router.post("/{call}/parked")
def park(request: Request, entry: Annotated[Entry, PERSON_SELF], form: Annotated[ParkForm, Form()]) -> Response:
    """Put something aside for the third question."""
    typed = Typed(place="parked", text=form.text)
    return _on(request, entry, typed, lambda: acts.park_dislike(entry, form.text))


@router.post("/{call}/open")
def override(request: Request, entry: Annotated[Entry, PERSON_COACH], form: Annotated[ReasonForm, Form()]) -> Response:
    """Open the coaching of a picked call before its rep has gone first, with a reason."""
    typed = Typed(place="open", text=form.reason)
    return _on(request, entry, typed, lambda: acts.override_seal(entry, form.reason), to=f"/calls/{entry.call}#draft")


@router.post("/{call}/observations")
def say_of_observation(entry: Annotated[Entry, PERSON_SELF], form: Annotated[ObservationForm, Form()]) -> Response:
    """Say whether an observation was so."""
    acts.say_of_observation(entry, form.observation, form.stance, form.text)
    return RedirectResponse(f"/calls/{entry.call}#said-{form.observation}", status_code=303)


@router.post("/{call}/appeals")
def decide(entry: Annotated[Entry, PERSON_COACH], form: Annotated[DecisionForm, Form()]) -> Response:
    """Say what was found on listening again to an observation."""
    acts.decide(entry, form.decision(entry.call))
    return RedirectResponse(f"/people/{entry.whose.id}/self-review#appeals", status_code=303)


def _overview(request: Request, entry: Entry, *, asked: str = "", problem: UsageError | None = None) -> Response:
    view = self_review_view(entry, asked)
    status = 400 if problem else 200
    return person_page(request, entry, "cycle_first.html.j2", status=status, view=view, problem=problem)


def _answering(request: Request, entry: Entry, typed: Typed | None = None) -> Response:
    own_call(entry)
    _, record = entry.room.record(entry.call)
    player = player_view(entry, entry.room.result(record), moments=False)
    view, status = answering_view(entry), 400 if typed else 200
    return person_page(
        request,
        entry,
        "cycle_first_call.html.j2",
        status=status,
        view=view,
        player=player,
        typed=typed or Typed(),
    )


def _back(request: Request, entry: Entry, act: Callable[[], None]) -> Response:
    """To the page of the week; that page with what is wrong where the act was refused."""
    try:
        act()
    except UsageError as error:
        return _overview(request, entry, problem=error)
    return RedirectResponse(f"/people/{entry.whose.id}/self-review", status_code=303)


def _on(request: Request, entry: Entry, typed: Typed, act: Callable[[], None], *, to: str = "") -> Response:
    """To the page of the call; that page with what was typed, and what is wrong, where the act was refused."""
    try:
        act()
    except UsageError as error:
        return _answering(request, entry, typed.model_copy(update={"problem": f"{error.message}: {error.hint}"}))
    return RedirectResponse(to or f"/people/{entry.whose.id}/self-review/{entry.call}#now", status_code=303)
