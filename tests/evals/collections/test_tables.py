"""Tables of labels: rows know their lines and columns, whichever separator a spreadsheet chose."""

from pathlib import Path

import pytest

from evals.collections.tables import read_table
from pipeline.errors import InputError


def table(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "labels.csv"
    path.write_bytes(text.encode())
    return path


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_separator_is_the_one_of_the_header(tmp_path: Path, separator: str) -> None:
    path = table(tmp_path, f"\ufeffrater{separator}text\r\nAnn{separator} Hi. \r\n")
    (row,) = read_table(path, needs=("rater",))
    assert dict(row.cells) == {"rater": "Ann", "text": "Hi."}


def test_line_is_the_first_of_a_row_though_cells_have_line_ends(tmp_path: Path) -> None:
    rows = read_table(table(tmp_path, 'rater,text\nAnn,"two\nlines"\n,\nBen,one\n'), needs=("rater",))
    assert [(row["rater"], row.line) for row in rows] == [("Ann", 2), ("Ben", 5)]


def test_error_of_a_cell_names_file_line_and_column(tmp_path: Path) -> None:
    path = table(tmp_path, "rater,text\nAnn,Hi.\n")
    (row,) = read_table(path, needs=("rater",))
    error = row.error("text", "is short", hint="write more")
    assert str(error) == f"{path}:2:2: text: is short"
    assert row.get("none") == ""
    assert row.error("none", "is missing", hint="add it").column is None


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        ("name,text\nAnn,Hi.\n", 1, "has no column 'rater'"),
        ("", 1, "has no column 'rater'"),
        ("rater,text,text\nAnn,a,b\n", 1, "two columns 'text'"),
        ("rater,text\nAnn,Hi,there\n", 2, "the row has 3 cells, the header 2"),
        ('rater,text\nAnn,"Hi\n', 2, "cannot be read as CSV"),
    ],
)
def test_damage_is_told_with_its_line(tmp_path: Path, text: str, line: int, told: str) -> None:
    with pytest.raises(InputError, match=told) as caught:
        read_table(table(tmp_path, text), needs=("rater",))
    assert caught.value.line == line


def test_columns_without_a_name_are_passed_over(tmp_path: Path) -> None:
    (row,) = read_table(table(tmp_path, "rater,,\nAnn,x,y\n"), needs=("rater",))
    assert dict(row.cells) == {"rater": "Ann"}
