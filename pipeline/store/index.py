"""The DuckDB index: a copy of what the files say, made for questions, rebuilt from them at any time.

Times are in UTC, without a zone. Every row carries the id of the record it comes from, in `call`; `sources` tells which
record of each kind and id is indexed. A call, its review and its comments share the call's id, so the tables of each
kind are its own. `looked` is a note of whoever brings the index up to date, of how far that was done.
"""

import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Self

from pipeline.errors import StoreError
from pipeline.log import get_logger
from pipeline.store.index_rows import RecordKind, Rows

if TYPE_CHECKING:
    from collections.abc import Callable

    from duckdb import DuckDBPyConnection

_log = get_logger(__name__)

LOCK_WAIT_S = 5.0
"""How long to wait for another process to close the index."""

THREADS = 1
"""For one question: each is small, and a second thread costs more than it saves, half of a page's processor time."""

CHECKPOINT_MIB = 64
"""So much is written to the index's own log before it goes into its tables. Each time, every table's last rows, up to
122,880 of them, are written anew: at DuckDB's 16 that made up half of writing, and grew until the tables were as large.
"""

SCHEMA = 4
"""Goes up with every change of a table or of what its rows say: an index of another version is made anew."""

TABLES: dict[RecordKind, dict[str, str]] = {
    "calls": {
        "calls": (
            "call VARCHAR, path VARCHAR, rep VARCHAR, rep_key VARCHAR, manager VARCHAR, manager_key VARCHAR, "
            "team VARCHAR, customer VARCHAR, deal VARCHAR, stage VARCHAR, mode VARCHAR, direction VARCHAR, "
            "kind VARCHAR, started_at TIMESTAMP, duration DOUBLE, language VARCHAR, rubric VARCHAR, "
            "rubric_version INTEGER, improvement VARCHAR, strength VARCHAR, n_observations INTEGER, "
            "n_rejected INTEGER, recorded_at TIMESTAMP, rep_talk_ratio DOUBLE"
        ),
        "measures": (
            "call VARCHAR, name VARCHAR, value DOUBLE, unit VARCHAR, unavailable VARCHAR, low DOUBLE, high DOUBLE"
        ),
        "turns": (
            "call VARCHAR, id VARCHAR, role VARCHAR, speaker VARCHAR, t_start DOUBLE, t_end DOUBLE, text VARCHAR"
        ),
        "observations": (
            "call VARCHAR, id VARCHAR, capability VARCHAR, behaviour VARCHAR, kind VARCHAR, role VARCHAR, "
            "turn_id VARCHAR, t_start DOUBLE, t_end DOUBLE, quote VARCHAR"
        ),
        "verdicts": "call VARCHAR, capability VARCHAR, behaviour VARCHAR, state VARCHAR, reason VARCHAR",
        "scores": "call VARCHAR, capability VARCHAR, level INTEGER, levels INTEGER, unscored VARCHAR",
        "rejected": "call VARCHAR, behaviour VARCHAR, turn_id VARCHAR, reason VARCHAR",
    },
    "quarantine": {
        "quarantine": "call VARCHAR, path VARCHAR, stage VARCHAR, reason VARCHAR, hint VARCHAR, recorded_at TIMESTAMP",
    },
    "evaluations": {
        "evaluations": (
            "call VARCHAR, run_at TIMESTAMP, suites VARCHAR, reader VARCHAR, code_sha256 VARCHAR, findings VARCHAR, "
            "note VARCHAR"
        ),
        "evaluation_figures": (
            "call VARCHAR, run_at TIMESTAMP, name VARCHAR, value DOUBLE, n BIGINT, low DOUBLE, high DOUBLE, "
            "baseline DOUBLE, people DOUBLE"
        ),
    },
    "reviews": {
        "reviews": (
            'call VARCHAR, number INTEGER, state VARCHAR, action VARCHAR, author VARCHAR, "at" TIMESTAMP, '
            "record INTEGER, draft VARCHAR, improvement VARCHAR, n_edits INTEGER, override BOOLEAN, follow_up DATE"
        ),
    },
    "comments": {
        "comments": 'call VARCHAR, id VARCHAR, author VARCHAR, "at" TIMESTAMP, moment DOUBLE, parent VARCHAR',
    },
    "cycle": {
        "happened": (
            'call VARCHAR, number INTEGER, kind VARCHAR, author VARCHAR, "at" TIMESTAMP, subject VARCHAR, body VARCHAR'
        ),
    },
}
"""The tables that the records of each kind fill, with their columns."""

_COLUMNS = {name: columns for tables in TABLES.values() for name, columns in tables.items()} | {
    "sources": "kind VARCHAR, id VARCHAR, number INTEGER"
}


_SETTINGS: dict[str, str | bool | int | float | list[str]] = {
    "threads": THREADS,
    "checkpoint_threshold": f"{CHECKPOINT_MIB}MiB",
}
_LOOKED = "CREATE TABLE IF NOT EXISTS looked (state VARCHAR)"
_AMONG = "IN (SELECT unnest(?::VARCHAR[]))"


class Entry(NamedTuple):
    """What the index is to have for a record: its number, 0 for none any more, and its rows."""

    kind: RecordKind
    record_id: str
    number: int
    rows: Rows


class Index:
    """An open index; use as a context manager, since only one process can have it open."""

    def __init__(self, path: Path, *, wait_s: float = LOCK_WAIT_S) -> None:
        import duckdb

        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._database = _connected(path, wait_s)
            _lay_out(self._database, path)
        except (OSError, duckdb.Error) as error:
            raise _unopened(path, error) from error
        self._loaded: dict[tuple[RecordKind, str], int] | None = None
        self._loading = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let other processes have it."""
        self._database.close()

    def known(self) -> dict[tuple[RecordKind, str], int]:
        """The number of the record that is indexed, by kind and id, as of now."""
        return self._numbers().copy()

    def number(self, kind: RecordKind, record_id: str) -> int:
        """The number of the record that is indexed, 0 for none; the first time, all numbers are loaded."""
        return self._numbers().get((kind, record_id), 0)

    def numbers(self, kind: RecordKind, record_ids: Iterable[str]) -> dict[str, int]:
        """The numbers of those of these records that are indexed; no others are loaded."""
        query = f"SELECT id, number FROM sources WHERE kind = ? AND id {_AMONG}"  # noqa: S608 - our names
        found = self.rows(query, [kind, list(record_ids)])
        return {str(record_id): int(str(number)) for record_id, number in found}

    def ids(self, kind: RecordKind) -> set[str]:
        """The ids of a kind that are indexed."""
        # as one text: a third of the time that so many rows take
        found = self.rows("SELECT string_agg(id, ' ') FROM sources WHERE kind = ?", [kind])[0][0]
        return set(str(found).split(" ")) if found else set()

    @property
    def looked(self) -> str | None:
        """The note that was kept last, None for none."""
        found = self.rows("SELECT state FROM looked")
        return str(found[0][0]) if found else None

    def keep_looked(self, state: str) -> None:
        """Keep a note in place of the last one. Raises: StoreError."""
        self._write(lambda writer: _note(writer, state))

    def _numbers(self) -> dict[tuple[RecordKind, str], int]:
        if self._loaded is None:
            with self._loading:  # no write comes in between
                if self._loaded is None:
                    found = self.rows("SELECT kind, id, number FROM sources")
                    self._loaded = {(kind, record_id): number for kind, record_id, number in found}  # type: ignore[misc]
        return self._loaded

    def write(self, entries: Sequence[Entry]) -> None:
        """Put the rows of these records in place of those of earlier records of the same kinds and ids, all or none.

        No kind and id comes twice; an entry of number 0 only takes away. Raises: StoreError.
        """
        with self._loading:
            old = {kind: self._there(kind, entries) for kind in {entry.kind for entry in entries}}
            self._write(lambda writer: _put(writer, entries, old))
            loaded = {} if self._loaded is None else self._loaded
            for entry in entries:
                loaded[entry.kind, entry.record_id] = entry.number
                if not entry.number:
                    del loaded[entry.kind, entry.record_id]

    def _there(self, kind: RecordKind, entries: Sequence[Entry]) -> list[str]:
        """The ids of those entries of a kind that have rows already."""
        ids = [entry.record_id for entry in entries if entry.kind == kind]
        if self._loaded is None:
            return list(self.numbers(kind, ids))
        return [record_id for record_id in ids if (kind, record_id) in self._loaded]

    def _write(self, act: "Callable[[DuckDBPyConnection], None]") -> None:
        import duckdb

        try:
            with self._database.cursor() as writer:
                writer.begin()
                try:
                    act(writer)
                    writer.commit()
                except BaseException:
                    writer.rollback()
                    raise
        except duckdb.Error as error:
            raise StoreError(
                f"cannot write the index: {error}", hint="check that the disk has room; then filmroom index rebuild"
            ) from error

    def rows(self, query: str, parameters: Sequence[object] = ()) -> list[tuple[object, ...]]:
        """The rows that a query gives; any thread may ask. Raises: StoreError."""
        import duckdb

        try:
            with self._database.cursor() as reader:
                return reader.execute(query, list(parameters)).fetchall()
        except duckdb.Error as error:
            raise StoreError(
                f"the index cannot answer: {error}", hint="if it is damaged, filmroom index rebuild makes it anew"
            ) from error

    def each(self, query: str) -> Iterator[tuple[object, ...]]:
        """The rows that a query gives, some thousand held at a time, however many there are. Raises: StoreError."""
        import duckdb

        try:
            with self._database.cursor() as reader:
                found = reader.execute(query)
                while some := found.fetchmany(5_000):
                    yield from some
        except duckdb.Error as error:
            raise StoreError(
                f"the index cannot answer: {error}", hint="if it is damaged, filmroom index rebuild makes it anew"
            ) from error

    def calls(self) -> list[dict[str, object]]:
        """All calls by time, oldest first, each with the measure and the choices that a list shows."""
        return self._named("SELECT * FROM calls ORDER BY coalesce(started_at, recorded_at), call")

    def quarantined(self) -> list[dict[str, object]]:
        """The recordings that were set aside, by path; `reviewed` is the call that an earlier run made of one."""
        return self._named(
            "SELECT q.*, min(c.call) AS reviewed FROM quarantine q LEFT JOIN calls c ON c.path = q.path "
            "GROUP BY ALL ORDER BY q.path"
        )

    def _named(self, query: str) -> list[dict[str, object]]:
        with self._database.cursor() as reader:
            found = reader.execute(query)
            names = [column[0] for column in found.description or ()]
            return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    def content(self) -> dict[str, list[tuple[object, ...]]]:
        """Every row of every table, sorted: equal for two indexes of the same files."""
        return {table: self.rows(f"SELECT * FROM {table} ORDER BY ALL") for table in _COLUMNS}  # noqa: S608


def _connected(path: Path, wait_s: float) -> "DuckDBPyConnection":
    """The database, once no other process has it: commands hold it for a moment, so each waits its turn for a while."""
    import duckdb

    give_up = time.monotonic() + wait_s
    while True:
        try:
            return duckdb.connect(str(path), config=_SETTINGS)
        except duckdb.IOException as error:
            if not _is_locked(error) or time.monotonic() > give_up:
                raise
            time.sleep(0.05)


def _unopened(path: Path, error: Exception) -> StoreError:
    if _is_locked(error):
        hint = "another filmroom process has it open, the review room perhaps: look there, or close it and try again"
    else:
        hint = "the workspace cannot be written; or the index is damaged, then run filmroom index rebuild"
    return StoreError(f"cannot open the index {path}: {error}", hint=hint)


def _is_locked(error: Exception) -> bool:
    return "lock on file" in str(error)


def require_free(path: Path, *, wait_s: float = LOCK_WAIT_S) -> None:
    """Passes when no other process has this index open, also when it is damaged or not there. Raises: StoreError."""
    import duckdb

    try:
        if path.is_file():
            _connected(path, wait_s).close()
    except duckdb.Error as error:
        if _is_locked(error):
            raise _unopened(path, error) from error


def _lay_out(database: "DuckDBPyConnection", path: Path) -> None:
    """Make the tables; those of another version are thrown away, since the files still say all that they said."""
    there = {name for (name,) in database.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
    version = database.execute("SELECT max(version) FROM schema_version").fetchone() if "schema_version" in there else 0
    if there and version != (SCHEMA,):
        _log.warning("%s is an index of another version: it is made anew from the files", path)
    elif there:
        database.execute(_LOOKED)
        return
    database.begin()
    for table in there:
        database.execute(f'DROP TABLE "{table}"')
    for table, columns in _COLUMNS.items():
        database.execute(f"CREATE TABLE {table} ({columns})")
    database.execute("CREATE TABLE schema_version AS SELECT ? AS version", [SCHEMA])
    database.execute(_LOOKED)
    database.commit()


def _note(writer: "DuckDBPyConnection", state: str) -> None:
    writer.execute("DELETE FROM looked")
    writer.execute("INSERT INTO looked VALUES (?)", [state])


def _put(writer: "DuckDBPyConnection", entries: Sequence[Entry], there: dict[RecordKind, list[str]]) -> None:
    for kind, old in there.items():
        of_kind = [entry for entry in entries if entry.kind == kind]
        if old:
            for table in TABLES[kind]:
                writer.execute(f"DELETE FROM {table} WHERE call {_AMONG}", [old])  # noqa: S608 - our names
            writer.execute(f"DELETE FROM sources WHERE kind = ? AND id {_AMONG}", [kind, old])  # noqa: S608
        for table in TABLES[kind]:
            _insert(writer, table, [row for entry in of_kind for row in entry.rows.get(table, ())])
        _insert(writer, "sources", [(kind, entry.record_id, entry.number) for entry in of_kind if entry.number])


def _insert(writer: "DuckDBPyConnection", table: str, rows: Sequence[tuple[object, ...]]) -> None:
    """Column by column, as arrays: three times as fast as lists, and those fifty times as fast as row by row.

    Numbers with a fraction are told by their type, since a column of whole ones would pass for integers; None among
    them is NaN, which DuckDB takes for none, and no value of ours is NaN.
    """
    if not rows:
        return
    import numpy as np

    kinds = [column.split()[1] for column in _COLUMNS[table].split(", ")]
    columns = {
        f"column_{n}": np.array(values, dtype=np.float64 if kind == "DOUBLE" else object)
        for n, (kind, values) in enumerate(zip(kinds, zip(*rows, strict=True), strict=True))
    }
    writer.register("arrays", columns)  # for this cursor alone, and until the next
    writer.execute(f"INSERT INTO {table} SELECT * FROM arrays")  # noqa: S608 - our names
