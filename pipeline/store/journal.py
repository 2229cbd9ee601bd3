"""Append-only journals: one JSON value a line, for what happens too often to be a file of its own."""

import errno
import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import ValidationError

from pipeline.domain.base import Value
from pipeline.errors import StoreError

_V = TypeVar("_V", bound=Value)
_BLOCK = 64 * 1024


class Journal(Generic[_V]):
    """All lines of one file. Several threads and processes may append: each line goes out whole, one at a time."""

    def __init__(self, path: Path, kind: type[_V]) -> None:
        self.path = path
        self._kind = kind
        self._lock = threading.Lock()

    def append(self, value: _V, *, durable: bool = False) -> None:
        """Add a line; `durable` waits until it is on the disk. Raises: StoreError when it cannot be written."""
        with self._lock:
            append_line(self.path, value.model_dump_json().encode(), durable=durable)

    def all(self) -> Iterator[_V]:
        """Every line in order; a last line without its end, left by a crash, is left out.

        Raises: StoreError naming file and line for one that cannot be read.
        """
        if not self.path.is_file():
            return
        with self.path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                if not line.endswith(b"\n"):
                    return
                try:
                    yield self._kind.model_validate_json(line)
                except ValidationError as error:
                    raise StoreError(
                        f"cannot read {self.path}, line {number}: {error}",
                        hint="the file is damaged; restore it from a copy",
                    ) from error


def append_line(path: Path, line: bytes, *, durable: bool = False) -> int:
    """Add a line, given without its end: the offset at which it stands. `durable` waits until it is on the disk.

    While it is written no other process appends. The beginning of a line that a crash left behind is taken away first:
    nobody was told that it had been written. Raises: StoreError, the file then being as before.
    """
    with _told(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            offset = _write_whole(handle, line + b"\n")
        finally:
            os.close(handle)  # and with it the lock
    if durable:
        sync(path, created=offset == 0)
    return offset


def sync(path: Path, *, created: bool = False) -> None:
    """Wait until what was written is on the disk, for a file that was `created` its name too. Raises: StoreError."""
    with _told(path):
        for place in (path, path.parent) if created else (path,):
            handle = os.open(place, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)


def lines_backwards(path: Path, *, end: int | None = None) -> Iterator[tuple[int, bytes]]:
    """The whole lines that end before the offset `end`, the last one first: each line's own offset, and its text.

    Without `end` from the file's end; nothing where there is no file. Only as much is read as is asked for.
    """
    try:
        file = path.open("rb")
    except FileNotFoundError:
        return
    with file:
        start = file.seek(0, os.SEEK_END) if end is None else end
        known = b""  # what stands from `start` on and was not given yet
        while start > 0:
            size = min(_BLOCK, start)
            start -= size
            file.seek(start)
            known = file.read(size) + known
            begins = known.find(b"\n") + 1
            if begins:
                yield from reversed(_whole(known[begins:], start + begins))
                known = known[:begins]
        yield from reversed(_whole(known, 0))


def last_line(path: Path) -> bytes | None:
    """The last whole line; None where there is none."""
    return next((line for _, line in lines_backwards(path)), None)


def _whole(data: bytes, offset: int) -> list[tuple[int, bytes]]:
    """The lines of the data that have an end, with their offsets where the data stands at this one."""
    found = []
    for line in data.split(b"\n")[:-1]:
        found.append((offset, line))
        offset += len(line) + 1
    return found


def _write_whole(handle: int, data: bytes) -> int:
    size = os.fstat(handle).st_size
    if (sound := _end_of_lines(handle, size)) != size:
        os.ftruncate(handle, sound)
    if os.write(handle, data) != len(data):
        os.ftruncate(handle, sound)
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    return sound


def _end_of_lines(handle: int, size: int) -> int:
    """Where the last whole line ends."""
    if size and os.pread(handle, 1, size - 1) == b"\n":
        return size
    end = size
    while end > 0:
        start = max(0, end - _BLOCK)
        found = os.pread(handle, end - start, start).rfind(b"\n")
        if found >= 0:
            return start + found + 1
        end = start
    return 0


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StoreError(
            f"cannot write {path}: {error.strerror or error}",
            hint="check that the disk has room and that the workspace may be written",
        ) from error
