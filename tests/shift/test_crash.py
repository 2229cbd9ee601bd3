"""A few random kill -9 over a night of real calls, and that the checks of `benchmarks/crash` see what they look for."""

import json
import random
import subprocess
import time
from pathlib import Path

import psutil
import pytest

from benchmarks.crash_checks import broken_promises, made
from benchmarks.crash_night import (
    Disturbed,
    Kill,
    NightPlace,
    acknowledged,
    calls_of,
    disturb,
    lives,
    place,
    undisturbed,
)

N_CALLS, N_KILLS = 3, 6


@pytest.mark.slow
@pytest.mark.usefixtures("shared_data")
def test_a_night_under_random_kills_ends_as_if_undisturbed(tmp_path: Path) -> None:
    calls_of(tmp_path, N_CALLS, seed=3)
    calm, where = (place(tmp_path, name, engine="local") for name in ("calm", "disturbed"))
    pause_s = max(0.5, undisturbed(calm) / N_KILLS)
    found = disturb(where, N_KILLS, pause_s=pause_s, chance=random.Random(3))
    assert found.kills
    assert len(found.acknowledged) == N_CALLS
    assert {what: n for what, n in broken_promises(where, found, calm).items() if n} == {}


def counted(folder: Path, *lines: str) -> Path:
    file = folder / "made.txt"
    file.write_text("".join(f"{line}\n" for line in lines), encoding="ascii")
    return file


def test_a_result_that_was_in_flight_at_a_kill_may_be_made_again(tmp_path: Path) -> None:
    count = counted(tmp_path, "begin 1.0 11 score k", "begin 3.0 12 score k", "kept 4.0 12 score k")
    found = made(count, [Kill(2.0, 11, main=False)])
    assert (found.n_keys, found.n_twice, found.n_in_flight, found.n_unexplained) == (1, 0, 1, 0)


def test_the_end_of_the_run_itself_explains_what_its_workers_had_in_flight(tmp_path: Path) -> None:
    count = counted(tmp_path, "begin 1.0 11 score k")
    assert made(count, [Kill(2.0, 99, main=True)]).n_unexplained == 0


@pytest.mark.parametrize(
    "kills", [[], [Kill(0.5, 11, main=False)], [Kill(2.0, 12, main=False)]], ids=["none", "before", "of another"]
)
def test_a_result_begun_again_without_a_kill_of_its_process_is_found(tmp_path: Path, kills: list[Kill]) -> None:
    count = counted(tmp_path, "begin 1.0 11 score k", "begin 3.0 12 score k", "kept 4.0 12 score k")
    assert made(count, kills).n_unexplained == 1


def test_a_result_kept_twice_is_found(tmp_path: Path) -> None:
    lines = [f"{what} {at}.0 11 score k" for at, what in enumerate(("begin", "kept", "begin", "kept"))]
    assert made(counted(tmp_path, *lines), []).n_twice == 1


def night_with(root: Path, name: str, objects: dict[str, str]) -> NightPlace:
    """A night that kept objects of these bytes and made nothing else."""
    where = NightPlace(root / name, root / "calls", "local")
    for stage, text in objects.items():
        path = where.workspace / "objects" / stage / "ab" / f"{'ab' * 32}.json"
        path.parent.mkdir(parents=True)
        path.write_text(text, encoding="utf-8")
    counted(where.folder)
    return where


def test_torn_lost_and_other_objects_are_found(tmp_path: Path) -> None:
    whole, other = json.dumps({"value": {"level": 1}}), json.dumps({"value": {"level": 2}})
    calm = night_with(tmp_path, "calm", {"score": whole, "draft": whole, "verify": whole})
    where = night_with(tmp_path, "disturbed", {"score": whole[:-3], "draft": other})
    found = Disturbed(seen={f"verify/ab/{'ab' * 32}.json": "digest"}, acknowledged={"c0123456789ab"}, code=0)
    broken = {what: n for what, n in broken_promises(where, found, calm).items() if n}
    assert broken == {
        "seen before a kill, later gone or changed": 1,  # verify
        "acknowledged, and not in the records": 1,
        "objects torn": 1,  # score
        "objects missing or too many, against the undisturbed night": 1,  # verify
        "objects of another value": 3,  # score is torn, draft another, verify gone
    }


def test_a_process_that_has_ended_and_is_still_listed_did_not_outlive_its_run() -> None:
    with subprocess.Popen(["sleep", "60"]) as sleeping:
        process = psutil.Process(sleeping.pid)
        assert lives(process)
        sleeping.kill()
        deadline = time.monotonic() + 10
        while lives(process):
            assert time.monotonic() < deadline
        assert psutil.pid_exists(sleeping.pid)  # nobody has taken note of its end yet
    assert not lives(process)


def test_a_line_that_was_cut_off_acknowledges_nothing(tmp_path: Path) -> None:
    where = NightPlace(tmp_path, tmp_path, "local")
    lines = ['{"call": "c1", "status": "done"}', '{"call": "c2", "status": "quarantined"}', '{"call": "c3", "sta']
    where.said.write_text("\n".join(lines), encoding="utf-8")
    assert acknowledged(where) == {"c1"}
