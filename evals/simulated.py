"""Owns simulated conversations: real voices speaking in the rhythm of real consultations, so that the truth is known.

Each utterance of a consultation's timing is filled with as much of its side's reel (`evals.reels`). Whoever measures
the result is told nothing; the truth is the speech in what was placed. All is made anew from a seed, and nothing kept.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from evals.reels import SAMPLE_RATE, Voice, speech_in
from pipeline.domain.recording import Role, SourceFile
from pipeline.domain.span import Span, total
from pipeline.domain.speech import SpeakerSegment
from pipeline.ports import Samples
from pipeline.stages.ingest import read_script

SIDES: tuple[Role, Role] = ("rep", "customer")
WINDOWS_S = (45.0, 60.0, 75.0, 90.0, 120.0)
_LEAST_SPEECH_S = 3.0
_LINE_HZ = (300.0, 3400.0)
_FADE_S = 0.01
_LEVEL_DB = 6.0
_NOISE_DB = (20.0, 45.0)
_LEAK_DB = (25.0, 50.0)
_TRIES = 50
_MOST_HOURS_S = 7200.0

Timing = tuple[SpeakerSegment, ...]
"""When rep and customer each have the floor, by the people who transcribed; their overlaps are those of the talk."""


@dataclass(frozen=True)
class SimulatedCall:
    """A conversation with a known truth. `sides`: (2, samples) at 16 kHz, rep first; `mix`: (samples,).

    `utterances` are what a transcript with times would say, pauses within them included; `truth` is the speech itself.
    `timing` names the consultation and `recordings` those of the two voices: what calls share is not independent.
    """

    id: str
    timing: str
    recordings: tuple[str, str]
    sides: Samples
    mix: Samples
    utterances: Timing
    truth: Timing

    @property
    def duration(self) -> float:
        """Seconds."""
        return len(self.mix) / SAMPLE_RATE


def read_timings(consultations: Path) -> dict[str, Timing]:
    """Timings by name, of every pair of ..._doctor.TextGrid and ..._patient.TextGrid; the doctor has the role rep.

    Raises: TranscriptError for a file that is no TextGrid.
    """
    found = {}
    for doctor in sorted(consultations.rglob("*_doctor.TextGrid")):
        patient = doctor.with_name(doctor.name.replace("_doctor", "_patient"))
        if patient.is_file():
            files = [
                SourceFile(path=path, sha256="0" * 64, size=0, role=role)
                for path, role in zip((doctor, patient), SIDES, strict=True)
            ]
            script = read_script(files, max_duration_s=_MOST_HOURS_S)
            found[doctor.name.removesuffix("_doctor.TextGrid")] = tuple(
                SpeakerSegment(span=u.span, speaker=u.role) for u in script.utterances if u.span and u.role
            )
    return found


def simulated_calls(
    timings: Mapping[str, Timing], voices: Sequence[Voice], *, rounds: int = 1, seed: int = 0
) -> Iterator[SimulatedCall]:
    """`rounds` calls for each timing, of 45 to 120 s in turn; the same for the same timings, voices and seed.

    Every second call has two voices of one recording where there are such. None without two voices; a timing in which
    no stretch has both sides speak for three seconds gives none.
    """
    pairs = _pairs(voices)
    for number in range(rounds):
        for place, (name, timing) in enumerate(timings.items()):
            draw = np.random.default_rng([seed, number, *name.encode()])
            length = WINDOWS_S[(place + number) % len(WINDOWS_S)]
            window = _window(timing, length, draw)
            if window is not None and pairs:
                alike = [pair for pair in pairs if pair[0].recording == pair[1].recording]
                of = alike if alike and (place + number) % 2 == 0 else pairs
                yield simulate(f"{name}-{number}", window, of[draw.integers(len(of))], draw=draw)


def _pairs(voices: Sequence[Voice]) -> list[tuple[Voice, Voice]]:
    return [(rep, customer) for rep in voices for customer in voices if rep.name != customer.name]


def _window(timing: Timing, length: float, draw: np.random.Generator) -> Timing | None:
    """The utterances of a stretch of so many seconds, cut at its ends, its times from 0; None where none will do."""
    last = max((s.span.end for s in timing), default=0.0)
    for _ in range(_TRIES):
        start = draw.uniform(0.0, max(0.0, last - length))
        window = tuple(
            SpeakerSegment(
                span=Span(start=max(s.span.start - start, 0.0), end=min(s.span.end - start, length)), speaker=s.speaker
            )
            for s in timing
            if s.span.start < start + length and s.span.end > start
        )
        if all(total(s.span for s in window if s.speaker == side) >= _LEAST_SPEECH_S for side in SIDES):
            return window
    return None


def simulate(name: str, window: Timing, pair: tuple[Voice, Voice], *, draw: np.random.Generator) -> SimulatedCall:
    """The call in which the first voice says what is the rep's in this window, and the second what is the customer's.

    Drawn: where in its reel each begins, the louder one (by up to 6 dB), a telephone's band or the whole one where both
    voices have it, noise of 20 to 45 dB below the speech, and how much of each side leaks into the other's channel.
    """
    end = max(s.span.end for s in window)
    n_samples = round((end + 0.5) * SAMPLE_RATE)
    dry, truth = [], []
    for side, voice in zip(SIDES, pair, strict=True):
        sound, spoken = _placed([s.span for s in window if s.speaker == side], voice, n_samples, draw)
        dry.append(sound * 10 ** (draw.uniform(-_LEVEL_DB, _LEVEL_DB) / 2 / 20))
        truth += [SpeakerSegment(span=span, speaker=side) for span in spoken]
    sides = np.stack(dry)
    noise_db, leak_db = draw.uniform(*_NOISE_DB), draw.uniform(*_LEAK_DB)
    mix = _noisy(sides[:1] + sides[1:], noise_db, draw)
    leaked = (sides[::-1] * 10 ** (-leak_db / 20)).astype(np.float32)
    channels = _noisy(sides + leaked, noise_db, draw)
    if draw.random() < 0.5 or any(_is_narrow(voice) for voice in pair):
        mix, channels = _through_telephone(mix), _through_telephone(channels)
    return SimulatedCall(
        id=name,
        timing=name.rpartition("-")[0],
        recordings=(pair[0].recording, pair[1].recording),
        sides=channels,
        mix=mix[0],
        utterances=window,
        truth=tuple(sorted(truth, key=lambda s: (s.span.start, s.span.end))),
    )


def _placed(
    spans: Sequence[Span], voice: Voice, n_samples: int, draw: np.random.Generator
) -> tuple[Samples, list[Span]]:
    """The reel played on from a drawn place while each span lasts, round and round, and the speech in it."""
    sound, spoken = np.zeros(n_samples, dtype=np.float32), []
    at, fade = int(draw.integers(len(voice.reel))), int(_FADE_S * SAMPLE_RATE)
    for span in spans:
        start, end = round(span.start * SAMPLE_RATE), min(round(span.end * SAMPLE_RATE), n_samples)
        while start < end:
            n = min(end - start, len(voice.reel) - at)
            piece = voice.reel[at : at + n].copy()
            if n > 2 * fade:
                ramp = np.linspace(0.0, 1.0, fade, dtype=np.float32)
                piece[:fade] *= ramp
                piece[-fade:] *= ramp[::-1]
            sound[start : start + n] += piece
            offset = start / SAMPLE_RATE
            played = Span(start=at / SAMPLE_RATE, end=(at + n) / SAMPLE_RATE)
            spoken += [Span(start=s.start + offset, end=s.end + offset) for s in speech_in(voice, played)]
            start, at = start + n, (at + n) % len(voice.reel)
    return sound, spoken


def _is_narrow(voice: Voice) -> bool:
    """Whether next to nothing of the voice lies above 4.5 kHz: it came over a telephone."""
    power = np.square(np.abs(np.fft.rfft(voice.reel)))
    hertz = np.fft.rfftfreq(len(voice.reel), 1 / SAMPLE_RATE)
    return bool(power[hertz > 4500].sum() < 1e-4 * power.sum())


def _through_telephone(channels: Samples) -> Samples:
    """What a telephone line leaves: 300 to 3400 Hz, with the slopes of a line's filters and no edge."""
    spectrum = np.fft.rfft(channels, axis=1)
    hertz = np.maximum(np.fft.rfftfreq(channels.shape[1], 1 / SAMPLE_RATE), 1.0)
    spectrum /= np.sqrt((1 + (_LINE_HZ[0] / hertz) ** 8) * (1 + (hertz / _LINE_HZ[1]) ** 16))
    return np.asarray(np.fft.irfft(spectrum, n=channels.shape[1], axis=1), dtype=np.float32)


def _noisy(channels: Samples, below_db: float, draw: np.random.Generator) -> Samples:
    """The channels, each with noise of its own, this much below the level of its loud half."""
    noise = draw.standard_normal(channels.shape)
    spectrum = np.fft.rfft(noise, axis=1)
    spectrum /= np.sqrt(np.maximum(np.fft.rfftfreq(channels.shape[1], 1 / SAMPLE_RATE), 50.0))
    noise = np.fft.irfft(spectrum, n=channels.shape[1], axis=1)
    noise /= noise.std(axis=1, keepdims=True)
    level = np.array([np.sqrt(np.square(c[np.abs(c) > np.median(np.abs(c))]).mean()) for c in channels])
    loud = np.maximum(level, 1e-4)[:, None] * 10 ** (-below_db / 20)
    return np.asarray(np.clip(channels + loud * noise, -1.0, 1.0), dtype=np.float32)
