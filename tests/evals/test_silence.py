"""Silences of a recording, by sounds made here."""

import numpy as np
import pytest

from evals.reels import SAMPLE_RATE
from evals.silence import quiet_stretches
from pipeline.domain.span import Span
from pipeline.ports import Samples


def tone(seconds: float, level: float) -> Samples:
    times = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    return np.asarray(level * np.sin(2 * np.pi * 440 * times), dtype=np.float32)


def test_silences_begin_and_end_with_the_sound() -> None:
    sound = np.concatenate([tone(4, 0), tone(1, 0.2), tone(2, 0), tone(1, 0.2), tone(5, 0)])
    # 4 s, then 2 s which are too short, then 5 s to the end.
    assert quiet_stretches(sound) == (Span(start=0, end=4), Span(start=8, end=13))
    assert quiet_stretches(sound, at_least=2)[1] == Span(start=5, end=7)


@pytest.mark.parametrize(("level", "quiet"), [(0.004, True), (0.02, False)])
def test_what_is_quiet_goes_by_level(level: float, quiet: bool) -> None:
    # A sine's power is half its level squared: 0.004 is -51 dBFS, 0.02 is -37.
    assert bool(quiet_stretches(tone(4, level))) is quiet


def test_no_sound_at_all_has_no_stretches() -> None:
    assert quiet_stretches(np.zeros(0, dtype=np.float32)) == ()
