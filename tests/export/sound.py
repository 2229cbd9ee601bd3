"""Sound to put into a page, encoded as an export encodes it."""

import numpy as np

from pipeline.adapters.audio import encode_for_browsers

RATE = 16_000


def tone(duration: float) -> tuple[bytes, str]:
    """So many seconds of a quiet rising tone, and its media type."""
    t = np.arange(int(duration * RATE)) / RATE
    return encode_for_browsers((0.1 * np.sin(2 * np.pi * (200 + 5 * t) * t)).astype(np.float32), RATE)
