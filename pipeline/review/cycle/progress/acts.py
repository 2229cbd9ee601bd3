"""Owns what is done with goals and targets, by forms and by programs: the rule decides, the event is kept."""

from pipeline.cycle.goals import agree_target, end_goal, set_goal
from pipeline.domain.cycle.goals import GoalEnded, GoalSet, TargetAgreed
from pipeline.errors import UsageError
from pipeline.review.cycle.acting import act
from pipeline.review.cycle.progress.counted import Counted
from pipeline.review.cycle.progress.forms import EndBody, GoalBody, TargetBody
from pipeline.review.cycle.progress.goals_view import choices
from pipeline.review.guards import Entry


def word_goal(entry: Entry, body: GoalBody, *, replaces: str | None = None) -> int:
    """The number of a goal that was set, or worded anew. Raises: UsageError as the rule, and for no such capability."""
    if body.capability and _levels(entry, body.rubric, body.capability) is None:
        raise UsageError(
            "no call of yours was read for that capability", hint="choose one of the list, or leave it open"
        )
    if not body.text.strip():
        raise UsageError("the goal has no words", hint="say in a sentence what you want to be able to do")
    goal = GoalSet(
        text=body.text.strip(),
        rubric=body.rubric if body.capability else "",
        capability=body.capability,
        by=body.by,
        replaces=replaces,
    )
    return act(entry, entry.whose.id, set_goal(goal, today=entry.room.now().date()))


def end(entry: Entry, goal: str, body: EndBody) -> int:
    """The number of the end of a goal. Raises: UsageError as the rule."""
    return act(entry, entry.whose.id, end_goal(GoalEnded(goal=goal, reached=body.reached, text=body.text.strip())))


def agree(entry: Entry, body: TargetBody) -> int:
    """The number of a target, 0 where the same stands already. Raises: UsageError as the rule."""
    target = TargetAgreed(
        rubric=body.rubric, capability=body.capability, level=body.level, next_step=body.next_step.strip()
    )
    return act(entry, entry.whose.id, agree_target(target, of=_levels(entry, body.rubric, body.capability)))


def _levels(entry: Entry, rubric: str, capability: str) -> int | None:
    """How many levels a capability has that calls of the person were read for; None for any other."""
    return next((c.of for c in choices(Counted(entry)) if (c.rubric, c.capability) == (rubric, capability)), None)
