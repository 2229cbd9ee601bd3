"""Append-only journals: one JSON value a line, for what happens too often to be a file of its own."""

import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import ValidationError

from pipeline.domain.base import Value
from pipeline.errors import StoreError

_V = TypeVar("_V", bound=Value)


class Journal(Generic[_V]):
    """All lines of one file. Several threads and processes may append: each line goes out in one write."""

    def __init__(self, path: Path, kind: type[_V]) -> None:
        self.path = path
        self._kind = kind
        self._lock = threading.Lock()

    def append(self, value: _V, *, durable: bool = False) -> None:
        """Add a line; `durable` waits until it is on the disk. Raises: StoreError when it cannot be written."""
        line = value.model_dump_json().encode() + b"\n"
        try:
            with self._lock:
                self.path.parent.mkdir(parents=True, exist_ok=True)
                handle = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
                try:
                    os.write(handle, line)
                    if durable:
                        os.fsync(handle)
                finally:
                    os.close(handle)
        except OSError as error:
            raise StoreError(
                f"cannot write {self.path}: {error.strerror or error}",
                hint="check that the disk has room and that the workspace may be written",
            ) from error

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
