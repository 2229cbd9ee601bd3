"""What the store does when the machine lets it down: full, forbidden, killed, cut off, torn."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.domain.provenance import Provenance
from pipeline.domain.span import Span
from pipeline.errors import StoreError, UnavailableError
from pipeline.store.blobs import FolderBlobs
from pipeline.store.durable import create, is_temporary
from pipeline.store.objects import ObjectStore, Work
from pipeline.store.records import Records
from tests.store.machine import can_mount, on_small_disk, without_privileges

WORK = Work(stage="measure", code=1)
MADE = Provenance(stage="measure", code_version="1")
VALUE = Span(start=0, end=1)
STEPS = [
    "make folder new", "flush folder {root}",
    "make folder ab", "flush folder new",
    "flush the temporary file of 5000 bytes", "link k.json", "flush folder ab", "remove the temporary file",
]  # fmt: skip


def written(target: Path, *stop: int) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.store.killed_writer", str(target), *map(str, stop)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def test_bytes_are_on_the_disk_before_their_name_is_and_the_name_before_it_counts(tmp_path: Path) -> None:
    """The order that a power cut asks for; every new folder is flushed into the one above before it holds anything."""
    done = written(tmp_path / "new" / "ab" / "k.json")
    assert done.stdout.splitlines() == [*(s.format(root=tmp_path.name) for s in STEPS), "created: True"]


@pytest.mark.parametrize("step", [5, 6, 7, 8])
def test_a_writer_killed_at_any_step_leaves_a_whole_object_or_none(step: int, tmp_path: Path) -> None:
    """Steps 5 to 8 are flush, link, flush and removal: from 7 on, after the link, the object is there."""
    target = tmp_path / "new" / "ab" / "k.json"
    assert written(target, step).returncode == -9
    blobs = FolderBlobs(tmp_path / "new")
    assert [b.name for b in blobs.all()] == (["ab/k.json"] if step >= 7 else [])
    assert len(list(blobs.leftovers())) == 1
    assert create(target, b"x" * 5000) == (step < 7)
    assert target.read_bytes() == b"x" * 5000


def test_what_a_killed_writer_left_is_no_record_and_no_object(tmp_path: Path) -> None:
    name = ".r.000002.json.0123456789abcdef0123456789abcdef.tmp"
    records = Records(tmp_path / "spans", Span)
    records.append("call-1", VALUE)
    (tmp_path / "spans" / "call-1" / name).write_bytes(b'{"start"')
    assert is_temporary(name)
    assert records.last("call-1") == VALUE
    assert records.append("call-1", VALUE) == 2


def test_a_torn_record_is_named_and_the_others_are_read(tmp_path: Path) -> None:
    """As a disk may leave one that broke, or a hand that edited it."""
    records = Records(tmp_path / "spans", Span)
    for call in ("call-1", "call-2"):
        records.append(call, VALUE)
    (tmp_path / "spans" / "call-1" / "r.000001.json").write_bytes(b'{"start": 0.0, "en')
    with pytest.raises(StoreError, match=r"cannot read .*call-1/r\.000001\.json") as told:
        records.last("call-1")
    assert told.value.hint == "the file is damaged; restore it from a copy"
    assert records.last("call-2") == VALUE


def test_an_empty_object_as_a_broken_disk_leaves_it_is_told_and_never_taken_for_a_result(tmp_path: Path) -> None:
    store = ObjectStore(tmp_path)
    key = store.put(WORK, VALUE, MADE)
    store.path("measure", key).write_bytes(b"")
    with pytest.raises(StoreError, match="cannot read"):
        _ = store.get("measure", key, Span)


def test_a_link_that_was_made_though_its_answer_was_lost_counts(tmp_path: Path) -> None:
    """A shared folder's server may refuse the second sending of a request that it has carried out."""
    from pipeline.store.durable import _link

    temporary, place = tmp_path / "t", tmp_path / "p"
    temporary.write_bytes(b"x")
    assert _link(temporary, place)
    assert _link(temporary, place)
    (tmp_path / "t2").write_bytes(b"y")
    assert not _link(tmp_path / "t2", place)


def test_a_folder_that_may_not_be_written_is_told_with_what_to_do_and_nothing_is_left(tmp_path: Path) -> None:
    store, other = ObjectStore(tmp_path), Work(stage="measure", code=2)
    store.put(WORK, VALUE, MADE)
    for path in (tmp_path, *tmp_path.rglob("*")):
        path.chmod(0o555 if path.is_dir() else 0o444)
    with pytest.raises(UnavailableError, match="Permission denied") as told:
        without_privileges(lambda: store.put(other, VALUE, MADE))
    assert "workspace may be written" in told.value.hint
    assert without_privileges(lambda: store.get("measure", WORK.key, Span)[0]) == VALUE
    assert len([p for p in tmp_path.rglob("*") if p.is_file()]) == 1


@pytest.mark.skipif(not can_mount(), reason="no disk can be mounted in a namespace here")
def test_a_full_disk_is_told_what_is_there_stays_whole_and_room_is_enough_to_go_on() -> None:
    """256 KiB hold some 20 objects of 12 KiB of blocks; the one that does not fit leaves nothing behind."""
    done = on_small_disk("tests.store.full_disk")
    report = json.loads(done.stdout)
    assert "No space left on device" in report["told"][0]
    assert "disk has room" in report["told"][1]
    assert report["kept"] == report["done"] > 10
    assert (report["whole"], report["left"], report["again"]) == (True, [], True)
