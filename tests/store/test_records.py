"""Records: numbered, appended, never changed; a stale save loses and is told."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.domain.correction import Corrections
from pipeline.errors import StaleError, StoreError, UnavailableError
from pipeline.store.changes import Change, Changes
from pipeline.store.records import Records

NOW = datetime(2026, 1, 5, tzinfo=UTC)


def said_by(author: str) -> Corrections:
    return Corrections(call="c1234", roles=(), author=author, at=NOW)


@pytest.fixture
def records(tmp_path: Path) -> Records[Corrections]:
    return Records(tmp_path / "corrections", Corrections)


def test_nothing_is_there_at_first(records: Records[Corrections]) -> None:
    assert records.last("c1234") is None
    assert list(records.ids()) == []


def test_the_last_record_counts_and_the_earlier_ones_stay(records: Records[Corrections]) -> None:
    assert records.append("c1234", said_by("ann")) == 1
    assert records.append("c1234", said_by("bob")) == 2
    assert [r.author for r in records.all("c1234")] == ["ann", "bob"]
    assert records.last("c1234") == said_by("bob")


def test_a_save_that_has_not_seen_the_latest_record_is_refused(records: Records[Corrections]) -> None:
    records.append("c1234", said_by("ann"), after=0)
    with pytest.raises(StaleError):
        records.append("c1234", said_by("bob"), after=0)
    assert records.last("c1234") == said_by("ann")


def test_appending_at_once_loses_nothing(records: Records[Corrections]) -> None:
    with ThreadPoolExecutor(8) as pool:
        numbers = list(pool.map(lambda n: records.append("c1234", said_by(str(n))), range(16)))
    assert sorted(numbers) == list(range(1, 17))
    assert {r.author for r in records.all("c1234")} == {str(n) for n in range(16)}


@pytest.mark.parametrize("bad", ["", "..", "../x", "A", "a/b"])
def test_an_id_that_could_leave_the_folder_is_refused(records: Records[Corrections], bad: str) -> None:
    with pytest.raises(StoreError):
        records.append(bad, said_by("ann"))


def test_a_damaged_record_is_named(records: Records[Corrections], tmp_path: Path) -> None:
    records.append("c1234", said_by("ann"))
    path = tmp_path / "corrections" / "c1234" / "r.000001.json"
    path.write_text("{")
    with pytest.raises(StoreError, match=r"r\.000001"):
        records.last("c1234")


def test_every_record_is_announced_before_it_stands_and_after(tmp_path: Path) -> None:
    changes = Changes(tmp_path / "changes.log")
    records = Records(tmp_path / "comments", Corrections, changes)
    tail = changes.tail()
    records.append("c1234", said_by("ann"))
    records.append("c1234", said_by("bob"))
    with pytest.raises(StaleError):
        records.append("c1234", said_by("cid"), after=1)
    assert [change.number for change in tail.new()] == [1, 1, 2, 2]


def test_a_writer_that_is_killed_before_it_can_tell_has_told(tmp_path: Path) -> None:
    changes = Changes(tmp_path / "changes.log")
    records = Records(tmp_path / "comments", Corrections, changes)
    tail = changes.tail()
    (tmp_path / "comments").touch()  # a folder that cannot be made stands for a kill on the way
    with pytest.raises(UnavailableError):
        records.append("c1234", said_by("ann"))
    assert tail.new() == (Change("comments", "c1234", 1),)


def test_ids_that_differ_are_those_that_one_side_lacks(records: Records[Corrections], tmp_path: Path) -> None:
    assert records.differing({"c1111"}) == {"c1111"}
    for call in ("c2222", "c3333"):
        records.append(call, said_by("ann"))
    (tmp_path / "corrections" / "c4444").touch()
    (tmp_path / "corrections" / "NOT AN ID").mkdir()
    assert records.differing({"c1111", "c2222"}) == {"c1111", "c3333"}


def test_a_newer_record_is_noticed_by_whoever_knows_an_earlier_one(records: Records[Corrections]) -> None:
    assert records.number_since("c1234", 0) == 0
    for number in (1, 2, 3):
        records.append("c1234", said_by("ann"))
        assert records.number_since("c1234", number - 1) == records.number_since("c1234", number) == number
    assert records.number_since("c1234", 1) == 3


def test_files_and_folders_that_are_no_records_are_passed_over(records: Records[Corrections], tmp_path: Path) -> None:
    records.append("c1234", said_by("ann"))
    folder = tmp_path / "corrections"
    (folder / "c1234" / ".r.000002.json.tmp").write_text("{")
    (folder / "c1234" / "r.2.json").write_text("{")
    (folder / "a-file").write_text("")
    (folder / "NOT-AN-ID").mkdir()
    assert list(records.ids()) == ["c1234"]
    assert records.last_number("c1234") == 1
    assert records.last_number("a-file") == 0
    assert [records.has(name) for name in ("c1234", "a-file", "NOT-AN-ID", "", "..")] == [True, *[False] * 4]
