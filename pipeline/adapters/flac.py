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
