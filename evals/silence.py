"""Owns where nobody speaks: long stretches of a recording in which nothing is loud enough to be speech."""

from itertools import pairwise

import numpy as np

from evals.reels import SAMPLE_RATE
from pipeline.domain.span import Span
from pipeline.ports import Samples

QUIET_DB = -45.0
"""Softer than this below full scale nobody was recorded on purpose."""
LONG_S = 3.0
_FRAME_S = 0.025


def quiet_stretches(samples: Samples, *, at_least: float = LONG_S) -> tuple[Span, ...]:
    """Stretches this many seconds long or longer, no frame of 25 ms above -45 dBFS; `samples`: (samples,) at 16 kHz."""
    size = round(_FRAME_S * SAMPLE_RATE)
    frames = samples[: len(samples) // size * size].reshape(-1, size).astype(np.float64)
    loud = np.flatnonzero(10 * np.log10((frames**2).mean(axis=1) + 1e-12) > QUIET_DB)
    edges = np.concatenate([[-1], loud, [len(frames)]])
    spans = (Span(start=_FRAME_S * float(a + 1), end=_FRAME_S * float(b)) for a, b in pairwise(edges))
    return tuple(span for span in spans if span.duration >= at_least)
