"""Owns the rows of tables that people and programs write: commas, semicolons or tabs, with their line numbers."""

import csv
import io
from collections.abc import Callable, Iterator

Refused = Callable[[str, str, int], Exception]
"""Makes the error for a message, a hint and a line."""


def rows_of(text: str, *, refused: Refused, separators: str = ",;\t") -> Iterator[tuple[int, list[str]]]:
    """Each row with the line that it begins in, the header's included; cells as they are written.

    The separator is the one of `separators` that the first line has most of, the first among equals. Raises: what
    `refused` makes, for quotes that are never closed and the like.
    """
    delimiter = max(separators, key=text.partition("\n")[0].count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader, None)
        except csv.Error as error:
            hint = "close the quotes on this line; double a quote inside a cell"
            raise refused(f"cannot be read as CSV: {error}", hint, line) from error
        if cells is None:
            return
        yield line, cells
