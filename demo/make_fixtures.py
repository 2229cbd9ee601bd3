"""Makes the small recordings in odd formats under tests/fixtures/audio from the demo call. Development only.

Needs the demo's recording and reference, PyAV and soxr; no voices. `make_call.py` says what to install.
"""

import json
from pathlib import Path

import av
import numpy as np
from call_script import PlacedTurn
from make_call import CHANNELS, HERE, RECORDING, REFERENCE
from sound_files import Samples, resampled, write_sound, write_video

OUT = HERE.parent / "tests" / "fixtures" / "audio"
RATE = 16_000
PHONE_RATE = 8_000
EXCERPT_TURNS = ("How do you deal with", "Um, honestly")
"""How the two turns of the excerpt begin; it ends after the first phrase of the second one."""

_MARGIN_S = 0.4
_DECODED_RATE = 48_000


def main() -> None:
    """Writes every fixture anew."""
    (OUT / "two-files").mkdir(parents=True, exist_ok=True)
    excerpt, turns = _excerpt()
    description = {"duration": excerpt.shape[1] / RATE, "turns": turns}
    (OUT / "excerpt.json").write_text(json.dumps(description, indent=1) + "\n", encoding="utf-8")
    _write_speech(excerpt)
    _write_two_files(resampled(excerpt, RATE, to=PHONE_RATE))
    _write_without_speech()


def _excerpt() -> tuple[Samples, list[dict[str, object]]]:
    """A question and the start of its answer as `(2, samples)` at 16 kHz, and its turns timed from its own start."""
    reference = json.loads(REFERENCE.read_text(encoding="utf-8"))
    turns = [PlacedTurn.model_validate({k: turn[k] for k in PlacedTurn.model_fields}) for turn in reference["turns"]]
    question, answer = (next(t for t in turns if t.text.startswith(words)) for words in EXCERPT_TURNS)
    start, end = question.start - _MARGIN_S, answer.phrases[0].end + _MARGIN_S
    call = resampled(_decoded(RECORDING), _DECODED_RATE, to=RATE)
    said = [(question.role, question.text, question.start, question.end)]
    said += [(answer.role, phrase.text, phrase.start, phrase.end) for phrase in answer.phrases[:1]]
    timed: list[dict[str, object]] = [
        {"role": role, "text": text, "start": round(begins - start, 3), "end": round(ends - start, 3)}
        for role, text, begins, ends in said
    ]
    return call[:, round(start * RATE) : round(end * RATE)], timed


def _decoded(path: Path) -> Samples:
    with av.open(str(path)) as container:
        blocks = [frame.to_ndarray().astype(np.float32) for frame in container.decode(audio=0)]
    return np.concatenate(blocks, axis=1)


def _write_speech(excerpt: Samples) -> None:
    mixed = excerpt.sum(axis=0, keepdims=True)
    phone = resampled(mixed, RATE, to=PHONE_RATE)
    write_sound(OUT / "speech-8bit.wav", phone, PHONE_RATE, codec="pcm_u8")
    write_sound(OUT / "speech-mulaw.wav", phone, PHONE_RATE, codec="pcm_mulaw")
    write_sound(OUT / "speech.mp3", mixed, RATE, codec="libmp3lame", bit_rate=48_000)
    write_sound(OUT / "speech.ogg", mixed, RATE, codec="libopus", bit_rate=32_000)
    write_sound(OUT / "speech.m4a", mixed, RATE, codec="aac", bit_rate=48_000)
    write_sound(OUT / "true-stereo.mp3", excerpt, RATE, codec="libmp3lame", bit_rate=64_000)
    write_sound(OUT / "fake-stereo.flac", np.repeat(phone, 2, axis=0), PHONE_RATE, codec="flac")
    for suffix in ("mp4", "mkv"):
        write_video(OUT / f"speech-video.{suffix}", mixed, RATE)


def _write_two_files(phone: Samples) -> None:
    folder = OUT / "two-files"
    for role, channel in zip(CHANNELS, phone, strict=True):
        write_sound(folder / f"{role}.wav", channel[None], PHONE_RATE, codec="pcm_s16le")
    sides = {role: f"{role}.wav" for role in CHANNELS}
    sidecar = {"rep": "Maya", "consent": "yes", "mode": "simulated", "language": "en", "sides": sides}
    (folder / "call.json").write_text(json.dumps(sidecar, indent=2) + "\n", encoding="utf-8")


def _write_without_speech() -> None:
    write_sound(OUT / "silence-20s.flac", np.zeros((1, 20 * RATE), np.float32), RATE, codec="flac")
    tone = 0.3 * np.sin(2 * np.pi * 440.0 * np.arange(3 * PHONE_RATE) / PHONE_RATE)
    write_sound(OUT / "tone.wav", tone[None].astype(np.float32), PHONE_RATE, codec="pcm_s16le")
    write_sound(OUT / "hold-music.ogg", _hold_music(), RATE, codec="libopus", bit_rate=48_000)
    garbage = np.random.default_rng(0).bytes(400)
    (OUT / "corrupt.wav").write_bytes(b"RIFF\x24\x08\x00\x00WAVEfmt \x10\x00" + garbage)


def _hold_music() -> Samples:
    """Twelve seconds of four plucked chords (I, vi, IV, V in C major), each note a fading stack of harmonics."""
    chords = ((60, 64, 67), (57, 60, 64), (53, 57, 60), (55, 59, 62))
    seconds_each = 1.5
    time = np.arange(int(seconds_each * RATE)) / RATE
    bars = []
    for chord in chords * 2:
        pitches = [440.0 * 2 ** ((note - 69) / 12) for note in chord]
        notes = [np.sin(2 * np.pi * h * pitch * time) / h**2 for pitch in pitches for h in (1, 2, 3, 4)]
        bars.append(0.08 * np.sum(notes, axis=0) * np.exp(-1.5 * time) * np.minimum(1.0, time / 0.01))
    return np.concatenate(bars)[None].astype(np.float32)


if __name__ == "__main__":
    main()
