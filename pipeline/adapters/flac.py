"""Owns sound as FLAC: what browsers are given to stream, since a place in it is found by sample and not by guess."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from pipeline.errors import StoreError
from pipeline.ports import Samples

if TYPE_CHECKING:
    from av import AudioFrame, AudioStream
    from av.container import OutputContainer

MEDIA_TYPE = "audio/flac"


def write_flac(path: Path, pieces: Iterable[Samples], sample_rate: int) -> int:
    """How many samples were written: the mean of each piece's rows as mono FLAC of 16 bits.

    Each frame states the number of its first sample, so a player that lands in the middle of the file knows where it
    is. Never more than a piece is held. Raises: StoreError when it cannot be written.
    """
    import av

    n_samples = 0
    with _created(path) as container:
        stream = container.add_stream("flac", rate=sample_rate, layout="mono")
        for piece in pieces:
            mono = np.clip(piece.mean(axis=0, dtype=np.float32), -1.0, 1.0)
            frame = av.AudioFrame.from_ndarray(np.rint(mono * 32767).astype(np.int16)[None, :], "s16", "mono")
            frame.sample_rate, frame.pts = sample_rate, n_samples
            _muxed(container, stream, frame)
            n_samples += piece.shape[1]
        _muxed(container, stream, None)
    return n_samples


def excerpt(path: Path, start: float, end: float) -> tuple[Samples, int]:
    """The samples from `start` to `end`, seconds, of a file that `write_flac` wrote, shape (samples,), and their rate.

    What lies beyond the end of the sound is left out. Raises: StoreError when the file cannot be read.
    """
    import av

    try:
        with av.open(str(path.absolute()), "r") as container:
            stream = container.streams.audio[0]
            rate = int(stream.rate)
            first, last = round(start * rate), round(end * rate)
            assert stream.time_base is not None
            container.seek(int(start / stream.time_base), stream=stream)
            pieces: list[Samples] = [np.zeros(0, np.float32)]
            for frame in container.decode(stream):
                assert frame.time is not None
                at = round(frame.time * rate)
                if at >= last:
                    break
                mono: Samples = frame.to_ndarray().reshape(-1).astype(np.float32) * np.float32(1 / 32768)
                pieces.append(mono[max(0, first - at) : max(0, last - at)])
    except (av.FFmpegError, OSError, IndexError) as error:
        raise StoreError(f"cannot read {path}: {error}", hint="remove the file: it is made again") from error
    return np.concatenate(pieces), rate


@contextmanager
def _created(path: Path) -> Iterator["OutputContainer"]:
    """An open file; what goes wrong with it and not with its content is told as such."""
    import av

    try:
        container = av.open(str(path.absolute()), "w", format="flac")
    except (av.FFmpegError, OSError) as error:
        raise _unwritten(path, error) from error
    with container:
        yield container


def _muxed(container: "OutputContainer", stream: "AudioStream", frame: "AudioFrame | None") -> None:
    import av

    try:
        container.mux(stream.encode(frame))
    except (av.FFmpegError, OSError) as error:
        raise _unwritten(Path(container.name), error) from error


def _unwritten(path: Path, error: Exception) -> StoreError:
    reason = getattr(error, "strerror", None) or str(error)
    hint = "check that the disk has room and that the workspace may be written"
    return StoreError(f"cannot write {path}: {reason}", hint=hint)
