"""Sound that tells its own time, long calls made of it, and what time it is in what was heard.

Two tones: one rises from 400 to 1400 Hz in each block of ten seconds, 100 Hz a second; the other says which block it
is, 1600 Hz and 5 Hz for each block. An hour reaches 3395 Hz, so 8 kHz hold it.
"""

import wave
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.config import Config
from pipeline.domain.span import Span
from pipeline.domain.speech import Diarization, SpeakerSegment, Transcript, Word
from pipeline.ports import Progress, Samples, silent
from pipeline.review.room import Room, open_room
from pipeline.rubrics import find_rubric
from pipeline.run import Night, review_calls
from pipeline.stages.ingest import discover
from pipeline.store.workspace import Workspace
from tests.review.rooms import NOW, Clock, add_people
from tests.scripted import ScriptedDiarizer, ScriptedEngine, ScriptedTranscriber

RATE = 8000
BLOCK_S = 10
_WINDOW = 1024
_SKIP_S = 0.1


def coded(start: int, end: int, rate: int = RATE) -> NDArray[np.float32]:
    """The sound from one second of the call to another."""
    at = np.arange(start * rate, end * rate) / rate
    block = np.floor(at / BLOCK_S)
    within = at - BLOCK_S * block
    rising = np.sin(2 * np.pi * (400 * within + 50 * within * within))
    told: NDArray[np.float32] = (0.3 * rising + 0.3 * np.sin(2 * np.pi * (1600 + 5 * block) * within)).astype(
        np.float32
    )
    return told


def time_heard(sound: NDArray[np.float32], rate: int) -> float | None:
    """The second of the call that the first sound in here is of; None where nothing is heard."""
    loud = np.flatnonzero(np.abs(sound) > 0.02)
    if not len(loud):
        return None
    first = int(loud[0]) + round(_SKIP_S * rate)
    n = round(_WINDOW * rate / RATE)
    window = sound[first : first + n]
    if len(window) < n:
        return None
    power = np.abs(np.fft.rfft(window * np.hanning(n), 32 * n))
    hertz = np.fft.rfftfreq(32 * n, 1 / rate)
    rising, block = (_loudest(power, hertz, *band) for band in ((350, 1450), (1550, 3500)))
    middle = BLOCK_S * round((block - 1600) / 5) + (rising - 400) / 100
    return middle - _SKIP_S - n / 2 / rate


def _loudest(power: NDArray[np.floating[Any]], hertz: NDArray[np.floating[Any]], low: float, high: float) -> float:
    inside = (hertz > low) & (hertz < high)
    return float(hertz[inside][np.argmax(power[inside])])


def write_coded(path: Path, seconds: int) -> Path:
    """A wav of the coded sound."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        for at in range(0, seconds, 60):
            block = coded(at, min(seconds, at + 60))
            file.writeframes(np.rint(block * 32767).astype("<i2").tobytes())
    return path


class SpreadTranscriber(ScriptedTranscriber):
    """Hears a short sentence every `step` seconds."""

    def __init__(self, starts: Sequence[float]) -> None:
        super().__init__()
        self.starts = starts

    def transcribe(self, samples: Samples, *, language: str | None, progress: Progress = silent) -> Transcript:
        words = []
        for n, start in enumerate(self.starts):
            said = (
                ("How", "do", "you", "plan", "week", f"{n}?")
                if n % 2 == 0
                else ("It", "takes", f"{n}", "long", "hours.")
            )
            times = np.linspace(start, start + 2.0, len(said) + 1)
            words += [
                Word(text=text, span=Span(start=float(a), end=float(b)), confidence=0.9)
                for text, a, b in zip(said, times, times[1:], strict=False)
            ]
        return Transcript(words=tuple(words), language="en", duration=samples.shape[-1] / 16_000)


class SpreadDiarizer(ScriptedDiarizer):
    """Two speakers who take turns."""

    def __init__(self, starts: Sequence[float]) -> None:
        super().__init__()
        self.starts = starts

    def diarize(
        self, samples: Samples, sample_rate: int, *, max_speakers: int | None = None, progress: Progress = silent
    ) -> Diarization:
        found = tuple(
            SpeakerSegment(speaker=f"S{1 + n % 2}", span=Span(start=s, end=s + 2.0)) for n, s in enumerate(self.starts)
        )
        return Diarization(segments=found, exclusive=found)


def long_room(folder: Path, seconds: int, starts: Sequence[float]) -> Room:
    """A room with one call of Anna's that lasts so long, a sentence at each of these seconds."""
    workspace = Workspace(folder / "w")
    add_people(workspace)
    (folder / "calls").mkdir(parents=True)
    write_coded(folder / "calls" / "long.wav", seconds)
    (folder / "calls" / "long.json").write_text(
        '{"consent": "yes", "rep": "Anna", "customer": "Alder", "stage": "discovery"}'
    )
    engine = ScriptedEngine()
    engine.transcriber, engine.diarizer = SpreadTranscriber(starts), SpreadDiarizer(starts)
    night = Night(workspace, Config(), engine, find_rubric("discovery"), now=lambda: NOW)
    assert [o.status for o in review_calls(night, discover([folder / "calls"]))] == ["done"]
    room = open_room(workspace, Config(), now=Clock())
    room.index.refresh()
    return room
