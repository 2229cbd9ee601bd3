"""A whole night over good calls and the corpus, its models scripted: the good are done, the others set aside."""

import sys
import wave
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from pipeline.adapters.decoding import GuardedAudio
from pipeline.config import Config
from pipeline.rubrics import find_rubric
from pipeline.run import Night, review_calls
from pipeline.stages.ingest import discover
from pipeline.store.workspace import Workspace
from tests.hostile.corpus import corpus
from tests.hostile.mutants import after_magic
from tests.scripted import ScriptedEngine

N_GOOD = 25
NOW = datetime(2026, 3, 5, 7, 0, tzinfo=UTC)


def peak_mb() -> int:
    """The most resident memory of this process since it was last reset."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) // 1024


def good(path: Path, seed: int) -> None:
    noise = np.random.default_rng(seed).integers(-9000, 9000, 8_000 * 40, dtype=np.int16)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(noise.tobytes())


@pytest.mark.slow
def test_a_night_over_the_corpus_does_every_good_call_and_says_of_each_other_why_not(tmp_path: Path) -> None:
    folder = tmp_path / "calls"
    folder.mkdir()
    for seed in range(N_GOOD):
        good(folder / f"good-{seed}.wav", seed)
    hostile = {file.name for file in corpus(folder)}
    hostile |= {after_magic(folder / f"random-{seed}.wav", seed).name for seed in range(10)}
    config = Config(consent="assumed", max_hours=1.0)
    engine = ScriptedEngine()
    audio = GuardedAudio(config.decoding, max_hours=config.max_hours)
    engine.audio = audio
    night = Night(Workspace(tmp_path / "w"), config, engine, find_rubric("discovery"), now=lambda: NOW)
    Path("/proc/self/clear_refs").write_text("5")  # the peak counts from here
    before = peak_mb()
    outcomes = {outcome.path.name: outcome for outcome in review_calls(night, discover([folder]))}
    grown = peak_mb() - before
    sys.stdout.write(f"{len(outcomes)} calls; this process grew by {grown} MB, ")
    sys.stdout.write(f"one that decodes took at most {audio.used.memory_bytes >> 20} MB\n")

    assert {name for name, outcome in outcomes.items() if outcome.status == "quarantined"} == hostile
    assert all(outcomes[f"good-{seed}.wav"].status == "done" for seed in range(N_GOOD))
    aside = {record.path.name: record for record in night.workspace.quarantined()}
    assert set(aside) == hostile
    assert {record.stage for record in aside.values()} == {"ingest"}
    assert all(record.reason and record.hint for record in aside.values())
    # A process has its limit beyond the libraries' 40 MB; this one holds a call of 40 s at a time (2.6 MB).
    assert audio.used.memory_bytes < (config.decoding.memory_mb + 80) * 2**20
    assert grown < 150
