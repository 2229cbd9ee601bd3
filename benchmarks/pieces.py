"""Owns nights of real calls for measuring: pieces of the shared recordings, cut into a folder outside the project."""

import os
import random
import wave
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from pipeline.adapters.audio import PyAvAudio
from pipeline.ports import Samples

CHECKOUT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("FILMROOM_SHARED", CHECKOUT.parent / "shared"))
_SOUND = (".wav", ".mp3")


def cut_night(folder: Path, n_calls: int, *, seconds: tuple[float, float], seed: int = 1) -> float:
    """Seconds of sound in all; `folder` then holds so many calls, each a WAV of one channel between these lengths.

    Every piece is of another stretch of a recording; when all are used up, cutting begins anew a little further in.
    Raises: FileNotFoundError where the shared recordings are not.
    """
    folder.mkdir(parents=True, exist_ok=True)
    whole = [(path, *_sound_of(path)) for path in recordings()]
    random_ = random.Random(seed)
    total = 0.0
    for number, (path, rate, piece) in zip(range(n_calls), _pieces(whole, seconds, random_), strict=False):
        _write(folder / f"call-{number:03d}-{path.parent.name}.wav", rate, piece)
        total += len(piece) / rate
    return total


def recordings() -> Sequence[Path]:
    """The shared recordings, and the demo call."""
    found = sorted(path for path in (SHARED / "data" / "audio").rglob("*") if path.suffix in _SOUND)
    if not found:
        raise FileNotFoundError(f"no recordings in {SHARED / 'data' / 'audio'}: set FILMROOM_SHARED")
    return (CHECKOUT / "demo" / "calls" / "discovery-call.opus", *found)


def _sound_of(path: Path) -> tuple[int, Samples]:
    audio = PyAvAudio()
    rate = audio.probe(path).sample_rate
    return rate, np.concatenate([block.mean(axis=0) for block in audio.blocks(path)])


def _pieces(
    whole: Sequence[tuple[Path, int, Samples]], seconds: tuple[float, float], random_: random.Random
) -> Iterator[tuple[Path, int, Samples]]:
    """Stretches of the recordings, without end."""
    starts = [0.0] * len(whole)
    rounds = 0
    while True:
        n_found = 0
        for n, (path, rate, samples) in enumerate(whole):
            length = random_.uniform(*seconds)
            left = len(samples) / rate - starts[n]
            if left < seconds[0]:
                continue
            first = int(starts[n] * rate)
            starts[n] += length
            n_found += 1
            yield path, rate, samples[first : first + int(length * rate)]
        if not n_found:
            rounds += 1
            starts = [1.7 * rounds] * len(whole)


def _write(path: Path, rate: int, samples: Samples) -> None:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())
