"""The sound of whole recordings at any rate, of however many files, made of blocks that somebody decodes."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path

import numpy as np

from pipeline.domain.recording import Probe, Recording, SourceFile
from pipeline.errors import RecordingError
from pipeline.ports import Samples

_SLACK_S = 0.1


class SoundOfRecordings(ABC):
    """What every decoder of files offers for recordings; fulfils the port `Audio`."""

    @abstractmethod
    def sound_of(
        self, path: Path, *, sha256: str | None = None
    ) -> AbstractContextManager[tuple[Probe, Iterator[Samples]]]:
        """What the file's container says, and its decoded sound in blocks (see `blocks`), while the context lasts.

        With `sha256`, of no other bytes. Raises: RecordingError, also at the end when the file changed meanwhile.
        """

    @abstractmethod
    def probe(self, path: Path, *, sha256: str | None = None) -> Probe:
        """What the container says of the file's one audio track, nothing decoded. Raises: RecordingError."""

    def blocks(self, path: Path, *, sha256: str | None = None) -> Generator[Samples, None, None]:
        """The decoded sound in order, float32 (channels, samples) in [-1, 1] at the file's own rate.

        Holes in the file's timeline and undecodable packets (at most 1%) come as silence, values that are no number
        as 0. Raises: RecordingError.
        """
        with self.sound_of(path, sha256=sha256) as (_, blocks):
            yield from blocks

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
        with ExitStack() as opened:
            tracks = [_Track(self._sound(opened, file, recording, sample_rate)) for file in files]
            for at in range(0, n_samples, sample_rate):
                size = min(sample_rate, n_samples - at)
                yield np.concatenate([track.take(size) for track in tracks], axis=0)
            for file, track in zip(files, tracks, strict=True):
                n_filled, slack = track.count(), _SLACK_S * sample_rate
                if n_filled > n_samples + slack or (not several and n_filled < n_samples - slack):
                    raise _other_length(file.path)

    def _sound(self, opened: ExitStack, file: SourceFile, recording: Recording, sample_rate: int) -> Iterator[Samples]:
        """What is kept of one file of a recording, at this rate, in blocks of any length."""
        probe, blocks = opened.enter_context(self.sound_of(file.path, sha256=file.sha256))
        return _resampled(map(_chooser(recording), blocks), probe.sample_rate, sample_rate)


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


def _other_length(path: Path) -> RecordingError:
    message = "is not the file that was ingested: its sound is longer or shorter"
    return RecordingError(message, hint="run it again; it is then taken for a new recording", path=path)
