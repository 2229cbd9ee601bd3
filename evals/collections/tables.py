"""Owns reading tables of labels: rows that know their file, line and columns, so that a wrong cell can be told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from evals.collections.formats import read_text
from pipeline.errors import InputError
from pipeline.text.tables import rows_of


@dataclass(frozen=True, slots=True)
class Row:
    """One row below the header: its file, the line it begins on, and its cells by column, outer blanks taken off."""

    path: Path
    line: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells[column]

    def get(self, column: str) -> str:
        """The cell; empty where the table has no such column."""
        return self.cells.get(column, "")

    def error(self, column: str, message: str, *, hint: str) -> InputError:
        """An error at this cell: the line, and the number of the column, counted from 1."""
        number = list(self.cells).index(column) + 1 if column in self.cells else None
        return InputError(f"{column}: {message}", hint=hint, path=self.path, line=self.line, column=number)


def read_table(path: Path, *, needs: Sequence[str], hint: str = "check the path") -> tuple[Row, ...]:
    """The rows that hold anything, in order; separated by commas, semicolons or tabs, whichever the header has most.

    `needs` are columns that must be there; others may be. Columns without a name are passed over.
    Raises: InputError with the line of a header or a row that is off.
    """

    def refused(message: str, told: str, line: int) -> InputError:
        return InputError(message, hint=told, path=path, line=line)

    records = rows_of(read_text(path, hint=hint), refused=refused)
    _, header = next(records, (1, []))
    columns = [name.strip() for name in header]
    told = f"the first line names the columns; needed are {', '.join(needs)}"
    if missing := [name for name in needs if name not in columns]:
        raise InputError(f"has no column {missing[0]!r}", hint=told, path=path, line=1)
    if twice := [name for name in columns if name and columns.count(name) > 1]:
        raise InputError(f"has two columns {twice[0]!r}", hint="keep one of them", path=path, line=1)
    return tuple(
        _row(path, columns, line=line, cells=cells) for line, cells in records if any(cell.strip() for cell in cells)
    )


def _row(path: Path, columns: Sequence[str], *, line: int, cells: Sequence[str]) -> Row:
    if len(cells) != len(columns):
        hint = "quote a cell that holds the separator"
        raise InputError(f"the row has {len(cells)} cells, the header {len(columns)}", hint=hint, path=path, line=line)
    named = {name: cell.strip() for name, cell in zip(columns, cells, strict=True) if name}
    return Row(path, line, named)
