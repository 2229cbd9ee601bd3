"""Owns the pages of one-to-ones: the list, the plan and its form, what happens in the talk, the sheet, the calendar."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from pipeline.cycle.sessions import session_of
from pipeline.errors import StaleError, UsageError
from pipeline.review.cycle.acting import happened_to
from pipeline.review.cycle.focus.forms import LookedForm
from pipeline.review.cycle.frame import person_page
from pipeline.review.cycle.sessions import acting
from pipeline.review.cycle.sessions.calendar import MEDIA_TYPE, calendar_of
from pipeline.review.cycle.sessions.forms import (
    CancelForm,
    HoldForm,
    ImportanceForm,
    PlanForm,
    RecordedForm,
    TrustForm,
    form_of,
)
from pipeline.review.cycle.sessions.listing import sessions_view
from pipeline.review.cycle.sessions.planning import clashing, form_view, new_form, refused
from pipeline.review.cycle.sessions.private import MEANS, trust_view
from pipeline.review.cycle.sessions.view import name_of, session_view
from pipeline.review.guards import PERSON, PERSON_COACH, Entry
from pipeline.review.pages import page

router = APIRouter(prefix="/people/{person}/one-to-ones", include_in_schema=False)


@router.get("")
def one_to_ones(request: Request, entry: Annotated[Entry, PERSON]) -> Response:
    """The one-to-ones of a person."""
    return person_page(request, entry, "cycle_sessions.html.j2", view=sessions_view(entry))


@router.get("/new")
def new_one_to_one(
    request: Request, entry: Annotated[Entry, PERSON_COACH], call: str = "", template: str = ""
) -> Response:
    """The form for a new one, with an agenda that fits."""
    view = new_form(entry, template, call or None)
    return person_page(request, entry, "cycle_sessions_form.html.j2", view=view, call=call)


@router.post("")
def plan_one_to_one(
    request: Request, entry: Annotated[Entry, PERSON_COACH], form: Annotated[PlanForm, Form()]
) -> Response:
    """A new plan; the form again where it cannot be read."""
    return _saved(request, entry, form, None)


@router.get("/{session}")
def one_to_one(request: Request, entry: Annotated[Entry, PERSON], session: str) -> Response:
    """The plan, and what came of it."""
    return _shown(request, entry, session)


@router.get("/{session}/edit")
def edit_one_to_one(request: Request, entry: Annotated[Entry, PERSON_COACH], session: str) -> Response:
    """The form over the plan that stands."""
    state = session_of(happened_to(entry, entry.whose.id), session)
    form = form_of(state.plan, state.number_of_plan)
    view = form_view(entry, form, state.plan.outline, session=session)
    return person_page(request, entry, "cycle_sessions_form.html.j2", view=view, call="")


@router.post("/{session}")
def save_one_to_one(
    request: Request, entry: Annotated[Entry, PERSON_COACH], session: str, form: Annotated[PlanForm, Form()]
) -> Response:
    """A changed plan; 409 with both texts where somebody saved in between."""
    return _saved(request, entry, form, session)


@router.post("/{session}/importance")
def say_importance(
    request: Request, entry: Annotated[Entry, PERSON], session: str, form: Annotated[ImportanceForm, Form()]
) -> Response:
    """Why it matters to the rep."""
    return _done(request, entry, session, lambda: acting.importance(entry, session, form.text))


@router.post("/{session}/start")
def start(request: Request, entry: Annotated[Entry, PERSON_COACH], session: str) -> Response:
    """The start; 400 that names what is missing."""
    return _done(request, entry, session, lambda: acting.start(entry, session))


@router.post("/{session}/hold")
def hold(
    request: Request, entry: Annotated[Entry, PERSON_COACH], session: str, form: Annotated[HoldForm, Form()]
) -> Response:
    """What was agreed; what was typed stays in its fields where it is refused."""
    return _done(request, entry, session, lambda: acting.hold(entry, form.held(session)), form)


@router.post("/{session}/looked")
def look_again(
    request: Request, entry: Annotated[Entry, PERSON_COACH], session: str, form: Annotated[LookedForm, Form()]
) -> Response:
    """The day to look again came, and somebody looked at what was agreed."""
    return _done(request, entry, session, lambda: acting.look_again(entry, session, form.body))


@router.post("/{session}/cancel")
def cancel(
    request: Request, entry: Annotated[Entry, PERSON_COACH], session: str, form: Annotated[CancelForm, Form()]
) -> Response:
    """It does not take place."""
    return _done(request, entry, session, lambda: acting.cancel(entry, session, form.reason))


@router.post("/{session}/recorded")
def recorded(
    request: Request, entry: Annotated[Entry, PERSON_COACH], session: str, form: Annotated[RecordedForm, Form()]
) -> Response:
    """Its recording."""
    return _done(request, entry, session, lambda: acting.record(entry, session, form.call))


@router.post("/{session}/trust")
def mark_trust(
    request: Request, entry: Annotated[Entry, PERSON_COACH], session: str, form: Annotated[TrustForm, Form()]
) -> Response:
    """A private reading, beside this plan."""
    return _done(request, entry, session, lambda: acting.mark_trust(entry, form.level, form.note))


@router.get("/{session}/sheet")
def sheet(request: Request, entry: Annotated[Entry, PERSON], session: str) -> Response:
    """The plan on paper: what both may read, whoever prints it."""
    view = session_view(entry, session).model_copy(update={"cause": None, "recordings": ()})
    _told(entry, f"one-to-one sheet {entry.whose.id} {session}")
    return page(request, entry, "cycle_sessions_sheet.html.j2", view=view, person=entry.whose)


@router.get("/{session}/calendar.ics")
def calendar(entry: Annotated[Entry, PERSON], session: str) -> Response:
    """The calendar file of the talk and of the day to look again."""
    return calendar_file(entry, session)


def calendar_file(entry: Entry, session: str) -> Response:
    """The calendar file, to be kept. Raises: NotFoundError."""
    made = calendar_of(session_view(entry, session), now=entry.room.now())
    _told(entry, f"one-to-one calendar {entry.whose.id} {session}")
    name = f'attachment; filename="one-to-one-{entry.whose.id}-{session}.ics"'
    return Response(made, media_type=MEDIA_TYPE, headers={"Content-Disposition": name})


def _told(entry: Entry, detail: str) -> None:
    entry.room.audit.tell(entry.viewer.user.id, "exported", detail=detail, address=entry.address)


def _shown(
    request: Request, entry: Entry, session: str, error: UsageError | None = None, typed: HoldForm | None = None
) -> Response:
    coach = entry.sight == "coach"
    return person_page(
        request,
        entry,
        "cycle_sessions_plan.html.j2",
        status=400 if error else 200,
        view=session_view(entry, session),
        trust=trust_view(entry) if coach else None,
        means=MEANS,
        error=error,
        typed=typed or HoldForm(),
        now=entry.room.now(),
    )


def _done(
    request: Request, entry: Entry, session: str, act: Callable[[], None], typed: HoldForm | None = None
) -> Response:
    """Back to the plan after an act; the plan with the reason where a rule forbids it."""
    session_of(happened_to(entry, entry.whose.id), session)
    try:
        act()
    except UsageError as error:
        return _shown(request, entry, session, error, typed)
    return _back(entry, session)


def _saved(request: Request, entry: Entry, form: PlanForm, session: str | None) -> Response:
    state = session_of(happened_to(entry, entry.whose.id), session) if session else None
    before = state.plan if state else None
    outline = acting.outline_of(entry, form.template, before)
    view = form_view(entry, form, outline, session=session)
    try:
        plan = form.plan(entry.viewer.user.id, outline, before.importance if before else "")
        saved = acting.plan(entry, plan, session=session, seen=form.seen)
    except UsageError as error:
        view, status = refused(view, error), 400
    except StaleError:
        theirs = session_of(happened_to(entry, entry.whose.id), session or "")
        view, status = clashing(view, theirs, name_of(entry, theirs.planned_by)), 409
    else:
        return _back(entry, saved)
    return person_page(request, entry, "cycle_sessions_form.html.j2", status=status, view=view, call="")


def _back(entry: Entry, session: str) -> Response:
    return RedirectResponse(f"/people/{entry.whose.id}/one-to-ones/{session}", status_code=303)
