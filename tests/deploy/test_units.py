"""The units for systemd: valid, confined, and in step with what the command promises about stopping and exit codes."""

import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from pipeline.config.night import Shift
from pipeline.errors import QUARANTINE_EXIT_CODE, NotAnsweredError, TimeUpError
from tests.conftest import CHECKOUT
from tests.test_docs import parse

UNITS = CHECKOUT / "deploy" / "systemd"
SERVICES = sorted(UNITS.glob("*.service"))
COMMAND = "/opt/filmroom/.venv/bin/filmroom"
MOST_EXPOSED = 2.0
"""Of 10, as systemd-analyze counts; a service without any protection has 9.6."""


def values(unit: Path, key: str) -> list[str]:
    """What stands after this key in the unit, line by line."""
    return re.findall(rf"^{key}=(.*)$", unit.read_text(), re.MULTILINE)


def analyze(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("no systemd-analyze here")
    return subprocess.run([program, *arguments], capture_output=True, text=True, check=False)


def placed(folder: Path) -> Sequence[Path]:
    """The units in a folder of their own, with a command that this machine has, since verify looks for it."""
    for unit in UNITS.iterdir():
        (folder / unit.name).write_text(unit.read_text().replace(COMMAND, "/bin/true"))
    return sorted(folder.iterdir())


def test_systemd_finds_nothing_wrong_with_them(tmp_path: Path) -> None:
    verified = analyze("verify", *placed(tmp_path))
    assert (verified.returncode, verified.stdout + verified.stderr) == (0, "")


@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.name)
def test_a_service_is_confined(unit: Path) -> None:
    told = analyze("security", "--offline=true", "--no-pager", unit).stdout
    found = re.search(r"exposure level for \S+: ([0-9.]+)", told)
    assert found is not None
    assert float(found.group(1)) <= MOST_EXPOSED


@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.name)
def test_its_commands_are_commands(unit: Path) -> None:
    lines = [line for key in ("ExecStart", "ExecStartPre") for line in values(unit, key)]
    assert lines
    for line in lines:
        program, *arguments = line.split()
        assert program == COMMAND
        parse(arguments)


def test_a_stop_leaves_more_time_than_work_under_way_has() -> None:
    (seconds,) = values(UNITS / "filmroom-night.service", "TimeoutStopSec")
    assert float(seconds) > Shift().grace_s + 30
    assert values(UNITS / "filmroom-night.service", "KillMode") == ["mixed"]


def test_what_no_person_has_to_mend_counts_as_success() -> None:
    (codes,) = values(UNITS / "filmroom-night.service", "SuccessExitStatus")
    expected = {QUARANTINE_EXIT_CODE, NotAnsweredError.exit_code, TimeUpError.exit_code, 143}
    assert set(map(int, codes.split())) == expected


@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.name)
def test_calls_reach_no_swap_no_core_dump_and_no_other_user(unit: Path) -> None:
    assert values(unit, "MemorySwapMax") == ["0"]
    assert values(unit, "LimitCORE") == ["0"]
    assert values(unit, "UMask") == ["0077"]
    assert values(unit, "IPAddressDeny") == ["any"]


def test_nothing_secret_stands_in_what_is_deployed() -> None:
    for path in (CHECKOUT / "deploy").rglob("*"):
        if path.is_file():
            assert not re.search(r"(?i)(api_key|secret|password|token)\w*\s*=\s*\S", path.read_text()), path
