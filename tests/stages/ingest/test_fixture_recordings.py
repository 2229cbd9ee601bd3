"""Our own recordings in odd formats: one excerpt of 6.051 s, whatever holds it."""

from pathlib import Path

import pytest

from pipeline.adapters.audio import PyAvAudio
from pipeline.domain.recording import Recording
from pipeline.stages.ingest import discover, identify, ingest


def taken_in(path: Path) -> Recording:
    (call,) = discover([path])
    return ingest(call, identify(call, require_consent=False), audio=PyAvAudio())


@pytest.mark.parametrize(
    ("name", "codec"),
    [
        ("speech-8bit.wav", "pcm_u8"),
        ("speech-mulaw.wav", "pcm_mulaw"),
        ("speech.mp3", "mp3"),
        ("speech.m4a", "aac"),
        ("speech.ogg", "opus"),
    ],
)
def test_each_odd_format_is_taken_in_whole(audio_fixtures: Path, name: str, codec: str) -> None:
    recording = taken_in(audio_fixtures / name)
    assert (recording.codec, recording.n_channels, recording.sides) == (codec, 1, ())
    # AAC may pad its last frame, 64 ms at 16 kHz.
    assert recording.duration == pytest.approx(6.051, abs=0.065)


def test_the_same_voice_in_both_channels_is_mono(audio_fixtures: Path) -> None:
    recording = taken_in(audio_fixtures / "fake-stereo.flac")
    assert (recording.n_channels, recording.identical_channels, recording.sides) == (2, True, ())


def test_a_voice_in_each_channel_is_two_sides(audio_fixtures: Path) -> None:
    recording = taken_in(audio_fixtures / "true-stereo.mp3")
    assert (recording.identical_channels, recording.sides) == (False, ("unknown", "unknown"))
