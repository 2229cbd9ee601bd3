"""What becomes of a night on a cluster when the machine lets it down: as by worker processes, `test_faults_local.py`.

The cluster is bound by permissions, and so are its workers; it lasts for all nights but those that need one of theirs.
"""

import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipeline.shift.ray_cluster import OWN
from tests.conftest import CHECKOUT
from tests.shift import fault_promises as promises
from tests.shift.fault_nights import Place
from tests.shift.scripted_nights import sounds
from tests.store.machine import can_mount

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Cluster:
    """Where the cluster is that is bound by permissions, and what makes a process one of its own."""

    address: str
    environment: dict[str, str]


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    environment = {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": secrets.token_hex(32)}
    command, pipe = [sys.executable, "-m", "tests.shift.ray_bound"], subprocess.PIPE
    with subprocess.Popen(
        command, stdin=pipe, stdout=pipe, text=True, cwd=CHECKOUT, env={**os.environ, **environment}
    ) as run:
        assert run.stdout is not None
        yield Cluster(run.stdout.readline().strip(), environment)
        run.communicate(timeout=60)


@pytest.fixture
def calls(tmp_path: Path) -> Path:
    """Three calls that can be done."""
    return sounds(tmp_path / "calls", "plain-1", "plain-2", "plain-3")


@pytest.fixture
def place(calls: Path, cluster: Cluster) -> Place:
    """Nights on the cluster that is bound."""
    return Place(calls, calls.with_name("w"), "ray", cluster.address, cluster.environment)


@pytest.fixture
def own_place(calls: Path) -> Place:
    """Nights with a cluster of their own."""
    return Place(calls, calls.with_name("w"), "ray", OWN)


@pytest.mark.skipif(not can_mount(), reason="no disk can be mounted in a namespace here")
def test_a_disk_that_runs_full_ends_the_night_and_the_next_one_goes_on(tmp_path: Path) -> None:
    promises.a_full_disk_ends_the_night_and_the_next_one_goes_on("ray", tmp_path)


@pytest.mark.parametrize("what", ["objects", "calls"], ids=["results", "records"])
def test_what_may_not_be_written_ends_the_night_and_blames_no_call(place: Place, what: str) -> None:
    promises.what_may_not_be_written_ends_the_night_and_blames_no_call(place, what)


def test_a_recording_that_may_not_be_read_is_set_aside_and_done_once_it_may(place: Place) -> None:
    promises.a_recording_that_may_not_be_read_is_set_aside_and_done_once_it_may(place)


def test_a_clock_that_was_set_back_redoes_nothing_and_loses_nothing(place: Place) -> None:
    promises.a_clock_that_was_set_back_redoes_nothing_and_loses_nothing(place)


def test_sigterm_ends_the_night_after_what_is_under_way_and_the_next_one_goes_on(own_place: Place) -> None:
    """Sent to the run, as a service's manager does, whose cluster is its own."""
    promises.sigterm_ends_the_night_after_what_is_under_way(own_place, os.kill)


def test_an_endpoint_that_is_down_for_an_hour_costs_that_hour_and_nothing_else(own_place: Place) -> None:
    promises.an_endpoint_down_for_an_hour_costs_that_hour_and_nothing_else(own_place)
