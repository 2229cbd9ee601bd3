"""What becomes of a night on a cluster when the machine lets it down: as by worker processes, `test_faults_local.py`.

The cluster is bound by permissions, and so are its workers; it lasts for all nights but those that need one of theirs.
"""

import json
import os
import secrets
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from pipeline.shift.asking import SILENT_AFTER
from pipeline.shift.ray_cluster import OWN
from pipeline.store.workspace import Workspace
from tests.conftest import CHECKOUT
from tests.shift.fault_nights import MARCH_3, Endpoint, Place, Ran, ended, locked
from tests.shift.scripted_nights import sounds
from tests.store.machine import can_mount, on_small_disk

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
    calls = sounds(tmp_path / "calls", *(f"plain-{n}" for n in range(6)))
    done = on_small_disk("tests.shift.full_disk_shift", "ray", str(tmp_path), size="2m")
    report = json.loads(done.stdout)
    first, second = Ran(**report["first"]), Ran(**report["second"])
    assert "No space left on device" in first.err
    assert (first.code, report["aside"]) == (6, [])
    assert 1 <= len(first.of("done")) == len(first.told) < 6
    assert (second.code, len(second.told)) == (0, 6)
    assert first.of("done") <= second.of("skipped") == set(second.told) - second.of("done")
    assert Place(calls, tmp_path / "w", "ray").is_as_undisturbed()


@pytest.mark.parametrize("what", ["objects", "calls"], ids=["results", "records"])
def test_what_may_not_be_written_ends_the_night_and_blames_no_call(place: Place, what: str) -> None:
    place.root.mkdir()
    folder = locked(place.root / what)
    night = place.ran("--bound")
    assert "Permission denied" in night.err
    assert (night.code, night.told, place.set_aside()) == (6, {}, [])
    folder.chmod(0o755)
    assert (place.ran("--bound").code, place.set_aside(), place.is_as_undisturbed()) == (0, [], True)


def test_a_recording_that_may_not_be_read_is_set_aside_and_done_once_it_may(place: Place) -> None:
    sound = place.calls / "plain-2.wav"
    sound.chmod(0o000)
    night = place.ran("--bound")
    assert night.code == 7
    assert night.told == {"plain-1": "done", "plain-2": "quarantined", "plain-3": "done"}
    (aside,) = Workspace(place.root).quarantined()
    assert ("Permission denied" in aside.reason, aside.hint) == (True, "make the file readable")
    sound.chmod(0o644)
    again = place.ran("--bound")
    assert (again.code, again.of("done")) == (0, {"plain-2"})
    assert (place.set_aside(), place.is_as_undisturbed()) == ([], True)


def test_a_clock_that_was_set_back_redoes_nothing_and_loses_nothing(place: Place) -> None:
    assert place.ran().of("done") == {"plain-1", "plain-2", "plain-3"}
    records = Workspace(place.root).calls
    before = {call: records.last(call) for call in records.ids()}
    sounds(place.calls, "plain-4")
    night = place.ran("--set-back")
    assert (night.code, night.of("done"), len(night.of("skipped"))) == (0, {"plain-4"}, 3)
    after = {call: records.last(call) for call in records.ids()}
    assert {call: after[call] for call in before} == before
    assert [record.at for call, record in after.items() if record and call not in before] == [MARCH_3]


def test_sigterm_ends_the_night_after_what_is_under_way_and_the_next_one_goes_on(own_place: Place) -> None:
    """Sent to the run, as a service's manager does, whose cluster is its own."""
    sounds(own_place.calls, *(f"starts-{n}" for n in range(3)))
    run = own_place.started()
    assert run.stdout is not None
    said = [run.stdout.readline()]
    below = psutil.Process(run.pid).children(recursive=True)
    os.kill(run.pid, signal.SIGTERM)
    night = ended(run, said)
    assert night.code == 143
    assert night.err.endswith("Stopped. What was finished is kept; run again to go on.\n")
    assert 1 <= len(night.of("done")) == len(night.told) < 6
    assert not psutil.wait_procs(below, timeout=20)[1]
    again = own_place.ran()
    assert (again.code, set(again.told)) == (0, {path.stem for path in own_place.calls.glob("*.wav")})
    assert again.of("skipped") >= night.of("done")
    assert again.of("done") == set(again.told) - again.of("skipped")
    assert (own_place.set_aside(), own_place.is_as_undisturbed()) == ([], True)


def test_an_endpoint_that_is_down_for_an_hour_costs_that_hour_and_nothing_else(own_place: Place) -> None:
    """All twelve calls are heard; three are asked about, with one request that is sent 5 times, and nine wait."""
    sounds(own_place.calls, *(f"plain-{n}" for n in range(4, 13)))
    with Endpoint(own_place) as endpoint:
        assert Counter(outcome.status for outcome in endpoint.night()) == {"quarantined": SILENT_AFTER, "waiting": 9}
        assert (endpoint.n_asked, endpoint.n_decoded) == (SILENT_AFTER * 5, 2 * 12)
        endpoint.is_back()
        assert Counter(outcome.status for outcome in endpoint.night()) == {"done": 12}
        assert (endpoint.n_decoded, endpoint.paid_twice) == (2 * 12, 0)
        assert endpoint.is_as_undisturbed()
    assert own_place.set_aside() == []
