"""Every real recording that was handed to us becomes a Recording, with the sides that are known of it."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from pipeline.adapters.audio import PyAvAudio
from pipeline.domain.recording import Recording
from pipeline.stages.ingest import channel_layout, discover, identify, ingest


@pytest.fixture(scope="module")
def recordings(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Recording]:
    """All recordings by folder and name, the folders with sides or a channel order having the sidecar that says so."""
    root = tmp_path_factory.mktemp("recordings") / "audio"
    shutil.copytree(shared_data / "audio", root)
    sidecars = {
        "car-repair-call/call.json": {"sides": {"customer": "caller.wav", "rep": "agent.wav"}},
        "true-stereo-10s/stereo_customer_first.json": {"channels": {"0": "customer", "1": "rep"}},
        "fake-stereo/call.json": {"channels": {"0": "rep", "1": "customer"}},
    }
    for name, stated in sidecars.items():
        (root / name).write_text(json.dumps({**stated, "consent": "yes"}))
    found = discover([root])
    audio = PyAvAudio()
    return {
        call.path.relative_to(root).as_posix(): ingest(call, identify(call, require_consent=False), audio=audio)
        for call in found
    }


def test_every_recording_is_taken_in(recordings: dict[str, Recording]) -> None:
    # 15 sound files, two of which are the sides of one call.
    assert len(recordings) == 14
    assert len({recording.call for recording in recordings.values()}) == 14


def test_two_aligned_files_are_one_call(recordings: dict[str, Recording]) -> None:
    call = recordings["car-repair-call/call.json"]
    assert call.sides == ("rep", "customer")
    assert call.duration == pytest.approx(245.38, abs=0.001)
    assert PyAvAudio().read(call).shape == (2, 245.38 * 16_000)


def test_fake_stereo_is_mono_whatever_the_metadata_says(recordings: dict[str, Recording]) -> None:
    call = recordings["fake-stereo/call.mp3"]
    assert (call.n_channels, call.identical_channels, call.sides) == (2, True, ())
    assert len(PyAvAudio().read(call)) == 1


def test_the_metadata_gives_the_order_of_channels(recordings: dict[str, Recording]) -> None:
    assert recordings["true-stereo-10s/stereo_customer_first.wav"].sides == ("customer", "rep")


def test_real_stereo_is_recognised_without_metadata(recordings: dict[str, Recording]) -> None:
    audio = PyAvAudio()
    stereo = audio.read(recordings["true-stereo-10s/stereo_customer_first.wav"])
    phone = audio.read(recordings["car-repair-call/call.json"])
    assert channel_layout(stereo, 16_000) == "separate"
    assert channel_layout(phone, 16_000) == "separate"
    # Each microphone 6 dB fainter in the other channel, as in a room.
    assert channel_layout(phone + phone[::-1] * np.float32(0.5), 16_000) == "mixed"
