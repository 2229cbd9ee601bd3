"""Owns a person's goals as a value, for their page and the API: what they go for, what ended, and the gap map."""

from datetime import date

from pydantic import AwareDatetime

from pipeline.cycle.goals import Goal, goals
from pipeline.domain.base import Value
from pipeline.export.untrusted import visible
from pipeline.review.cycle.progress.counted import Counted
from pipeline.review.cycle.progress.gaps import GapView, gap_view_of


class GoalView(Value):
    """A goal of the rep's own; `about` is the capability it is for, empty for none."""

    id: str
    text: str
    rubric: str
    capability: str
    about: str
    by: date | None
    is_past: bool
    set_at: AwareDatetime
    ended_at: AwareDatetime | None
    reached: bool | None
    ending: str


class Choice(Value):
    """A capability that a goal or a target may be for; `key` names it in forms. `of` is how many levels it has."""

    key: str
    rubric: str
    rubric_title: str
    capability: str
    name: str
    of: int


class GoalsView(Value):
    """A person's goals, open ones in the order they were set and ended ones latest first, and the gap map."""

    person: str
    open: tuple[GoalView, ...]
    ended: tuple[GoalView, ...]
    map: GapView
    choices: tuple[Choice, ...]


def goals_view(of: Counted) -> GoalsView:
    """The goals of the person of the path."""
    found = [_goal(of, goal) for goal in goals(of.known.history)]
    ended = [goal for goal in found if goal.ended_at is not None]
    return GoalsView(
        person=of.entry.whose.id,
        open=tuple(goal for goal in found if goal.ended_at is None),
        ended=tuple(sorted(ended, key=lambda goal: goal.ended_at or goal.set_at, reverse=True)),
        map=gap_view_of(of),
        choices=choices(of),
    )


def choices(of: Counted) -> tuple[Choice, ...]:
    """The capabilities that live calls of the person were read for, in the order of their rubrics."""
    return tuple(
        Choice(
            key=f"{name}/{capability.id}",
            rubric=name,
            rubric_title=visible(rubric.title),
            capability=capability.id,
            name=visible(capability.name),
            of=len(capability.levels),
        )
        for name, rubric in of.known.rubrics.items()
        for capability in rubric.capabilities
    )


def _goal(of: Counted, goal: Goal) -> GoalView:
    return GoalView(
        id=goal.id,
        text=visible(goal.text),
        rubric=goal.rubric,
        capability=goal.capability,
        about=of.capability_name(goal.rubric, goal.capability) if goal.capability else "",
        by=goal.by,
        is_past=goal.by is not None and goal.by < of.entry.room.now().date(),
        set_at=goal.set_at,
        ended_at=goal.ended_at,
        reached=goal.reached,
        ending=visible(goal.ending),
    )
