"""Owns what helps a rep choose a call to pick: where each stands out among the calls of its days, measured, as a fact.

Nothing here says which call went well: that is for the rep to say.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from pipeline.domain.metrics import MetricName
from pipeline.domain.phrasing import clock

Measured = Mapping[str, Mapping[MetricName, float]]
"""The measures of calls, by call and name; only those that have a value."""


class _Extreme(NamedTuple):
    """The call at one end of a measure, and how that is told."""

    measure: MetricName
    most: bool
    told: Callable[[float], str]


_EXTREMES = (
    _Extreme("rep_talk_ratio", True, lambda v: f"your largest share of the talk: {v:.0%}"),
    _Extreme("rep_talk_ratio", False, lambda v: f"your smallest share of the talk: {v:.0%}"),
    _Extreme("rep_questions", True, lambda v: f"the most questions of yours: {v:.0f}"),
    _Extreme("rep_questions", False, lambda v: f"the fewest questions of yours: {v:.0f}"),
    _Extreme("customer_questions", True, lambda v: f"the most questions of the customer: {v:.0f}"),
    _Extreme("longest_rep_monologue_s", True, lambda v: f"your longest stretch without the customer: {clock(v)}"),
    _Extreme("longest_customer_story_s", True, lambda v: f"the customer’s longest stretch: {clock(v)}"),
    _Extreme("next_step_talk_s", True, lambda v: f"the most talk of next steps: {clock(v)}"),
)
NAMES: tuple[MetricName, ...] = tuple(dict.fromkeys(extreme.measure for extreme in _EXTREMES))
"""The measures that signals are made of."""


def signals(measured: Measured) -> dict[str, tuple[str, ...]]:
    """For each call, in which measures it is at an end of all these calls.

    A measure tells nothing where fewer than two calls have it, or where two share its end.
    """
    found: dict[str, tuple[str, ...]] = dict.fromkeys(measured, ())
    for extreme in _EXTREMES:
        values = sorted((m[extreme.measure], call) for call, m in measured.items() if extreme.measure in m)
        if extreme.most:
            values.reverse()
        if len(values) > 1 and values[0][0] != values[1][0]:
            value, call = values[0]
            found[call] = (*found[call], extreme.told(value))
    return found


def neutral_facts(measures: Mapping[MetricName, float], *, own: bool) -> tuple[str, ...]:
    """What was measured in one call, in sentences without a word of worth; empty where nothing was.

    They speak to the rep, or with `own` False of the rep.
    """
    yours, you, your = ("yours", "You", "Your") if own else ("the rep’s", "The rep", "The rep’s")
    told: tuple[tuple[MetricName, Callable[[float], str]], ...] = (
        ("rep_talk_ratio", lambda v: f"Of all the talk, {v:.0%} was {yours}."),
        ("rep_questions", lambda v: f"{you} asked {v:.0f} {'question' if round(v) == 1 else 'questions'}."),
        ("longest_rep_monologue_s", lambda v: f"{your} longest stretch without the customer was {clock(v)}."),
        ("next_step_talk_s", lambda v: f"Next steps were talked of for {clock(v)}."),
    )
    return tuple(tell(measures[name]) for name, tell in told if name in measures)
