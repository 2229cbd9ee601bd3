"""Owns voices cut out of real recordings: for each speaker a reel of utterances, with the times in which speech sounds.

A voice is taken from a recording only where its own labels say that nobody else speaks: a file a side, an RTTM file, a
transcript with times, or a file that holds one voice alone. What of it counts as speech is what people marked, else
what passes an energy gate; no network tells it, so that the detectors that are measured do not judge themselves.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from evals.collections.formats import read_rttm
from pipeline.adapters.audio import PyAvAudio
from pipeline.domain.recording import SourceFile
from pipeline.domain.span import Span, shared, total, union
from pipeline.domain.speech import SpeakerSegment
from pipeline.ports import Samples
from pipeline.stages.ingest import read_script

SAMPLE_RATE = 16_000
_FRAME_S = 0.02
_BELOW_LOUD_DB = 25.0
"""Softer than this below the voice's loud frames is no speech: on phone-30s within 2% of the labels made by hand."""
_BREATH_S = 0.25
"""A shorter pause belongs to the speech around it, as in our own detector of speech."""
_SHORTEST_SPEECH_S = 0.1
_UTTERANCE_PAUSE_S = 0.8
_SHORTEST_UTTERANCE_S = 0.5
_LEAST_REEL_S = 8.0
_LOUDNESS = 0.05
"""Root mean square of every reel's speech, so that only what is chosen later makes one voice louder than another."""
_MOST_HOURS_S = 3600.0
_SIDE_NAMES = ("agent", "caller", "customer")


@dataclass(frozen=True)
class Voice:
    """One speaker's utterances in a row, 16 kHz (samples,), joined by short silences; `spoken`: where speech sounds.

    `recording` is where it comes from: two voices of one recording share line and room.
    """

    name: str
    recording: str
    reel: Samples
    spoken: tuple[Span, ...]


def gate(samples: Samples) -> tuple[Span, ...]:
    """Where 16 kHz sound of one voice is within 25 dB of its loud frames, pauses under 0.25 s bridged."""
    size = int(_FRAME_S * SAMPLE_RATE)
    frames = samples[: len(samples) // size * size].reshape(-1, size)
    level = 10 * np.log10(np.square(frames, dtype=np.float64).mean(axis=1) + 1e-12)
    sounding = level[level > -60.0]
    if not len(sounding):
        return ()
    loud = np.concatenate([[False], level > np.percentile(sounding, 95) - _BELOW_LOUD_DB, [False]])
    edges = np.flatnonzero(np.diff(loud.astype(np.int8)))
    spans = [Span(start=_FRAME_S * a, end=_FRAME_S * b) for a, b in zip(edges[::2], edges[1::2], strict=True)]
    return tuple(span for span in bridged(spans, pause_s=_BREATH_S) if span.duration >= _SHORTEST_SPEECH_S)


def bridged(spans: Iterable[Span], *, pause_s: float) -> tuple[Span, ...]:
    """The spans in order, those with less than `pause_s` between them joined into one."""
    joined: list[Span] = []
    for span in union(spans):
        if joined and span.start - joined[-1].end < pause_s:
            joined[-1] = Span(start=joined[-1].start, end=span.end)
        else:
            joined.append(span)
    return tuple(joined)


def alone(segments: Sequence[SpeakerSegment]) -> dict[str, tuple[Span, ...]]:
    """For each speaker the utterances in which nobody else speaks, own pauses under 0.8 s kept in them."""
    found: dict[str, tuple[Span, ...]] = {}
    for speaker in dict.fromkeys(s.speaker for s in segments):
        others = union(s.span for s in segments if s.speaker != speaker)
        own = bridged((s.span for s in segments if s.speaker == speaker), pause_s=_UTTERANCE_PAUSE_S)
        found[speaker] = tuple(free for span in own for free in _without(span, others))
    return found


def _without(span: Span, others: Sequence[Span]) -> Iterator[Span]:
    start = span.start
    for other in others:
        if other.end > start and other.start < span.end:
            if other.start > start:
                yield Span(start=start, end=other.start)
            start = other.end
    if start < span.end:
        yield Span(start=start, end=span.end)


def read_mono(path: Path) -> Samples:
    """The sound of a file as 16 kHz (samples,), its channels averaged. Raises: RecordingError."""
    return np.asarray(read_channels(path).mean(axis=0), dtype=np.float32)


def read_channels(path: Path) -> Samples:
    """The sound of a file as 16 kHz (channels, samples). Raises: RecordingError."""
    import soxr

    audio = PyAvAudio()
    sound = np.concatenate(list(audio.blocks(path)), axis=1)
    return np.asarray(soxr.resample(sound.T, audio.probe(path).sample_rate, SAMPLE_RATE).T, dtype=np.float32)


def cut_reel(
    name: str, recording: str, samples: Samples, utterances: Iterable[Span], *, marked: Sequence[Span] | None = None
) -> Voice | None:
    """The voice of these utterances; None where they hold under eight seconds of speech.

    `marked` is where people marked the voice in the recording: then that is the speech, else what passes the gate.
    """
    pieces, known, at = [], [], 0
    pauses = np.random.default_rng(len(samples))
    for span in utterances:
        if span.duration >= _SHORTEST_UTTERANCE_S:
            piece = samples[round(span.start * SAMPLE_RATE) : round(span.end * SAMPLE_RATE)]
            known += [_moved(s, at / SAMPLE_RATE - span.start) for s in shared(marked or (), [span])]
            pieces += [piece, np.zeros(int(pauses.uniform(0.3, 1.0) * SAMPLE_RATE), dtype=np.float32)]
            at += len(pieces[-2]) + len(pieces[-1])
    reel = np.concatenate(pieces) if pieces else np.zeros(0, dtype=np.float32)
    spoken = gate(reel) if marked is None else bridged(known, pause_s=_BREATH_S)
    if total(spoken) < _LEAST_REEL_S:
        return None
    within = np.concatenate([reel[round(s.start * SAMPLE_RATE) : round(s.end * SAMPLE_RATE)] for s in spoken])
    loudness = float(np.sqrt(np.square(within, dtype=np.float64).mean()))
    return Voice(name=name, recording=recording, reel=(reel * (_LOUDNESS / loudness)).astype(np.float32), spoken=spoken)


def _moved(span: Span, by: float) -> Span:
    return Span(start=max(0.0, span.start + by), end=max(0.0, span.end + by))


def find_voices(audio: Path, *, demo: Path | None = None) -> tuple[Voice, ...]:
    """Every voice that can be had from the recordings of a folder and from our own demo call, in order of their names.

    Recordings are known by what lies beside them, never by name: `agent.wav` with `caller.wav` or `customer.wav`; an
    .rttm file of the sound file's name; `vendor_words_and_speakers.json`; a folder called one-voice-...
    """
    found = [*_of_sides(audio), *_of_rttm(audio), *_of_transcripts(audio), *_of_one_voice(audio)]
    if demo is not None:
        found += _of_demo(demo)
    return tuple(sorted((voice for voice in found if voice is not None), key=lambda voice: voice.name))


def _of_sides(audio: Path) -> Iterator[Voice | None]:
    for path in sorted(audio.glob("*/*.wav")):
        beside = [p for name in _SIDE_NAMES if (p := path.with_name(f"{name}.wav")).is_file()]
        if path.stem in _SIDE_NAMES and len(beside) > 1:
            samples = read_mono(path)
            utterances = bridged(gate(samples), pause_s=_UTTERANCE_PAUSE_S)
            yield cut_reel(f"{path.parent.name}/{path.stem}", path.parent.name, samples, utterances)


def _of_rttm(audio: Path) -> Iterator[Voice | None]:
    for path in sorted(audio.glob("*/*.rttm")):
        if path.with_suffix(".wav").is_file():
            samples, segments = read_mono(path.with_suffix(".wav")), read_rttm(path)
            for speaker, utterances in alone(segments).items():
                marked = [s.span for s in segments if s.speaker == speaker]
                name = f"{path.parent.name}/{path.stem}/{speaker}"
                yield cut_reel(name, path.stem, samples, utterances, marked=marked)


def _of_transcripts(audio: Path) -> Iterator[Voice | None]:
    for path in sorted(audio.glob("*/vendor_words_and_speakers.json")):
        if path.with_name("call.wav").is_file():
            samples = read_mono(path.with_name("call.wav"))
            for speaker, utterances in alone(transcribed_speech(path)).items():
                yield cut_reel(f"{path.parent.name}/{speaker}", path.parent.name, samples, utterances)


def transcribed_speech(path: Path) -> tuple[SpeakerSegment, ...]:
    """When each speaker's words of a transcript with word times are said, a segment a word. Raises: TranscriptError."""
    script = read_script([SourceFile(path=path, sha256="0" * 64, size=0)], max_duration_s=_MOST_HOURS_S)
    return tuple(
        SpeakerSegment(span=word.span, speaker=utterance.speaker)
        for utterance in script.utterances
        for word in utterance.words
        if word.span is not None
    )


def _of_one_voice(audio: Path) -> Iterator[Voice | None]:
    for path in sorted(audio.glob("one-voice-*/*.mp3")):
        samples = read_mono(path)
        yield cut_reel(path.parent.name, path.parent.name, samples, bridged(gate(samples), pause_s=_UTTERANCE_PAUSE_S))


def _of_demo(demo: Path) -> Iterator[Voice | None]:
    path = demo / "calls" / "discovery-call.opus"
    if path.is_file():
        channels = json.loads(path.with_suffix(".json").read_text("utf-8"))["channels"]
        sound = read_channels(path)
        for number, role in channels.items():
            samples = sound[int(number)]
            utterances = bridged(gate(samples), pause_s=_UTTERANCE_PAUSE_S)
            yield cut_reel(f"demo/{role}", "demo", samples, utterances)


def speech_in(voice: Voice, piece: Span) -> tuple[Span, ...]:
    """The speech of a piece of the reel, its times counted from the piece's start."""
    return tuple(_moved(span, -piece.start) for span in shared(voice.spoken, [piece]))
