"""Sound made by hand for evaluations: noise that is as loud as speech where it should be, and files of it."""

import wave
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from evals.reels import SAMPLE_RATE, Voice
from pipeline.domain.span import Span
from pipeline.domain.speech import Diarization, SpeakerSegment
from pipeline.ports import Progress, Samples, silent


def spans(*ends: tuple[float, float]) -> tuple[Span, ...]:
    """The spans of these starts and ends."""
    return tuple(Span(start=start, end=end) for start, end in ends)


def segments(speaker: str, *ends: tuple[float, float]) -> tuple[SpeakerSegment, ...]:
    """One speaker's segments."""
    return tuple(SpeakerSegment(span=span, speaker=speaker) for span in spans(*ends))


def bursts(duration: float, *loud: tuple[float, float], seed: int = 0) -> Samples:
    """Noise at -20 dBFS within these times, and next to nothing elsewhere; 16 kHz (samples,)."""
    draw = np.random.default_rng(seed)
    level = np.full(round(duration * SAMPLE_RATE), 1e-5, dtype=np.float32)
    for start, end in loud:
        level[round(start * SAMPLE_RATE) : round(end * SAMPLE_RATE)] = 0.1
    return np.asarray(level * draw.standard_normal(len(level)), dtype=np.float32)


def voice(name: str, recording: str, *loud: tuple[float, float], duration: float = 12.0, seed: int = 0) -> Voice:
    """A voice that sounds within these times of its reel."""
    return Voice(name=name, recording=recording, reel=bursts(duration, *loud, seed=seed), spoken=spans(*loud))


def write_wave(path: Path, *channels: Samples) -> Path:
    """The channels as one file of 16 bit at 16 kHz, in a folder that is made where it is absent."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(len(channels))
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes((np.clip(np.stack(channels, axis=1), -1, 1) * 32767).astype("<i2").tobytes())
    return path


def textgrid(path: Path, tier: str, *intervals: tuple[float, float, str]) -> Path:
    """A TextGrid in Praat's long form with one tier of these intervals."""
    path.parent.mkdir(parents=True, exist_ok=True)
    end = intervals[-1][1]
    head = ['File type = "ooTextFile"', 'Object class = "TextGrid"', "", "xmin = 0", f"xmax = {end}", "tiers? <exists>"]
    head += ["size = 1", "item []:", "    item [1]:", '        class = "IntervalTier"', f'        name = "{tier}"']
    head += ["        xmin = 0", f"        xmax = {end}", f"        intervals: size = {len(intervals)}"]
    for number, (start, until, text) in enumerate(intervals, start=1):
        head += [f"        intervals [{number}]:", f"            xmin = {start}", f"            xmax = {until}"]
        head += [f'            text = "{text}"']
    path.write_text("\n".join(head) + "\n", encoding="utf-8")
    return path


class Hearing:
    """Ears that hear what they are told to, in a mix and on channels; fulfils `evals.talk_ratio.Ears`."""

    def __init__(self, *, mix: Sequence[SpeakerSegment] = (), channels: Sequence[SpeakerSegment] = ()) -> None:
        self.diarizer = _Told(mix)
        self.channel_diarizer = _ToldOfChannels(channels)


class _Told:
    def __init__(self, heard: Sequence[SpeakerSegment]) -> None:
        self.heard = tuple(heard)

    @property
    def identity(self) -> str:
        return "told"

    def diarize(
        self, samples: Samples, sample_rate: int, *, max_speakers: int | None = None, progress: Progress = silent
    ) -> Diarization:
        assert samples.ndim == 1
        assert sample_rate == SAMPLE_RATE
        return Diarization(segments=self.heard, exclusive=self.heard)


class _ToldOfChannels:
    def __init__(self, heard: Sequence[SpeakerSegment]) -> None:
        self.heard = tuple(heard)

    @property
    def identity(self) -> str:
        return "told"

    def diarize(self, samples: Samples, *, progress: Progress = silent) -> Diarization:
        assert samples.ndim == 2
        return Diarization(segments=self.heard, exclusive=self.heard)
