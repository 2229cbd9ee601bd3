"""Bringing the index up to date: which records are newer than it, what rows they give, how they get in."""

import time
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING

from pipeline.domain.assessment import Assessment, Verification
from pipeline.domain.base import Value
from pipeline.domain.coaching import Draft
from pipeline.domain.metrics import CallMetrics
from pipeline.domain.recording import Recording
from pipeline.domain.work import CallRecord
from pipeline.errors import StoreError
from pipeline.store import looked
from pipeline.store.changes import Change
from pipeline.store.index import Entry, Index
from pipeline.store.index_rows import (
    RECORD_KINDS,
    IndexedCall,
    RecordKind,
    Rows,
    call_rows,
    comment_rows,
    cycle_rows,
    evaluation_rows,
    quarantine_rows,
    review_rows,
    stored_talk,
)

if TYPE_CHECKING:
    from pipeline.store.workspace import Workspace

BATCH = 200
"""Records that go into the index together: enough that a record costs little, few enough that they stay in memory."""


class Unread(Value):
    """A record, or a result that it names, which cannot be read: its id, why, and what to do."""

    record_id: str
    reason: str
    hint: str


class Refreshed(Value):
    """What came of bringing the index up to date."""

    changed: int
    unread: tuple[Unread, ...] = ()


class Scan:
    """One look at every record of a workspace: `done` of `total` were looked at so far."""

    def __init__(self, workspace: "Workspace", index: Index) -> None:
        began = time.perf_counter()
        self._known = index.known()  # first: what is appended after the ids are listed must not look removed
        self._records = [(kind, workspace.indexed(kind)) for kind in RECORD_KINDS]
        self._ids = {kind: list(records.ids()) for kind, records in self._records}
        self.total = sum(map(len, self._ids.values()))
        self.done = 0
        self.took_s = time.perf_counter() - began
        """How long it took so far, without what was done between one record and the next."""
        self.empty = set[RecordKind]()
        """Kinds that have folders without a record, as whoever was killed, or is at it, leaves one."""

    def newer(self) -> Iterator[Change | None]:
        """What is not in the index as the files have it, kind by kind; None for each record that is."""
        for kind, records in self._records:
            for record_id in self._ids[kind]:
                known = self._known.pop((kind, record_id), 0)
                began = time.perf_counter()
                number = records.number_since(record_id, known)
                self.took_s += time.perf_counter() - began
                self.done += 1
                if not number:
                    self.empty.add(kind)
                yield Change(kind, record_id, number) if number != known else None
        for kind, record_id in self._known:
            yield Change(kind, record_id, 0)


def entry_of(workspace: "Workspace", change: Change) -> Entry:
    """What the index is to have for a record. Raises: StoreError when it, or a result that it names, cannot be read."""
    kind, record_id, number = change
    try:
        rows = _rows(workspace, kind, record_id, number) if number else {}
    except (KeyError, ValueError) as error:
        raise StoreError(
            f"record {number} of {kind}/{record_id} does not fit its results: {error!r}",
            hint="run the call again: only what is missing is redone",
        ) from error
    return Entry(kind, record_id, number, rows)


def unread(change: Change, error: StoreError) -> Unread:
    """What is told of a record that cannot be read."""
    return Unread(record_id=change.record_id, reason=error.message, hint=error.hint)


def refresh(workspace: "Workspace", index: Index) -> Refreshed:
    """What was newer than the index: how many records are in it now, and which cannot be read.

    Of those the index keeps what it had, and they are tried, and told, again the next time. Every record is looked at
    only when `looked` cannot tell what is new.
    """
    last = looked.noted(index)
    news = looked.news(workspace, index, last, now=time.time()) if last else None
    if news is not None:
        refreshed = _taken_in(workspace, index, news.changes)
        note: looked.Looked | None = news.looked
    else:
        began, scan = looked.begun(workspace, now=time.time()), Scan(workspace, index)
        refreshed = _taken_in(workspace, index, filter(None, scan.newer()))
        note = looked.without(began, scan.empty).model_copy(update={"took_s": scan.took_s}) if began else last
    if note and note != last and not refreshed.unread:
        index.keep_looked(note.model_dump_json())
    return refreshed


def _taken_in(workspace: "Workspace", index: Index, changes: Iterable[Change]) -> Refreshed:
    failed: list[Unread] = []

    def entries() -> Iterator[Entry]:
        for change in changes:
            try:
                yield entry_of(workspace, change)
            except StoreError as error:
                failed.append(unread(change, error))

    changed, found = 0, entries()
    while batch := list(islice(found, BATCH)):
        index.write(batch)
        changed += len(batch)
    return Refreshed(changed=changed, unread=tuple(failed))


def _rows(workspace: "Workspace", kind: RecordKind, record_id: str, number: int) -> Rows:
    match kind:
        case "calls":
            return call_rows(_indexed(workspace, workspace.calls.get(record_id, number)))
        case "quarantine":
            return quarantine_rows(record_id, workspace.quarantine.get(record_id, number))
        case "evaluations":
            return evaluation_rows(workspace.evaluations.get(record_id, number))
        case "reviews":
            return review_rows(record_id, [workspace.reviews.get(record_id, n) for n in range(1, number + 1)])
        case "comments":
            return comment_rows(record_id, [workspace.comments.get(record_id, n) for n in range(1, number + 1)])
        case "cycle":
            return cycle_rows(record_id, [workspace.cycle.get(record_id, n) for n in range(1, number + 1)])


def _indexed(workspace: "Workspace", record: CallRecord) -> IndexedCall:
    objects, results = workspace.objects, record.results
    return IndexedCall(
        record=record,
        recording=objects.get("ingest", results["ingest"], Recording)[0],
        talk=objects.part("attribute", results["attribute"], stored_talk())["value"],
        metrics=objects.get("measure", results["measure"], CallMetrics)[0],
        rubric=workspace.rubric_of(record).rubric,
        found=objects.get("verify", results["verify"], Verification)[0],
        assessment=objects.get("score", results["score"], Assessment)[0],
        draft=objects.get("draft", results["draft"], Draft)[0],
    )
