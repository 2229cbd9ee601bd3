"""Journals: lines that are whole or absent, in order, whoever appends, and read from either end."""

import multiprocessing
import tempfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.base import Value
from pipeline.errors import StoreError
from pipeline.store.journal import Journal, append_line, last_line, lines_backwards


class Line(Value):
    n: int
    text: str = ""


def numbers(path: Path) -> list[int]:
    return [line.n for line in Journal(path, Line).all()]


def append_many(path: Path, first: int, n: int = 1) -> None:
    journal = Journal(path, Line)
    for i in range(first, first + n):
        journal.append(Line(n=i, text="x" * (i % 700)), durable=i % 10 == 0)


class TestAppending:
    def test_lines_come_back_in_order(self, tmp_path: Path) -> None:
        append_many(tmp_path / "deep" / "j.jsonl", 0, 30)
        assert numbers(tmp_path / "deep" / "j.jsonl") == list(range(30))

    def test_processes_lose_no_line_and_part_none(self, tmp_path: Path) -> None:
        path = tmp_path / "j.jsonl"
        ways = multiprocessing.get_context("spawn")
        others = [ways.Process(target=append_many, args=(path, first, 100)) for first in (0, 100, 200)]
        for other in others:
            other.start()
        for other in others:
            other.join()
        assert sorted(numbers(path)) == list(range(300))

    def test_what_a_crash_left_of_a_line_is_taken_away_by_the_next(self, tmp_path: Path) -> None:
        path = tmp_path / "j.jsonl"
        append_many(path, 0, 2)
        with path.open("ab") as file:
            file.write(b'{"n": 99, "te')
        assert numbers(path) == [0, 1]
        append_many(path, 2)
        assert numbers(path) == [0, 1, 2]

    def test_a_file_that_is_nothing_but_a_broken_line_begins_anew(self, tmp_path: Path) -> None:
        path = tmp_path / "j.jsonl"
        path.write_bytes(b"x" * 200_000)
        assert append_line(path, b'{"n": 1}') == 0
        assert numbers(path) == [1]

    def test_the_offset_is_that_of_the_line(self, tmp_path: Path) -> None:
        path = tmp_path / "j.jsonl"
        assert [append_line(path, b"ab"), append_line(path, b"c"), append_line(path, b"")] == [0, 3, 5]

    def test_nobody_else_may_read_it(self, tmp_path: Path) -> None:
        append_many(tmp_path / "j.jsonl", 0)
        assert (tmp_path / "j.jsonl").stat().st_mode & 0o077 == 0

    def test_a_place_that_cannot_be_written_is_named(self, tmp_path: Path) -> None:
        (tmp_path / "taken").write_text("a file, and no folder")
        with pytest.raises(StoreError, match=r"cannot write .*taken/j\.jsonl"):
            append_many(tmp_path / "taken" / "j.jsonl", 0)

    def test_a_damaged_line_is_named(self, tmp_path: Path) -> None:
        path = tmp_path / "j.jsonl"
        path.write_text('{"n": 1}\n{"n": "?"}\n')
        with pytest.raises(StoreError, match="line 2"):
            numbers(path)

    def test_a_journal_that_is_not_there_is_empty(self, tmp_path: Path) -> None:
        assert numbers(tmp_path / "none.jsonl") == []
        assert last_line(tmp_path / "none.jsonl") is None


LINES = st.lists(st.binary(max_size=40).filter(lambda b: b"\n" not in b), max_size=30)


def assert_reversed(lines: Sequence[bytes], unfinished: bytes) -> None:
    with tempfile.NamedTemporaryFile() as file:
        path = Path(file.name)
        path.write_bytes(b"".join(line + b"\n" for line in lines) + unfinished)
        found = list(lines_backwards(path))
        assert [line for _, line in found] == list(reversed(lines))
        data = path.read_bytes()
        assert all(data[at : at + len(line) + 1] == line + b"\n" for at, line in found)
        assert last_line(path) == (lines[-1] if lines else None)
        if len(found) > 2:  # from a line's own place on come those before it
            assert list(lines_backwards(path, end=found[1][0])) == found[2:]


class TestBackwards:
    @given(LINES, st.binary(max_size=20).filter(lambda b: b"\n" not in b))
    def test_it_is_the_whole_lines_reversed(self, lines: Sequence[bytes], unfinished: bytes) -> None:
        assert_reversed(lines, unfinished)

    @given(LINES)
    def test_long_lines_that_cross_blocks_too(self, lines: Sequence[bytes]) -> None:
        assert_reversed([line * 5000 for line in lines], b"tail" * 30_000)

    def test_only_the_end_is_read(self, tmp_path: Path) -> None:
        path = tmp_path / "j.jsonl"
        with path.open("wb") as file:
            file.truncate(10**10)  # a hole: reading all of it would take minutes
            file.seek(0, 2)
            file.write(b"\nlast\n")
        assert last_line(path) == b"last"
