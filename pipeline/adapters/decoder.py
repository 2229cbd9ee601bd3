"""Decodes one open sound file by PyAV (FFmpeg). It imports little, since the process that decodes holds nothing else.

FFmpeg is given a descriptor and no name: what a file refers to cannot be opened, and nothing is opened twice.
"""

import os
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from pipeline.adapters.containers import Container, container_in, wav_duration_in
from pipeline.errors import RecordingError

if TYPE_CHECKING:
    from av import AudioCodecContext, AudioFrame, AudioResampler, AudioStream
    from av.container import InputContainer

    from pipeline.ports import Samples

AGAIN = "export or copy the recording again"
RATES = (1_000, 768_000)
"""Hz. Nothing that people record calls with lies outside; headers that say so are damaged or made to harm."""
MOST_CHANNELS = 64
_GAP_S = 0.05
"""A longer hole in the timeline is filled with silence; shorter ones are container times rounded to 1 or 20 ms."""
_BAD_PACKETS_RATIO = 0.01


@dataclass(frozen=True, slots=True)
class Header:
    """What the container says of the file's one audio track; durations in seconds, as in `domain.recording.Probe`."""

    container: str
    codec: str
    sample_rate: int
    n_channels: int
    declared_duration: float | None
    guessed_duration: float | None


class Decoder:
    """One open file: its header, and its sound once from end to end."""

    def __init__(self, opened: "InputContainer", header: Header, path: Path | None) -> None:
        self.header = header
        self._opened = opened
        self._path = path

    def blocks(self, note: Callable[[str], None]) -> Generator["Samples", None, None]:
        """The decoded sound in order, float32 (channels, samples) in [-1, 1] at the file's own rate.

        Holes in the timeline and undecodable packets (at most 1%, told to `note`) come as silence, values that are no
        number as 0. Raises: RecordingError.
        """
        converter = _Converter(self._path, self.header.sample_rate, self.header.n_channels)
        stream = self._opened.streams.audio[0]
        start = (self._opened.start_time or 0) / 1_000_000
        position = 0
        with _told(self.header.container, self._path):
            for frame in _frames(self._opened, stream, self._path, note):
                block = converter.convert(frame)
                begins = position if frame.time is None else round((frame.time - start) * converter.rate)
                if begins - position > _GAP_S * converter.rate:
                    yield from _silence(begins - position, converter)
                    position = begins
                position += block.shape[1]
                yield block
            converter.check()


@contextmanager
def decoding(fd: int, *, path: Path | None = None) -> Iterator[Decoder]:
    """A decoder of the file behind this descriptor, which stays open; `path` is for errors only.

    Raises: RecordingError.
    """
    import av

    with open(fd, "rb", closefd=False) as stream:
        kind = container_in(stream, path=path)
        stated = wav_duration_in(stream) if kind.name == "wav" else None
    os.lseek(fd, 0, os.SEEK_SET)
    with _told(kind.name, path):
        opened = av.open(
            "fd:",
            format=kind.demuxer,
            options={"fd": str(fd), "format_whitelist": kind.demuxer, "protocol_whitelist": "fd"},
            metadata_errors="replace",
        )
    with opened:
        yield Decoder(opened, _header(opened, kind, stated, path), path)


@contextmanager
def _told(name: str, path: Path | None) -> Iterator[None]:
    """What FFmpeg raises, as RecordingError."""
    import av

    try:
        yield
    except (av.FFmpegError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise RecordingError(f"cannot be decoded as {name} ({reason})", hint=AGAIN, path=path) from error


def _header(opened: "InputContainer", kind: Container, stated: float | None, path: Path | None) -> Header:
    stream = _only_track(opened, path)
    codec: AudioCodecContext | None = stream.codec_context
    if codec is None:  # PyAV's annotation knows of no stream without a decoder
        raise RecordingError("its audio track is in a form that cannot be decoded", hint=AGAIN, path=path)
    rate, n_channels = codec.sample_rate, codec.channels
    if not rate or not n_channels:
        raise RecordingError("its audio track states no rate or channels", hint=AGAIN, path=path)
    if not RATES[0] <= rate <= RATES[1]:
        message = f"states {rate} samples a second, which no recording of a call has"
        raise RecordingError(message, hint="export it at 8000 to 48000 Hz", path=path)
    if n_channels > MOST_CHANNELS:
        raise RecordingError(f"has {n_channels} channels", hint="mix it down to one or two", path=path)
    declared = float(stream.duration * stream.time_base) if stream.duration and stream.time_base else None
    declared = stated or declared
    if declared is not None and declared < 0:
        declared = None
    return Header(
        container=kind.name,
        codec=codec.codec.canonical_name,
        sample_rate=rate,
        n_channels=n_channels,
        declared_duration=declared if kind.states_duration else None,
        guessed_duration=declared,
    )


def _only_track(opened: "InputContainer", path: Path | None) -> "AudioStream":
    tracks = opened.streams.audio
    if not tracks:
        raise RecordingError("has no audio track", hint="export it again with sound", path=path)
    if len(tracks) > 1:
        hint = 'mix them down, or save each as a file of its own and name them in a sidecar under "sides"'
        raise RecordingError(f"has {len(tracks)} audio tracks", hint=hint, path=path)
    return tracks[0]


class _Converter:
    """Turns frames of any sample format into float32 blocks, and counts what is no number."""

    def __init__(self, path: Path | None, rate: int, n_channels: int) -> None:
        self.path, self.rate, self.n_channels = path, rate, n_channels
        self._n_values = self._n_broken = 0
        self._resampler: AudioResampler | None = None

    def convert(self, frame: "AudioFrame") -> "Samples":
        """Shape (channels, samples). Raises: RecordingError when the format changes on the way."""
        from av import AudioResampler

        if frame.sample_rate != self.rate or frame.layout.nb_channels != self.n_channels:
            message = f"changes from {self.n_channels} channels at {self.rate} Hz to other ones midway"
            raise RecordingError(message, hint="export it with one format throughout", path=self.path)
        if self._resampler is None:
            # Interleaved, since PyAV 18.1 reads past its list of planes, and crashes, where there are 8 of them.
            self._resampler = AudioResampler(format="flt", layout=frame.layout, rate=self.rate)
        parts = [part.to_ndarray().reshape(-1, self.n_channels).T for part in self._resampler.resample(frame)]
        block: Samples = np.concatenate(parts, axis=1).astype(np.float32, copy=False)
        finite = np.isfinite(block)
        self._n_values += block.size
        self._n_broken += block.size - int(finite.sum())
        return np.clip(np.where(finite, block, np.float32(0)), -1.0, 1.0)

    def check(self) -> None:
        """Raises: RecordingError when not one value was a number."""
        if self._n_values and self._n_broken == self._n_values:
            raise RecordingError("none of its samples is a number", hint=AGAIN, path=self.path)


def _frames(
    opened: "InputContainer", stream: "AudioStream", path: Path | None, note: Callable[[str], None]
) -> Iterator["AudioFrame"]:
    from av.error import InvalidDataError

    n_packets = n_bad = 0
    for packet in opened.demux(stream):
        n_packets += 1
        try:
            frames = packet.decode()
        except InvalidDataError:
            n_bad += 1
            continue
        yield from frames
    if n_bad > max(1.0, _BAD_PACKETS_RATIO * n_packets):
        message = f"is damaged: {n_bad} of {n_packets} packets cannot be decoded"
        raise RecordingError(message, hint=AGAIN, path=path)
    if n_bad:
        note(f"{n_bad} of {n_packets} packets cannot be decoded and are left silent")


def _silence(n_samples: int, converter: _Converter) -> Iterator["Samples"]:
    for at in range(0, n_samples, converter.rate):
        yield np.zeros((converter.n_channels, min(converter.rate, n_samples - at)), np.float32)
