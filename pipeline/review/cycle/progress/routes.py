"""Owns the places of progress and goals: the pages and their forms."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from pipeline.domain.cycle.words import Ref
from pipeline.errors import UsageError
from pipeline.review.cycle.frame import person_page
from pipeline.review.cycle.progress import acts
from pipeline.review.cycle.progress.chart import chart
from pipeline.review.cycle.progress.counted import Counted
from pipeline.review.cycle.progress.forms import EndForm, GoalForm, TargetForm
from pipeline.review.cycle.progress.goals_view import goals_view
from pipeline.review.cycle.progress.view import progress_view
from pipeline.review.guards import PERSON, PERSON_COACH, PERSON_SELF, Entry

router = APIRouter(include_in_schema=False)


@router.get("/people/{person}/progress")
def read_progress(request: Request, entry: Annotated[Entry, PERSON]) -> Response:
    """Each capability over time."""
    entry.room.audit.tell(entry.viewer.user.id, "viewed", detail=f"progress {entry.whose.id}", address=entry.address)
    return person_page(request, entry, "cycle_progress.html.j2", view=progress_view(Counted(entry)), chart=chart)


@router.get("/people/{person}/goals")
def read_goals(request: Request, entry: Annotated[Entry, PERSON]) -> Response:
    """The person's goals and their gap map."""
    entry.room.audit.tell(entry.viewer.user.id, "viewed", detail=f"goals {entry.whose.id}", address=entry.address)
    return _goals_page(request, entry)


@router.post("/people/{person}/goals")
def set_goal(request: Request, entry: Annotated[Entry, PERSON_SELF], form: Annotated[GoalForm, Form()]) -> Response:
    """A goal set by whoever's it is."""
    return _acted(request, entry, lambda: acts.word_goal(entry, form.body), typed=form)


@router.post("/people/{person}/goals/{goal}")
def reword_goal(
    request: Request, entry: Annotated[Entry, PERSON_SELF], goal: Ref, form: Annotated[GoalForm, Form()]
) -> Response:
    """A goal worded anew."""
    return _acted(request, entry, lambda: acts.word_goal(entry, form.body, replaces=goal))


@router.post("/people/{person}/goals/{goal}/end")
def end_goal(
    request: Request, entry: Annotated[Entry, PERSON_SELF], goal: Ref, form: Annotated[EndForm, Form()]
) -> Response:
    """A goal reached, or wanted no longer."""
    return _acted(request, entry, lambda: acts.end(entry, goal, form))


@router.post("/people/{person}/targets")
def agree_target(
    request: Request, entry: Annotated[Entry, PERSON_COACH], form: Annotated[TargetForm, Form()]
) -> Response:
    """A target that coach and rep agreed, written by the coach."""
    return _acted(request, entry, lambda: acts.agree(entry, form.body), aimed=form)


def _acted(
    request: Request,
    entry: Entry,
    act: Callable[[], int],
    *,
    typed: GoalForm | None = None,
    aimed: TargetForm | None = None,
) -> Response:
    """The way back to the page; what is refused is told there, with the form as it was typed."""
    try:
        act()
    except UsageError as problem:
        return _goals_page(request, entry, problem=problem, typed=typed, aimed=aimed)
    return RedirectResponse(f"/people/{entry.whose.id}/goals", status_code=303)


def _goals_page(
    request: Request,
    entry: Entry,
    *,
    problem: UsageError | None = None,
    typed: GoalForm | None = None,
    aimed: TargetForm | None = None,
) -> Response:
    return person_page(
        request,
        entry,
        "cycle_goals.html.j2",
        status=400 if problem else 200,
        view=goals_view(Counted(entry)),
        problem=problem,
        typed=typed or GoalForm(),
        aimed=aimed or TargetForm(),
    )
