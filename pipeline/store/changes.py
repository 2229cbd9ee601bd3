"""The log by which whoever appends a record tells a process that has the index open: changes.log of the workspace.

A line names kind, id and number of one record. It is only a hint: the records themselves say what there is, and a scan
of them finds whatever a lost line would have told.
"""

import os
from pathlib import Path
from typing import NamedTuple

from pipeline.log import get_logger
from pipeline.store.index_rows import RECORD_KINDS, RecordKind

_log = get_logger(__name__)

MOST_BYTES = 4_000_000
"""How long the log may grow before its reader empties it."""


class Change(NamedTuple):
    """A record that is the latest of its kind and id; number 0 when there is none any more."""

    kind: RecordKind
    record_id: str
    number: int


class Changes:
    """The log of one workspace."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def announce(self, kind: str, record_id: str, number: int) -> None:
        """Add a line, in one write, so that several writers never mix theirs.

        The record stands already: that its line cannot be written is logged, and no reason to fail.
        """
        line = f"{kind} {record_id} {number}\n".encode()
        try:
            handle = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
            try:
                os.write(handle, line)
            finally:
                os.close(handle)
        except OSError as error:
            _log.warning("cannot write %s: %s; what is new is found by the next scan", self.path, error)

    def tail(self, *, most_bytes: int = MOST_BYTES) -> "Tail":
        """A reader of what is announced from now on; it empties the log when that has grown beyond so many bytes."""
        return Tail(self.path, most_bytes)


class Tail:
    """The one reader of a log; it begins where the log ends when it is made."""

    def __init__(self, path: Path, most_bytes: int) -> None:
        self._path = path
        self._most = most_bytes
        self._at = path.stat().st_size if path.is_file() else 0

    def new(self) -> tuple[Change, ...]:
        """What was announced since the last time, oldest first; kinds that the index does not copy are left out, and
        so are lines that are none of ours."""
        lines, self._at = self._read()
        if self._at > self._most:
            os.truncate(self._path, 0)
            self._at = 0
        return tuple(change for line in lines if (change := _parsed(line)) is not None)

    def _read(self) -> tuple[list[bytes], int]:
        """The whole lines that are new, and where they end."""
        try:
            size = self._path.stat().st_size
            if size == self._at:
                return [], self._at
            start = self._at if size > self._at else 0  # shorter: somebody emptied it
            with self._path.open("rb") as file:
                file.seek(start)
                data = file.read()
        except FileNotFoundError:
            return [], 0
        whole = data[: data.rfind(b"\n") + 1]
        return whole.splitlines(), start + len(whole)


def _parsed(line: bytes) -> Change | None:
    match line.decode(errors="replace").split(" "):
        case [kind, record_id, number] if number.isdecimal() and number.isascii():
            return next((Change(known, record_id, int(number)) for known in RECORD_KINDS if known == kind), None)
        case _:
            return None
