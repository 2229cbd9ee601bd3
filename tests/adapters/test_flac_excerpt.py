"""An excerpt of a FLAC file: exactly the samples asked for."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.adapters.flac import excerpt, write_flac
from pipeline.errors import StoreError
from pipeline.ports import Samples

RATE = 16_000
COUNTED: Samples = (np.arange(20 * RATE) % 30_000 / 32767).astype(np.float32)  # each tells its place, modulo 30,000


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("flac") / "sound.flac"
    write_flac(path, (COUNTED[None, n : n + RATE] for n in range(0, len(COUNTED), RATE)), RATE)
    return path


@given(st.floats(0, 19), st.floats(0.001, 5))
def test_an_excerpt_is_the_very_samples(sound: Path, start: float, length: float) -> None:
    samples, rate = excerpt(sound, start, start + length)
    first, last = round(start * RATE), min(round((start + length) * RATE), len(COUNTED))
    assert rate == RATE
    assert np.array_equal(np.rint(samples * 32768), np.rint(COUNTED[first:last] * 32767))


def test_a_file_that_is_none_is_told(tmp_path: Path) -> None:
    (tmp_path / "x.flac").write_bytes(b"no sound at all")
    with pytest.raises(StoreError, match=r"cannot read .*x\.flac"):
        excerpt(tmp_path / "x.flac", 0.0, 1.0)
