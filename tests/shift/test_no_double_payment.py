"""What a language model's endpoint is asked over crash, resume, change of engine and repetition: nothing twice.

Counted on the server's side, by a double of an OpenAI-compatible endpoint that remembers every request.
"""

import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from tests.conftest import CHECKOUT
from tests.fault_server import FaultServer, Reply, answer
from tests.shift.paid_night import PARALLEL, READERS, transcripts

pytestmark = pytest.mark.slow
PATIENCE_S = 240.0
N_CALLS = 8
IN_FLIGHT = {"local": READERS * PARALLEL, "ray": PARALLEL}
"""Requests under way at most: of each reader on one machine, of all readers together through the endpoint's actor."""
NOTHING = Reply(body=answer('{"found": []}').body, delay_s=0.15)


class Night:
    """Runs of the same night as processes, one after another, against one endpoint."""

    def __init__(self, server: FaultServer, folder: Path, workspace: Path) -> None:
        self.server, self.workspace = server, workspace
        self._arguments = [server.url, str(workspace), str(folder)]

    def start(self, engine: str, *more: str) -> "subprocess.Popen[str]":
        command = [sys.executable, "-m", "tests.shift.paid_night", engine, *self._arguments, *more]
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=CHECKOUT)

    def killed_at(self, engine: str, n_requests: int) -> None:
        """A run that is killed once so many requests have arrived in all."""
        run = self.start(engine)
        self.wait_for(lambda: self.server.n_requests >= n_requests, run)
        assert run.poll() is None
        run.kill()
        run.communicate()

    def finished(self, engine: str, *more: str) -> list[str]:
        """What a run that nobody disturbs says of its calls."""
        return ended(self.start(engine, *more))

    @property
    def n_kept(self) -> int:
        return len(list((self.workspace / "objects" / "exchange").glob("??/*.json")))

    def wait_for(self, what: Callable[[], bool], run: "subprocess.Popen[str]") -> None:
        deadline = time.monotonic() + PATIENCE_S
        while not what() and run.poll() is None:
            assert time.monotonic() < deadline
            time.sleep(0.01)

    def repeated(self) -> int:
        """Requests that had been sent before."""
        bodies = Counter(json.dumps(seen.body, sort_keys=True) for seen in self.server.seen)
        return self.server.n_requests - len(bodies)


def ended(run: "subprocess.Popen[str]") -> list[str]:
    out, err = run.communicate(timeout=PATIENCE_S)
    assert run.returncode == 0, err
    return out.split()


def kill_one(run: "subprocess.Popen[str]", title: str) -> bool:
    """Whether a process of the run's cluster with this title was there, and was killed."""
    for process in psutil.Process(run.pid).children(recursive=True):
        try:
            if " ".join(process.cmdline()).startswith(title):
                process.kill()
                return True
        except psutil.NoSuchProcess:
            continue
    return False


def test_over_crashes_engines_and_repetition_only_what_was_in_flight_is_asked_again(tmp_path: Path) -> None:
    with FaultServer(NOTHING) as server:
        night = Night(server, transcripts(tmp_path / "calls", N_CALLS), tmp_path / "w")
        kills = [("local", 5), ("ray", 14), ("local", 24)]
        for engine, at in kills:
            night.killed_at(engine, at)
        assert night.finished("ray").count("quarantined") == 0
        needed = night.n_kept
        assert needed >= 5 * N_CALLS  # a request for each capability of each call
        assert night.repeated() <= sum(IN_FLIGHT[engine] for engine, _ in kills)
        assert server.n_requests == needed + night.repeated()
        asked = server.n_requests
        for engine in ("local", "ray"):
            assert night.finished(engine) == ["skipped"] * N_CALLS
        assert server.n_requests == asked


def test_on_ray_a_reader_or_the_endpoint_s_actor_may_die_and_nothing_at_all_is_asked_again(tmp_path: Path) -> None:
    with FaultServer(NOTHING) as server:
        night = Night(server, transcripts(tmp_path / "calls", N_CALLS), tmp_path / "w")
        run = night.start("ray")
        for at, title in (
            (3, "ray::StationActor"),
            (9, "ray::Endpoint"),
            (15, "ray::Records"),
            (21, "ray::StationActor"),
        ):
            night.wait_for(lambda at=at: server.n_requests >= at, run)  # type: ignore[misc]
            assert kill_one(run, title)
        assert ended(run) == ["done"] * N_CALLS
        assert server.n_requests == night.n_kept
        assert night.repeated() == 0


@pytest.mark.parametrize("engine", ["local", "ray"])
def test_a_budget_holds_for_all_readers_and_a_larger_one_pays_only_the_rest(tmp_path: Path, engine: str) -> None:
    each = (1000 * 1.0 + 500 * 2.0) / 1e6  # US dollars for an answer of the double, at the prices of the night
    dear = answer('{"found": []}', usage={"prompt_tokens": 1000, "completion_tokens": 500, "total_tokens": 1500})
    with FaultServer(dear) as server:
        night = Night(server, transcripts(tmp_path / "calls", N_CALLS), tmp_path / "w")
        assert night.finished(engine, "0.02") == ["budget"]
        assert 0 < server.n_requests * each <= 0.02
        assert set(night.finished(engine, "5.0")) == {"done"} or night.n_kept == server.n_requests
        assert server.n_requests == night.n_kept
        assert night.repeated() == 0
