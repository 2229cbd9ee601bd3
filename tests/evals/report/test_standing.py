"""How measures stand against targets, baselines and people, and what is said of a suite."""

from typing import Any

import pytest

from evals.comparing import Change
from evals.figures import Figure
from evals.measures import Measure
from evals.report.standing import (
    Standing,
    Tally,
    headline,
    like_people,
    over_baseline,
    remarks,
    standing,
    targets,
)
from tests.evals.report.example_measures import even


def stands(low: float | None, high: float | None, **fields: Any) -> Standing:
    measure = even("s.c.a", **fields)
    return standing(measure, Figure(value=0.8, n=50, low=low, high=high))


def test_a_mark_in_the_interval_is_not_told_apart() -> None:
    found = stands(0.7, 0.9, baseline=0.75, baseline_is="a coin", people=0.85)
    assert (found.baseline, found.people) == ("within", "within")


def test_a_mark_below_the_whole_interval_is_beaten_where_more_is_better_and_not_where_less_is() -> None:
    marks: dict[str, Any] = {"baseline": 0.6, "baseline_is": "a coin"}
    assert stands(0.7, 0.9, **marks).baseline == "above"
    assert stands(0.7, 0.9, better="less", **marks).baseline == "below"


@pytest.mark.parametrize(
    ("target", "reached", "surely"),
    [(0.8, True, "within"), (0.7, True, "above"), (0.81, False, "within"), (0.95, False, "below")],
)
def test_a_target_is_reached_by_the_value_and_surely_by_the_interval(target: float, reached: bool, surely: str) -> None:
    found = stands(0.7, 0.9, target=target)
    assert (found.reached, found.target) == (reached, surely)


def test_all_right_surely_reaches_a_target_of_all_but_does_not_beat_a_baseline_of_all() -> None:
    measure = even("s.c.a", top=10, target=1.0, baseline=1.0, baseline_is="always")
    found = standing(measure, Figure(value=1.0, n=50, low=1.0, high=1.0))
    assert (found.target, found.baseline) == ("above", "within")


def test_without_an_interval_nothing_is_said_but_whether_the_target_is_reached() -> None:
    found = stands(None, None, target=0.7, baseline=0.1, baseline_is="a coin", people=0.1)
    assert (found.reached, found.target, found.baseline, found.people) == (True, "few", "few", "few")


def test_what_only_describes_and_what_has_no_value_stands_nowhere() -> None:
    assert stands(0.7, 0.9, better="neither", target=0.5) == Standing(name="s.c.a")
    empty = Measure(name="s.c.a", about="nothing", units=(), n=0, of="words", target=0.5)
    assert standing(empty, Figure(value=None, n=0)) == Standing(name="s.c.a")


def test_tallies_leave_out_what_cannot_be_said() -> None:
    found = [
        Standing(name="a", reached=True, baseline="above", people="within"),
        Standing(name="b", reached=False, baseline="few", people="below"),
        Standing(name="c", baseline="within"),
    ]
    assert targets(found) == Tally(passed=1, of=2, tone="gap")
    assert over_baseline(found) == Tally(passed=1, of=2, tone="gap")
    assert like_people(found) == Tally(passed=1, of=2, tone="gap")
    assert targets([]).text == "–"


def test_the_headline_counts_targets_and_baselines() -> None:
    found = [Standing(name="a", reached=True, baseline="above"), Standing(name="b", reached=True)]
    assert (
        headline(found) == "2 of 2 targets reached; better than the baseline beyond chance in 1 of 1 measure with one."
    )
    assert headline([Standing(name="a")]) == "1 measure, none with a target or a baseline to tell from."


def told_of(measures: list[Measure], changes: dict[str, Change] | None = None) -> dict[str, str]:
    figures = {measure.name: measure.figure for measure in measures}
    judged = [standing(measure, figures[measure.name]) for measure in measures]
    return {remark.about: remark.text for remark in remarks(measures, judged, figures, changes or {})}


def test_a_missed_target_is_named_with_both_numbers() -> None:
    # 8 of 10 in every unit: .800, and no draw differs from it.
    assert told_of([even("s.c.f1", target=0.9)])["Target missed"] == "F1 (c) .800 against .900"


def test_the_strongest_is_named_first_and_a_baseline_of_nothing_counts_last() -> None:
    # .8 over .4 is further than .8 over .7.
    none = even("s.c.none", baseline=0, baseline_is="x")
    near = even("s.c.near", baseline=0.7, baseline_is="x")
    far = even("s.c.far", baseline=0.4, baseline_is="x")
    assert told_of([none, near, far])["Strong"] == "far (c), near (c), none (c)"
    surely = even("s.c.surely", target=0.7)
    assert told_of([near, far, surely])["Strong"] == "surely (c), far (c), near (c)"


def test_only_three_are_named() -> None:
    measures = [even(f"s.c.m{n}", target=0.9) for n in range(5)]
    assert told_of(measures)["Target missed"].endswith("against .900 and 2 more")


def test_people_are_compared_both_ways() -> None:
    measures = [even("s.c.a", people=0.9), even("s.c.b", people=0.7), even("s.c.d", people=0.8)]
    assert told_of(measures)["Against people"] == "worse in a (c); better in b (c); not told apart in 1 of 3"


def test_what_changed_is_said_and_when_nothing_did_that_too() -> None:
    measures = [even("s.c.a"), even("s.c.b")]
    worse = {"s.c.a": Change(name="s.c.a", outcome="worse"), "s.c.gone": Change(name="s.c.gone", outcome="gone")}
    said = told_of(measures, worse)
    assert said["Worse since the run before"] == "a (c)"
    assert said["Gone since the run before"] == "gone (c)"
    equal = {"s.c.a": Change(name="s.c.a", outcome="equal")}
    assert told_of(measures, equal)["Since the run before"] == "nothing changed beyond chance"
    assert not [about for about in told_of(measures) if "before" in about]
