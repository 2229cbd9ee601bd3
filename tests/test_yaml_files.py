"""YAML files of authors: what cannot be read at all is told with its place, as slips are."""

import time
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.errors import RubricError
from pipeline.yaml_files import Kind, nests_too_deeply, read_yaml

KIND = Kind(name="list", fields=("id", "names"), begins="id", guide="see the guide", otherwise="look", most_bytes=300)


def refused(folder: Path, data: bytes) -> RubricError:
    path = folder / "x.yaml"
    path.write_bytes(data)
    with pytest.raises(RubricError) as caught:
        read_yaml(path, KIND)
    return caught.value


def test_a_file_is_read_with_or_without_a_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    for mark in (b"", b"\xef\xbb\xbf"):
        path.write_bytes(mark + b"id: a\nnames: [b]\n")
        assert read_yaml(path, KIND) == {"id": "a", "names": ["b"]}


@pytest.mark.parametrize(
    ("data", "at", "told"),
    [
        # é of Latin-1 is the byte E9: after "names: [D" it is the tenth character of the second line
        (b"id: a\nnames: [D\xe9]\n", (2, 10), "is not UTF-8 text: the byte 0xe9"),
        ("id: a\nnames: [é, D".encode() + b"\xe9]\n", (2, 13), "is not UTF-8 text"),  # a character, not a byte, each
        ("id: a\n".encode("utf-16"), (1, 1), "is not UTF-8 text: the byte 0xff"),
        (b"id: a\nnames: x\x00y\n", (2, 9), "the character U+0000 stands here"),
        (b"", (1, 1), "must be a mapping with id, ..."),
        (b"# nothing but a comment\n", (1, 1), "must be a mapping with id, ..."),
    ],
)
def test_what_is_no_text_or_no_mapping_is_told_with_line_and_column(
    tmp_path: Path, data: bytes, at: tuple[int, int], told: str
) -> None:
    error = refused(tmp_path, data)
    assert (error.line, error.column) == at
    assert told in error.message


def test_too_many_bytes_too_deep_a_nest_and_a_missing_file_are_refused(tmp_path: Path) -> None:
    too_long = refused(tmp_path, b"id: a\n" + b"#" * 300)
    assert "has 306 bytes; a list has at most 300" in too_long.message
    assert "check that it is a list" in too_long.hint
    assert "nested too deeply for a list" in deep(tmp_path).message
    with pytest.raises(RubricError, match="cannot be read"):
        read_yaml(tmp_path / "none.yaml", KIND)


def test_of_a_file_that_is_far_too_long_no_more_is_read_than_tells_it(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    with path.open("wb") as file:
        file.truncate(1 << 40)  # a terabyte of holes
    with pytest.raises(RubricError, match="has 1,099,511,627,776 bytes; a list has at most 300"):
        read_yaml(path, KIND)


@pytest.mark.parametrize(
    ("text", "too_deep"),
    [
        ("[" * 100 + "]" * 100, False),
        ("[" * 101, True),
        ("a: {b: [" * 51, True),  # two are open for each
        ("- a smile :-] and [a note]\n" * 5000, False),
        ("]" * 500 + "[" * 100, False),
    ],
)
def test_brackets_count_as_deep_when_a_hundred_are_open_at_once(text: str, too_deep: bool) -> None:
    assert nests_too_deeply(text) is too_deep


def test_what_is_refused_costs_no_parsing(tmp_path: Path) -> None:
    """Parsed, the first takes 4 s of processor time and the others, by their size, about 20 s each."""
    began = time.process_time()
    for text, most in (
        ("id: " + "[" * 60_000, 65_536),
        ("id: [" + "a," * 500_000 + "]", 65_536),
        ("k: v\n" * 200_000, 9),
    ):
        (tmp_path / "x.yaml").write_text(text)
        with pytest.raises(RubricError, match=r"nested too deeply|has at most"):
            read_yaml(tmp_path / "x.yaml", replace(KIND, most_bytes=most))
    assert time.process_time() - began < 1


def deep(folder: Path) -> RubricError:
    path = folder / "deep.yaml"
    path.write_text("id: " + "[" * 5000 + "]" * 5000, encoding="utf-8")
    with pytest.raises(RubricError) as caught:
        read_yaml(path, Kind("list", (), "id", "see the guide", "look", 20_000))
    return caught.value
