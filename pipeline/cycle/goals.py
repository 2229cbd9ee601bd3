"""Owns where a rep wants to be: goals in their own words, the levels agreed to come to, and the gap from here to there.

Nothing here is computed from results (deals, quota): a gap is between levels of the same capability, and no more.
"""

from collections.abc import Iterable
from datetime import date
from statistics import median

from pydantic import AwareDatetime, Field

from pipeline.cycle.desk import Decide
from pipeline.domain.base import Value
from pipeline.domain.cycle.events import History
from pipeline.domain.cycle.goals import GoalEnded, GoalSet, TargetAgreed
from pipeline.domain.cycle.past_calls import PastCall
from pipeline.errors import UsageError

RECENT = 6
"""Now is the middle of the levels of so many latest live calls."""


class Goal(Value):
    """A goal of a rep's own, as it is worded now.

    `id` is that of the first wording; `set_at` is when it was first set, `worded_at` when it was last worded. While it
    is open, `ended_at` and `reached` are None.
    """

    id: str
    text: str
    rubric: str = ""
    capability: str = ""
    by: date | None = None
    set_at: AwareDatetime
    worded_at: AwareDatetime
    ended_at: AwareDatetime | None = None
    reached: bool | None = None
    ending: str = ""

    @property
    def is_open(self) -> bool:
        """Whether the rep still goes for it."""
        return self.ended_at is None


class Target(Value):
    """The level of a capability that rep and coach agreed to come to, the next step there, and when they did."""

    rubric: str
    capability: str
    level: int = Field(ge=1, le=5)
    next_step: str = ""
    at: AwareDatetime
    author: str


class Now(Value):
    """Where a rep is: the median level of the latest `n` live calls that were scored; they lie from `low` to `high`."""

    level: float
    low: int
    high: int
    n: int = Field(ge=1)
    of: int
    version: int
    since: AwareDatetime


class GapRow(Value):
    """One capability of the gap map: now, the target with its next step, and the rep's own open goals for it.

    `now` is None where no live call under the rubric's latest version was scored on it.
    """

    rubric: str
    capability: str
    now: Now | None
    target: Target | None
    goals: tuple[Goal, ...] = ()

    @property
    def gap(self) -> float | None:
        """The levels still to go, 0 where the target is reached; None without a target or without a level."""
        if self.target is None or self.now is None:
            return None
        return max(0.0, self.target.level - self.now.level)


def goals(history: History) -> tuple[Goal, ...]:
    """The rep's goals in the order in which they were first set, those that ended too."""
    found: dict[str, Goal] = {}
    for event in history:
        what = event.what
        if isinstance(what, GoalSet):
            before = found.get(what.replaces) if what.replaces else None
            goal = Goal(
                id=before.id if before else f"g{event.number}",
                text=what.text,
                rubric=what.rubric,
                capability=what.capability,
                by=what.by,
                set_at=before.set_at if before else event.at,
                worded_at=event.at,
            )
            found[goal.id] = goal
        elif isinstance(what, GoalEnded) and what.goal in found:
            ended = {"ended_at": event.at, "reached": what.reached, "ending": what.text}
            found[what.goal] = found[what.goal].model_copy(update=ended)
    return tuple(found.values())


def open_goals(history: History) -> tuple[Goal, ...]:
    """The goals that the rep still goes for."""
    return tuple(goal for goal in goals(history) if goal.is_open)


def targets(history: History) -> tuple[Target, ...]:
    """What stands agreed: the latest target of each capability, by rubric and capability."""
    found: dict[tuple[str, str], Target] = {}
    for event in history:
        what = event.what
        if isinstance(what, TargetAgreed):
            found[what.rubric, what.capability] = Target(
                rubric=what.rubric,
                capability=what.capability,
                level=what.level,
                next_step=what.next_step,
                at=event.at,
                author=event.author,
            )
    return tuple(found[key] for key in sorted(found))


def set_goal(goal: GoalSet, *, today: date) -> Decide:
    """The goal as the rep words it; nothing where it already stands so.

    Raises when decided: UsageError for no words, a day that has passed, or the rewording of a goal that is not open.
    """

    def decide(history: History) -> GoalSet | None:
        if not goal.text.strip():
            raise UsageError("the goal has no words", hint="say in a sentence what you want to be able to do")
        before = _open(history, goal.replaces) if goal.replaces else None
        if before is not None and _same(before, goal):
            return None
        if goal.by is not None and goal.by < today and (before is None or before.by != goal.by):
            raise UsageError(f"{goal.by} has passed", hint="choose a day to come, or none")
        return goal

    return decide


def end_goal(ended: GoalEnded) -> Decide:
    """The end of a goal. Raises when decided: UsageError for a goal that is not open."""

    def decide(history: History) -> GoalEnded:
        _open(history, ended.goal)
        return ended

    return decide


def agree_target(target: TargetAgreed, *, of: int | None) -> Decide:
    """The target; nothing where the same stands already. `of` is how many levels the capability has, None for unknown.

    Raises when decided: UsageError for a capability that no call was read against, or a level that it has not.
    """

    def decide(history: History) -> TargetAgreed | None:
        if of is None:
            raise UsageError(
                f"no call was read for {target.capability!r} of the rubric {target.rubric!r}",
                hint="choose a capability of the list",
            )
        if target.level > of:
            raise UsageError(
                f"level {target.level} is not one of {target.capability!r}", hint=f"its levels are 1 to {of}"
            )
        standing = next((t for t in targets(history) if _key(t) == _key(target)), None)
        if standing and (standing.level, standing.next_step) == (target.level, target.next_step):
            return None
        return target

    return decide


def gap_map(history: History, calls: Iterable[PastCall]) -> tuple[GapRow, ...]:
    """Now, target and goals by capability, by rubric and capability: of each that a live call was read for, or that a
    target or an open goal names."""
    live = sorted((call for call in calls if call.live), key=lambda call: (call.at, call.call))
    agreed = {_key(target): target for target in targets(history)}
    wanted = open_goals(history)
    keys = {(c.rubric, name) for c in live for name in c.levels if c.rubric_version == _latest(live, c.rubric)}
    keys |= set(agreed) | {_key(goal) for goal in wanted if goal.capability}
    return tuple(
        GapRow(
            rubric=rubric,
            capability=capability,
            now=_now(live, rubric, capability),
            target=agreed.get((rubric, capability)),
            goals=tuple(goal for goal in wanted if _key(goal) == (rubric, capability)),
        )
        for rubric, capability in sorted(keys)
    )


def _now(live: list[PastCall], rubric: str, capability: str) -> Now | None:
    version = _latest(live, rubric)
    scored = [
        (call, found.level, found.of)
        for call in live
        if (call.rubric, call.rubric_version) == (rubric, version)
        and (found := call.levels.get(capability)) is not None
        and found.level is not None
    ]
    if not scored:
        return None
    recent = scored[-RECENT:]
    levels = [level for _, level, _ in recent]
    return Now(
        level=median(levels),
        low=min(levels),
        high=max(levels),
        n=len(levels),
        of=recent[-1][2],
        version=version,
        since=recent[0][0].at,
    )


def _latest(live: list[PastCall], rubric: str) -> int:
    """The version that the latest live call of the rubric was read against; 0 for none."""
    return next((call.rubric_version for call in reversed(live) if call.rubric == rubric), 0)


def _open(history: History, goal: str) -> Goal:
    found = next((known for known in goals(history) if known.id == goal), None)
    if found is None:
        raise UsageError(f"there is no goal {goal}", hint="open your goals again")
    if not found.is_open:
        raise UsageError(f"the goal {goal} has ended", hint="set a new one")
    return found


def _key(of: Goal | Target | TargetAgreed) -> tuple[str, str]:
    return of.rubric, of.capability


def _same(before: Goal, goal: GoalSet) -> bool:
    return (before.text, before.rubric, before.capability, before.by) == (
        goal.text,
        goal.rubric,
        goal.capability,
        goal.by,
    )
