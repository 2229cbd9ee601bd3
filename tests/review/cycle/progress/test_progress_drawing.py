"""Where a drawing has its dots, bands and lines, by hand: 360 wide, 30 left of the first column, levels 30 apart."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from pipeline.cycle.progress import progress
from pipeline.domain.cycle.past_calls import Level, PastCall
from pipeline.review.cycle.progress.chart import MOST_CALLS, Chart, chart
from pipeline.review.cycle.progress.view import CallMark, CapabilityProgress, FocusPeriod, RubricProgress, told

BEGAN = datetime(2026, 1, 5, 10, 0, tzinfo=UTC)


def calls(levels: Sequence[int | None], *, mode: str = "live", version: int = 1, begin: int = 0) -> list[PastCall]:
    """A call a day with these levels of depth."""
    return [
        PastCall(
            call=f"{mode}{begin + n}",
            at=BEGAN + timedelta(days=begin + n),
            mode=mode,
            stage=None,
            customer=None,
            deal=None,
            rubric="discovery",
            rubric_version=version,
            duration=None,
            levels={"depth": Level(level=level, of=4)},
            verdicts={},
        )
        for n, level in enumerate(levels)
    ]


def drawn(found: list[PastCall], *focus: FocusPeriod) -> Chart:
    """The drawing of depth over these calls."""
    found = sorted(found, key=lambda call: call.at)
    (course,) = progress(found)
    latest = course.latest
    capability = CapabilityProgress(
        capability="depth", name="Depth", verdict=latest.verdict, verdict_words="", told="", course=course, focus=focus
    )
    marks = tuple(CallMark(call=c.call, at=c.at, customer="A", practice=c.simulated) for c in found)
    return chart(RubricProgress(rubric="r", title="R", version=1, calls=marks, capabilities=(capability,)), capability)


def words(levels: Sequence[int | None]) -> str:
    """What is told of these levels."""
    (course,) = progress(calls(levels))
    return told(course.latest)


def test_few_calls_stand_at_the_left_and_levels_go_up() -> None:
    """Two calls in columns of 26, the widest: middles at 43 and 69. Level 4 of 4 is at 22, level 1 90 below it."""
    found = drawn(calls([1, 4]))
    assert [(dot.x, dot.y) for dot in found.dots] == [(43.0, 112.0), (69.0, 22.0)]
    assert [row.told for row in found.rows] == ["1", "2", "3", "4"]
    assert (found.noise, found.recent, found.lane) == ((), (), None)


def test_an_unscored_call_leaves_its_column_empty() -> None:
    assert [dot.x for dot in drawn(calls([2, None, 2])).dots] == [43.0, 95.0]


def test_the_band_is_baseline_and_smallest_change_either_way() -> None:
    """Thirteen at 2: the smallest change is 3.2 * 0.35 * sqrt(1/3 + 1/10) = 0.737, so the band is 2 * 0.737 * 30 high
    about the height of level 2, 82."""
    (band,) = drawn(calls([2] * 13)).noise
    assert band.height == pytest.approx(44.2, abs=0.2)
    assert band.y + band.height / 2 == pytest.approx(82.0, abs=0.2)


def test_the_latest_line_is_over_the_calls_that_it_averages() -> None:
    """Sixteen calls in columns of 20: the latest six from column 11 on, 30 + 10 * 20 = 230, to 350."""
    (line,) = drawn(calls([2] * 16)).recent
    assert (line.x, line.width) == (230.0, 120.0)


def test_a_break_stands_before_the_first_call_of_the_new_version() -> None:
    found = drawn([*calls([2, 2]), *calls([3], version=2, begin=2)])
    assert [(line.x, line.told) for line in found.breaks] == [(82.0, "version 2")]


def test_practice_is_in_its_lane_and_no_dot_of_live_calls() -> None:
    found = drawn([*calls([2, 2]), *calls([4], mode="simulated", begin=2)])
    assert len(found.dots) == 2
    (mark,) = found.practice
    assert (mark.x, mark.y, mark.level) == (95.0, found.lane, 4)


def test_a_focus_spans_the_calls_from_its_day_to_its_end() -> None:
    """Opened after the second call and ended after the fourth: columns three and four, 82 to 134."""
    days = [BEGAN + timedelta(days=1, hours=1), BEGAN + timedelta(days=3, hours=1)]
    ended = FocusPeriod(behaviour="b", began_at=days[0], ended_at=days[1])
    going_on = ended.model_copy(update={"ended_at": None})
    found = drawn(calls([2] * 6), ended, going_on)
    assert [(box.x, box.width) for box in found.focus] == [(82.0, 52.0), (82.0, 104.0)]


def test_of_very_many_calls_the_latest_are_drawn_and_the_rest_is_counted() -> None:
    found = drawn(calls([2] * 75))
    assert (len(found.dots), found.n_left_out) == (MOST_CALLS, 15)
    assert all(30 <= dot.x <= 350 for dot in found.dots)


def test_too_few_calls_are_told_with_how_many_more_it_takes() -> None:
    assert words([2]) == ("1 call scored so far under version 1. 12 more calls before a change can be told from noise.")


def test_the_words_have_the_figures_of_the_verdict() -> None:
    assert words([2] * 16) == (
        "The latest 6 calls average 2.0, level with the 2.0 of the first 10. "
        "The smallest change that is not noise is 0.6 levels: not reached."
    )
    assert words([2] * 10 + [3] * 6).endswith("The smallest change that is not noise is 0.6 levels: this is more.")


def test_single_calls_that_make_up_a_difference_are_told_as_such() -> None:
    """Two of the latest six three levels higher: an average one higher, by two calls alone."""
    assert words([1] * 14 + [4, 4]).endswith("Only 2 of the 6 lie above, so single calls make it up.")
