"""What somebody really played: believed as far as it can be true, counted exactly."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from pipeline.domain.span import Span, total, union
from pipeline.errors import UsageError
from pipeline.review.sound.listening import (
    SLACK_S,
    Listening,
    PlayedReport,
    Stretch,
    clipped,
    heard,
    heard_ratio,
    listened,
    most_played,
)
from pipeline.store.workspace import Workspace
from tests.review.rooms import NOW

CALL = "call-0001"


def span(start: float, end: float) -> Span:
    return Span(start=start, end=end)


milliseconds = st.integers(0, 60_000)
spans = st.builds(lambda a, b: span(min(a, b) / 1000, max(a, b) / 1000), milliseconds, milliseconds)


class Ticks:
    def __init__(self) -> None:
        self.at = 100.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def ticks() -> Ticks:
    return Ticks()


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "w")


def report(*stretches: tuple[float, float]) -> PlayedReport:
    return PlayedReport(stretches=tuple(Stretch(start=a, end=b) for a, b in stretches))


def test_half_a_moment_that_was_played_twice_is_half_heard() -> None:
    # The moment is 10 to 14; 11 to 13 was played, 12 to 13 of it again: 2 of 4 s.
    assert heard((span(11, 13), span(12, 13)), span(10, 14)) == 0.5


def test_a_moment_that_was_jumped_over_is_not_heard() -> None:
    assert heard((span(0, 10), span(14, 20)), span(10, 14)) == 0


def test_a_moment_without_length_is_heard_when_its_instant_was_played() -> None:
    assert heard((span(3, 5),), span(5, 5)) == 1
    assert heard((span(3, 5),), span(5.001, 5.001)) == 0
    assert heard((), span(5, 5)) == 0


@given(st.lists(spans, max_size=8), spans)
def test_what_is_heard_is_a_share_and_depends_on_the_union_alone(played: list[Span], moment: Span) -> None:
    ratio = heard(played, moment)
    assert 0 <= ratio <= 1
    assert heard(union(played), moment) == ratio
    assert heard([*reversed(played), *played], moment) == ratio


@given(st.lists(spans, max_size=8), spans, spans)
def test_playing_more_never_makes_less_of_it_heard(played: list[Span], more: Span, moment: Span) -> None:
    assert heard([*played, more], moment) >= heard(played, moment)


@given(st.lists(spans, max_size=8), milliseconds.filter(bool), st.integers(1, 59_999))
def test_the_parts_of_a_moment_add_up_to_the_whole(played: list[Span], length: int, cut: int) -> None:
    whole = span(0, length / 1000)
    left, right = span(0, min(cut, length) / 1000), span(min(cut, length) / 1000, length / 1000)
    parts = [heard(played, p) * p.duration for p in (left, right) if p.duration]
    assert sum(parts) == pytest.approx(heard(played, whole) * whole.duration, abs=0.002)


@given(st.lists(st.tuples(milliseconds, milliseconds), min_size=1, max_size=20), st.integers(1, 60))
def test_what_is_clipped_lies_within_the_call(times: list[tuple[int, int]], duration: int) -> None:
    stretches = [Stretch(start=min(t) / 1000, end=min(max(t) / 1000, duration + 1)) for t in times]
    stretches = [s for s in stretches if s.start <= s.end]
    for found in clipped(stretches, duration):
        assert 0 <= found.start < found.end <= duration


def test_a_stretch_that_ends_a_little_after_the_call_is_cut_and_one_far_beyond_is_refused() -> None:
    assert clipped([Stretch(start=38, end=40.9)], 40) == (span(38, 40),)
    with pytest.raises(UsageError, match="the call lasts"):
        clipped([Stretch(start=38, end=42.1)], 40)


def test_a_stretch_that_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(UsageError, match="ends before it starts"):
        clipped([Stretch(start=5, end=4)], 40)


@pytest.mark.parametrize(("start", "end"), [(-1, 4), (0, float("nan")), (0, float("inf"))])
def test_seconds_that_are_none_are_no_stretch(start: float, end: float) -> None:
    with pytest.raises(ValidationError):
        Stretch(start=start, end=end)


def test_what_can_be_played_follows_the_fastest_speed() -> None:
    assert most_played(0) == SLACK_S
    assert most_played(10) == 25.0  # 10 x 2.2 + 3
    assert most_played(-5) == SLACK_S
    assert most_played(86_400) == 1323.0  # ten minutes at most: 600 x 2.2 + 3


def test_reports_that_can_be_true_are_kept_and_merged(workspace: Workspace, ticks: Ticks) -> None:
    listening = Listening(workspace, ticks=ticks)
    listening.opened(CALL, "mark")
    for start in (0.0, 5.0):
        ticks.at += 5
        listening.take(CALL, "mark", report((start, start + 5)), duration=40, at=NOW)
    ticks.at += 5
    listening.take(CALL, "mark", report((20, 22)), duration=40, at=NOW)
    assert listened(workspace, CALL, "mark") == (span(0, 10), span(20, 22))
    assert total(listened(workspace, CALL, "mark")) == 12
    assert heard_ratio(workspace, CALL, "mark", span(8, 12)) == 0.5


def test_what_others_played_is_theirs(workspace: Workspace, ticks: Ticks) -> None:
    listening = Listening(workspace, ticks=ticks)
    listening.take(CALL, "nina", report((0, 2)), duration=40, at=NOW)
    assert listened(workspace, CALL, "mark") == ()
    assert heard_ratio(workspace, CALL, "nina", span(0, 2)) == 1
    assert heard_ratio(workspace, "call-0002", "nina", span(0, 2)) == 0


def test_more_than_the_time_since_the_last_report_allows_is_refused_and_nothing_kept(
    workspace: Workspace, ticks: Ticks
) -> None:
    listening = Listening(workspace, ticks=ticks)
    listening.opened(CALL, "mark")
    ticks.at += 10
    # 10 x 2.2 + 3 = 25
    with pytest.raises(UsageError, match=r"26\.0 s cannot have been played"):
        listening.take(CALL, "mark", report((0, 13), (20, 33)), duration=40, at=NOW)
    assert listened(workspace, CALL, "mark") == ()
    listening.take(CALL, "mark", report((0, 12), (20, 33)), duration=40, at=NOW)
    with pytest.raises(UsageError):
        listening.take(CALL, "mark", report((0, 12)), duration=40, at=NOW)


def test_the_same_stretch_over_and_over_counts_each_time(workspace: Workspace, ticks: Ticks) -> None:
    listening = Listening(workspace, ticks=ticks)
    with pytest.raises(UsageError):
        listening.take(CALL, "mark", report(*[(0, 1)] * 4), duration=40, at=NOW)


@given(st.lists(st.tuples(st.floats(0, 30), st.floats(0, 120)), max_size=10))
def test_nobody_has_played_more_than_time_allows(reports: list[tuple[float, float]]) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        ticks, workspace = Ticks(), Workspace(Path(folder))
        listening = Listening(workspace, ticks=ticks)
        at, n_taken = 0.0, 0
        for waited, length in reports:
            ticks.at += waited
            try:
                listening.take(CALL, "mark", report((at, at + length)), duration=10_000, at=NOW)
                at, n_taken = at + length, n_taken + 1
            except UsageError:
                pass
        elapsed = ticks.at - 100
        assert total(listened(workspace, CALL, "mark")) <= 2.2 * elapsed + SLACK_S * max(1, n_taken) + 0.01
