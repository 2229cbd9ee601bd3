"""Owns how loud a call is along its time: an envelope made once of the sound, and the two rows that a timeline
draws."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from pipeline.domain.base import Value
from pipeline.domain.recording import Recording, Role
from pipeline.domain.result import CallResult
from pipeline.domain.span import Span
from pipeline.domain.speech import channel_label
from pipeline.export.timeline import timeline
from pipeline.ports import Samples

FRAMES_PER_S = 50
N_BINS = 1500
_LOUD = 98.0
_BEND = 0.6
"""Loudness is drawn as a power of its share of a loud moment: quiet speech is seen, loud speech still stands out."""

Envelope = NDArray[np.float32]
"""Root mean square of each frame of 20 ms, shape (channels, frames), 0 to 1."""


class Peaks(Value):
    """How loud each side is along the call: bins of `bin_s` seconds, each 0 to 100 of the side's own loud moments.

    0 where the side does not speak. Empty rows for a call that does not say when anybody speaks.
    """

    call: str
    bin_s: float
    rep: tuple[int, ...]
    customer: tuple[int, ...]


class Meter:
    """Measures pieces of sound as they pass."""

    def __init__(self, sample_rate: int) -> None:
        self._n = sample_rate // FRAMES_PER_S
        self._parts: list[Envelope] = []

    def listen(self, pieces: Iterator[Samples]) -> Iterator[Samples]:
        """The same pieces; all but the last must be whole frames long."""
        for piece in pieces:
            self._parts.append(_frames(piece, self._n))
            yield piece

    def envelope(self) -> Envelope:
        """The envelope of all that has passed."""
        return np.concatenate(self._parts, axis=1) if self._parts else np.zeros((1, 0), np.float32)


def peaks(envelope: Envelope, result: CallResult) -> Peaks:
    """The two rows of a call's loudness.

    Where one channel is one side, each is as loud as its channel. In a mix, a side is as loud as the mix while it
    speaks, so where both speak at once both are drawn.
    """
    line, n_frames = timeline(result), envelope.shape[1]
    if line is None or not n_frames:
        return Peaks(call=result.recording.call, bin_s=0.0, rep=(), customer=())
    edges = np.linspace(0, n_frames, min(N_BINS, n_frames) + 1).astype(int)
    spoken = {lane.role: _mask(lane.spans, n_frames) for lane in line.lanes}
    rows: dict[Role, tuple[int, ...]] = {}
    for role in ("rep", "customer"):
        heard = _channels(envelope, result, role)
        rows[role] = _row(heard, spoken.get(role, np.zeros(n_frames, bool)), edges)
    bin_s = result.recording.duration / (len(edges) - 1)
    return Peaks(call=result.recording.call, bin_s=bin_s, rep=rows["rep"], customer=rows["customer"])


def _frames(piece: Samples, n: int) -> Envelope:
    missing = -piece.shape[1] % n
    padded = np.pad(piece, ((0, 0), (0, missing))) if missing else piece
    squares: Envelope = np.square(padded).reshape(len(piece), -1, n).mean(axis=2, dtype=np.float32)
    roots: Envelope = np.sqrt(squares)
    return roots


def _channels(envelope: Envelope, result: CallResult, role: Role) -> NDArray[np.float32]:
    """What is heard of this role: its channels where channels are sides, else the whole mix."""
    own = [n for n in range(len(envelope)) if len(envelope) == 1 or _role_of(n, result) == role]
    loudest: NDArray[np.float32] = envelope[own].max(axis=0, initial=0.0)
    return loudest


def _role_of(channel: int, result: CallResult) -> Role:
    """Whose channel it is: as a person may have corrected it, else as the recording was said to be."""
    known = next((s.role for s in result.conversation.speakers if s.label == channel_label(channel)), None)
    return known or _said(result.recording, channel)


def _said(recording: Recording, channel: int) -> Role:
    return recording.sides[channel] if channel < len(recording.sides) else "unknown"


def _mask(spans: tuple[Span, ...], n_frames: int) -> NDArray[np.bool_]:
    mask = np.zeros(n_frames, bool)
    for span in spans:
        mask[int(span.start * FRAMES_PER_S) : int(np.ceil(span.end * FRAMES_PER_S))] = True
    return mask


def _row(heard: NDArray[np.float32], spoken: NDArray[np.bool_], edges: NDArray[np.int_]) -> tuple[int, ...]:
    squares = np.where(spoken, np.square(heard, dtype=np.float64), 0.0)
    n_spoken = np.add.reduceat(spoken.astype(np.int64), edges[:-1])
    loudness = np.sqrt(np.add.reduceat(squares, edges[:-1]) / np.maximum(1, n_spoken))
    voiced = loudness[loudness > 0]
    if not len(voiced):
        return (0,) * (len(edges) - 1)
    shares = np.minimum(1.0, loudness / np.percentile(voiced, _LOUD)) ** _BEND
    return tuple(int(value) for value in np.rint(100 * shares))
