"""Two voices of the demo call, each alone, and ways to lay them on a channel."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pipeline.adapters.audio import PyAvAudio
from pipeline.ports import Samples
from tests.adapters.sounds import recorded

RATE = 16_000


@dataclass(frozen=True)
class Voices:
    """What each side says in the excerpt, at 16 kHz, cut to its speech: 2.557 s and 1.794 s."""

    rep: Samples
    customer: Samples


def read_voices(audio_fixtures: Path) -> Voices:
    """The two files of one call, each cut to the times that `excerpt.json` states."""
    folder = audio_fixtures / "two-files"
    rep, customer = PyAvAudio().read(recorded(folder / "rep.wav", folder / "customer.wav"), sample_rate=RATE)
    return Voices(rep=rep[round(0.4 * RATE) : round(2.957 * RATE)], customer=customer[61_712 : 61_712 + 28_704])


def laid(seconds: float, *pieces: tuple[float, Samples]) -> Samples:
    """A channel of this length, silent but for each piece at its second."""
    sound = np.zeros(round(seconds * RATE), np.float32)
    for start, piece in pieces:
        at = round(start * RATE)
        sound[at : at + len(piece)] += piece
    return sound


def at_level(sound: Samples, decibels: float) -> Samples:
    """The same sound, louder or softer."""
    return np.asarray(sound * 10 ** (decibels / 20), dtype=np.float32)
