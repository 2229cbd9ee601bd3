"""The larger plots: what is inside and outside, which dots lie where, and what is told to those who do not see them."""

import re
import xml.etree.ElementTree as Xml

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evals.measures import Measure, Unit
from evals.report.plots import (
    MOST_GROUPS,
    aside,
    by_label,
    groups_of,
    history_line,
    inside,
    points_in_words,
    scatter,
    spread,
)
from evals.suites import Point, Points
from tests.evals.report.example_measures import auc, even


def points(*dots: Point, diagonal: bool = True) -> Points:
    return Points(title="Told and true", x="true", y="told", dots=dots, diagonal=diagonal)


def dot(x: float, y: float, low: float | None = None, high: float | None = None, group: str = "") -> Point:
    return Point(id=f"{x}-{y}", x=x, y=y, low=low, high=high, group=group)


def drawn_dots(svg: str) -> dict[str, tuple[float, float]]:
    """Where each dot with a title lies, by its title."""
    uses = [use for use in Xml.fromstring(svg).iter("use") if use.find("title") is not None]
    return {use.findtext("title", ""): (float(use.attrib["x"]), float(use.attrib["y"])) for use in uses}


def test_an_interval_that_ends_at_the_truth_holds_it() -> None:
    assert inside(dot(0.5, 0.4, 0.3, 0.5))
    assert not inside(dot(0.51, 0.4, 0.3, 0.5))
    assert not inside(dot(0.5, 0.5))


def test_dots_with_intervals_are_parted_by_whether_they_hold_the_truth() -> None:
    found = groups_of(points(dot(0.5, 0.9, 0.8, 1.0, "a"), dot(0.5, 0.5, 0.4, 0.6, "b"), dot(0.1, 0.1, 0.0, 0.2, "a")))
    assert [(name, [d.x for d in dots]) for name, dots in found] == [("inside", [0.5, 0.1]), ("outside", [0.5])]


def test_other_dots_are_parted_by_group_and_too_many_groups_are_put_together() -> None:
    many = points(*(dot(n, n, group=f"g{n:02d}") for n in range(MOST_GROUPS + 3)), diagonal=False)
    found = groups_of(many)
    assert len(found) == MOST_GROUPS
    assert found[-1][0] == "others"
    assert sum(len(dots) for _, dots in found) == MOST_GROUPS + 3


def test_the_words_tell_the_coverage_and_the_distance() -> None:
    # Distances 0.4 and 0.1: 0.25 on the mean. The first interval ends before the truth.
    found = points(dot(0.9, 0.5, 0.4, 0.6), dot(0.4, 0.5, 0.3, 0.7))
    told = "Told and true: 2 dots; 1 of 2 intervals hold the truth; mean distance from the diagonal 0.25"
    assert points_in_words(found) == told
    assert f'aria-label="{told}"' in str(scatter(found))


def test_with_a_diagonal_both_axes_are_the_same() -> None:
    # A dot on the diagonal of a square plot is as far from the left as from the bottom, whatever the others are.
    places = drawn_dots(str(scatter(points(dot(0.25, 0.25), dot(0.5, 0.5), dot(1.0, 0.0)))))
    (x1, y1), (x2, y2) = places["0.25-0.25: 0.25, 0.25"], places["0.5-0.5: 0.5, 0.5"]
    width, height = 264 - 40 - 10, 236 - 34 - 8
    assert (x2 - x1) / width == pytest.approx((y1 - y2) / height, abs=1e-4)


def test_groups_differ_in_shape_and_not_by_colour_alone() -> None:
    svg = str(scatter(points(dot(1, 1, group="a"), dot(2, 2, group="b"), diagonal=False)))
    uses = [use for use in Xml.fromstring(svg).iter("use") if use.find("title") is not None]
    assert len({use.attrib["href"] for use in uses}) == 2
    assert len({use.attrib["fill"] for use in uses}) == 2


def test_an_auc_shows_each_score_in_the_lane_of_its_label() -> None:
    units = tuple(Unit(id=f"u{n}", parts=(float(n > 1), n / 4)) for n in range(4))
    measure = Measure(name="s.c.auc", about="order", statistic="auc", units=units, n=4, of="talks")
    svg = str(by_label(measure))
    places = drawn_dots(svg)
    assert list(places) == ["u2: 0.5", "u3: 0.75", "u0: 0", "u1: 0.25"]
    # Those labelled 1 lie above, and down the page y grows.
    assert max(places["u2: 0.5"][1], places["u3: 0.75"][1]) < min(places["u0: 0"][1], places["u1: 0.25"][1])
    # Medians of 0.5 and 0.75, and of 0 and 0.25.
    assert "median score 0.625 of 2 units labelled 1, 0.125 of 2 labelled 0" in svg


def test_an_auc_of_one_label_only_is_drawn_all_the_same() -> None:
    units = tuple(Unit(id=f"u{n}", parts=(1.0, float(n))) for n in range(3))
    measure = Measure(name="s.c.auc", about="order", statistic="auc", units=units, n=3, of="talks")
    assert "none of 0 labelled 0" in str(by_label(measure))


def test_the_spread_shows_every_unit_once_and_the_worst_are_not_hidden_by_others() -> None:
    measure = even("s.c.f1", units=30)
    places = drawn_dots(str(spread(measure, [(f"u{n}", 0.5) for n in range(5)])))
    assert len(places) == 5
    assert len({round(y, 1) for _, y in places.values()}) == 5


def test_more_alike_units_than_there_is_room_for_lie_on_each_other() -> None:
    assert len(drawn_dots(str(spread(even("s.c.f1"), [(f"u{n}", 0.5) for n in range(99)])))) == 99


def test_the_history_tells_every_value_and_draws_the_target() -> None:
    measure = even("s.c.f1", target=0.9)
    past = [("2026-03-04 09:30", 0.7, 0.6, 0.8), ("2026-03-11 09:30", 0.8, None, None)]
    svg = str(history_line(measure, past))
    assert 'aria-label="s.c.f1 over 2 runs: 2026-03-04 09:30: .700; 2026-03-11 09:30: .800"' in svg
    assert "var(--good)" in svg
    assert "var(--good)" not in str(history_line(even("s.c.f1"), past))
    first, second = drawn_dots(svg).values()
    assert first[0] < second[0]
    assert second[1] < first[1]


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=5, unique=True))
def test_a_scatter_has_a_dot_for_every_point(places: list[tuple[float, float]]) -> None:
    dots = tuple(Point(id=f"d{n}", x=x, y=y) for n, (x, y) in enumerate(places))
    svg = str(scatter(Points(title="any", x="x", y="y", dots=dots)))
    assert len(re.findall("<title>", svg)) == len(places)


def test_an_invented_auc_of_the_example_is_drawn_with_all_its_units() -> None:
    assert len(drawn_dots(str(by_label(auc("s.c.auc", "order", apart=1.0))))) == 67


def test_a_dot_without_an_interval_is_no_miss() -> None:
    dots = (
        Point(id="held", x=0.5, y=0.5, low=0.4, high=0.6),
        Point(id="missed", x=0.5, y=0.8, low=0.7, high=0.9),
        Point(id="short", x=0.5, y=0.9),
    )
    told = points(*dots)
    assert [(name, [dot.id for dot in found]) for name, found in groups_of(told)] == [
        ("inside", ["held"]),
        ("outside", ["missed"]),
        ("without", ["short"]),
    ]
    assert "1 of 2 intervals hold the truth" in points_in_words(told)


def test_dots_of_a_label_step_aside_and_stay_nearer_to_it_than_to_the_other() -> None:
    places = [aside(Point(id=str(n), x=1.0, y=0.0), n) for n in range(11)]
    assert len(set(places)) == 11
    assert all(0.85 <= place <= 1.15 for place in places)
