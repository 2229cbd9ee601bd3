"""A run that is killed anywhere between handing requests over and reading the answers repeats none and loses none."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.adapters.batch_killed import KILLED, REQUESTS, client, exchanges_in, night
from tests.batch_server import TOKENS, BatchServer, Plan, completed

CHECKOUT = Path(__file__).resolve().parents[2]
COST = 7 * (100 * 2.0 + 10 * 10.0) / 1_000_000 / 2  # seven answers of 100 tokens in and 10 out at half the price

PLACES = (
    "before prepared",  # nothing but the requests is written down
    "after prepared",
    "before uploaded",  # the endpoint has the file, and nobody knows it here
    "after uploaded",
    "after creating",
    "before submitted",  # the endpoint has the batch, and nobody knows it here
    "after submitted",
    "before ended",
    "after ended",
    "keep 1",
    "keep 3",
    "keep 6",
    "before collected",  # every answer is kept, and the batch still counts as open
    "after collected",
    "before cleared",  # the files are removed, and nobody knows it here
    "after cleared",
)


@pytest.fixture
def server() -> Iterator[BatchServer]:
    with BatchServer(lambda _: completed('{"colour": "red"}')) as running:
        yield running


@dataclass
class Nights:
    """A process that has a child for each night."""

    process: "subprocess.Popen[str]"

    def start(self, server: BatchServer, workspace: Path, place: str) -> int:
        """The process id of a night that ends at this place."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{server.url}\t{workspace}\t{place}\n")
        self.process.stdin.flush()
        return self._told()

    def exit_code(self) -> int:
        """The exit code of the night that was started last."""
        return self._told()

    def _told(self) -> int:
        assert self.process.stdout is not None
        return int(self.process.stdout.readline())


@pytest.fixture(scope="module")
def nights() -> Iterator[Nights]:
    command = [sys.executable, "-m", "tests.adapters.batch_killed"]
    with subprocess.Popen(command, cwd=CHECKOUT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield Nights(process)


def assert_nothing_twice_and_nothing_lost(server: BatchServer, workspace: Path) -> None:
    batches, exchanges = client(server.url, workspace), exchanges_in(workspace)
    kept = [exchanges.recall(batches.identity, request) for request in REQUESTS]
    assert all(exchange is not None for exchange in kept)
    assert set(server.executed.values()) == {1}
    assert server.tokens_paid == 7 * TOKENS
    assert sum(exchange.cost_usd or 0 for exchange in kept if exchange) == pytest.approx(COST)
    assert batches.waiting() == frozenset()
    assert server.files == {}


@pytest.mark.parametrize("place", PLACES)
def test_run_killed_there_ends_well_in_the_next_one(
    nights: Nights, server: BatchServer, tmp_path: Path, place: str
) -> None:
    nights.start(server, tmp_path, place)
    assert nights.exit_code() == KILLED
    night(server.url, tmp_path)
    assert_nothing_twice_and_nothing_lost(server, tmp_path)
    assert night(server.url, tmp_path) == 0
    assert len(server.batches) == 2  # 4 requests and 3


def test_run_killed_while_the_endpoint_begins_its_batch_finds_it(
    nights: Nights, server: BatchServer, tmp_path: Path
) -> None:
    server.plan = Plan(holds_create=1)
    pid = nights.start(server, tmp_path, "nowhere")
    assert server.created.wait(60)
    os.kill(pid, signal.SIGKILL)
    assert nights.exit_code() == -signal.SIGKILL
    night(server.url, tmp_path)
    assert_nothing_twice_and_nothing_lost(server, tmp_path)


def test_run_killed_twice_ends_well_in_the_third(nights: Nights, server: BatchServer, tmp_path: Path) -> None:
    for place in ("before submitted", "keep 2"):
        nights.start(server, tmp_path, place)
        assert nights.exit_code() == KILLED
    night(server.url, tmp_path)
    assert_nothing_twice_and_nothing_lost(server, tmp_path)
