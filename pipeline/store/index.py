"""The DuckDB index: a copy of what the files say, made for questions, rebuilt from them at any time.

Times are in UTC, without a zone. Every row carries the id of the record it comes from, in `call`; `sources` tells which
record of each id is indexed.
"""

import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Self

from pipeline.domain.evaluation import EvaluationRecord
from pipeline.domain.result import CallResult
from pipeline.domain.work import CallRecord, QuarantineRecord
from pipeline.errors import StoreError

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

LOCK_WAIT_S = 5.0
"""How long to wait for another process to close the index."""

_TABLES = {
    "calls": (
        "call VARCHAR, path VARCHAR, rep VARCHAR, manager VARCHAR, team VARCHAR, customer VARCHAR, deal VARCHAR, "
        "stage VARCHAR, mode VARCHAR, started_at TIMESTAMP, duration DOUBLE, language VARCHAR, rubric VARCHAR, "
        "rubric_version INTEGER, improvement VARCHAR, strength VARCHAR, n_observations INTEGER, n_rejected INTEGER, "
        "recorded_at TIMESTAMP"
    ),
    "measures": "call VARCHAR, name VARCHAR, value DOUBLE, unit VARCHAR, unavailable VARCHAR",
    "turns": "call VARCHAR, id VARCHAR, role VARCHAR, speaker VARCHAR, t_start DOUBLE, t_end DOUBLE, text VARCHAR",
    "observations": (
        "call VARCHAR, id VARCHAR, capability VARCHAR, behaviour VARCHAR, kind VARCHAR, role VARCHAR, turn_id VARCHAR, "
        "t_start DOUBLE, t_end DOUBLE, quote VARCHAR"
    ),
    "verdicts": "call VARCHAR, capability VARCHAR, behaviour VARCHAR, state VARCHAR, reason VARCHAR",
    "scores": "call VARCHAR, capability VARCHAR, level INTEGER, levels INTEGER, unscored VARCHAR",
    "rejected": "call VARCHAR, behaviour VARCHAR, turn_id VARCHAR, reason VARCHAR",
    "quarantine": "call VARCHAR, path VARCHAR, stage VARCHAR, reason VARCHAR, hint VARCHAR, recorded_at TIMESTAMP",
    "evaluations": (
        "call VARCHAR, run_at TIMESTAMP, suites VARCHAR, reader VARCHAR, code_sha256 VARCHAR, findings VARCHAR, "
        "note VARCHAR"
    ),
    "evaluation_figures": (
        "call VARCHAR, run_at TIMESTAMP, name VARCHAR, value DOUBLE, n BIGINT, low DOUBLE, high DOUBLE, "
        "baseline DOUBLE, people DOUBLE"
    ),
    "sources": "call VARCHAR, number INTEGER",
}

Rows = dict[str, list[tuple[object, ...]]]


def call_rows(record: CallRecord, result: CallResult) -> Rows:
    """The rows that one call gives to each table."""
    rows: Rows = {table: [] for table in _TABLES}
    _add(rows, record, result)
    return rows


def quarantine_rows(record_id: str, record: QuarantineRecord) -> Rows:
    """The row of a recording that could not be done; none once it was released."""
    if record.released:
        return {}
    return {"quarantine": [(record_id, str(record.path), record.stage, record.reason, record.hint, _utc(record.at))]}


def evaluation_rows(record: EvaluationRecord) -> Rows:
    """The rows of one run of the evaluation; `call` is the run's id, as everywhere the id of the record."""
    at = _utc(record.at)
    return {
        "evaluations": [
            (record.id, at, " ".join(record.suites), record.reader, record.code_sha256, record.key, record.note)
        ],
        "evaluation_figures": [
            (record.id, at, f.name, f.value, f.n, f.low, f.high, f.baseline, f.people) for f in record.figures
        ],
    }


class Index:
    """An open index; use as a context manager, since only one process can have it open."""

    def __init__(self, path: Path) -> None:
        import duckdb

        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._database = _connected(path)
            for table, columns in _TABLES.items():
                self._database.execute(f"CREATE TABLE IF NOT EXISTS {table} ({columns})")
        except (OSError, duckdb.Error) as error:
            raise StoreError(
                f"cannot open the index {path}: {error}",
                hint="another filmroom process has it open, then wait for it; or the workspace cannot be written; "
                "or the index is damaged, then run filmroom index rebuild",
            ) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._database.close()

    def known(self) -> dict[str, int]:
        """The number of the indexed record, by id."""
        return dict(self._database.execute("SELECT call, number FROM sources").fetchall())

    def replace(self, record_id: str, number: int, rows: Rows) -> None:
        """Put the rows of one record in place of those of an earlier record of the same id, all or none."""
        self._database.begin()
        try:
            for table in _TABLES:
                self._database.execute(f"DELETE FROM {table} WHERE call = ?", [record_id])  # noqa: S608 - our own names
            for table, found in {**rows, "sources": [(record_id, number)]}.items():
                if found:
                    places = ", ".join("?" for _ in _TABLES[table].split(","))
                    self._database.executemany(f"INSERT INTO {table} VALUES ({places})", found)  # noqa: S608
            self._database.commit()
        except BaseException:
            self._database.rollback()
            raise

    def rows(self, query: str, parameters: Sequence[object] = ()) -> list[tuple[object, ...]]:
        """The rows that a query gives."""
        return self._database.execute(query, list(parameters)).fetchall()

    def calls(self) -> list[dict[str, object]]:
        """All calls by time, oldest first, each with the measure and the choices that a list shows."""
        return self._named(
            "SELECT c.*, m.value AS rep_talk_ratio FROM calls c LEFT JOIN measures m "
            "ON m.call = c.call AND m.name = 'rep_talk_ratio' ORDER BY coalesce(c.started_at, c.recorded_at), c.call"
        )

    def quarantined(self) -> list[dict[str, object]]:
        """The recordings that were set aside, by path; `reviewed` is the call that an earlier run made of one."""
        return self._named(
            "SELECT q.*, min(c.call) AS reviewed FROM quarantine q LEFT JOIN calls c ON c.path = q.path "
            "GROUP BY ALL ORDER BY q.path"
        )

    def _named(self, query: str) -> list[dict[str, object]]:
        found = self._database.execute(query)
        names = [column[0] for column in found.description or ()]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    def content(self) -> dict[str, list[tuple[object, ...]]]:
        """Every row of every table, sorted: equal for two indexes of the same files."""
        return {table: self.rows(f"SELECT * FROM {table} ORDER BY ALL") for table in _TABLES}  # noqa: S608


def _connected(path: Path) -> "DuckDBPyConnection":
    """The database, once no other process has it: commands hold it for a moment, so each waits its turn for a while."""
    import duckdb

    give_up = time.monotonic() + LOCK_WAIT_S
    while True:
        try:
            return duckdb.connect(str(path))
        except duckdb.IOException as error:
            if "lock" not in str(error) or time.monotonic() > give_up:
                raise
            time.sleep(0.05)


def _add(rows: Rows, record: CallRecord, result: CallResult) -> None:
    call, meta, draft = record.call, result.recording.metadata, result.draft
    rows["calls"].append(
        (
            call, str(record.path), meta.rep, meta.manager, meta.team, meta.customer, meta.deal,
            meta.stage, meta.mode, _utc(meta.started_at), result.recording.duration or None,
            result.conversation.language,
            result.rubric.id, result.rubric.version,
            draft.improvement.behaviour if draft.improvement else None,
            draft.strength.behaviour if draft.strength else None,
            len(result.observations), len(result.rejected), _utc(record.at),
        )
    )  # fmt: skip
    rows["measures"] += [(call, m.name, m.value, m.unit, m.unavailable) for m in result.metrics.measures]
    for turn in result.conversation.turns:
        span = turn.span
        times = (span.start, span.end) if span else (None, None)
        rows["turns"].append((call, turn.id, turn.role, turn.speaker, *times, turn.text))
    for o in result.observations:
        times = (o.span.start, o.span.end) if o.span else (None, None)
        kind = o.kind.value
        rows["observations"].append(
            (call, o.id, o.capability, o.behaviour, kind, o.role, o.quote.turn_id, *times, o.text)
        )
    rows["verdicts"] += [(call, v.capability, v.behaviour, v.state, v.reason) for v in result.assessment.verdicts]
    rows["scores"] += [(call, s.capability, s.level, s.of, s.unscored) for s in result.assessment.scores]
    rows["rejected"] += [(call, r.claim.behaviour, r.claim.turn_id, r.reason) for r in result.rejected]


def _utc(at: datetime | None) -> datetime | None:
    return None if at is None else at.astimezone(UTC).replace(tzinfo=None)
