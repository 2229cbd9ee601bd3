"""Owns progress and goals for other programs."""

from typing import Annotated

from fastapi import APIRouter

from pipeline.domain.cycle.words import Ref
from pipeline.review.api import PROBLEMS, Problem
from pipeline.review.cycle.progress import acts
from pipeline.review.cycle.progress.counted import Counted
from pipeline.review.cycle.progress.forms import EndBody, GoalBody, TargetBody
from pipeline.review.cycle.progress.goals_view import GoalsView, goals_view
from pipeline.review.cycle.progress.view import ProgressView, progress_view
from pipeline.review.guards import PERSON, PERSON_COACH, PERSON_SELF, Entry

_REFUSED = {**PROBLEMS, 400: {"model": Problem, "description": "A rule forbids it; the hint says which."}}
router = APIRouter(prefix="/api/people/{person}", tags=["coaching"])


@router.get("/progress", response_model=ProgressView, responses=PROBLEMS)
def progress(entry: Annotated[Entry, PERSON]) -> ProgressView:
    """Each capability over time: levels by rubric version, own baseline, noise, and what is more than noise."""
    entry.room.audit.tell(entry.viewer.user.id, "viewed", detail=f"progress {entry.whose.id}", address=entry.address)
    return progress_view(Counted(entry))


@router.get("/goals", response_model=GoalsView, responses=PROBLEMS)
def goals(entry: Annotated[Entry, PERSON]) -> GoalsView:
    """A person's own goals, and the gap map: now, target, next step by capability."""
    entry.room.audit.tell(entry.viewer.user.id, "viewed", detail=f"goals {entry.whose.id}", address=entry.address)
    return goals_view(Counted(entry))


@router.post("/goals", response_model=GoalsView, responses=_REFUSED)
def set_goal(entry: Annotated[Entry, PERSON_SELF], body: GoalBody) -> GoalsView:
    """Set a goal of your own."""
    acts.word_goal(entry, body)
    return goals_view(Counted(entry))


@router.put("/goals/{goal}", response_model=GoalsView, responses=_REFUSED)
def reword_goal(entry: Annotated[Entry, PERSON_SELF], goal: Ref, body: GoalBody) -> GoalsView:
    """Word an open goal of your own anew."""
    acts.word_goal(entry, body, replaces=goal)
    return goals_view(Counted(entry))


@router.post("/goals/{goal}/end", response_model=GoalsView, responses=_REFUSED)
def end_goal(entry: Annotated[Entry, PERSON_SELF], goal: Ref, body: EndBody) -> GoalsView:
    """End a goal of your own: reached, or wanted no longer."""
    acts.end(entry, goal, body)
    return goals_view(Counted(entry))


@router.post("/targets", response_model=GoalsView, responses=_REFUSED)
def agree_target(entry: Annotated[Entry, PERSON_COACH], body: TargetBody) -> GoalsView:
    """Write down the level that you and the rep agreed to come to, and the next step there."""
    acts.agree(entry, body)
    return goals_view(Counted(entry))
