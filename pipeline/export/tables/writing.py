"""Writes views as files, whole or not at all, with a note beside them that says what they are and what for."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import AwareDatetime

from pipeline import __version__
from pipeline.domain.base import Value
from pipeline.errors import UsageError
from pipeline.export.tables.views import View

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Form = Literal["parquet", "csv"]
Row = tuple[object, ...]
Rows = Callable[[str], Iterable[Row]]

NOTE = "about.json"
PURPOSE = (
    "Made to help reps and to run Filmroom. Levels and verdicts are no measure for decisions about employment: for "
    "that there is filmroom coaching export --for evaluation, which refuses what must not count."
)
BATCH = 5_000
_FORMULA = r"^[=+\-@\t\r]"
_UNSEEN = r"[\x00-\x1f\x7f\x{061c}\x{200e}\x{200f}\x{202a}-\x{202e}\x{2066}-\x{2069}]+"


class Written(Value):
    """One file that was written."""

    view: str
    file: str
    rows: int
    bytes: int


class About(Value):
    """The note beside the files."""

    filmroom: str
    made_at: AwareDatetime
    purpose: str = PURPOSE
    words: str
    files: tuple[Written, ...]


class TableWriter:
    """Writes views into one folder. Rows are held a few thousand at a time."""

    def __init__(self, folder: Path, form: Form) -> None:
        self._folder = folder
        self._form = form
        self._written: list[Written] = []

    def write(self, view: View, rows: Iterable[Row]) -> Written:
        """The file of a view, in place under its name once it is whole. Raises: UsageError for a folder that cannot be
        written."""
        import duckdb

        target = self._folder / f"{view.name}.{self._form}"
        partial = target.with_name(f".{target.name}.partial")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with duckdb.connect(":memory:", config={"threads": 1}) as database:
                n_rows = _fill(database, view, rows)
                database.execute(_copy(view, partial, self._form))
            partial.replace(target)
        except (OSError, duckdb.Error) as error:
            partial.unlink(missing_ok=True)
            raise UsageError(f"cannot write {target}: {error}", hint="give another folder with --out") from error
        written = Written(view=view.name, file=target.name, rows=n_rows, bytes=target.stat().st_size)
        self._written.append(written)
        return written

    def note(self, *, at: datetime, words: str) -> About:
        """The note, written beside the files; `words` says what became of spoken words."""
        about = About(filmroom=__version__, made_at=at, words=words, files=tuple(self._written))
        (self._folder / NOTE).write_text(about.model_dump_json(indent=1) + "\n", encoding="utf-8")
        return about


def _fill(database: "DuckDBPyConnection", view: View, rows: Iterable[Row]) -> int:
    columns = ", ".join(f'"{c.name}" {c.type}' for c in view.columns)
    database.execute(f"CREATE TABLE rows ({columns})")
    unnested = ", ".join(f"unnest(?::{c.type}[])" for c in view.columns)
    n_rows = 0
    for batch in _batches(rows):
        database.execute(f"INSERT INTO rows SELECT {unnested}", [list(c) for c in zip(*batch, strict=True)])
        n_rows += len(batch)
    return n_rows


def _batches(rows: Iterable[Row]) -> Iterator[Sequence[Row]]:
    rest = iter(rows)
    while batch := list(islice(rest, BATCH)):
        yield batch


def _copy(view: View, target: Path, form: Form) -> str:
    """The COPY of the rows. In CSV no cell begins as a formula does, and none holds marks that are not seen."""
    place = str(target).replace("'", "''")
    if form == "parquet":
        purpose = PURPOSE.replace("'", "''")
        return f"COPY rows TO '{place}' (FORMAT parquet, COMPRESSION zstd, KV_METADATA {{purpose: '{purpose}'}})"
    cells = ", ".join(_cell(c.name) if c.type == "VARCHAR" else f'"{c.name}"' for c in view.columns)
    return f"COPY (SELECT {cells} FROM rows) TO '{place}' (FORMAT csv, HEADER)"  # noqa: S608 - our own names


def _cell(name: str) -> str:
    clean = f"regexp_replace(\"{name}\", '{_UNSEEN}', ' ', 'g')"
    return f"CASE WHEN regexp_matches(\"{name}\", '{_FORMULA}') THEN '''' || {clean} ELSE {clean} END AS \"{name}\""
