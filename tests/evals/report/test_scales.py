"""Which measures share an axis, and how far it goes."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from evals.figures import Figure
from evals.measures import Measure
from evals.report.scales import Panel, panels, scale_over, tick_text
from tests.evals.report.example_measures import even, kappa


def panels_of(measures: Sequence[Measure]) -> tuple[Panel, ...]:
    return panels(measures, {measure.name: measure.figure for measure in measures})


def test_shares_go_from_0_to_1_however_alike_they_are() -> None:
    (panel,) = panels_of([even("s.c.a", top=9), even("s.c.b", top=8)])
    assert (panel.scale.low, panel.scale.high, panel.title) == (0, 1, "Shares")
    assert panel.names == ("s.c.a", "s.c.b")


def test_errors_have_an_axis_of_their_own_that_says_which_way_is_better() -> None:
    # 0.1 against a baseline of 0.37: the axis goes on to the next round number.
    found = panels_of([even("s.c.a"), even("s.c.wer", top=1, better="less", baseline=0.37, baseline_is="none")])
    assert [panel.direction for panel in found] == ["more is better →", "← less is better"]
    assert found[1].title == "Rates of error"
    assert (found[1].scale.low, found[1].scale.high) == (0, 0.4)


def test_units_are_never_mixed_and_what_only_describes_is_last() -> None:
    measures = [
        even("s.c.a", unit="points", better="neither"),
        even("s.c.b", unit="s", better="less"),
        kappa("s.c.c", "agreement", agree=9),
        even("s.c.d", unit="points", better="less"),
        even("s.c.e"),
    ]
    titles = [(panel.title, panel.names) for panel in panels_of(measures)]
    assert titles == [
        ("Shares", ("s.c.e",)),
        ("Agreement beyond chance", ("s.c.c",)),
        ("Seconds", ("s.c.b",)),
        ("Percentage points", ("s.c.d",)),
        ("Percentage points", ("s.c.a",)),
    ]


def test_an_agreement_below_chance_is_still_on_the_axis() -> None:
    (panel,) = panels_of([even("s.c.a", top=-3, unit="none")])
    assert panel.scale.low <= -0.3


def test_a_measure_without_a_value_has_an_axis_all_the_same() -> None:
    empty = Measure(name="s.c.a", about="nothing", units=(), n=0, of="words", better="less")
    (panel,) = panels([empty], {"s.c.a": Figure(value=None, n=0)})
    assert (panel.scale.low, panel.scale.high) == (0, 1)


def test_ticks_are_told_short() -> None:
    assert [tick_text(tick) for tick in (0.0, 0.25, -0.5, 1.0, 12.0)] == ["0", ".25", "-.5", "1", "12"]


@given(st.lists(st.floats(-1e5, 1e5), min_size=1, max_size=8))
def test_an_axis_holds_all_that_is_on_it(values: list[float]) -> None:
    scale = scale_over(values)
    # To a millionth of its length: what lies closer to an end is on the end for every eye.
    near = 1e-6 * (scale.high - scale.low)
    assert scale.low <= min(values) + near
    assert max(values) - near <= scale.high
    assert scale.low < scale.high
    assert list(scale.ticks) == sorted(set(scale.ticks))
    assert (scale.ticks[0], scale.ticks[-1]) == (scale.low, scale.high)
