"""Sound in and out by PyAV (FFmpeg) in this process: what a file is, its samples, and an mp3 to play."""

import io
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict
from pathlib import Path

import numpy as np

from pipeline.adapters.decoder import decoding
from pipeline.adapters.source_files import same_file
from pipeline.adapters.tracks import SoundOfRecordings
from pipeline.domain.recording import Probe
from pipeline.log import get_logger
from pipeline.ports import Samples

_log = get_logger(__name__)


class PyAvAudio(SoundOfRecordings):
    """Probes and decodes recordings in this process, without limits: for files of one's own making.

    For those of others there is `decoding.GuardedAudio`, which gives the same samples.
    """

    @contextmanager
    def sound_of(self, path: Path, *, sha256: str | None = None) -> Iterator[tuple[Probe, Iterator[Samples]]]:
        """See `SoundOfRecordings`."""
        with same_file(path, sha256) as fd, decoding(fd, path=path) as decoder:
            blocks = decoder.blocks(lambda text: _log.warning("%s: %s", path.name, text))
            with closing(blocks):
                yield Probe(**asdict(decoder.header)), blocks

    def probe(self, path: Path, *, sha256: str | None = None) -> Probe:
        """What the container says of the file's one audio track, nothing decoded. Raises: RecordingError."""
        with same_file(path, sha256) as fd, decoding(fd, path=path) as decoder:
            return Probe(**asdict(decoder.header))


def mix_to_mono(samples: Samples) -> Samples:
    """The mean of all channels, shape (samples,); the mean and not the sum, so that nothing clips."""
    mixed: Samples = np.atleast_2d(samples).mean(axis=0, dtype=np.float32)
    return mixed


def encode_mp3(samples: Samples, sample_rate: int, *, bitrate: int = 32_000) -> bytes:
    """An mp3 of the sound, (samples,) or (channels, samples) with at most 2 channels, at a rate that mp3 has.

    Constant bitrate, so that every browser seeks by arithmetic and lands within a frame (36 ms at 16 kHz); and mp3,
    because browsers without licensed decoders play it, unlike AAC.
    """
    import av

    rows = np.atleast_2d(samples).astype(np.float32)
    target = io.BytesIO()
    with av.open(target, "w", format="mp3") as container:
        stream = container.add_stream("libmp3lame", rate=sample_rate, layout="mono" if len(rows) == 1 else "stereo")
        stream.bit_rate = bitrate
        for at in range(0, rows.shape[1], sample_rate):
            block = np.ascontiguousarray(np.clip(rows[:, at : at + sample_rate], -1.0, 1.0))
            frame = av.AudioFrame.from_ndarray(block, format="fltp", layout=stream.layout.name)
            frame.sample_rate, frame.pts = sample_rate, at
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return target.getvalue()


def encode_for_browsers(samples: Samples, sample_rate: int) -> tuple[bytes, str]:
    """The sound in a form that plays and seeks in every browser, and its media type; see `encode_mp3`."""
    return encode_mp3(samples, sample_rate), "audio/mpeg"
