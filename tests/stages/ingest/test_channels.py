"""How channels relate, on sound whose answer follows from how it was made."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.ports import Samples
from pipeline.stages.ingest.channels import channel_layout, layout_of, summarise
from tests.stages.ingest.doubles import RATE, noise, speaking

REP = speaking((0, 4), (6, 10), seconds=12, seed=1)
CUSTOMER = speaking((4, 6), (10, 12), seconds=12, seed=2)


def layout(*channels: Samples) -> str:
    return channel_layout(np.stack(channels).astype(np.float32), RATE)


def decibels(value: float) -> float:
    return float(10 ** (value / 20))


def test_one_channel_is_mono() -> None:
    assert channel_layout(REP, RATE) == "mono"


@pytest.mark.parametrize("gain", [1.0, 0.5, -1.0, 3.0])
def test_a_copy_at_any_gain_or_inverted_is_identical(gain: float) -> None:
    assert layout(REP, REP * np.float32(gain)) == "identical"


def test_identical_ends_at_minus_40_db_of_difference() -> None:
    # Independent noise at x dB of the signal's level leaves a residual of about x dB.
    same = noise(1, 12, level=0.1, seed=3)[0]
    other = noise(1, 12, level=0.1, seed=4)[0]
    assert layout(same, same + other * np.float32(decibels(-46))) == "identical"
    assert layout(same, same + other * np.float32(decibels(-34))) == "mixed"


def test_silence_in_every_channel_is_identical() -> None:
    assert layout(np.zeros(RATE, np.float32), np.zeros(RATE, np.float32)) == "identical"


def test_sides_that_take_turns_are_separate() -> None:
    assert layout(REP, CUSTOMER) == "separate"


@pytest.mark.parametrize("quieter_db", [-6, -20, -30])
def test_a_faint_side_is_still_a_side(quieter_db: float) -> None:
    assert layout(REP, CUSTOMER * np.float32(decibels(quieter_db))) == "separate"


@pytest.mark.parametrize(("leak_db", "expected"), [(-30, "separate"), (-18, "separate"), (-6, "mixed"), (-3, "mixed")])
def test_a_little_of_the_other_side_may_leak_in(leak_db: float, expected: str) -> None:
    leak = np.float32(decibels(leak_db))
    assert layout(REP + leak * CUSTOMER, CUSTOMER + leak * REP) == expected


def test_separate_needs_six_tenths_of_the_speech_to_be_exclusive() -> None:
    # 10 s of speech each in 12 s: 8 s shared, 4 s exclusive (a third); with 3 s shared of 12, three quarters.
    assert layout(speaking((0, 10), seconds=12, seed=1), speaking((2, 12), seconds=12, seed=2)) == "mixed"
    assert layout(speaking((0, 7), seconds=12, seed=1), speaking((4, 12), seconds=12, seed=2)) == "separate"


def test_a_room_heard_by_two_microphones_is_mixed() -> None:
    room = REP + CUSTOMER
    assert layout(room, 0.8 * np.roll(room, 3) + noise(1, 12, level=0.0001, seed=5)[0]) == "mixed"


@pytest.mark.parametrize("level", [0.0, 1e-5, 0.01], ids=["digital silence", "faint hiss", "loud hiss"])
def test_a_dead_channel_is_nobodys_side(level: float) -> None:
    assert layout(REP + CUSTOMER, noise(1, 12, level=level, seed=6)[0]) == "mixed"


def test_three_sides_that_take_turns_are_separate() -> None:
    third = speaking((8, 10), seconds=12, seed=7)
    assert layout(speaking((0, 4), (6, 8), seconds=12, seed=1), CUSTOMER, third) == "separate"


def test_no_samples_at_all_have_a_layout() -> None:
    assert channel_layout(np.zeros((2, 0), np.float32), RATE) == "identical"


@given(cuts=st.lists(st.integers(1, 11_999), max_size=8))
def test_the_layout_does_not_depend_on_how_the_sound_is_cut(cuts: list[int]) -> None:
    sound = np.stack([REP, CUSTOMER])
    summary = summarise(np.split(sound, sorted(set(cuts)), axis=1), RATE)
    whole = summarise([sound], RATE)
    assert summary.n_samples == 12 * RATE
    assert np.allclose(summary.products, whole.products)
    assert np.allclose(summary.energies, whole.energies)
    assert layout_of(summary) == "separate"
