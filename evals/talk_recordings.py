"""Owns the talk ratio of real recordings whose truth is known: which those are, and how each can be measured.

They are few, so nothing is calibrated on them: they are where an interval from simulated calls has to prove itself.
"""

import json
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

import numpy as np

from evals.collections.formats import read_rttm, read_stm_lines
from evals.reels import SAMPLE_RATE, bridged, gate, read_channels, read_mono, transcribed_speech
from evals.simulated import SIDES
from evals.talk_ratio import CalibrationPoint, Ears, point
from pipeline.domain.span import Span
from pipeline.domain.speech import SpeakerSegment
from pipeline.ports import Samples

_BREATH_S = 0.25
_CUSTOMERS = ("caller", "customer")


def recording_points(audio: Path, ears: Ears, *, demo: Path | None = None) -> tuple[CalibrationPoint, ...]:
    """Every real recording of two voices whose talk is known, measured in each way it can be; empty without any.

    Known by what lies beside them: an .rttm file (of two speakers; the first to speak is taken for the rep) and its
    .stm; `agent.wav` with `caller.wav` or `customer.wav`; a vendor's words with times; our own demo call.
    """
    found = [*_with_rttm(audio, ears), *_with_sides(audio, ears), *_with_words(audio, ears)]
    return (*found, *(_of_demo(demo, ears) if demo is not None else ()))


def _with_rttm(audio: Path, ears: Ears) -> Iterator[CalibrationPoint]:
    for path in sorted(audio.glob("*/*.rttm")):
        segments = sorted(read_rttm(path), key=lambda s: s.span.start)
        speakers = list(dict.fromkeys(s.speaker for s in segments))
        if len(speakers) == 2 and path.with_suffix(".wav").is_file():
            truth = _named(segments, speakers)
            name, samples = f"{path.parent.name}/{path.stem}", read_mono(path.with_suffix(".wav"))
            yield _by_voices(name, truth, samples, ears)
            if path.with_suffix(".stm").is_file():
                lines = read_stm_lines(path.with_suffix(".stm"))
                said = sorted(
                    (SpeakerSegment(span=Span(start=a, end=b), speaker=who) for who, a, b, _ in lines),
                    key=lambda s: s.span.start,
                )
                names = list(dict.fromkeys(s.speaker for s in said))
                yield _by_turns(name, truth, _named(said, names), duration=len(samples) / SAMPLE_RATE)


def _named(segments: Sequence[SpeakerSegment], speakers: Sequence[str]) -> tuple[SpeakerSegment, ...]:
    """The segments of the first two speakers, under the names of the sides."""
    names = dict(zip(speakers, SIDES, strict=False))
    return tuple(s.model_copy(update={"speaker": names[s.speaker]}) for s in segments if s.speaker in names)


def _with_sides(audio: Path, ears: Ears) -> Iterator[CalibrationPoint]:
    for agent in sorted(audio.glob("*/agent.wav")):
        customer = next((p for name in _CUSTOMERS if (p := agent.with_name(f"{name}.wav")).is_file()), None)
        if customer is not None:
            rows = [read_mono(path) for path in (agent, customer)]
            n = min(map(len, rows))
            sides = np.stack([row[:n] for row in rows])
            truth = tuple(
                SpeakerSegment(span=span, speaker=side)
                for side, row in zip(SIDES, sides, strict=True)
                for span in gate(row)
            )
            yield from _by_both(agent.parent.name, truth, sides, ears)


def _with_words(audio: Path, ears: Ears) -> Iterator[CalibrationPoint]:
    for path in sorted(audio.glob("*/vendor_words_and_speakers.json")):
        words = transcribed_speech(path)
        speakers = list(dict.fromkeys(s.speaker for s in words))
        if len(speakers) == 2 and path.with_name("call.wav").is_file():
            named = _named(words, speakers)
            truth = tuple(
                SpeakerSegment(span=span, speaker=side)
                for side in SIDES
                for span in bridged((w.span for w in named if w.speaker == side), pause_s=_BREATH_S)
            )
            samples = read_mono(path.with_name("call.wav"))
            yield _by_voices(path.parent.name, truth, samples, ears)
            yield _by_turns(path.parent.name, truth, _turns(named), duration=len(samples) / SAMPLE_RATE)


def _turns(words: Sequence[SpeakerSegment]) -> tuple[SpeakerSegment, ...]:
    """Words in a row by one side as one turn, from the first word's start to the last one's end."""
    runs = [list(run) for _, run in groupby(words, key=lambda w: w.speaker)]
    return tuple(
        SpeakerSegment(span=Span(start=run[0].span.start, end=max(w.span.end for w in run)), speaker=run[0].speaker)
        for run in runs
    )


def _of_demo(demo: Path, ears: Ears) -> Iterator[CalibrationPoint]:
    sound, reference = demo / "calls" / "discovery-call.opus", demo / "discovery-call.reference.json"
    if sound.is_file() and reference.is_file():
        turns = json.loads(reference.read_text("utf-8"))["turns"]
        phrases = tuple(_segment(phrase, turn["role"]) for turn in turns for phrase in turn["phrases"])
        sides = read_channels(sound)
        yield from _by_both("demo", phrases, sides, ears)
        told = tuple(_segment(turn, turn["role"]) for turn in turns)
        yield _by_turns("demo", phrases, told, duration=sides.shape[1] / SAMPLE_RATE)


def _segment(times: dict[str, float], role: str) -> SpeakerSegment:
    return SpeakerSegment(span=Span(start=times["start"], end=times["end"]), speaker=role)


def _by_both(name: str, truth: Sequence[SpeakerSegment], sides: Samples, ears: Ears) -> Iterator[CalibrationPoint]:
    """A recording with a channel a side (rep first), measured by its channels and by the voices in their sum."""
    heard = ears.channel_diarizer.diarize(sides)
    by_channel = [s.model_copy(update={"speaker": SIDES[int(s.speaker[-1])]}) for s in heard.segments]
    yield point(name, truth, by_channel, times="channels", duration=sides.shape[1] / SAMPLE_RATE)
    yield _by_voices(name, truth, np.asarray(sides.mean(axis=0), dtype=np.float32), ears)


def _by_voices(name: str, truth: Sequence[SpeakerSegment], samples: Samples, ears: Ears) -> CalibrationPoint:
    heard = ears.diarizer.diarize(samples, SAMPLE_RATE)
    return point(name, truth, heard.segments, times="voices", duration=len(samples) / SAMPLE_RATE)


def _by_turns(
    name: str, truth: Sequence[SpeakerSegment], turns: Sequence[SpeakerSegment], *, duration: float
) -> CalibrationPoint:
    return point(name, truth, turns, times="transcript", duration=duration)
