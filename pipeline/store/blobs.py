"""Owns the port by which objects are kept, and its form on a folder: named bytes that are made once or not at all."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple, Protocol

from pipeline.errors import UnavailableError
from pipeline.store.durable import create, is_temporary


class Blob(NamedTuple):
    """Something that is kept: its name relative to the place, its size in bytes, and when it was written."""

    name: str
    size: int
    at: datetime


class Blobs(Protocol):
    """Bytes by relative name, as `draft/ab/abcd.json`. Nothing that is there is ever changed."""

    @property
    def place(self) -> str:
        """Where they are, in words that people and messages use."""
        ...

    def create(self, name: str, data: bytes) -> bool:
        """Whether this call made it; False, with nothing changed, when it was there. Raises: UnavailableError."""
        ...

    def read(self, name: str) -> bytes:
        """Its bytes. Raises: FileNotFoundError; OSError or UnavailableError when it cannot be read."""
        ...

    def exists(self, name: str) -> bool:
        """Whether it is there, whole. Raises: UnavailableError."""
        ...

    def all(self, folder: str = "") -> Iterator[Blob]:
        """Everything that is there below a folder of names, by name. Raises: UnavailableError."""
        ...

    def leftovers(self) -> Iterator[Blob]:
        """What writers that were killed have left behind; `delete` takes it away."""
        ...

    def delete(self, name: str) -> None:
        """Take it away, for good; nothing happens when it is not there. Raises: UnavailableError."""
        ...


class FolderBlobs:
    """Files below a folder of this machine, or one that machines share; fulfils `Blobs`."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @property
    def place(self) -> str:
        """The folder."""
        return str(self.root)

    def path(self, name: str) -> Path:
        """The file of this name."""
        return self.root / name

    def create(self, name: str, data: bytes) -> bool:
        """See `Blobs`: written under another name, flushed to the disk, then linked in place."""
        return create(self.root / name, data)

    def read(self, name: str) -> bytes:
        """See `Blobs`."""
        return (self.root / name).read_bytes()

    def exists(self, name: str) -> bool:
        """See `Blobs`."""
        return (self.root / name).is_file()

    def all(self, folder: str = "") -> Iterator[Blob]:
        """See `Blobs`."""
        return (blob for blob in self._walk(folder) if not is_temporary(blob.name))

    def leftovers(self) -> Iterator[Blob]:
        """See `Blobs`: temporary files; those of writers still at work are among them, and young."""
        return (blob for blob in self._walk("") if is_temporary(blob.name))

    def delete(self, name: str) -> None:
        """See `Blobs`."""
        try:
            (self.root / name).unlink(missing_ok=True)
        except OSError as error:
            hint = "check that the folder may be written"
            raise UnavailableError(f"cannot delete {self.root / name}: {error.strerror}", hint=hint) from error

    def _walk(self, folder: str) -> Iterator[Blob]:
        for place, subfolders, names in os.walk(self.root / folder):
            subfolders.sort()
            for name in sorted(names):
                path = Path(place, name)
                try:
                    stat = path.stat()
                except FileNotFoundError:  # a writer has just finished with it
                    continue
                at = datetime.fromtimestamp(stat.st_mtime, UTC)
                yield Blob(path.relative_to(self.root).as_posix(), stat.st_size, at)
