"""The log of changes: each line whole, whoever writes; lost, foreign and half lines harm nothing."""

import logging
import multiprocessing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.store.changes import Change, Changes
from tests.store.room_left import room_left


@pytest.fixture
def changes(tmp_path: Path) -> Changes:
    return Changes(tmp_path / "changes.log")


def announce_many(path: Path, writer: int) -> None:
    for number in range(1, 201):
        Changes(path).announce("calls", f"call-{writer}", number)


def test_a_reader_sees_what_was_announced_since_it_began(changes: Changes) -> None:
    changes.announce("calls", "c1234", 1)
    tail = changes.tail()
    assert tail.new() == ()
    changes.announce("reviews", "c1234", 2)
    changes.announce("comments", "c5678", 1)
    assert tail.new() == (Change("reviews", "c1234", 2), Change("comments", "c5678", 1))
    assert tail.new() == ()


def test_a_reader_may_begin_before_there_is_a_log(changes: Changes) -> None:
    tail = changes.tail()
    assert tail.new() == ()
    changes.announce("calls", "c1234", 1)
    assert tail.new() == (Change("calls", "c1234", 1),)


def test_kinds_that_the_index_does_not_copy_are_left_out(changes: Changes) -> None:
    tail = changes.tail()
    changes.announce("users", "anna", 1)
    changes.announce("labels", "c1234", 1)
    changes.announce("quarantine", "q1234", 3)
    assert tail.new() == (Change("quarantine", "q1234", 3),)


def test_a_line_that_is_not_whole_yet_waits_for_its_end(changes: Changes) -> None:
    tail = changes.tail()
    changes.path.write_bytes(b"calls c1234 1\ncalls c56")
    assert tail.new() == (Change("calls", "c1234", 1),)
    with changes.path.open("ab") as file:
        file.write(b"78 2\n")
    assert tail.new() == (Change("calls", "c5678", 2),)


@pytest.mark.parametrize("log_is", ["emptied", "removed"])
def test_a_log_that_somebody_empties_or_removes_is_read_from_its_new_beginning(changes: Changes, log_is: str) -> None:
    changes.announce("calls", "c1234", 1)
    tail = changes.tail()
    if log_is == "removed":
        changes.path.unlink()
    else:
        changes.path.write_bytes(b"")
    assert tail.new() == ()
    changes.announce("calls", "c5678", 1)
    assert tail.new() == (Change("calls", "c5678", 1),)


@given(st.binary(max_size=80))
def test_lines_that_are_none_of_ours_are_passed_over(tmp_path_factory: pytest.TempPathFactory, junk: bytes) -> None:
    changes = Changes(tmp_path_factory.mktemp("log") / "changes.log")
    tail = changes.tail()
    changes.path.write_bytes(junk + b"\n")
    changes.announce("calls", "c1234", 1)
    assert tail.new()[-1] == Change("calls", "c1234", 1)


def test_several_processes_never_mix_their_lines(changes: Changes) -> None:
    tail = changes.tail()
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=announce_many, args=(changes.path, writer)) for writer in range(3)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    found = tail.new()
    assert len(found) == 600
    for name in ("call-0", "call-1", "call-2"):
        assert [c.number for c in found if c.record_id == name] == list(range(1, 201))


def test_the_reader_empties_a_log_that_has_grown_large(changes: Changes) -> None:
    tail = changes.tail(most_bytes=20)
    changes.announce("calls", "c1234", 1)  # 14 bytes
    assert len(tail.new()) == 1
    assert changes.path.stat().st_size == 14
    changes.announce("calls", "c5678", 1)
    assert len(tail.new()) == 1
    assert changes.path.stat().st_size == 0
    changes.announce("calls", "c9999", 1)
    assert tail.new() == (Change("calls", "c9999", 1),)


@pytest.mark.parametrize("n_bytes", [40, 45])  # the mark takes 38: two bytes of a line fit, or seven
def test_a_log_that_takes_no_whole_line_is_begun_anew(changes: Changes, n_bytes: int) -> None:
    marked = changes.mark()
    assert marked is not None
    word, end = marked
    assert end == 38
    tail = changes.tail()
    with room_left(n_bytes):
        changes.announce("calls", "c1234", 1)
    assert changes.path.read_text() == "calls c1234 1\n"
    assert changes.since(word, end, end) is None
    assert tail.new() == (Change("calls", "c1234", 1),)


def test_a_full_disk_leaves_no_mark(changes: Changes) -> None:
    marked = changes.mark()
    assert marked is not None
    with room_left(3):
        changes.announce("calls", "c1234", 1)
    assert changes.path.read_text() == "cal"
    assert changes.since(*marked, marked[1]) is None
    again = changes.mark()
    assert again is not None
    assert changes.since(*again, again[1]) == ((), again[1])


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_log_that_can_be_neither_added_to_nor_emptied_is_taken_away(changes: Changes) -> None:
    changes.path.symlink_to("/dev/full")
    changes.announce("calls", "c1234", 1)
    assert not changes.path.is_symlink()
    assert changes.path.read_text() == "calls c1234 1\n"


def test_a_log_that_cannot_be_written_is_told_and_stops_nobody(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "changes.log").mkdir()
    with caplog.at_level(logging.WARNING):
        Changes(tmp_path / "changes.log").announce("calls", "c1234", 1)
    told = [record.getMessage() for record in caplog.records]
    assert len(told) == 2
    assert "changes.log" in told[0]
    assert "cannot empty" in told[1]
