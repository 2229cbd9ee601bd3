"""Where there is speech at all: in voices, not in silence, tones or music."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from pipeline.adapters import vad
from pipeline.adapters.audio import PyAvAudio
from pipeline.domain.span import total
from pipeline.ports import Samples
from tests.adapters.sounds import recorded, tone
from tests.adapters.voices import RATE, Voices, at_level, laid, read_voices


@pytest.fixture(scope="module")
def voices(audio_fixtures: Path) -> Voices:
    return read_voices(audio_fixtures)


def read(path: Path) -> Samples:
    mixed: Samples = PyAvAudio().read(recorded(path), sample_rate=vad.SAMPLE_RATE).mean(axis=0)
    return mixed


@pytest.mark.parametrize("name", ["speech-8bit.wav", "speech-mulaw.wav", "speech.mp3", "speech.ogg"])
def test_both_turns_are_found_where_they_are_in_every_format(audio_fixtures: Path, name: str) -> None:
    # excerpt.json: 0.400-2.957 and 3.857-5.651, a pause of 0.9 s between them
    spans = vad.speech_spans(read(audio_fixtures / name))
    assert spans[0].start == pytest.approx(0.4, abs=0.2)
    assert spans[-1].end == pytest.approx(5.651, abs=0.35)
    pauses = [(a.end, b.start) for a, b in pairwise(spans)]
    assert any(2.7 < end < 3.3 and 3.5 < start < 4.0 for end, start in pauses)


@pytest.mark.parametrize(
    "sound",
    [np.zeros(5 * RATE, np.float32), tone(5.0, RATE), np.zeros(0, np.float32), np.zeros(100, np.float32)],
    ids=["silence", "a tone", "no sound", "a blink"],
)
def test_what_nobody_says_is_no_speech(sound: Samples) -> None:
    assert vad.speech_spans(sound) == ()


def test_noise_is_hardly_speech() -> None:
    noise = np.random.default_rng(7).normal(0, 0.05, 10 * RATE).astype(np.float32)
    assert total(vad.speech_spans(noise)) < 0.5


def test_music_on_hold_is_hardly_speech(audio_fixtures: Path) -> None:
    sound = read(audio_fixtures / "hold-music.ogg")
    assert total(vad.speech_spans(sound)) <= 0.05 * len(sound) / RATE


def test_spans_are_in_order_apart_and_within_the_sound(voices: Voices) -> None:
    sound = laid(9.0, (0.0, voices.rep), (3.2, voices.customer), (9.0 - len(voices.rep) / RATE, voices.rep))
    spans = vad.speech_spans(sound)
    assert len(spans) >= 2
    assert all(a.end < b.start for a, b in pairwise(spans))
    assert spans[-1].end <= 9.0


def test_a_breath_does_not_part_speech_and_a_pause_does(voices: Voices) -> None:
    length = len(voices.rep) / RATE
    breath = vad.speech_spans(laid(8.0, (1.0, voices.rep), (1.0 + length + 0.02, voices.rep)))
    pause = vad.speech_spans(laid(8.0, (1.0, voices.rep), (2.0 + length, voices.rep)))
    alone = vad.speech_spans(laid(5.0, (1.0, voices.rep)))
    assert len(pause) == 2 * len(alone)
    assert len(breath) < len(pause)


def test_a_quiet_voice_is_speech_too(voices: Voices) -> None:
    sound = laid(5.0, (1.0, voices.rep))
    loud, quiet = total(vad.speech_spans(sound)), total(vad.speech_spans(at_level(sound, -25.0)))
    assert quiet == pytest.approx(loud, abs=0.5)


def test_the_identity_names_what_changes_the_spans() -> None:
    for parameter in ("threshold=0.5", "min_speech=100", "min_silence=250"):
        assert parameter in vad.IDENTITY
