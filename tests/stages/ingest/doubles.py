"""Stand-ins for decoding, and sound whose properties are known by construction."""

import wave
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np

from pipeline.domain.recording import Probe
from pipeline.ports import Samples

RATE = 1000


class FakeAudio:
    """Gives the sound that a test hands it by file name, and writes down every file it is asked to open."""

    def __init__(
        self, sounds: Mapping[str, Samples] | None = None, *, rates: Mapping[str, int] | None = None,
        declared: float | None = None,
    ) -> None:  # fmt: skip
        self.opened: list[str] = []
        self._sounds = dict(sounds or {})
        self._rates = dict(rates or {})
        self._declared = declared

    def probe(self, path: Path, *, sha256: str | None = None) -> Probe:
        self.opened.append(path.name)
        return Probe(
            container="wav",
            codec="pcm_s16le",
            sample_rate=self._rates.get(path.name, RATE),
            n_channels=len(self._sound(path)),
            declared_duration=self._declared,
        )

    def blocks(self, path: Path, *, sha256: str | None = None) -> Iterator[Samples]:
        self.opened.append(path.name)
        sound = self._sound(path)
        for at in range(0, sound.shape[1], 333):
            yield sound[:, at : at + 333]

    def _sound(self, path: Path) -> Samples:
        return self._sounds.get(path.name, noise(1, 1.0))


def noise(n_channels: int, seconds: float, *, level: float = 0.1, seed: int = 0) -> Samples:
    """Independent white noise in each channel."""
    rng = np.random.default_rng(seed)
    return (level * rng.standard_normal((n_channels, round(seconds * RATE)))).astype(np.float32)


def speaking(*intervals: tuple[float, float], seconds: float, seed: int = 0) -> Samples:
    """One channel that is loud in these intervals and holds faint noise (-60 dB of it) elsewhere; shape (samples,)."""
    gain = np.full(round(seconds * RATE), 0.001, np.float32)
    for start, end in intervals:
        gain[round(start * RATE) : round(end * RATE)] = 1.0
    sound: Samples = noise(1, seconds, seed=seed)[0] * gain
    return sound


def write_wav(path: Path, n_samples: int = 800, rate: int = 8000) -> Path:
    """A real mono wav of silence, of a length that makes its bytes its own."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(bytes(2 * n_samples))
    return path
