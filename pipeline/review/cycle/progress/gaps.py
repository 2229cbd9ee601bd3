"""Owns the gap map as a value, for the goals page, the one-to-one and the API: now, target, next step, own goal."""

from datetime import date

from pydantic import AwareDatetime

from pipeline.cycle.goals import GapRow, Goal, Target, gap_map, open_goals
from pipeline.domain.base import Value
from pipeline.domain.rubric import Capability
from pipeline.export.untrusted import visible
from pipeline.review.cycle.progress.counted import Counted
from pipeline.review.guards import Entry


class GapGoal(Value):
    """An open goal of the rep's own."""

    id: str
    text: str
    by: date | None


class GapNow(Value):
    """Where the rep is: the median level of the latest `n` scored live calls, from `low` to `high`, in a sentence's
    part; `anchor` is what the rubric says of that level, where the median is one."""

    level: float
    low: int
    high: int
    n: int
    of: int
    told: str
    anchor: str


class GapTarget(Value):
    """What was agreed: the level with what the rubric says of it, the next step, when, and by whom it was written."""

    level: int
    anchor: str
    next_step: str
    at: AwareDatetime
    by: str


class Gap(Value):
    """One capability: `gap` is how many levels are still to go, None where either end is not known."""

    rubric: str
    rubric_title: str
    capability: str
    name: str
    of: int | None
    now: GapNow | None
    target: GapTarget | None
    gap: float | None
    goals: tuple[GapGoal, ...]


class GapView(Value):
    """The gap map of a person; `general` are goals of no one capability, `n_left_out` live calls are not in it yet."""

    person: str
    rows: tuple[Gap, ...]
    general: tuple[GapGoal, ...]
    n_left_out: int


def gap_view(entry: Entry) -> GapView:
    """The gap map of the person of the path, of the calls that the viewer may see levels of."""
    return gap_view_of(Counted(entry))


def gap_view_of(of: Counted) -> GapView:
    """The same of what is known already."""
    rows = gap_map(of.known.history, of.calls)
    return GapView(
        person=of.entry.whose.id,
        rows=tuple(_row(of, row) for row in sorted(rows, key=lambda row: of.place(row.rubric, row.capability))),
        general=tuple(_goal(goal) for goal in _general(of)),
        n_left_out=of.n_left_out,
    )


def _general(of: Counted) -> list[Goal]:
    return [goal for goal in open_goals(of.known.history) if not goal.capability]


def _row(of: Counted, row: GapRow) -> Gap:
    capability = of.capability(row.rubric, row.capability)
    return Gap(
        rubric=row.rubric,
        rubric_title=of.rubric_title(row.rubric),
        capability=row.capability,
        name=of.capability_name(row.rubric, row.capability),
        of=len(capability.levels) if capability else None,
        now=_now(row, capability),
        target=_target(of, row.target, capability) if row.target else None,
        gap=row.gap,
        goals=tuple(_goal(goal) for goal in row.goals),
    )


def _now(row: GapRow, capability: Capability | None) -> GapNow | None:
    now = row.now
    if now is None:
        return None
    told = f"median of the latest {now.n} calls" if now.n > 1 else "of one call"
    if now.low != now.high:
        told += f", {now.low} to {now.high}"
    return GapNow(
        level=now.level,
        low=now.low,
        high=now.high,
        n=now.n,
        of=now.of,
        told=told,
        anchor=_anchor(capability, now.level),
    )


def _target(of: Counted, target: Target, capability: Capability | None) -> GapTarget:
    return GapTarget(
        level=target.level,
        anchor=_anchor(capability, target.level),
        next_step=visible(target.next_step),
        at=target.at,
        by=of.known.name(target.author),
    )


def _goal(goal: Goal) -> GapGoal:
    return GapGoal(id=goal.id, text=visible(goal.text), by=goal.by)


def _anchor(capability: Capability | None, level: float) -> str:
    found = next((each for each in capability.levels if each.level == level), None) if capability else None
    return visible(found.anchor) if found else ""
