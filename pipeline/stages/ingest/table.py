"""Reads calls.csv: one row of metadata for each recording in the same folder."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import MetadataError
from pipeline.stages.ingest.metadata import FIELDS, Entry, Stated, Written, parse_metadata
from pipeline.stages.ingest.sidecar import MAX_BYTES, MAX_TABLE_BYTES, read_mapping, read_text
from pipeline.text.tables import Refused, rows_of

TABLE_NAME = "calls.csv"
MAX_ROWS = 10_000
_PATH = "path"
_CHANNELS = "channels"
_COLUMNS = (_PATH, *(name for name in FIELDS if name != "sides"))


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the recording's file name, the row's first line, and what it states or what is wrong with it."""

    recording: str
    line: int
    stated: Stated | MetadataError


def read_table(path: Path) -> tuple[Row, ...]:
    """The rows in order; a bad row holds its own error. Comma or semicolon separated, with a header row.

    Raises: MetadataError when the header or the quoting is wrong, so that no row can be told.
    """

    def refused(message: str, hint: str, line: int) -> MetadataError:
        return MetadataError(message, hint=hint, path=path, line=line)

    records = rows_of(read_text(path, most=MAX_TABLE_BYTES), refused=refused)
    _, header = next(records, (1, []))
    columns = [name.strip() for name in header]
    _check_header(columns, path)
    written = [(line, cells) for line, cells in records if any(cell.strip() for cell in cells)]
    if len(written) > MAX_ROWS:
        raise refused(f"has {len(written):,} rows, and may have {MAX_ROWS:,}", "split the folder", written[MAX_ROWS][0])
    _check_channels(columns, written, refused)
    rows = [_row(columns, line, cells, path) for line, cells in written]
    lines: dict[str, list[int]] = {}
    for row in rows:
        lines.setdefault(row.recording, []).append(row.line)
    return tuple(_unique(row, lines[row.recording], path) for row in rows)


def _check_header(columns: Sequence[str], path: Path) -> None:
    hint = "the first line names the columns: " + ", ".join(_COLUMNS)
    if _PATH not in columns:
        raise MetadataError(f"has no column {_PATH!r}", hint=hint, path=path, line=1)
    if twice := [name for name in columns if columns.count(name) > 1]:
        raise MetadataError(f"has two columns {twice[0]!r}", hint="keep one of them", path=path, line=1)
    parse_metadata({name: Entry(None, 1) for name in columns if name != _PATH}, path)
    if "sides" in columns:
        hint = 'describe a call of several files in a sidecar: {"sides": {"rep": "a.wav", "customer": "b.wav"}}'
        raise MetadataError("sides cannot be a column", hint=hint, path=path, line=1)


def _check_channels(columns: Sequence[str], rows: Sequence[tuple[int, list[str]]], refused: Refused) -> None:
    """Passes unless the cells of channels, each counted once, are more YAML than a whole sidecar may have."""
    if _CHANNELS not in columns:
        return
    at, seen, size = columns.index(_CHANNELS), set[str](), 0
    for line, cells in rows:
        cell = cells[at] if at < len(cells) else ""
        size += 0 if cell in seen else len(cell)
        seen.add(cell)
        if size > MAX_BYTES:
            message = f"has more than {MAX_BYTES:,} characters of different {_CHANNELS}"
            raise refused(message, 'write {"0": "rep", "1": "customer"}, alike in every row', line)


def _row(columns: Sequence[str], line: int, cells: Sequence[str], path: Path) -> Row:
    texts = dict(zip(columns, cells, strict=False))
    recording = texts.get(_PATH, "").strip()
    try:
        if len(cells) != len(columns):
            message = f"the row has {len(cells)} cells, the header {len(columns)}"
            raise MetadataError(message, hint="quote a cell that holds the separator", path=path, line=line)
        if not recording or Path(recording).name != recording or "\0" in recording:
            hint = f"write the recording's file name; a folder's recordings are listed in its own {TABLE_NAME}"
            raise MetadataError(f"path: {recording!r} is no file name", hint=hint, path=path, line=line)
        entries = {name: Entry(_cell(name, text), line) for name, text in texts.items() if name != _PATH}
        return Row(recording, line, parse_metadata(entries, path))
    except MetadataError as error:
        return Row(recording, line, error)


def _cell(name: str, text: str) -> Written:
    return read_mapping(text) if name == _CHANNELS and text.strip() else text


def _unique(row: Row, lines: Sequence[int], path: Path) -> Row:
    if len(lines) == 1:
        return row
    where = " and ".join(str(line) for line in lines)
    message = f"{row.recording!r} is listed on lines {where}"
    return Row(row.recording, row.line, MetadataError(message, hint="keep one row", path=path, line=row.line))
