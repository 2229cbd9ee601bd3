"""kill -9 in mid-run, on the real command with real models: what was kept stays, what was in flight is done again."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pipeline.domain.work import STAGES

pytestmark = pytest.mark.slow
TIMEOUT_S = 240


def command(calls: Path, workspace: Path) -> list[str]:
    arguments = [str(calls), "--workspace", str(workspace), "--reader", "similarity", "--json"]
    return [sys.executable, "-m", "cli", "run", *arguments]


def objects(workspace: Path) -> dict[str, float]:
    """All objects by stage and key, with the time they were written."""
    root = workspace / "objects"
    return {str(p.relative_to(root)): p.stat().st_mtime_ns for p in root.glob("*/??/*.json")}


def killed_after(stage: str, calls: Path, workspace: Path) -> bool:
    """Start the command and kill -9 it as soon as a result of this stage is there; False when it ended before that."""
    process = subprocess.Popen(command(calls, workspace), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    folder = workspace / "objects" / stage
    try:
        deadline = time.monotonic() + TIMEOUT_S
        while process.poll() is None and not any(folder.glob("??/*.json")):
            assert time.monotonic() < deadline, f"no result of {stage} after {TIMEOUT_S} s"
            time.sleep(0.002)
        if process.poll() is None:
            os.kill(process.pid, signal.SIGKILL)
            return process.wait() == -signal.SIGKILL
        return False
    finally:
        process.kill()
        process.communicate()


@pytest.fixture
def calls(tmp_path: Path, audio_fixtures: Path) -> Path:
    folder = tmp_path / "calls"
    folder.mkdir()
    shutil.copy(audio_fixtures / "speech.mp3", folder)
    (folder / "speech.json").write_text(json.dumps({"consent": "yes", "started_at": "2026-03-05T10:00:00Z"}))
    return folder


def test_killed_after_every_stage_in_turn_the_run_ends_as_if_undisturbed(calls: Path, tmp_path: Path) -> None:
    disturbed, undisturbed = tmp_path / "disturbed", tmp_path / "undisturbed"
    n_killed = 0
    for stage in STAGES:
        before = objects(disturbed)
        n_killed += killed_after(stage, calls, disturbed)
        after = objects(disturbed)
        assert {path: after.get(path) for path in before} == before, "a kept result was lost or written again"
    assert n_killed >= 4, "too few runs were caught alive for this test to say anything"
    for workspace in (disturbed, undisturbed):
        subprocess.run(command(calls, workspace), check=True, capture_output=True, timeout=TIMEOUT_S)
    assert set(objects(disturbed)) == set(objects(undisturbed))
    assert {path.split("/")[0] for path in objects(disturbed)} == {*STAGES, "rubric"}


def results(workspace: Path) -> dict[Path, int]:
    """When each file was written last; without the journal of nights, in which every run is noted."""
    files = (p for p in workspace.rglob("*") if p.is_file() and p.relative_to(workspace).parts[0] != "nights")
    return {p: p.stat().st_mtime_ns for p in files}


def test_a_second_run_writes_no_result_and_says_skipped(calls: Path, tmp_path: Path) -> None:
    workspace = tmp_path / "w"
    subprocess.run(command(calls, workspace), check=True, capture_output=True, timeout=TIMEOUT_S)
    before = results(workspace)
    again = subprocess.run(command(calls, workspace), check=True, capture_output=True, timeout=TIMEOUT_S)
    assert json.loads(again.stdout)["status"] == "skipped"
    assert results(workspace) == before
