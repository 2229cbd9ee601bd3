"""Rows of tables: separators, line numbers, quotes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.text.tables import rows_of


class RefusedError(Exception):
    """What a caller makes of a bad table."""


def refused(message: str, hint: str, line: int) -> RefusedError:
    return RefusedError(f"{line}: {message} ({hint})")


def rows(text: str) -> list[tuple[int, list[str]]]:
    return list(rows_of(text, refused=refused))


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_the_first_line_tells_the_separator(separator: str) -> None:
    text = f"role{separator}text\nrep{separator}a. b\n"
    assert rows(text) == [(1, ["role", "text"]), (2, ["rep", "a. b"])]


def test_a_row_has_the_line_that_it_begins_in() -> None:
    assert rows('role,text\nrep,"two\nlines"\ncustomer,one\n') == [
        (1, ["role", "text"]),
        (2, ["rep", "two\nlines"]),
        (4, ["customer", "one"]),
    ]


def test_quotes_that_are_never_closed_are_refused_with_their_line() -> None:
    with pytest.raises(RefusedError, match=r"^2: cannot be read as CSV.*close the quotes"):
        rows('role,text\nrep,"never closed\n')


def test_an_empty_text_has_no_rows() -> None:
    assert rows("") == []


@given(st.lists(st.lists(st.sampled_from(["a", "b c", ""]), min_size=2, max_size=2), min_size=1, max_size=6))
def test_every_row_is_found_with_its_line(cells: list[list[str]]) -> None:
    text = "".join(",".join(row) + "\n" for row in cells)
    assert rows(text) == [(number, row) for number, row in enumerate(cells, start=1)]
