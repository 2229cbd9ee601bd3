"""Owns how the demo's sound is written: samples in, an audio file or a video with that sound out.

Development only. Files are bit-exact for the same samples and encoder.
"""

from pathlib import Path
from typing import Any

import av
import numpy as np
import soxr
from numpy.typing import NDArray

Samples = NDArray[np.float32]

_FRAME = 960
_PICTURE = (160, 90)
_PICTURES_PER_S = 5


def resampled(sound: Samples, rate: int, *, to: int) -> Samples:
    """The same sound, `(channels, samples)` or `(samples,)`, at the rate `to`."""
    if rate == to:
        return sound
    return np.asarray(soxr.resample(sound.T, rate, to), dtype=np.float32).T


def write_sound(path: Path, sound: Samples, rate: int, *, codec: str, bit_rate: int | None = None) -> None:
    """Writes `(channels, samples)` float32 in [-1, 1] to `path`; the suffix chooses the container."""
    with av.open(str(path), "w", options={"fflags": "+bitexact"}) as container:
        stream = _sound_stream(container, sound, rate, codec=codec, bit_rate=bit_rate)
        _encode(container, stream, sound, rate)


def write_video(path: Path, sound: Samples, rate: int) -> None:
    """Writes a plain grey picture with the sound as AAC; the suffix chooses mp4 or mkv."""
    with av.open(str(path), "w", options={"fflags": "+bitexact"}) as container:
        picture = container.add_stream("mpeg4", rate=_PICTURES_PER_S)
        picture.width, picture.height = _PICTURE
        picture.pix_fmt = "yuv420p"
        stream = _sound_stream(container, sound, rate, codec="aac", bit_rate=32_000)
        grey = np.full((_PICTURE[1], _PICTURE[0], 3), 96, dtype=np.uint8)
        for _ in range(round(sound.shape[1] / rate * _PICTURES_PER_S)):
            container.mux(picture.encode(av.VideoFrame.from_ndarray(grey, format="rgb24")))
        container.mux(picture.encode(None))
        _encode(container, stream, sound, rate)


def _sound_stream(container: Any, sound: Samples, rate: int, *, codec: str, bit_rate: int | None) -> Any:
    stream = container.add_stream(codec, rate=rate, layout=_layout(sound))
    stream.codec_context.flags |= av.codec.context.Flags.bitexact
    if bit_rate:
        stream.bit_rate = bit_rate
    return stream


def _layout(sound: Samples) -> str:
    return "mono" if len(sound) == 1 else "stereo"


def _encode(container: Any, stream: Any, sound: Samples, rate: int) -> None:
    layout = _layout(sound)
    resampler = av.AudioResampler(format=stream.format, layout=layout, rate=rate)
    pcm = np.clip(np.round(sound * 32767), -32768, 32767).astype(np.int16)
    for start in range(0, pcm.shape[1], _FRAME):
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(pcm[:, start : start + _FRAME]), "s16p", layout)
        frame.sample_rate, frame.pts = rate, start
        for part in resampler.resample(frame):
            container.mux(stream.encode(part))
    for part in resampler.resample(None):
        container.mux(stream.encode(part))
    container.mux(stream.encode(None))
