"""A short beginning of the demo call, for tests with real models that need not hear all of it."""

import wave
from pathlib import Path

import av

from tests.conftest import CHECKOUT

DEMO = CHECKOUT / "demo" / "calls" / "discovery-call.opus"


def mixed(to: Path, *, seconds: int) -> None:
    """The beginning of the demo call as a wav file of one channel, in which both sides have to be told by voice."""
    to.parent.mkdir()
    resampler = av.AudioResampler(format="s16", layout="mono", rate=16_000)
    with av.open(str(DEMO)) as container, wave.open(str(to), "wb") as file:
        file.setparams((1, 2, 16_000, 0, "NONE", ""))
        for frame in container.decode(audio=0):
            if (frame.time or 0) >= seconds:
                break
            file.writeframes(b"".join(part.to_ndarray().tobytes() for part in resampler.resample(frame)))
