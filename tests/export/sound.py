"""Sound to put into a page: a quiet rising tone as AAC in MP4, made by PyAV."""

import io
from fractions import Fraction

import av
import numpy as np

RATE = 16_000


def tone(duration: float) -> bytes:
    """So many seconds of sound as an MP4 file that plays in every browser."""
    t = np.arange(int(duration * RATE)) / RATE
    samples = (0.1 * np.sin(2 * np.pi * (200 + 5 * t) * t) * 32767).astype(np.int16)
    frame = av.AudioFrame.from_ndarray(samples[None], format="s16", layout="mono")
    # Without times the muxer writes no edit list, and everything sounds 64 ms late.
    frame.sample_rate, frame.pts, frame.time_base = RATE, 0, Fraction(1, RATE)
    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as container:
        stream = container.add_stream("aac", rate=RATE)
        stream.bit_rate, stream.layout = 32_000, "mono"
        resampler = av.AudioResampler(format="fltp", layout="mono", rate=RATE, frame_size=1024)
        for piece in (*resampler.resample(frame), *resampler.resample(None), None):
            container.mux(stream.encode(piece))
    return out.getvalue()
