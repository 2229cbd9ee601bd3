"""Records that are kept in memory: what changed counts, and what did not is not read again."""

import os
from pathlib import Path

import pytest

from pipeline.domain.base import Value
from pipeline.errors import StoreError
from pipeline.store.records import Records
from pipeline.store.watched import FEW, Watched


class Note(Value):
    text: str


class Counting(Records[Note]):
    """Records that count how many were read."""

    read = 0

    def last(self, record_id: str) -> Note | None:
        self.read += 1
        return super().last(record_id)


class Ticks:
    """A clock that is moved by hand."""

    at = 0.0

    def __call__(self) -> float:
        return self.at


def settle(root: Path) -> None:
    """Make all folders as old as if they had been written a minute ago."""
    for folder in root.iterdir():
        at = folder.stat().st_mtime - 60
        os.utime(folder, (at, at))


@pytest.fixture
def records(tmp_path: Path) -> Counting:
    return Counting(tmp_path, Note)


def test_a_record_that_somebody_else_appends_counts_at_once(tmp_path: Path, records: Counting) -> None:
    watched = Watched(tmp_path, records)
    assert not watched.latest().by_id
    records.append("note", Note(text="one"))
    assert watched.latest().by_id == {"note": Note(text="one")}
    records.append("note", Note(text="two"))
    assert watched.latest().by_id == {"note": Note(text="two")}


def test_what_did_not_change_is_not_read_again(tmp_path: Path, records: Counting) -> None:
    for n in range(5):
        records.append(f"note{n}", Note(text=str(n)))
    settle(tmp_path)
    watched = Watched(tmp_path, records)
    first = watched.latest()
    assert records.read == 5
    assert watched.latest() is first
    records.append("note3", Note(text="new"))
    assert watched.latest().by_id["note3"].text == "new"
    assert watched.latest().version == first.version + 1
    assert records.read in (6, 7)  # note3 alone, at each look until its folder has settled


def test_of_many_one_looks_once_a_second(tmp_path: Path, records: Counting) -> None:
    for n in range(FEW + 1):
        records.append(f"note{n}", Note(text=str(n)))
    clock = Ticks()
    watched = Watched(tmp_path, records, clock=clock)
    watched.latest()
    records.append("note3", Note(text="new"))
    clock.at = 0.9
    assert watched.latest().by_id["note3"].text == "3"
    assert watched.look().by_id["note3"].text == "new"
    records.append("note4", Note(text="new"))
    clock.at = 2.0
    assert watched.latest().by_id["note4"].text == "new"


def test_two_changes_within_one_tick_of_the_file_system_both_count(tmp_path: Path, records: Counting) -> None:
    watched = Watched(tmp_path, records)
    records.append("note", Note(text="one"))
    at = (tmp_path / "note").stat().st_mtime_ns
    assert watched.latest().by_id["note"].text == "one"
    records.append("note", Note(text="two"))
    os.utime(tmp_path / "note", ns=(at, at))
    assert watched.latest().by_id["note"].text == "two"


def test_a_folder_that_is_no_record_s_is_left_alone(tmp_path: Path, records: Counting) -> None:
    (tmp_path / "Lost & found").mkdir()
    (tmp_path / ".lock").touch()
    records.append("note", Note(text="one"))
    assert set(Watched(tmp_path, records).latest().by_id) == {"note"}


def test_one_that_is_taken_away_is_gone(tmp_path: Path, records: Counting) -> None:
    records.append("note", Note(text="one"))
    watched = Watched(tmp_path, records)
    watched.latest()
    (tmp_path / "note" / "r.000001.json").unlink()
    (tmp_path / "note").rmdir()
    assert not watched.latest().by_id


def test_a_damaged_file_is_an_error_until_it_is_mended(tmp_path: Path, records: Counting) -> None:
    records.append("note", Note(text="one"))
    watched = Watched(tmp_path, records)
    file = tmp_path / "note" / "r.000001.json"
    whole = file.read_bytes()
    file.write_bytes(b"{")
    for _ in range(2):
        with pytest.raises(StoreError, match=r"r\.000001\.json"):
            watched.latest()
    file.write_bytes(whole)
    assert watched.latest().by_id == {"note": Note(text="one")}
