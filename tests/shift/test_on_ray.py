"""A night on two machines of a Ray cluster, both of them this one: whoever is lost, the results are a plain loop's."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pipeline.domain.work import CallOutcome
from pipeline.errors import UsageError
from pipeline.run import review_calls
from pipeline.shift.on_ray import carry_out
from pipeline.shift.ports import Listed, Stop, Unboarded
from pipeline.shift.stations import StationName
from pipeline.stages.ingest import discover
from pipeline.store.workspace import Workspace
from tests.conftest import CHECKOUT
from tests.shift.ray_nights import (
    in_a_loop,
    machines_of,
    objects,
    on_ray,
    ray_config,
    scripted_night,
    sounds,
    two_machines,
)

pytestmark = pytest.mark.slow
PATIENCE_S = 60.0


class Deaths(Unboarded):
    """A board that keeps the deaths, by the number of the call."""

    def __init__(self) -> None:
        self.found: list[tuple[int, str]] = []

    def died(self, number: int, station: StationName, why: str) -> None:
        self.found.append((number, station))


@pytest.fixture
def cluster() -> Iterator[Any]:
    with two_machines() as found:
        yield found


@pytest.fixture(scope="module")
def lasting_cluster() -> Iterator[Any]:
    """For tests that lose no machine."""
    with two_machines() as found:
        yield found


def statuses(outcomes: Iterator[CallOutcome]) -> dict[str, str]:
    return {outcome.path.stem: outcome.status for outcome in outcomes}


def once_true(what: Callable[[], bool], then: Callable[[], None]) -> threading.Thread:
    """A thread that waits until something is so, then does this."""

    def wait() -> None:
        deadline = time.monotonic() + PATIENCE_S
        while not what() and time.monotonic() < deadline:
            time.sleep(0.05)
        then()

    thread = threading.Thread(target=wait, daemon=True)
    thread.start()
    return thread


@pytest.mark.parametrize("way", ["removed", "killed"])
def test_a_machine_lost_in_mid_run_changes_no_result(cluster: Any, tmp_path: Path, way: str) -> None:
    names = (*(f"long-{n}" for n in range(10)), "plain-1", "refused-1")
    folder = sounds(tmp_path / "calls", *names)
    expected = in_a_loop(scripted_night(tmp_path / "loop", ray_config("")), folder)
    for mark in folder.glob("*.begun"):
        mark.unlink()
    second = cluster.worker_nodes.copy().pop()
    lost = []

    def lose() -> None:
        lost.append(len(list(folder.glob("*.begun"))))
        if way == "removed":
            cluster.remove_node(second, allow_graceful=True)
        else:
            second.all_processes["raylet"][0].process.kill()

    thread = once_true(lambda: second.node_id in machines_of(folder), lose)
    found = statuses(on_ray(scripted_night(tmp_path / "ray", ray_config(cluster.address)), folder))
    thread.join()
    assert 0 < lost[0] < 10  # it was lost when calls were still to come
    assert found == expected
    assert objects(tmp_path / "ray") == objects(tmp_path / "loop")


def test_two_machines_make_what_a_loop_makes_and_a_call_that_kills_is_set_aside(
    lasting_cluster: Any, tmp_path: Path
) -> None:
    names = (*(f"long-{n}" for n in range(4)), "plain-1", "plain-2", "once-1", "refused-1")
    folder = sounds(tmp_path / "calls", *names)
    for name in ("once-1",):
        (folder / f"{name}.died").touch()  # in this process nothing may be killed
    expected = in_a_loop(scripted_night(tmp_path / "loop", ray_config("")), folder)
    for mark in (*folder.glob("*.died"), *folder.glob("*.begun")):
        mark.unlink()
    sounds(folder, "kills-1")
    board = Deaths()
    spec = scripted_night(tmp_path / "ray", ray_config(lasting_cluster.address, deaths=2))
    outcomes = {o.path.stem: o for o in on_ray(spec, folder, board=board)}
    killer = outcomes.pop("kills-1")
    assert {name: o.status for name, o in outcomes.items()} == expected
    assert killer.status == "quarantined"
    assert "died 2 times in a row" in (killer.reason or "")
    # two deaths at each of two stations, and one of the call that kills once: which station has it is chance
    assert (folder / "kills-1.died").read_text() == "xxxx"
    assert len({number for number, _ in board.found}) == 2
    made = {place: value for place, value in objects(tmp_path / "ray").items() if place in objects(tmp_path / "loop")}
    assert made == objects(tmp_path / "loop")
    assert [r.reason for r in Workspace(tmp_path / "ray").quarantined() if "kills" in r.path.name] != []


def test_a_run_that_was_killed_leaves_no_worker_and_the_next_goes_on(lasting_cluster: Any, tmp_path: Path) -> None:
    folder = sounds(tmp_path / "calls", *(f"long-{n}" for n in range(6)))
    address, root = lasting_cluster.address, tmp_path / "w"
    command = [sys.executable, "-m", "tests.shift.ray_killed", address, str(root), str(folder)]
    run = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=CHECKOUT)
    assert run.stdout is not None
    first = run.stdout.readline().split()[0]
    run.kill()
    run.wait()
    calls = Workspace(root).calls
    acknowledged = {path.stem for record in map(calls.last, calls.ids()) if record for path in record.files}
    assert first in acknowledged
    again = statuses(on_ray(scripted_night(root, ray_config(address)), folder))
    assert set(again) == {f"long-{n}" for n in range(6)}
    skipped = {name for name, status in again.items() if status == "skipped"}
    assert skipped >= acknowledged  # a call may be kept whole, and its run killed before the record says so
    assert {name for name, status in again.items() if status == "done"} == set(again) - skipped


def test_a_night_that_is_to_end_begins_no_call_and_settles_those_under_way(
    lasting_cluster: Any, tmp_path: Path
) -> None:
    folder = sounds(tmp_path / "calls", *(f"long-{n}" for n in range(20)))
    spec, stop = scripted_night(tmp_path / "w", ray_config(lasting_cluster.address)), Stop()
    ended = []
    for outcome in on_ray(spec, folder, stop=stop):
        ended.append(outcome.path.stem)
        stop.ask("terminated")
    begun = {path.stem for path in folder.glob("*.begun")}
    assert len(begun) <= 13  # two for each of six workers are under way, and the first was settled
    records = Workspace(tmp_path / "w").calls
    assert len(list(records.ids())) == len(ended) < 20
    rest = statuses(on_ray(spec, folder))
    assert {name for name, status in rest.items() if status == "skipped"} == set(ended)


def test_an_address_without_a_cluster_says_what_to_do(tmp_path: Path) -> None:
    spec = scripted_night(tmp_path / "w", ray_config("127.0.0.1:1"))
    with pytest.raises(UsageError, match=r"no Ray cluster at 127\.0\.0\.1:1") as raised:
        next(carry_out(spec, Listed([]), board=Unboarded(), stop=Stop()))
    assert "ray start --head" in raised.value.hint


def test_the_night_of_a_loop_finds_all_that_a_cluster_kept(lasting_cluster: Any, tmp_path: Path) -> None:
    folder = sounds(tmp_path / "calls", "plain-1", "plain-2")
    spec = scripted_night(tmp_path / "w", ray_config(lasting_cluster.address))
    assert set(statuses(on_ray(spec, folder)).values()) == {"done"}
    assert set(statuses(review_calls(spec.open(), discover([folder]))).values()) == {"skipped"}
