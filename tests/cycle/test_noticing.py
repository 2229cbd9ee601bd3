"""When a change of levels is more than noise: figures by hand, and histories of dice whose truth is known."""

from math import sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.progress_figures import Dice, false_alarms, noticed
from pipeline.cycle.noticing import FEWEST, MOST, QUIETEST, SOONEST, SPAN, Follower, Look, follow, limit

LEVELS = st.lists(st.integers(1, 4), max_size=45)


def looks(levels: list[int], n_capabilities: int = 1) -> list[Look | None]:
    """The looks at one capability, call by call."""
    return [found["depth"] for found in follow([{"depth": level} for level in levels], n_capabilities)]


def last(levels: list[int], n_capabilities: int = 1) -> Look:
    """The look after the last call."""
    found = looks(levels, n_capabilities)[-1]
    assert found is not None
    return found


def test_the_first_look_is_at_the_thirteenth_call() -> None:
    """A baseline of ten and three beside it."""
    found = looks([2] * 13)
    assert found[:12] == [None] * 12
    assert found[12] is not None
    assert (found[12].n_baseline, found[12].n_recent) == (10, 3)


@pytest.mark.parametrize(
    ("n", "baseline", "recent"), [(13, 10, 3), (15, 10, 5), (16, 10, 6), (20, 14, 6), (26, 20, 6), (40, 20, 6)]
)
def test_the_baseline_grows_to_twenty_and_the_latest_are_six_at_most(n: int, baseline: int, recent: int) -> None:
    found = last([2] * n)
    assert (found.n_baseline, found.n_recent) == (baseline, recent)


def test_levels_that_are_all_alike_still_have_the_least_noise() -> None:
    found = last([2] * 16)
    assert found.noise == QUIETEST
    assert found.smallest == pytest.approx(limit(1) * 0.35 * sqrt(1 / 6 + 1 / 10))  # 3.2 * 0.35 * 0.5164 = 0.578


def test_noise_is_half_the_mean_square_of_neighbours_differences() -> None:
    """2, 3, 2, 3, ... : each of 15 differences is 1, half its square 0.5, so the variance is 0.5, alone as pooled."""
    assert last([2, 3] * 8).noise == pytest.approx(sqrt(0.5))


def test_noise_is_moderated_by_that_of_the_other_capabilities() -> None:
    """Sixteen calls: one capability swings by 1 (variance 0.5), the other stands (0). Together they have 0.25, which
    weighs 10 beside the own 15 * 2/3 = 10 degrees: (10 * 0.25 + 10 * 0.5) / 20 = 0.375 and (2.5 + 0) / 20 = 0.125."""
    follower = Follower(2)
    for n in range(16):
        found = follower.take({"swings": 2 + n % 2, "stands": 2})
    assert found["swings"] is not None
    assert found["stands"] is not None
    assert found["swings"].noise == pytest.approx(sqrt(0.375))
    assert found["stands"].noise == pytest.approx(sqrt(0.125))
    assert follower.noise("swings") == pytest.approx(sqrt(0.375))
    assert follower.noise("unheard") is None


def test_one_level_up_is_noticed_once_three_calls_show_it() -> None:
    """Ten at 2 and three at 3: the difference is 1, the noise that of one jump. Half its square, 0.5, over 12
    differences is 0.0417, below the least: 0.35. Smallest: 3.2 * 0.35 * sqrt(1/3 + 1/10) = 0.737 < 1."""
    found = last([2] * 10 + [3] * 3)
    assert found.smallest == pytest.approx(0.737, abs=0.001)
    assert found.change == "improved"


def test_one_level_down_is_noticed_as_a_fall() -> None:
    assert last([3] * 10 + [2] * 3).change == "fell"


def test_single_freak_calls_are_no_change_however_far_they_jump() -> None:
    """Two of the latest six at 4 beside ten at 1: the average is 1 higher, but four of six lie where the first did."""
    found = last([1] * 14 + [4, 4])
    assert found.difference == pytest.approx(1.0)
    assert found.agreeing == 2
    assert found.change is None


def test_four_of_six_on_a_side_are_not_enough_and_five_are() -> None:
    quiet = [2] * 20
    four, five = last([*quiet, 3, 3, 3, 3, 2, 2]), last([*quiet, 4, 3, 3, 3, 3, 2])
    assert (four.agreeing, four.change) == (4, None)
    assert (five.agreeing, five.change) == (5, "improved")


def test_the_baseline_stands_still_from_the_first_change_on() -> None:
    """Noticed at the thirteenth call with a baseline of ten: that stays, so the higher levels do not become it."""
    found = last([2] * 10 + [3] * 30)
    assert (found.n_baseline, found.baseline, found.change) == (10, 2.0, "improved")


def test_more_capabilities_raise_the_limit() -> None:
    limits = [limit(n) for n in range(31)]
    assert limits == sorted(limits)
    assert (limits[1], limits[5], limits[8]) == (3.2, 3.8, 4.2)
    assert limit(4) == pytest.approx(3.725)  # halfway from 3.65 at 3 to 3.8 at 5
    assert limit(0) == limit(1)


@given(LEVELS)
def test_a_scale_turned_over_turns_the_change_over(levels: list[int]) -> None:
    other = {"improved": "fell", "fell": "improved", None: None}
    turned = looks([5 - level for level in levels])
    assert [look and look.change for look in turned] == [look and other[look.change] for look in looks(levels)]


@given(LEVELS, st.integers(0, 45))
def test_later_calls_change_nothing_of_an_earlier_look(levels: list[int], n: int) -> None:
    assert looks(levels)[:n] == looks(levels[:n])


@given(LEVELS)
def test_a_change_is_never_told_of_less_than_the_smallest(levels: list[int]) -> None:
    for look in looks(levels):
        if look is not None:
            assert look.smallest > 0
            assert look.n_recent <= SPAN
            assert FEWEST <= look.n_baseline <= MOST
            assert look.change is None or abs(look.difference) >= look.smallest
    assert all(look is None for look in looks(levels)[: FEWEST + SOONEST - 1])


def test_a_rep_who_does_not_change_is_called_improved_in_at_most_one_of_twenty_histories() -> None:
    """1,000 reps, five capabilities, forty calls, looked at after each call."""
    reps, capabilities = false_alarms(Dice(seed=11).unchanged(0.35))
    assert reps <= 0.05
    assert capabilities <= 0.01


@pytest.mark.slow
def test_nor_is_one_with_a_capability_far_noisier_than_the_others() -> None:
    assert false_alarms(Dice(seed=12).one_noisy())[0] <= 0.05


def test_one_who_goes_up_by_a_level_is_noticed_within_six_calls_in_four_of_five() -> None:
    """Noise 0.25 and twenty calls before: levels vary by less than 0.4, as measured in docs/progress.md."""
    levels, sd = Dice(seed=13).changed(0.25, 20)
    assert 0.33 <= sd <= 0.4
    assert noticed(levels, 20) >= 0.8


@pytest.mark.slow
@pytest.mark.parametrize("n_capabilities", [5, 8])
def test_no_way_of_not_changing_is_called_improved_in_more_than_one_of_twenty(n_capabilities: int) -> None:
    dice = Dice(seed=21, capabilities=n_capabilities)
    histories = [
        *(dice.unchanged(noise) for noise in (0.2, 0.35, 0.5, 0.65, 0.8)),
        dice.uneven(),
        dice.one_noisy(),
        dice.lopsided((0.9, 0.1, 0.0, 0.0)),
        dice.lopsided((0.8, 0.2, 0.0, 0.0)),
        dice.lopsided((0.95, 0.0, 0.05, 0.0)),
    ]
    assert [false_alarms(each)[0] <= 0.05 for each in histories] == [True] * len(histories)


def test_dice_fall_the_same_way_twice() -> None:
    assert np.array_equal(Dice(seed=5).unchanged(0.3, 4), Dice(seed=5).unchanged(0.3, 4))
