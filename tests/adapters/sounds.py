"""Small sound files made on the spot, and what is heard in them."""

import struct
from pathlib import Path

import av
import numpy as np

from pipeline.adapters.audio import PyAvAudio
from pipeline.domain.recording import Consent, Recording, Role
from pipeline.ports import Samples
from pipeline.stages.ingest import Candidate, CandidateFile, identify, ingest

AUDIO = PyAvAudio()


def tone(seconds: float, rate: int, *, hertz: float = 440.0) -> Samples:
    sound: Samples = (0.3 * np.sin(2 * np.pi * hertz * np.arange(round(seconds * rate)) / rate)).astype(np.float32)
    return sound


def beeps(rate: int, *starts: float, seconds: float) -> Samples:
    """Silence with beeps of 0.2 s, the same at every rate."""
    sound = np.zeros(round(seconds * rate), np.float32)
    for start in starts:
        sound[round(start * rate) : round((start + 0.2) * rate)] = tone(0.2, rate, hertz=1000)
    return sound


def onsets(sound: Samples, rate: int) -> list[float]:
    """Where sound begins after at least 0.1 s of silence, in seconds."""
    loud = np.flatnonzero(np.abs(sound) > 0.1)
    return [] if not len(loud) else [float(at) / rate for at in loud[np.diff(loud, prepend=-rate) > 0.1 * rate]]


def encoded(path: Path, codec: str, rate: int, *channels: Samples, hole: tuple[float, float] | None = None) -> Path:
    """A file of these channels, its format by its ending. `hole`: from this second on, timestamps jump by so many."""
    sound = np.stack(channels)
    with av.open(str(path), "w") as container:
        layout = "mono" if len(sound) == 1 else "stereo"
        stream = container.add_stream(codec, rate=rate, layout=layout)
        assert isinstance(stream, av.AudioStream)
        size = rate // 50
        for at in range(0, sound.shape[1], size):
            frame = av.AudioFrame.from_ndarray(
                np.ascontiguousarray(sound[:, at : at + size]), format="fltp", layout=layout
            )
            frame.sample_rate = rate
            frame.pts = at + (round(hole[1] * rate) if hole and at >= hole[0] * rate else 0)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def float_wav(path: Path, samples: Samples, rate: int = 16_000) -> Path:
    data = samples.astype("<f4").tobytes()
    form = struct.pack("<IHHIIHH", 16, 3, 1, rate, 4 * rate, 4, 32)
    path.write_bytes(b"RIFF" + struct.pack("<I", 36 + len(data)) + b"WAVEfmt " + form + b"data")
    with path.open("ab") as file:
        file.write(struct.pack("<I", len(data)) + data)
    return path


def recorded(*paths: Path, channels: dict[str, Role] | None = None) -> Recording:
    roles: tuple[Role | None, ...] = (None,) if len(paths) == 1 else ("rep", "customer")
    candidate = Candidate(paths[0], tuple(CandidateFile(p, r) for p, r in zip(paths, roles, strict=True)))
    metadata = candidate.metadata.model_copy(update={"consent": Consent.YES, "channels": channels})
    stated = type(candidate.stated)(metadata, None, {})
    call = Candidate(paths[0], candidate.files, stated)
    return ingest(call, identify(call), audio=AUDIO)


def decoded(path: Path) -> Samples:
    return np.concatenate(list(AUDIO.blocks(path)), axis=1)
