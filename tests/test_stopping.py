"""A person's Ctrl-C in the middle of a run."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pipeline.store.workspace import Workspace

DEMO = Path(__file__).resolve().parent.parent / "demo" / "calls" / "discovery-call.opus"


@pytest.mark.slow
def test_a_run_that_a_person_stops_twice_ends_at_once_and_says_so(tmp_path: Path) -> None:
    """While models are at work in two threads, where a common end would wait for them, or crash."""
    space = Workspace(tmp_path / "w")
    command = [sys.executable, "-m", "cli", "run", str(DEMO), "--reader", "similarity", "--consent", "yes"]
    with subprocess.Popen([*command, "--workspace", str(space.root)], stderr=subprocess.PIPE, text=True) as run:
        while run.poll() is None and not list(space.objects.keys("ingest")):
            time.sleep(0.1)
        time.sleep(2)
        run.send_signal(signal.SIGINT)
        time.sleep(1)
        run.send_signal(signal.SIGINT)
        _, err = run.communicate(timeout=10)
    assert run.returncode == 130
    assert "Once more, and it ends at once." in err
    assert err.endswith("Stopped. What was finished is kept; run again to go on.\n")
