"""`filmroom sweep`: it says what could go, deletes only with --yes, and never beside a run."""

import os
from pathlib import Path

import pytest

from pipeline.store.in_use import shared
from tests.command import Command, fill
from tests.test_cli import STORE, calls, filmroom, refused

__all__ = ["calls", "filmroom"]


@pytest.fixture
def left(tmp_path: Path, calls: Path) -> Path:
    """What a killed write left two days ago, 2,000,000 bytes, in a workspace of two calls."""
    fill(tmp_path / "w", calls)
    path = tmp_path / "w" / "calls" / f".r.000001.json.{'0' * 32}.tmp"
    path.write_bytes(b"x" * 2_000_000)
    os.utime(path, (path.stat().st_mtime - 2 * 86_400,) * 2)
    return path


def test_it_says_what_and_how_much_and_deletes_nothing(filmroom: Command, tmp_path: Path, left: Path) -> None:
    printed = filmroom("sweep", "-w", tmp_path / "w")
    assert printed.code == 0
    assert printed.out.splitlines()[1].split()[:3] == ["1", "2.0", "temporary"]
    assert "add --yes" in printed.err
    assert left.is_file()


def test_with_yes_it_is_gone_and_the_calls_are_as_before(filmroom: Command, tmp_path: Path, left: Path) -> None:
    before = filmroom("show", "--last", "-w", tmp_path / "w", "--json").out
    told = filmroom("sweep", "-w", tmp_path / "w", "--yes", "--json").json()
    assert (told["deleted"], told["kinds"]) == (True, {"temporary": {"files": 1, "bytes": 2_000_000}})
    assert told["files"] == [str(left)]
    assert not left.exists()
    assert filmroom("show", "--last", "-w", tmp_path / "w", "--json").out == before
    assert filmroom("sweep", "-w", tmp_path / "w").err == "Not needed: 0 files, 0.0 MB.\n"


def test_what_is_younger_than_asked_stays(filmroom: Command, tmp_path: Path, left: Path) -> None:
    filmroom("sweep", "-w", tmp_path / "w", "--yes", "--older-than", "3")
    assert left.is_file()


def test_nothing_is_deleted_while_a_run_is_under_way(filmroom: Command, tmp_path: Path, left: Path) -> None:
    with shared(tmp_path / "w"):
        assert "a run" in refused(filmroom("sweep", "-w", tmp_path / "w", "--yes"), STORE)
        assert filmroom("sweep", "-w", tmp_path / "w").code == 0
    assert left.is_file()
