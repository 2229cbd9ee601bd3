"""The log by which whoever appends a record tells a process that has the index open: changes.log of the workspace.

A line names kind, id and number of one record, and is written both before the record stands, so that no crash loses
it, and after. It is only a hint: the records themselves say what there is, and a scan of them finds whatever a lost
line would have told. A mark, a line with a random word, tells a reader that comes back whether the log is still the one
that it knew: who cannot add a line empties the log, mark and all, so that the next refresh looks at every record.
"""

import errno
import os
import uuid
from pathlib import Path
from typing import NamedTuple

from pipeline.log import get_logger
from pipeline.store.index_rows import RECORD_KINDS, RecordKind

_log = get_logger(__name__)

_MARK = "mark"
MOST_BYTES = 4_000_000
"""How long the log may grow before its reader empties it."""


class Change(NamedTuple):
    """A record that is the latest of its kind and id; number 0 when there is none any more."""

    kind: RecordKind
    record_id: str
    number: int


class Announced(NamedTuple):
    """A line of the log: what it tells, and the byte at which it begins."""

    change: Change
    at: int


class Since(NamedTuple):
    """What was announced since a byte of the log, oldest first, and the byte at which that ends."""

    lines: tuple[Announced, ...]
    end: int


class Changes:
    """The log of one workspace."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def announce(self, kind: str, record_id: str, number: int) -> None:
        """Add a line, in one write, so that several writers never mix theirs.

        That it cannot be written is logged, and no reason for its record to fail; the log is emptied then.
        """
        line = f"{kind} {record_id} {number}\n"
        if self._add(line) is None and self._emptied():
            self._add(line)  # there may be room now, and a room that is open sees it at once

    def mark(self) -> tuple[str, int] | None:
        """A new mark and the byte after it; None, which is logged, where the log cannot be written.

        A log that has grown beyond `MOST_BYTES` is emptied first: whoever marks it looks at every record next.
        """
        if self.path.is_file() and self.path.stat().st_size > MOST_BYTES:
            os.truncate(self.path, 0)
        word = uuid.uuid4().hex
        end = self._add(f"{_MARK} {word}\n")
        return None if end is None else (word, end)

    def since(self, mark: str, mark_end: int, start: int) -> Since | None:
        """What was announced from the byte `start` on, which is a beginning of a line not before `mark_end`.

        None when lines may be lost: the mark does not end there any more, or a line is damaged.
        """
        line = f"{_MARK} {mark}\n".encode()
        try:
            with self.path.open("rb") as file:
                file.seek(max(0, mark_end - len(line)))
                if file.read(len(line)) != line or file.seek(0, os.SEEK_END) < start:
                    return None
                file.seek(start)
                data = file.read()
        except OSError:
            return None
        return _since(data[: data.rfind(b"\n") + 1], start)

    def _add(self, line: str) -> int | None:
        """The byte after the line, None when it could not be written, or not all of it."""
        data = line.encode()
        try:
            handle = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
            try:
                if os.write(handle, data) != len(data):
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))  # the rest would be told so
                return os.lseek(handle, 0, os.SEEK_CUR)
            finally:
                os.close(handle)
        except OSError as error:
            _log.warning("cannot write %s: %s; what is new is found by looking at every record", self.path, error)
            return None

    def _emptied(self) -> bool:
        """Whether the log has no mark any more: what another user's process made may be beyond emptying, and still be
        taken away."""
        try:
            os.truncate(self.path, 0)
        except OSError:
            try:
                self.path.unlink(missing_ok=True)
            except OSError as error:
                _log.warning("cannot empty %s either: %s; what is new may be found hours later", self.path, error)
                return False
        return True

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


def _since(data: bytes, start: int) -> Since | None:
    lines, at = list[Announced](), start
    for line in data.splitlines(keepends=True):
        if change := _parsed(line.removesuffix(b"\n")):
            lines.append(Announced(change, at))
        elif _may_have_been_ours(line):
            return None
        at += len(line)
    return Since(tuple(lines), at)


def _may_have_been_ours(line: bytes) -> bool:
    """Whether this may be what is left of a line about a record that the index copies, as a full disk leaves it: a
    piece of one with another line behind it."""
    match line.decode(errors="replace").split():
        case [mark, _] if mark == _MARK:
            return False
        case [kind, _, number] if number.isdecimal():
            return kind.endswith(RECORD_KINDS)
        case words:
            return bool(words)


def _parsed(line: bytes) -> Change | None:
    match line.decode(errors="replace").split(" "):
        case [kind, record_id, number] if number.isdecimal() and number.isascii():
            return next((Change(known, record_id, int(number)) for known in RECORD_KINDS if known == kind), None)
        case _:
            return None
