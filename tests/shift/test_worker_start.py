"""A worker ends with its run from its first moment on, and until it has ended nothing is erased under its hands."""

import multiprocessing
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from benchmarks.crash_night import lives
from pipeline.config import Config
from pipeline.errors import StoreError
from pipeline.ports import ChatModel, Engine
from pipeline.shift.spec import NightSpec
from pipeline.shift.worker_start import PROGRAM
from pipeline.shift.workers import ProcessWorker, Ready
from pipeline.store.in_use import alone, shared
from tests.conftest import CHECKOUT
from tests.shift.scripted_nights import scripted_engine, scripted_night

PATIENCE_S = 60.0
A_MOMENT_S = 5.0
"""Longer than a kill takes on a loaded machine, and far shorter than what the processes here would live on for."""


def until(true: Callable[[], bool], within_s: float = PATIENCE_S) -> None:
    deadline = time.monotonic() + within_s
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.01)


# A library that takes a minute to load: it says that it is being loaded, and waits.
SLOW_LIBRARY = """
import pathlib, time
pathlib.Path(__file__).with_name("loading").touch()
time.sleep(60)
"""
RUN = """
import sys, time
from pathlib import Path
from pipeline.shift.workers import ProcessWorker
from tests.shift.scripted_nights import scripted_night

if __name__ == "__main__":
    slow, root = sys.argv[1:]
    sys.path.insert(0, slow)
    worker = ProcessWorker(scripted_night(Path(root)), "listening")
    print(worker.pid, flush=True)
    time.sleep(60)
"""


@contextmanager
def run_of(program: Path, *arguments: Path | str) -> Iterator[subprocess.Popen[str]]:
    """A run in a process of its own, which is gone afterwards."""
    process = subprocess.Popen(
        [sys.executable, str(program), *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": str(CHECKOUT)},
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        yield process
        process.kill()


def test_a_worker_that_is_still_loading_does_not_outlive_a_run_that_is_killed(tmp_path: Path) -> None:
    slow, program = tmp_path / "slow", tmp_path / "run.py"
    slow.mkdir()
    (slow / "pydantic.py").write_text(SLOW_LIBRARY)
    program.write_text(RUN)
    with run_of(program, slow, tmp_path / "w") as run:
        assert run.stdout is not None
        worker = psutil.Process(int(run.stdout.readline()))
        until((slow / "loading").exists)
        assert lives(worker)
        run.kill()
        until(lambda: not lives(worker), A_MOMENT_S)


def test_a_worker_whose_run_died_before_it_was_tied_to_it_ends_at_once() -> None:
    # Its run is process 4194305, which no Linux has (numbers end at 2**22), so that its parent is another by now.
    command = [sys.executable, "-c", PROGRAM, str(CHECKOUT), "4194305", "0", "listening"]
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PATIENCE_S, check=False
    )
    assert (done.returncode, done.stderr) == (1, "")


def ready(spec: NightSpec) -> ProcessWorker:
    """A worker that has said that it is."""
    worker = ProcessWorker(spec, "listening")
    (line,) = worker.waitables
    assert not isinstance(line, int)
    assert line.poll(PATIENCE_S)
    assert isinstance(next(worker.heard()), Ready)
    return worker


def test_nothing_is_erased_until_the_last_worker_is_gone_and_a_run_may_begin_before(tmp_path: Path) -> None:
    worker = ready(scripted_night(tmp_path))
    try:
        with pytest.raises(StoreError, match="a run or another erasure is at work"), alone(tmp_path):
            pass
        with shared(tmp_path):
            pass
    finally:
        worker.kill()
    with alone(tmp_path):
        pass


def locking_engine(config: Config, chat: ChatModel | None) -> Engine:
    """Scripted: holds what a library at work holds."""
    engine = scripted_engine(config, chat)
    engine.lock = multiprocessing.get_context("spawn").Lock()  # type: ignore[attr-defined]
    return engine


KILLED_WITH_A_LOCK = """
import sys
from pathlib import Path
from pipeline.shift.spec import NightSpec
from tests.shift.scripted_nights import scripted_night, small
from tests.shift.test_worker_start import locking_engine, ready

if __name__ == "__main__":
    spec = NightSpec(Path(sys.argv[1]), small(), scripted_night(Path()).rubric, engine=locking_engine)
    ready(spec).kill()
"""


def test_what_a_killed_worker_held_is_cleared_up_without_a_word(tmp_path: Path) -> None:
    program = tmp_path / "night.py"
    program.write_text(KILLED_WITH_A_LOCK)
    environment = {**os.environ, "PYTHONPATH": str(CHECKOUT)}
    command = [sys.executable, str(program), str(tmp_path / "w")]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=PATIENCE_S, check=True)
    assert done.stderr == ""
