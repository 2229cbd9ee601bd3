"""Damaged at random, a file gives sound or an error; it never takes long, much memory, or the night with it."""

import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.adapters.decoding import GuardedAudio
from pipeline.config.night import Decoding
from pipeline.errors import RecordingError
from pipeline.stages.ingest import Candidate, CandidateFile, identify, ingest
from tests.hostile.mutants import after_magic, mutant

FIXTURES = Path(__file__).parent.parent / "fixtures" / "audio"
GOOD = sorted(p for p in FIXTURES.iterdir() if p.suffix in {".wav", ".mp3", ".flac", ".ogg", ".m4a", ".mp4", ".mkv"})
MEGABYTES = 256


def outcome(path: Path, audio: GuardedAudio) -> str:
    call = Candidate(path, (CandidateFile(path),))
    try:
        audio.read(ingest(call, identify(call, require_consent=False), audio=audio))
    except RecordingError as error:
        if "made the decoder" in error.message or "Error:" in error.message:
            sys.stdout.write(f"{error.message}\n")
            return "crashed"
        return "stopped" if "was stopped" in error.message else "refused"
    return "heard"


def outcomes(paths: Iterator[Path]) -> Counter[str]:
    """How often a file was heard, refused, and stopped by a limit or a crash. Any other error is raised."""
    limits = Decoding(memory_mb=MEGABYTES, cpu_s_per_hour=20.0, wall_s_per_hour=60.0)
    audio, found = GuardedAudio(limits, max_hours=1.0), Counter[str]()
    for path in paths:
        started = time.monotonic()
        found[outcome(path, audio)] += 1
        assert time.monotonic() - started < 150
    assert audio.used.memory_bytes < (MEGABYTES + 80) * 2**20
    sys.stdout.write(f"{dict(found)}, at most {audio.used.memory_bytes >> 20} MB, {audio.used.cpu_s:.1f} s\n")
    return found


def test_mutants_of_good_files_give_sound_or_an_error(tmp_path: Path) -> None:
    found = outcomes(mutant(tmp_path / f"m{seed}.wav", GOOD, seed) for seed in range(25))
    assert found.total() == 25
    assert found["heard"] > 0
    assert found["refused"] > 0


def test_random_bytes_behind_each_beginning_give_an_error_or_a_little_sound(tmp_path: Path) -> None:
    assert outcomes(after_magic(tmp_path / f"r{seed}.wav", seed) for seed in range(24)).total() == 24


@pytest.mark.slow
def test_five_hundred_mutants(tmp_path: Path) -> None:
    mutants = (mutant(tmp_path / f"m{seed}.wav", GOOD, seed) for seed in range(1000, 1350))
    assert outcomes(mutants).total() == 350
    assert outcomes(after_magic(tmp_path / f"r{seed}.wav", seed) for seed in range(1000, 1150)).total() == 150
