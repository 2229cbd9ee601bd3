"""Owns the check of a capability's levels: each can be reached, and each by other calls than its neighbours."""

from collections.abc import Iterator
from itertools import product

from pipeline.domain.assessment import VerdictState
from pipeline.domain.levels import level_of
from pipeline.domain.neutrality import lint
from pipeline.domain.rubric import Capability, Level
from pipeline.domain.rubric_diff import rule_in_words
from pipeline.workbench.findings import Found
from pipeline.workbench.wording import own_words


def level_findings(capability: Capability, at: tuple[int | str, ...]) -> Iterator[Found]:
    """Levels that no call can have, because a higher one holds wherever they do; anchors that judge."""
    reached = _reached(capability)
    for i, level in enumerate(capability.levels):
        here = (*at, "levels", i)
        if level.level not in reached:
            yield _unreachable(capability, level, here)
        for finding in lint(own_words(level.anchor))[:1]:
            told = f"level {level.level} of {capability.id}: its anchor says “{finding.words}”: {finding.reason}"
            yield Found(rule="wording", at=(*here, "anchor"), text=told, fix="say what was found, and in what number")


def _reached(capability: Capability) -> set[int]:
    """The levels that calls can have, of all ways in which the behaviours may turn out."""
    states: tuple[VerdictState, ...] = ("shown", "not_shown")
    names = [behaviour.id for behaviour in capability.behaviours]
    outcomes = (level_of(capability, dict(zip(names, way, strict=True))) for way in product(states, repeat=len(names)))
    return {outcome.level for outcome in outcomes if isinstance(outcome, Level)}


def _unreachable(capability: Capability, level: Level, here: tuple[int | str, ...]) -> Found:
    rule = rule_in_words(level.needs, capability)
    same = [o.level for o in capability.levels if o != level and rule_in_words(o.needs, capability) == rule]
    if same:
        numbers = " and ".join(str(n) for n in sorted([level.level, *same]))
        told = f"levels {numbers} of {capability.id} need the same ({rule}), so level {level.level} is never given"
    else:
        told = f"level {level.level} of {capability.id} is never given: wherever it holds ({rule}), a higher one does"
    return Found(severity="error", rule="levels", at=here, text=told, fix="let each level need more than the one below")
