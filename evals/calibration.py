"""Owns the calibration of the talk ratio's interval: rules from simulated calls, checked on calls they are not made of.

`python -m evals.calibration [--out FILE] [--calls N]` prints how often intervals hold the truth, for each half of the
calls by the rule of the other half, and for real recordings; it writes the rules of all calls. Split conformal: with n
calls of one kind, the ceil(0.9 (n + 1))-th smallest of their errors bounds that of a further one in nine of ten cases.
"""

import argparse
import hashlib
import math
import os
import sys
from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path
from typing import get_args

from pydantic import Field

from evals.linting import share_interval
from evals.reels import find_voices
from evals.simulated import read_timings, simulated_calls
from evals.talk_ratio import CalibrationPoint, Ears, simulated_points, timed_turns, words_alone
from evals.talk_recordings import recording_points
from pipeline.config import Config
from pipeline.domain.base import Value
from pipeline.domain.talk_interval import (
    COVERAGE,
    IntervalRule,
    Rules,
    Times,
    bounds_of,
    logit,
    talk_interval,
    widening,
)

CHECKOUT = Path(__file__).resolve().parent.parent
DEMO = CHECKOUT / "demo"
CALLS = 70
"""Simulated calls: two rounds over the 35 consultations at hand, an hour and a half of sound."""
LEAST_CALLS = 20
"""Nine would do for a bound at all; it would then be the largest error of them."""
SETTLED_S = 60.0
_TWO_VOICES: tuple[Times, ...] = ("channels", "voices")
_HOW = "simulated calls of 45 to 120 s: real voices in the rhythm of consultations; docs/measured.md has the check"


class Coverage(Value):
    """How often intervals held the truth: of `n` with an interval `held`, their mean width as a share of 1.

    `without` counts the calls that got no interval, or no ratio at all.
    """

    held: int = Field(ge=0)
    n: int = Field(ge=0)
    without: int = Field(ge=0)
    mean_width: float | None

    @property
    def value(self) -> float | None:
        """The share of intervals that held the truth; absent where there was none."""
        return self.held / self.n if self.n else None

    @property
    def bounds(self) -> tuple[float, float] | None:
        """The 95% bounds of that share, calls taken as independent (Wilson 1927); absent where there was none."""
        return share_interval(self.held, self.n)


class KindCalibration(Value):
    """What came of one kind of times: the rule if enough calls had a ratio, and points with intervals.

    `rule` is made from all simulated calls. `checked` are these calls, each with the interval by the rule of the half
    that it is not in; `real` are real recordings, by `rule`.
    """

    kind: Times
    rule: IntervalRule | None
    checked: tuple[CalibrationPoint, ...]
    real: tuple[CalibrationPoint, ...]


def halves(points: Iterable[CalibrationPoint]) -> tuple[tuple[CalibrationPoint, ...], tuple[CalibrationPoint, ...]]:
    """The points in two halves: a group is wholly in one of them, by the hash of its name."""
    points = tuple(points)
    groups = sorted({p.group for p in points}, key=lambda group: hashlib.sha256(group.encode()).digest())
    first = set(groups[: (len(groups) + 1) // 2])
    return tuple(p for p in points if p.group in first), tuple(p for p in points if p.group not in first)


def conformal_quantile(errors: Sequence[float]) -> float | None:
    """The ceil(0.9 (n + 1))-th smallest of n errors; None for fewer than nine, where no finite bound is sure."""
    rank = math.ceil(COVERAGE * (len(errors) + 1))
    return sorted(errors)[rank - 1] if rank <= len(errors) else None


def rule_of(kind: Times, points: Iterable[CalibrationPoint], *, least: int = LEAST_CALLS) -> IntervalRule | None:
    """The rule from the points that have an estimate; None where they are fewer than `least`."""
    known = [p for p in points if p.estimate is not None]
    errors = [
        abs(logit(p.estimate) - logit(p.truth)) / widening(SETTLED_S, p.speech_s)
        for p in known
        if p.estimate is not None
    ]
    quantile = conformal_quantile(errors) if len(errors) >= least else None
    if quantile is None:
        return None
    return IntervalRule(
        quantile=math.ceil(1000 * quantile) / 1000,
        settled_s=SETTLED_S,
        shortest_s=math.floor(min(p.speech_s for p in known)),
        voices=2 if kind in _TWO_VOICES else None,
        n_calls=len(errors),
        how=_HOW,
    )


def with_rule(point: CalibrationPoint, rule: IntervalRule | None) -> CalibrationPoint:
    """The point with this rule's interval in place of the one it came with; with none where the rule gives none."""
    if point.estimate is None or point.kind == "words":
        return point
    rules: Rules = {} if rule is None else {point.kind: rule}
    found = talk_interval(point.estimate, times=point.kind, speech_s=point.speech_s, n_voices=2, rules=rules)
    if isinstance(found, str):
        return point.model_copy(update={"low": None, "high": None, "without": found})
    return point.model_copy(update={"low": found.low, "high": found.high, "without": None})


def calibrated(points: Iterable[CalibrationPoint]) -> tuple[KindCalibration, ...]:
    """The calibration of each kind of times, in the order of `Times`, from simulated and real points together."""
    points, found = tuple(points), []
    for kind in get_args(Times):
        first, second = halves(p for p in points if p.kind == kind and not p.real)
        rule = rule_of(kind, (*first, *second))
        checked = [with_rule(p, rule_of(kind, second)) for p in first]
        checked += [with_rule(p, rule_of(kind, first)) for p in second]
        real = tuple(with_rule(p, rule) for p in points if p.kind == kind and p.real)
        found.append(KindCalibration(kind=kind, rule=rule, checked=tuple(checked), real=real))
    return tuple(found)


def coverage(points: Iterable[CalibrationPoint]) -> Coverage:
    """How often the intervals of these points hold the truth."""
    points = tuple(points)
    widths = [p.high - p.low for p in points if p.low is not None and p.high is not None]
    return Coverage(
        held=sum(p.covered is True for p in points),
        n=len(widths),
        without=len(points) - len(widths),
        mean_width=sum(widths) / len(widths) if widths else None,
    )


def heard_points(
    data: Path, ears: Ears, *, calls: int = CALLS, demo: Path | None = DEMO
) -> tuple[CalibrationPoint, ...]:
    """So many simulated calls and all real recordings, each measured in every way it can be. Minutes on one core.

    Simulated calls need the consultations, recordings the folder `audio`; what is absent gives no points.
    """
    voices = find_voices(data / "audio", demo=demo)
    timings = read_timings(data / "labelled" / "consultations")
    made = simulated_calls(timings, voices, rounds=math.ceil(calls / max(1, len(timings))))
    simulated = [p for call in islice(made, calls) for p in simulated_points(call, ears)]
    return (*simulated, *recording_points(data / "audio", ears, demo=demo))


def to_toml(calibrations: Iterable[KindCalibration]) -> str:
    """The rules as the pipeline's file; a kind without a rule is left out."""
    lines = ["# How far a talk ratio can be trusted, by how its times were had: see pipeline/domain/talk_interval.py."]
    lines.append("# Written by python -m evals.calibration --out FILE; docs/measured.md tells what it rests on.")
    for rule in (c for c in calibrations if c.rule is not None):
        lines += ["", f"[{rule.kind}]"]
        for name, value in rule.rule.model_dump(exclude_none=True).items() if rule.rule else ():
            lines.append(f'{name} = "{value}"' if isinstance(value, str) else f"{name} = {value}")
    return "\n".join(lines) + "\n"


def table(calibrations: Iterable[KindCalibration]) -> str:
    """The calibration as lines of text for people: per kind the rule, coverage crosswise and on real recordings."""
    rows = ["times       calls  at a half    checked: held (95%)               width   without  real: held  width"]
    for found in calibrations:
        checked, real = coverage(found.checked), coverage(found.real)
        bounds = checked.bounds
        held = "none" if bounds is None else f"{checked.held} of {checked.n} ({bounds[0]:.2f} to {bounds[1]:.2f})"
        reach = "no rule"
        if found.rule is not None:
            ends = bounds_of(0.5, found.rule, speech_s=found.rule.settled_s)
            reach = f"{ends.low:.3f} to {ends.high:.3f}"
        rows.append(
            f"{found.kind:<11} {found.rule.n_calls if found.rule else 0:<6} {reach:<16} {held:<30} "
            f"{_shown(checked.mean_width):<7} {checked.without:<8} {real.held} of {real.n:<5} {_shown(real.mean_width)}"
        )
    return "\n".join(rows)


def _shown(value: float | None) -> str:
    return "none" if value is None else f"{value:.3f}"


def errors_table(turns: Sequence[CalibrationPoint], words: Sequence[CalibrationPoint]) -> str:
    """What consultations say: timed turns against the TextGrids' own sums, and words alone against time."""
    rows = []
    for name, points in (("timed turns", turns), ("words alone", words)):
        errors = [abs(p.error) for p in points if p.error is not None]
        if errors:
            bias = sum(p.error for p in points if p.error is not None) / len(errors)
            rows.append(
                f"{name}: {len(errors)} calls, mean error {100 * sum(errors) / len(errors):.2f} points, nine of ten "
                f"within {100 * (conformal_quantile(errors) or max(errors)):.2f}, most {100 * max(errors):.2f}, "
                f"mean of measured less true {100 * bias:+.2f}"
            )
    return "\n".join(rows) or "no consultations here"


def main(arguments: Sequence[str]) -> None:
    """Calibrate on what FILMROOM_SHARED holds, print the table, and write the rules where --out says."""
    from pipeline.engines.local import LocalEngine

    parser = argparse.ArgumentParser(prog="python -m evals.calibration", description=main.__doc__)
    parser.add_argument("--out", type=Path, help="where to write the rules, mostly pipeline/domain/ of the checkout")
    parser.add_argument("--calls", type=int, default=CALLS, help="how many calls to simulate")
    chosen = parser.parse_args(arguments)
    data = Path(os.environ.get("FILMROOM_SHARED", CHECKOUT.parent / "shared")) / "data"
    found = calibrated(heard_points(data, LocalEngine(Config()), calls=chosen.calls))
    sys.stdout.write(f"{table(found)}\n{errors_table(timed_turns(data), words_alone(data))}\n")
    if chosen.out is not None:
        chosen.out.write_text(to_toml(found), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
