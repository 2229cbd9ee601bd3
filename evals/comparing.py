"""Owns telling two runs apart: what each measure gained or lost, and whether that is more than chance.

Both runs are compared on the units that both measured, drawn together with replacement (paired bootstrap), so that
calls being easy or hard plays no part. Many measures are looked at, and by chance alone one in forty would seem to have
lost at 95%; so a gate demands more the more measures it guards (Holm 1979).
"""

from collections.abc import Iterable, Sequence
from typing import Literal

import numpy as np
from pydantic import Field

from evals.measures import FEW_UNITS, Measure, Unit, drawn_weights, resampled, statistic_of
from evals.running import Findings
from pipeline.domain.base import Value
from pipeline.errors import UsageError

Outcome = Literal["better", "worse", "same", "equal", "different", "too_few", "gone", "new"]
"""better, worse: the interval of the difference leaves 0 out; same: it does not; equal: not the least difference;
different: it changed, and neither way is better; too_few: units for no interval, and a difference within the tolerance;
gone: measured before and not any more; new: the other way round."""

DRAWS = 10_000
ALPHA = 0.05
TOLERANCES = {"share": 0.02, "points": 1.0, "s": 0.1, "words": 1.0, "levels": 0.1, "none": 0.05}
"""How far a measure with too few units for an interval may fall before that counts as a loss, by its unit."""

_EQUAL = 1e-12


class Change(Value):
    """What became of one measure. `before` and `after` are on the units that both runs have, `n_units` of them.

    `difference` is after less before, with its interval at 95%; `p` the share of draws without any loss (1 where
    nothing can be said). `loses` says that a gate stops here.
    """

    name: str
    outcome: Outcome
    before: float | None = None
    after: float | None = None
    difference: float | None = None
    low: float | None = None
    high: float | None = None
    p: float = Field(default=1.0, ge=0, le=1)
    n_units: int = Field(default=0, ge=0)
    n_left_out: int = Field(default=0, ge=0)
    loses: bool = False
    reason: str = ""


class Comparison(Value):
    """Every measure of the suites that both runs have, in the order of the later run, and what the gate says of it."""

    changes: tuple[Change, ...]

    @property
    def losses(self) -> tuple[Change, ...]:
        """What a gate stops at."""
        return tuple(change for change in self.changes if change.loses)


def compare(before: Findings, after: Findings) -> Comparison:
    """How the later findings differ from the earlier. Raises: UsageError when no suite is in both."""
    suites = {suite.suite for suite in before.suites} & {suite.suite for suite in after.suites}
    if not suites:
        told = [" ".join(suite.suite for suite in found.suites) for found in (before, after)]
        hint = "run the same suites: filmroom eval run --suite NAME"
        raise UsageError(f"the runs have no suite in common: {told[0]} against {told[1]}", hint=hint)
    old = {m.name: m for suite in before.suites if suite.suite in suites for m in suite.measures}
    new = {m.name: m for suite in after.suites if suite.suite in suites for m in suite.measures}
    changes = [_change(old.get(name), measure) for name, measure in new.items()]
    changes += [_gone(measure) for name, measure in old.items() if name not in new]
    guarded = {name for name, measure in (old | new).items() if measure.better != "neither"}
    return Comparison(changes=tuple(_judged(changes, guarded)))


def _gone(measure: Measure) -> Change:
    guarded = measure.better != "neither"
    reason = "it was measured before and is not any more"
    return Change(name=measure.name, outcome="gone", before=measure.value, loses=guarded, reason=reason)


def _change(before: Measure | None, after: Measure) -> Change:
    if before is None:
        return Change(name=after.name, outcome="new", after=after.value, reason="it was not measured before")
    if (before.statistic, before.better) != (after.statistic, after.better):
        return Change(name=after.name, outcome="new", after=after.value, reason="it is measured in another way now")
    old, new = _aligned(before.units, after.units)
    left_out = len(before.units) - len(old)
    values = statistic_of(before.statistic, old), statistic_of(after.statistic, new)
    base = Change(
        name=after.name, outcome="same", before=values[0], after=values[1], n_units=len(old), n_left_out=left_out
    )
    if values == (None, None):
        return base.model_copy(update={"reason": "it has no value in either run"})
    if values[0] is not None and values[1] is None:
        reason = "it had a value and has none any more" if old else "none of its units was measured again"
        return base.model_copy(update={"outcome": "gone", "reason": reason, "loses": after.better != "neither"})
    if values[0] is None or values[1] is None:
        return base.model_copy(update={"outcome": "new", "reason": "it had no value before"})
    return _differing(base, after, old, new)


def _aligned(before: Sequence[Unit], after: Sequence[Unit]) -> tuple[list[Unit], list[Unit]]:
    """The units of both that have the same id, in the order of the earlier ones."""
    later = {unit.id: unit for unit in after}
    both = [unit for unit in before if unit.id in later]
    return both, [later[unit.id] for unit in both]


def _differing(base: Change, measure: Measure, old: Sequence[Unit], new: Sequence[Unit]) -> Change:
    assert base.before is not None
    assert base.after is not None
    difference = base.after - base.before
    told = base.model_copy(update={"difference": difference})
    if [unit.parts for unit in old] == [unit.parts for unit in new]:
        return told.model_copy(update={"outcome": "equal"})
    if measure.better == "neither":
        return told.model_copy(update={"outcome": "different"})
    sign = 1.0 if measure.better == "more" else -1.0
    if len(old) < FEW_UNITS:
        return _by_tolerance(told, measure, gain=sign * difference)
    weights = drawn_weights(len(old), draws=DRAWS)
    drawn = resampled(measure.statistic, new, weights=weights) - resampled(measure.statistic, old, weights=weights)
    gains = sign * drawn[~np.isnan(drawn)]
    if not len(gains):
        return told.model_copy(update={"reason": "no draw of its units has a value"})
    low, high = (float(found) for found in np.quantile(sign * gains, (0.025, 0.975)))
    outcome: Outcome = "same"
    if min(sign * low, sign * high) > 0:
        outcome = "better"
    elif max(sign * low, sign * high) < 0:
        outcome = "worse"
    p = float((1 + np.sum(gains > -_EQUAL)) / (1 + len(gains)))
    return told.model_copy(update={"outcome": outcome, "low": low, "high": high, "p": p})


def _by_tolerance(told: Change, measure: Measure, *, gain: float) -> Change:
    allowed = TOLERANCES[measure.unit]
    reason = f"{told.n_units} units are too few for an interval; a change of more than {allowed:g} counts"
    if abs(gain) <= allowed + _EQUAL:
        return told.model_copy(update={"outcome": "too_few", "reason": reason})
    return told.model_copy(
        update={"outcome": "better" if gain > 0 else "worse", "loses": gain < 0, "reason": reason},
    )


def _judged(changes: Sequence[Change], guarded: set[str]) -> Iterable[Change]:
    """The changes, with a loss marked where its p is small enough among all that the gate guards (Holm)."""
    tested = sorted((c for c in changes if c.name in guarded and c.low is not None), key=lambda c: c.p)
    lost: set[str] = set()
    for step, change in enumerate(tested):
        if change.p * (len(tested) - step) > ALPHA:
            break
        lost.add(change.name)
    for change in changes:
        yield change.model_copy(update={"loses": True}) if change.name in lost else change
