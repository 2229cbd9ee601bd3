"""Sound in and out by PyAV (FFmpeg) and soxr: what a file is, its samples at any rate, and an mp3 to play."""

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from pipeline.adapters.containers import Container, container_of, wav_duration
from pipeline.domain.recording import Probe, Recording
from pipeline.errors import RecordingError
from pipeline.log import get_logger
from pipeline.ports import Samples

if TYPE_CHECKING:
    from av import AudioFrame, AudioResampler, AudioStream
    from av.container import InputContainer

_log = get_logger(__name__)

_AGAIN = "export or copy the recording again"
_GAP_S = 0.05
"""A longer hole in the timeline is filled with silence; shorter ones are container times rounded to 1 or 20 ms."""
_BAD_PACKETS_RATIO = 0.01
_SLACK_S = 0.1


class PyAvAudio:
    """Probes and decodes recordings; fulfils AudioProbe and AudioReader."""

    def probe(self, path: Path) -> Probe:
        """What the container says of the file's one audio track, nothing decoded. Raises: RecordingError."""
        kind = container_of(path)
        with _opened(path, kind) as opened:
            stream = _only_track(opened, path)
            rate, n_channels = stream.codec_context.sample_rate, stream.codec_context.channels
            if not rate or not n_channels:
                raise RecordingError("its audio track states no rate or channels", hint=_AGAIN, path=path)
            declared = float(stream.duration * stream.time_base) if stream.duration and stream.time_base else None
            if kind.name == "wav":
                declared = wav_duration(path) or declared
            return Probe(
                container=kind.name,
                codec=stream.codec_context.codec.canonical_name,
                sample_rate=rate,
                n_channels=n_channels,
                declared_duration=declared if kind.states_duration else None,
                guessed_duration=declared,
            )

    def blocks(self, path: Path) -> Iterator[Samples]:
        """The decoded sound in order, float32 (channels, samples) in [-1, 1] at the file's own rate.

        Holes in the file's timeline and undecodable packets (at most 1%) come as silence, values that are no number
        as 0. Raises: RecordingError.
        """
        with _opened(path, container_of(path)) as opened:
            stream = _only_track(opened, path)
            converter = _Converter(path, stream.codec_context.sample_rate, stream.codec_context.channels)
            start = (opened.start_time or 0) / 1_000_000
            position = 0
            for frame in _frames(opened, stream, path):
                block = converter.convert(frame)
                begins = position if frame.time is None else round((frame.time - start) * converter.rate)
                if begins - position > _GAP_S * converter.rate:
                    yield from _silence(begins - position, converter)
                    position = begins
                position += block.shape[1]
                yield block
            converter.check()

    def read(self, recording: Recording, *, sample_rate: int = 16_000) -> Samples:
        """The sound as float32 (channels, samples) at this rate: a row for each side, else one row.

        That row is the mean of all channels, or the first of identical ones. Rows are as long as the recording: of
        several files, a shorter one ends in silence. Raises: RecordingError, also when a file has changed since ingest.
        """
        rows = np.zeros((max(1, len(recording.sides)), round(recording.duration * sample_rate)), np.float32)
        position = 0
        for piece in self.pieces(recording, sample_rate=sample_rate):
            rows[:, position : position + piece.shape[1]] = piece
            position += piece.shape[1]
        return rows

    def pieces(self, recording: Recording, *, sample_rate: int = 16_000) -> Iterator[Samples]:
        """The same as `read`, in order, a second at a time (the last may be shorter), for what must not be held whole.

        Raises: RecordingError as `read` does, at the latest after the last piece.
        """
        if recording.kind != "audio":
            raise RecordingError("has no sound to decode", hint="it is a transcript", path=recording.files[0].path)
        n_samples, several = round(recording.duration * sample_rate), len(recording.files) > 1
        files = recording.files[: max(1, len(recording.sides))] if several else recording.files
        for file in files:
            if not file.path.is_file() or file.path.stat().st_size != file.size:
                raise _changed(file.path)
        tracks = [_Track(self._sound(f.path, recording, sample_rate)) for f in files]
        for at in range(0, n_samples, sample_rate):
            size = min(sample_rate, n_samples - at)
            yield np.concatenate([track.take(size) for track in tracks], axis=0)
        for file, track in zip(files, tracks, strict=True):
            n_filled, slack = track.count(), _SLACK_S * sample_rate
            if n_filled > n_samples + slack or (not several and n_filled < n_samples - slack):
                raise _changed(file.path)

    def _sound(self, path: Path, recording: Recording, sample_rate: int) -> Iterator[Samples]:
        """What is kept of one file of a recording, at this rate, in blocks of any length."""
        blocks = map(_chooser(recording), self.blocks(path))
        return _resampled(blocks, self.probe(path).sample_rate, sample_rate)


class _Track:
    """The blocks of one file, taken in pieces of any length; silence after its end."""

    def __init__(self, blocks: Iterator[Samples]) -> None:
        self._blocks = blocks
        self._rest: Samples = np.zeros((1, 0), np.float32)
        self._n_samples = 0

    def take(self, size: int) -> Samples:
        """The next so many samples, shape (rows, size)."""
        parts, missing = [], size
        while missing:
            if not self._rest.shape[1] and not self._fetch():
                parts.append(np.zeros((len(self._rest), missing), np.float32))
                break
            part = self._rest[:, :missing]
            self._rest = self._rest[:, part.shape[1] :]
            parts.append(part)
            missing -= part.shape[1]
        return np.concatenate(parts, axis=1)

    def count(self) -> int:
        """How many samples a row the whole file has; what was not taken is read, and let go."""
        while self._fetch():
            pass
        return self._n_samples

    def _fetch(self) -> bool:
        block = next(self._blocks, None)
        if block is None:
            return False
        self._rest = block
        self._n_samples += block.shape[1]
        return True


class _Converter:
    """Turns frames of any sample format into float32 blocks, and counts what is no number."""

    def __init__(self, path: Path, rate: int, n_channels: int) -> None:
        self.path, self.rate, self.n_channels = path, rate, n_channels
        self._n_values = self._n_broken = 0
        self._resampler: AudioResampler | None = None

    def convert(self, frame: "AudioFrame") -> Samples:
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
            raise RecordingError("none of its samples is a number", hint=_AGAIN, path=self.path)


def mix_to_mono(samples: Samples) -> Samples:
    """The mean of all channels, shape (samples,); the mean and not the sum, so that nothing clips."""
    mixed: Samples = np.atleast_2d(samples).mean(axis=0, dtype=np.float32)
    return mixed


def encode_mp3(samples: Samples, sample_rate: int, *, bitrate: int = 32_000) -> bytes:
    """An mp3 of the sound, (samples,) or (channels, samples) with at most 2 channels, at a rate that mp3 has.

    Constant bitrate, so that every browser seeks by arithmetic and lands within a frame (36 ms at 16 kHz); and mp3,
    because browsers without licensed decoders play it, unlike AAC.
    """
    import av

    rows = np.atleast_2d(samples).astype(np.float32)
    target = io.BytesIO()
    with av.open(target, "w", format="mp3") as container:
        stream = container.add_stream("libmp3lame", rate=sample_rate, layout="mono" if len(rows) == 1 else "stereo")
        stream.bit_rate = bitrate
        for at in range(0, rows.shape[1], sample_rate):
            block = np.ascontiguousarray(np.clip(rows[:, at : at + sample_rate], -1.0, 1.0))
            frame = av.AudioFrame.from_ndarray(block, format="fltp", layout=stream.layout.name)
            frame.sample_rate, frame.pts = sample_rate, at
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return target.getvalue()


def encode_for_browsers(samples: Samples, sample_rate: int) -> tuple[bytes, str]:
    """The sound in a form that plays and seeks in every browser, and its media type; see `encode_mp3`."""
    return encode_mp3(samples, sample_rate), "audio/mpeg"


@contextmanager
def _opened(path: Path, kind: Container) -> Iterator["InputContainer"]:
    import av

    try:
        # An absolute path is never taken for an address; the two lists hold for whatever a file may refer to.
        with av.open(
            str(path.absolute()),
            format=kind.demuxer,
            options={"format_whitelist": kind.demuxer, "protocol_whitelist": "file"},
            metadata_errors="replace",
        ) as opened:
            yield opened
    except (av.FFmpegError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise RecordingError(f"cannot be decoded as {kind.name} ({reason})", hint=_AGAIN, path=path) from error


def _only_track(opened: "InputContainer", path: Path) -> "AudioStream":
    tracks = opened.streams.audio
    if not tracks:
        raise RecordingError("has no audio track", hint="export it again with sound", path=path)
    if len(tracks) > 1:
        hint = 'mix them down, or save each as a file of its own and name them in a sidecar under "sides"'
        raise RecordingError(f"has {len(tracks)} audio tracks", hint=hint, path=path)
    return tracks[0]


def _frames(opened: "InputContainer", stream: "AudioStream", path: Path) -> Iterator["AudioFrame"]:
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
        raise RecordingError(message, hint=_AGAIN, path=path)
    if n_bad:
        _log.warning("%s: %d of %d packets cannot be decoded and are left silent", path.name, n_bad, n_packets)


def _silence(n_samples: int, converter: _Converter) -> Iterator[Samples]:
    for at in range(0, n_samples, converter.rate):
        yield np.zeros((converter.n_channels, min(converter.rate, n_samples - at)), np.float32)


def _resampled(blocks: Iterator[Samples], rate: int, sample_rate: int) -> Iterator[Samples]:
    """The same sound at another rate, block by block (soxr, HQ)."""
    import soxr

    if rate == sample_rate:
        yield from blocks
        return
    resampler = None
    n_channels = 1
    for block in blocks:
        if resampler is None:
            n_channels = len(block)
            resampler = soxr.ResampleStream(rate, sample_rate, n_channels, dtype="float32", quality="HQ")
        yield resampler.resample_chunk(np.ascontiguousarray(block.T)).reshape(-1, n_channels).T
    if resampler is not None:
        yield resampler.resample_chunk(np.zeros((0, n_channels), np.float32), last=True).reshape(-1, n_channels).T


def _chooser(recording: Recording) -> Callable[[Samples], Samples]:
    """What is kept of a block: all channels where they are sides, the first of identical ones, else the mean."""
    if len(recording.files) == 1 and recording.sides:
        return lambda block: block
    if len(recording.files) == 1 and recording.identical_channels:
        return lambda block: block[:1]
    return lambda block: block.mean(axis=0, dtype=np.float32, keepdims=True)


def _changed(path: Path) -> RecordingError:
    message = "is not the file that was ingested: it is gone, or longer or shorter now"
    return RecordingError(message, hint="run it again; it is then taken for a new recording", path=path)
