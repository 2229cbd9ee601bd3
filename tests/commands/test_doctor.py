"""`filmroom doctor`: a line for each check, and an exit code of its own when something is in the way."""

from pathlib import Path

import pytest

from tests.command import Command
from tests.test_cli import filmroom

__all__ = ["filmroom"]

UNFIT = 12


@pytest.fixture
def space(tmp_path: Path) -> Path:
    (tmp_path / "w").mkdir(mode=0o700)
    return tmp_path / "w"


def test_a_fit_machine_ends_with_0_and_each_check_has_a_line(filmroom: Command, space: Path) -> None:
    printed = filmroom("doctor", "-w", space)
    assert printed.code == 0, printed.err
    checks = {line.split(":")[0].split(None, 1)[1] for line in printed.out.splitlines() if line[0] != " "}
    assert checks >= {"python", "libraries", "models", "decoders", "consent", "workspace", "disk"}


def test_what_is_in_the_way_is_named_and_the_rest_is_told_too(filmroom: Command, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    printed = filmroom("doctor", "-w", tmp_path / "file")
    assert printed.code == UNFIT
    assert "in the way of a night: workspace" in printed.err
    assert "decoders" in printed.out


def test_programs_get_every_finding(filmroom: Command, space: Path) -> None:
    found = filmroom("doctor", "-w", space, "--json").json()
    assert all(set(each) == {"check", "state", "found", "hint"} for each in found)
    assert {each["state"] for each in found} <= {"ok", "warning"}


def test_settings_that_are_wrong_are_told_as_everywhere(filmroom: Command, space: Path, tmp_path: Path) -> None:
    (tmp_path / "filmroom.toml").write_text("raeder = 1\n")
    assert filmroom("doctor", "-w", space).code == 2
