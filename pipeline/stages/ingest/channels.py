"""Tells from the sound alone whether channels carry one signal, one side each, or a mix of both sides."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from pipeline.ports import Samples

Layout = Literal["mono", "identical", "separate", "mixed"]
"""mono: one channel. identical: all carry the same signal. separate: each is one side. mixed: all hear both sides."""

IDENTICAL_RESIDUAL = 1e-4
"""-40 dB: what one channel may leave of another's energy after the best gain; lossy stereo coding stays far below."""
ACTIVE_BELOW_PEAK_DB = 15.0
"""A channel is active in a frame at most this far below the level that it exceeds in 1% of its frames."""
SILENCE_DBFS = -65.0
"""Never active below this: the noise of a channel that nobody was connected to."""
EXCLUSIVE_SHARE = 0.6
"""Least share of active frames in which exactly one channel is active, for channels to be one side each."""
OWN_SHARE = 0.03
"""Least share of active frames that each channel must have to itself: a dead channel is nobody's side."""
FRAMES_PER_SECOND = 10

_Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ChannelSummary:
    """What is kept of the sound: its length, products of all pairs of channels, mean squares (channels, frames)."""

    n_samples: int
    products: _Array
    energies: _Array


def channel_layout(samples: Samples, sample_rate: int) -> Layout:
    """How the channels of this sound, (channels, samples), relate; see `layout_of`."""
    return layout_of(summarise([np.atleast_2d(samples)], sample_rate))


def layout_of(summary: ChannelSummary) -> Layout:
    """How the channels relate, whatever their gains.

    identical: each channel is the first one times a constant, within -40 dB (also inverted, also all silent).
    separate: of the 0.1 s frames with speech, at least 60% have exactly one active channel, and each channel has at
    least 3% to itself. Measured: aligned phone sides 1.00, with -15 dB of the other side leaking in 0.96, with -10 dB
    0.66; simulated room stereo 0.00 to 0.33. mixed: all else, a dead channel beside a full one included.
    """
    if len(summary.products) == 1:
        return "mono"
    if _is_one_signal(summary.products):
        return "identical"
    active = _active(summary.energies)
    n_active = int(active.any(axis=0).sum())
    exclusive = active & (active.sum(axis=0) == 1)
    if n_active == 0 or exclusive.sum() < EXCLUSIVE_SHARE * n_active:
        return "mixed"
    return "separate" if bool((exclusive.sum(axis=1) >= OWN_SHARE * n_active).all()) else "mixed"


def summarise(blocks: Iterable[Samples], sample_rate: int) -> ChannelSummary:
    """The summary of sound that comes in blocks of any length, holding about one second at a time."""
    n_samples, products, energies = 0, np.zeros((0, 0)), []
    for block in _seconds(blocks, max(1, sample_rate // FRAMES_PER_SECOND)):
        exact = block.astype(np.float64)
        n_samples += block.shape[1]
        products = exact @ exact.T + (products if products.size else 0.0)
        energies.append(_frame_energies(exact, max(1, sample_rate // FRAMES_PER_SECOND)))
    return ChannelSummary(n_samples, products, np.concatenate(energies, axis=1) if energies else np.zeros((0, 0)))


def _is_one_signal(products: _Array) -> bool:
    own = np.diag(products)
    if not own.any():
        return True
    if not own.all():
        return False
    residual = 1.0 - products[0] ** 2 / (own[0] * own)
    return bool((residual < IDENTICAL_RESIDUAL).all())


def _active(energies: _Array) -> npt.NDArray[np.bool_]:
    levels = 10.0 * np.log10(energies + 1e-12)
    loud = np.percentile(levels, 99, axis=1, keepdims=True)
    active: npt.NDArray[np.bool_] = (levels > loud - ACTIVE_BELOW_PEAK_DB) & (levels > SILENCE_DBFS)
    return active


def _frame_energies(block: _Array, frame: int) -> _Array:
    n_full = block.shape[1] // frame
    full = block[:, : n_full * frame].reshape(len(block), n_full, frame)
    energies: _Array = (full**2).mean(axis=2)
    rest = block[:, n_full * frame :]
    if rest.shape[1]:
        energies = np.concatenate([energies, (rest**2).mean(axis=1, keepdims=True)], axis=1)
    return energies


def _seconds(blocks: Iterable[Samples], frame: int) -> Iterator[Samples]:
    """The same sound in blocks of whole frames, about a second each, the last one shorter."""
    size, held, n_held = frame * FRAMES_PER_SECOND, [], 0
    for block in blocks:
        held.append(block)
        n_held += block.shape[1]
        if n_held >= size:
            joined = np.concatenate(held, axis=1)
            whole = n_held - n_held % size
            yield from (joined[:, at : at + size] for at in range(0, whole, size))
            held, n_held = [joined[:, whole:]], n_held - whole
    if n_held:
        yield np.concatenate(held, axis=1)
