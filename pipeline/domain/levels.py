"""Owns the rule that turns verdicts into a level: the rubric's own, computed, and the same every time."""

from collections.abc import Iterable, Mapping
from itertools import product

from pipeline.domain.assessment import VerdictState
from pipeline.domain.rubric import Capability, Level, Needs, Polarity

States = Mapping[str, VerdictState]
"""The state of each behaviour of a capability, by its id."""


def level_of(capability: Capability, states: States) -> Level | str:
    """The highest level whose needs hold, or why there is none.

    `at_least` counts effective behaviours that were shown; where fewer than that had an opportunity, all that had one
    are enough. `all` asks nothing of behaviours without an opportunity. `none` forbids behaviours that were shown. So
    what nobody called for never counts against the rep. Levels need not build on each other: the highest that holds
    is taken.

    Unscored (the reason is returned) when every effective behaviour was without an opportunity, or when behaviours
    that were not read could change the level: it is computed for each way they could have turned out.
    """
    effective = [b.id for b in capability.behaviours if b.polarity is Polarity.EFFECTIVE]
    if effective and all(states[name] == "no_opportunity" for name in effective):
        return "nothing in this call called for it"
    unread = sorted(name for name, state in states.items() if state == "unread")
    reached = {level.level: level for level in _possible(capability, states, unread)}
    if len(reached) > 1:
        return f"{len(unread)} of {len(states)} behaviours could not be judged, and the level depends on them"
    return next(iter(reached.values()))


def _possible(capability: Capability, states: States, unread: list[str]) -> Iterable[Level]:
    outcomes: tuple[VerdictState, ...] = ("shown", "not_shown")
    for chosen in product(outcomes, repeat=len(unread)):
        yield _highest(capability, {**states, **dict(zip(unread, chosen, strict=True))})


def _highest(capability: Capability, states: States) -> Level:
    return next(level for level in reversed(capability.levels) if _holds(level.needs, capability, states))


def _holds(needs: Needs, capability: Capability, states: States) -> bool:
    effective = [states[b.id] for b in capability.behaviours if b.polarity is Polarity.EFFECTIVE]
    n_possible = sum(state != "no_opportunity" for state in effective)
    return (
        sum(state == "shown" for state in effective) >= min(needs.at_least, n_possible)
        and all(states[name] in ("shown", "no_opportunity") for name in needs.all)
        and not any(states[name] == "shown" for name in needs.none)
    )
