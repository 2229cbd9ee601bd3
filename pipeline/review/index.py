"""Owns the index while the room is open: one connection, a cursor for each question, and what is new picked up."""

import threading
import time
from collections.abc import Iterable, Iterator, Sequence

from pipeline.domain.base import Value
from pipeline.errors import StoreError
from pipeline.log import get_logger
from pipeline.review.index_watch import Rest, Watch
from pipeline.store.changes import Change
from pipeline.store.index import Entry, Index
from pipeline.store.index_rows import RecordKind
from pipeline.store.indexing import Refreshed, Scan, Unread, entry_of, unread
from pipeline.store.workspace import Workspace

_log = get_logger(__name__)

TOGETHER = 20
"""Records that go into the index together: a moment's work, so that whoever saves meanwhile waits for no longer."""
GLANCES = 64
"""So many records that are not new are looked at in a row: a fraction of a millisecond."""
BUSY_S = 1.0
"""For so long after a question somebody is taken to be at work."""

_Source = tuple[RecordKind, str]
_Named = tuple[str | None, str | None]


class Progress(Value):
    """How far the first look at all records is: `done` of `total`."""

    done: int
    total: int


class OpenIndex:
    """The index of a workspace, open as long as the room is; any thread may ask.

    Records come in by `pick_up` and `refresh`, and by themselves once `watch` was called. Of those that cannot be read
    the index keeps what it had.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._tail = workspace.changes.tail()
        self._index = Index(workspace.index_path)
        self._people = {str(call): _named(rep, manager) for call, rep, manager in self._index.rows(_PEOPLE)}
        self._unread: dict[_Source, Unread] = {}
        self._writing = threading.Lock()
        self._watch: Watch | None = None
        self._first: Scan | None = None
        self._complete = False
        self._asked = float("-inf")

    def watch(self) -> None:
        """Pick up by itself what is new: first all that is, in the background, then whatever is announced."""
        if self._watch is None:
            self._watch = Watch(self._look_at_all, self._take_announced, busy=self._is_busy)

    def close(self) -> None:
        """Stop watching and let other processes have the index."""
        if self._watch is not None:
            self._watch.close()
        self._index.close()

    @property
    def progress(self) -> Progress | None:
        """How far the first look at all records is; None once it is done and the lists are complete."""
        if self._complete:
            return None
        return Progress(done=self._first.done, total=self._first.total) if self._first else Progress(done=0, total=0)

    @property
    def unread(self) -> tuple[Unread, ...]:
        """The records that cannot be read, as of the last time that each was tried."""
        return tuple(self._unread.copy().values())

    def rows(self, query: str, parameters: Sequence[object] = ()) -> list[tuple[object, ...]]:
        """The rows that a query gives."""
        self._asked = time.monotonic()
        return self._index.rows(query, parameters)

    def people_of(self, call: str) -> tuple[str | None, str | None] | None:
        """Whose call it is and who manages them, as `same_name` has names; None for a call that is not in the index."""
        self._asked = time.monotonic()
        return self._people.get(call)

    def pick_up(self, kind: RecordKind, record_id: str) -> None:
        """The latest record of this kind and id is in the index when this returns: for whoever has just saved it.

        One that cannot be read is among `unread` then.
        """
        self._take(self._newer([(kind, record_id)]))

    def refresh(self) -> Refreshed:
        """What was new since the last time, by now in the index; looks at every record, so it may take a while."""
        return self._look_at_all(lambda: None)

    def _is_busy(self) -> bool:
        return time.monotonic() - self._asked < BUSY_S

    def _look_at_all(self, rest: Rest) -> Refreshed:
        scan = Scan(self._workspace, self._index)
        self._first = self._first or scan
        before, failed, changed = set(self._unread), set[_Source](), 0
        for changes in _pieces(scan.newer()):
            taken, unreadable = self._take(changes, rest)
            changed += taken
            failed |= unreadable
            rest()
        for source in before - failed:
            self._unread.pop(source, None)
        self._complete = True
        return Refreshed(changed=changed, unread=tuple(self._unread[s] for s in sorted(failed) if s in self._unread))

    def _take_announced(self) -> None:
        sources = dict.fromkeys((change.kind, change.record_id) for change in self._tail.new())
        self._take(self._newer(sources))

    def _newer(self, sources: Iterable[_Source]) -> Iterator[Change]:
        for kind, record_id in sources:
            known = self._index.number(kind, record_id)
            number = self._workspace.indexed(kind).number_since(record_id, known)
            if number != known:
                yield Change(kind, record_id, number)

    def _take(self, changes: Iterable[Change], rest: Rest = lambda: None) -> tuple[int, set[_Source]]:
        """How many of these are in the index by now, and which cannot be read."""
        read: list[tuple[int, Entry]] = []
        failed: set[_Source] = set()
        for change in changes:
            source = change.kind, change.record_id
            had = self._index.number(*source)
            try:
                read.append((had, entry_of(self._workspace, change)))
                self._unread.pop(source, None)
            except StoreError as error:
                _log.warning("%s of %s cannot be read: %s", change.kind, change.record_id, error.message)
                self._unread[source] = unread(change, error)
                failed.add(source)
            rest()
        return self._write(read), failed

    def _write(self, read: Sequence[tuple[int, Entry]]) -> int:
        """How many of these were written: all but those of which another thread has written a later record since."""
        with self._writing:
            entries = [entry for had, entry in read if self._index.number(entry.kind, entry.record_id) == had]
            if entries:
                self._index.write(entries)
            for entry in entries:
                if entry.kind == "calls":
                    self._people.pop(entry.record_id, None)
                    self._people |= {str(row[0]): _named(row[3], row[5]) for row in entry.rows.get("calls", ())}
        return len(entries)


_PEOPLE = "SELECT call, rep_key, manager_key FROM calls"


def _named(rep: object, manager: object) -> _Named:
    return (None if rep is None else str(rep), None if manager is None else str(manager))


def _pieces(found: Iterable[Change | None]) -> Iterator[list[Change]]:
    """What a scan finds, in pieces of a moment's work each; one without changes is empty."""
    changes: list[Change] = []
    for looked, change in enumerate(found, start=1):
        if change is not None:
            changes.append(change)
        if len(changes) == TOGETHER or looked % GLANCES == 0:
            yield changes
            changes = []
    yield changes
