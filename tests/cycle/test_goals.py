"""Goals in a rep's own words, targets, and the gap between where they are and where they want to be."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.cycle.goals import agree_target, end_goal, gap_map, goals, open_goals, set_goal, targets
from pipeline.domain.cycle.events import Event, Happened, History
from pipeline.domain.cycle.goals import GoalEnded, GoalSet, TargetAgreed
from pipeline.domain.cycle.past_calls import Level, PastCall
from pipeline.errors import UsageError

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
TODAY = AT.date()


def history(*events: Event, author: str = "anna") -> History:
    """These events, an hour apart."""
    return tuple(
        Happened(number=n, author=author, at=AT + timedelta(hours=n), what=what) for n, what in enumerate(events, 1)
    )


def call(n: int, levels: dict[str, int | None], *, version: int = 1, mode: str = "live") -> PastCall:
    """The call of the n-th day with these levels."""
    return PastCall(
        call=f"c{n}",
        at=AT + timedelta(days=n),
        mode=mode,
        stage="discovery",
        customer=None,
        deal="won",
        rubric="discovery",
        rubric_version=version,
        duration=None,
        levels={name: Level(level=level, of=4) for name, level in levels.items()},
        verdicts={},
    )


def target(level: int = 3, **more: str) -> TargetAgreed:
    """A target for depth."""
    return TargetAgreed(rubric="discovery", capability="depth", level=level, **more)


def test_a_goal_is_named_by_the_event_that_set_it() -> None:
    (goal,) = goals(history(target(), GoalSet(text="ask more")))
    assert (goal.id, goal.text, goal.is_open) == ("g2", "ask more", True)


def test_a_goal_that_is_reworded_keeps_its_name_and_its_day() -> None:
    (goal,) = goals(history(GoalSet(text="ask more"), GoalSet(text="ask twice before I show", replaces="g1")))
    assert (goal.id, goal.text) == ("g1", "ask twice before I show")
    assert (goal.set_at, goal.worded_at) == (AT + timedelta(hours=1), AT + timedelta(hours=2))


def test_a_goal_that_ended_is_no_longer_open_and_stays_known() -> None:
    found = history(GoalSet(text="a"), GoalSet(text="b"), GoalEnded(goal="g1", reached=True, text="six calls"))
    assert [goal.text for goal in open_goals(found)] == ["b"]
    assert (goals(found)[0].reached, goals(found)[0].ending) == (True, "six calls")


def test_a_later_target_takes_the_place_of_the_earlier() -> None:
    (found,) = targets(history(target(2), target(4, next_step="ask why"), author="mark"))
    assert (found.level, found.next_step, found.author) == (4, "ask why", "mark")


def test_a_goal_without_words_is_refused() -> None:
    with pytest.raises(UsageError, match="no words"):
        set_goal(GoalSet(text="  \n"), today=TODAY)(())


def test_a_day_that_has_passed_is_refused_but_may_stay_in_a_goal_that_is_reworded() -> None:
    yesterday = TODAY - timedelta(days=1)
    with pytest.raises(UsageError, match="has passed"):
        set_goal(GoalSet(text="ask", by=yesterday), today=TODAY)(())
    before = history(GoalSet(text="ask", by=yesterday))
    again = GoalSet(text="ask twice", by=yesterday, replaces="g1")
    assert set_goal(again, today=TODAY)(before) == again


def test_the_same_words_again_are_no_event() -> None:
    before = history(GoalSet(text="ask", by=date(2026, 4, 1)))
    assert set_goal(GoalSet(text="ask", by=date(2026, 4, 1), replaces="g1"), today=TODAY)(before) is None
    assert agree_target(target(3), of=4)(history(target(3))) is None


@pytest.mark.parametrize("gone", ["g1", "g7"])
def test_a_goal_that_is_not_open_is_neither_reworded_nor_ended(gone: str) -> None:
    before = history(GoalSet(text="ask"), GoalEnded(goal="g1", reached=False))
    with pytest.raises(UsageError):
        set_goal(GoalSet(text="ask", replaces=gone), today=TODAY)(before)
    with pytest.raises(UsageError):
        end_goal(GoalEnded(goal=gone, reached=True))(before)


def test_a_target_is_a_level_that_the_capability_has() -> None:
    with pytest.raises(UsageError, match="level 4"):
        agree_target(target(4), of=3)(())
    with pytest.raises(UsageError, match="no call was read"):
        agree_target(target(2), of=None)(())
    assert agree_target(target(3), of=3)(()) == target(3)


def test_now_is_the_median_of_the_latest_six_scored_live_calls() -> None:
    """Levels 1 1 4 2 3 2 3 2, the third and an unscored one aside: the latest six are 4 2 3 2 3 2, their median
    between 2 and 3."""
    levels = [1, 1, 4, 2, None, 3, 2, 3, 2]
    (row,) = gap_map((), [call(n, {"depth": level}) for n, level in enumerate(levels)])
    assert row.now is not None
    assert (row.now.level, row.now.low, row.now.high, row.now.n, row.now.of) == (2.5, 2, 4, 6, 4)
    assert row.now.since == AT + timedelta(days=2)


def test_the_gap_is_what_is_left_to_the_target_and_none_where_an_end_is_missing() -> None:
    known = [call(1, {"depth": 2, "opening": 3})]
    found = {row.capability: row for row in gap_map(history(target(4)), known)}
    assert (found["depth"].gap, found["opening"].gap) == (2.0, None)
    (unscored,) = gap_map(history(target(4)), [])
    assert (unscored.now, unscored.gap) == (None, None)
    (there,) = gap_map(history(target(1)), [call(1, {"depth": 2})])
    assert there.gap == 0.0


def test_levels_by_an_earlier_version_are_not_where_the_rep_is_now() -> None:
    known = [call(1, {"depth": 4, "old": 2}), call(2, {"depth": 2}, version=2)]
    (row,) = gap_map((), known)
    assert row.now is not None
    assert (row.capability, row.now.level, row.now.n, row.now.version) == ("depth", 2, 1, 2)


def test_open_goals_stand_beside_their_capability_and_make_a_row_of_their_own() -> None:
    about = GoalSet(text="go deeper", rubric="discovery", capability="depth")
    (row,) = gap_map(history(about, GoalSet(text="smile")), [])
    assert ([goal.text for goal in row.goals], row.now) == (["go deeper"], None)
    assert gap_map(history(about, GoalEnded(goal="g1", reached=True)), []) == ()


def test_practice_and_deals_say_nothing_of_where_a_rep_is() -> None:
    assert gap_map((), [call(1, {"depth": 4}, mode="simulated")]) == ()
    won, lost = call(1, {"depth": 2}), call(1, {"depth": 2}).model_copy(update={"deal": "lost"})
    assert gap_map((), [won]) == gap_map((), [lost])


@given(st.lists(st.integers(1, 4), min_size=1, max_size=20), st.integers(1, 4))
def test_a_gap_is_never_negative_nor_larger_than_the_scale(levels: list[int], level: int) -> None:
    (row,) = gap_map(history(target(level)), [call(n, {"depth": each}) for n, each in enumerate(levels)])
    assert row.now is not None
    assert row.gap is not None
    assert 0 <= row.gap <= 3
    assert row.now.low <= row.now.level <= row.now.high
