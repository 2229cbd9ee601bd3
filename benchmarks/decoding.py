"""What decoding in a process of its own costs, against decoding in this one, pair by pair in one run.

`python -m benchmarks.decoding [--rounds N]` makes a recording of 10 s and one of 30 minutes, prints processor seconds
of both ways (this process and those that decode), seconds on the clock, and their ratios; and what a start costs.
"""

import argparse
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import av
import numpy as np

from pipeline.adapters import decoding_host
from pipeline.adapters.audio import PyAvAudio
from pipeline.adapters.decoding import GuardedAudio
from pipeline.adapters.tracks import SoundOfRecordings
from pipeline.config.night import Decoding

_RATE = 16_000
_KINDS = (("mp3", "libmp3lame", 10), ("mp3", "libmp3lame", 1800), ("wav", "pcm_s16le", 1800))


def made(path: Path, codec: str, seconds: int) -> Path:
    """Noise of one channel at 16 kHz."""
    rng = np.random.default_rng(0)
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=_RATE, layout="mono")
        assert isinstance(stream, av.AudioStream)
        for second in range(seconds):
            sound = rng.integers(-3000, 3000, (1, _RATE), dtype=np.int16)
            frame = av.AudioFrame.from_ndarray(sound, format="s16", layout="mono")
            frame.sample_rate, frame.pts = _RATE, second * _RATE
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def spent(work: Callable[[], None]) -> tuple[float, float]:
    """Processor seconds, those of ended processes of the host not counted, and seconds on the clock."""
    used, clock = time.process_time(), time.perf_counter()
    work()
    return time.process_time() - used, time.perf_counter() - clock


def heard(audio: SoundOfRecordings, path: Path) -> Callable[[], None]:
    """Decoding the file once."""

    def work() -> None:
        for _ in audio.blocks(path):
            pass

    return work


def compare(path: Path, rounds: int) -> str:
    """A row of the table: medians of the rounds."""
    here, cpus, clocks = PyAvAudio(), [], []
    for _ in range(rounds):
        guarded = GuardedAudio(Decoding(), max_hours=4)
        cpu, clock = spent(heard(here, path))
        guarded_cpu, guarded_clock = spent(heard(guarded, path))
        cpus.append((cpu, guarded_cpu + guarded.used.cpu_s))
        clocks.append(guarded_clock / clock)
    ratio = median(b / a for a, b in cpus)
    return f"{median(a for a, _ in cpus):.3f} | {median(b for _, b in cpus):.3f} | {ratio:.2f} | {median(clocks):.2f}"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    print(f"starting the host: {spent(lambda: void(decoding_host.confinement()))[1]:.2f} s")
    print("| recording | here, CPU s | guarded, CPU s | ratio | ratio on the clock |\n| --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as folder:
        for ending, codec, seconds in _KINDS:
            path = made(Path(folder) / f"{seconds}.{ending}", codec, seconds)
            print(f"| {ending}, {seconds} s | {compare(path, rounds if seconds > 60 else 10 * rounds)} |", flush=True)
    decoding_host.close()
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"most memory of the host: {peak:.0f} MB")


def void(_: object) -> None:
    """Let go of a value."""


if __name__ == "__main__":
    main()
