"""Owns how far a talk ratio can be trusted: a 90% interval by how the times of its speech were had.

The numbers are in talk_ratio_intervals.toml, which `python -m evals.calibration --out FILE` writes. They are split
conformal (Vovk, Gammerman, Shafer: Algorithmic Learning in a Random World, 2005): on calls whose truth is known, the
quantile of |logit(measured) - logit(true)|, so that an interval stays between 0 and 1 and is widest around a half.
"""

import math
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Literal

from pydantic import Field, ValidationError

from pipeline.domain.base import Value
from pipeline.errors import UsageError

Times = Literal["channels", "voices", "transcript"]
"""How it is known who speaks when: each side on a channel of its own, voices told apart in a mix, or the beginning and
end that a finished transcript states of every turn."""

COVERAGE = 0.9
FILE_NAME = "talk_ratio_intervals.toml"
_ROUNDING = 1e-6
_NEAREST = 0.001
"""Ratios nearer to 0 or 1 are taken for this far from it, where the logit is still a number."""


class IntervalRule(Value):
    """How wide the interval of one kind of times is, and what that rests on.

    quantile: in logits, for a call with `settled_s` seconds of speech or more; one with less is given as much more as
    its square root of seconds is smaller. Longer calls are not given less: nothing so long was calibrated on.
    shortest_s: seconds of speech below which nothing was calibrated. n_calls: how many calls it was calibrated on.
    voices: the most speakers of both sides together for which it holds; absent where their number does not matter.
    """

    quantile: float = Field(gt=0)
    settled_s: float = Field(gt=0)
    shortest_s: float = Field(ge=0)
    voices: int | None = Field(default=None, ge=2)
    n_calls: int = Field(ge=1)
    how: str = Field(min_length=1)


Rules = Mapping[Times, IntervalRule]


class Bounds(Value):
    """Both ends of an interval."""

    low: float
    high: float


def logit(ratio: float) -> float:
    """The log of the odds of a ratio in 0..1, finite at its ends."""
    kept = min(max(ratio, _NEAREST), 1 - _NEAREST)
    return math.log(kept / (1 - kept))


def widening(settled_s: float, speech_s: float) -> float:
    """How many times wider the interval of so many seconds of speech is than one of `settled_s` or more; 1 or more."""
    return max(1.0, math.sqrt(settled_s / max(speech_s, 0.1)))


def bounds_of(ratio: float, rule: IntervalRule, *, speech_s: float) -> Bounds:
    """The interval by a rule, within 0..1 and around the ratio, rounded outwards to a thousandth."""
    reach = rule.quantile * widening(rule.settled_s, speech_s)
    low, high = (1 / (1 + math.exp(-(logit(ratio) + sign * reach))) for sign in (-1, 1))
    low, high = math.floor(1000 * low + _ROUNDING) / 1000, math.ceil(1000 * high - _ROUNDING) / 1000
    return Bounds(low=min(low, ratio), high=max(high, ratio))


def talk_interval(
    ratio: float, *, times: Times | None, speech_s: float, n_voices: int, rules: Rules | None = None
) -> Bounds | str:
    """The bounds that hold the true ratio in nine of ten calls of this kind, or the reason why none can be given.

    `speech_s`: seconds in which the two sides speak, both together; `n_voices`: how many speakers they are. `rules` are
    the shipped ones unless others are given.
    """
    if times is None:
        return "no interval: it is not known how the times were had"
    rule = (shipped_rules() if rules is None else rules).get(times)
    if rule is None:
        return "no interval: too few calls of this kind have a known truth"
    if speech_s < rule.shortest_s:
        return f"no interval: nothing with under {rule.shortest_s:g} s of speech was calibrated"
    if rule.voices is not None and n_voices > rule.voices:
        return f"no interval: it was calibrated on {rule.voices} voices, and here are {n_voices}"
    return bounds_of(ratio, rule, speech_s=speech_s)


@cache
def shipped_rules() -> Rules:
    """The rules of the file that comes with the pipeline, by kind of times; a kind without calibration is absent."""
    text = files(__package__).joinpath(FILE_NAME).read_text(encoding="utf-8")
    return parse_rules(text)


def parse_rules(text: str) -> Rules:
    """The rules of such a file. Raises: UsageError where it is no TOML, or names what does not exist."""
    kinds: tuple[Times, ...] = ("channels", "voices", "transcript")
    hint = "write it anew: python -m evals.calibration --out " + FILE_NAME
    try:
        tables = tomllib.loads(text)
        rules = {kind: IntervalRule.model_validate(tables.pop(kind)) for kind in kinds if kind in tables}
    except (tomllib.TOMLDecodeError, ValidationError) as error:
        raise UsageError(f"{FILE_NAME}: {error}", hint=hint) from error
    if tables:
        raise UsageError(f"{FILE_NAME}: there is no kind of times called {', '.join(sorted(tables))}", hint=hint)
    return rules
