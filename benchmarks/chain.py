"""The whole chain without the reader, against the same libraries at their defaults one after another, in one run.

`python -m benchmarks.chain [RECORDING] [--rounds N]` prints seconds of work per second of sound, peak memory of the
process, and the ratio of each round's pair. Each measurement is a process of its own, so that no model is shared.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

import numpy as np

from pipeline.adapters import weights
from pipeline.adapters.audio import PyAvAudio, mix_to_mono
from pipeline.config import Config
from pipeline.domain.assessment import Reading
from pipeline.domain.places import Opening
from pipeline.domain.rubric import Rubric
from pipeline.domain.speech import Conversation
from pipeline.engines.local import LocalEngine
from pipeline.ports import Progress, silent
from pipeline.rubrics import find_rubric
from pipeline.run import Night, review_calls
from pipeline.stages.ingest import discover
from pipeline.store.workspace import Workspace

DEMO = Path(__file__).resolve().parent.parent / "demo" / "calls" / "discovery-call.opus"
SAMPLE_RATE = 16_000


class NoReader:
    """Stands for the reader, whose time is measured apart: claims nothing."""

    identity = "no reader"

    def read(
        self, conversation: Conversation, rubric: Rubric, openings: Sequence[Opening], *, progress: Progress = silent
    ) -> Reading:
        """Nothing was read."""
        return Reading(claims=())


class EngineWithoutReader(LocalEngine):
    """The local engine, reading nothing."""

    reader = NoReader()


def ours(recording: Path) -> None:
    """Every stage from ingest to draft, as `filmroom run` does them."""
    config = Config(consent="assumed")
    with tempfile.TemporaryDirectory() as folder:
        night = Night(Workspace(Path(folder)), config, EngineWithoutReader(config), find_rubric("discovery"))
        for outcome in review_calls(night, discover([recording])):
            if outcome.status != "done":
                raise SystemExit(f"{outcome.path}: {outcome.reason}")


def defaults(recording: Path) -> None:
    """faster-whisper as it comes (float32 on a CPU, beam 5, words), then pyannote at its own step of 0.1.

    pyannote gets one thread, as ours does: on two it is slower, and on a busy machine many times slower.
    """
    from faster_whisper import WhisperModel, decode_audio

    from pipeline.adapters.pyannote import DiarizationSettings, PyannoteDiarizer

    cache = weights.default_cache()
    samples = np.asarray(decode_audio(str(recording)), dtype=np.float32)
    model = WhisperModel(str(weights.require("whisper-base", cache)), device="cpu", compute_type="float32")
    segments, _ = model.transcribe(samples, word_timestamps=True)
    list(segments)
    diarizer = PyannoteDiarizer.offline(
        weights.require("segmentation-3.0", cache) / "pytorch_model.bin",
        weights.require("campplus", cache) / "campplus_cn_en_common.pt",
        settings=DiarizationSettings(step_ratio=0.1),
        threads=1,
    )
    diarizer.diarize(samples, SAMPLE_RATE)


def measured(what: str, recording: Path) -> tuple[float, float]:
    """Wall seconds and peak MB of one variant in a process of its own, imports and loading of models included."""
    command = [sys.executable, "-m", "benchmarks.chain", str(recording), "--only", what]
    line = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()[-1]
    found = json.loads(line)
    return float(found["seconds"]), float(found["peak_mb"])


def mono_wav(recording: Path, folder: Path) -> tuple[Path, float]:
    """The recording mixed to one channel, as a night's plain phone recording would be, and its seconds."""
    import wave

    blocks = list(PyAvAudio().blocks(recording))
    rate = PyAvAudio().probe(recording).sample_rate
    mono = mix_to_mono(np.concatenate(blocks, axis=1))
    path = folder / "mono.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((mono * 32767).astype(np.int16).tobytes())
    return path, len(mono) / rate


def main() -> None:
    """Measure both variants in turn and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("recording", nargs="?", type=Path, default=DEMO)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", choices=["ours", "defaults"])
    arguments = parser.parse_args()
    if arguments.only:
        started = time.perf_counter()
        {"ours": ours, "defaults": defaults}[arguments.only](arguments.recording)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps({"seconds": time.perf_counter() - started, "peak_mb": peak}))
        return
    with tempfile.TemporaryDirectory() as folder:
        recording, duration = mono_wav(arguments.recording, Path(folder))
        rounds = [(measured("defaults", recording), measured("ours", recording)) for _ in range(arguments.rounds)]
    print(f"{arguments.recording.name}, mixed to mono, {duration:.0f} s, {arguments.rounds} rounds; medians")
    for name, place in (("libraries' defaults, one after another", 0), ("filmroom, all stages but the reader", 1)):
        share = median(pair[place][0] for pair in rounds) / duration
        peak = max(pair[place][1] for pair in rounds)
        print(f"{name:<42} {share:.3f} s of work per s of sound, peak {peak:.0f} MB")
    ratios = sorted(pair[1][0] / pair[0][0] for pair in rounds)
    print(f"{'ratio, pair by pair':<42} {median(ratios):.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f})")


if __name__ == "__main__":
    main()
