"""Writing files that are either whole or absent, whatever happens to the process or the machine."""

import os
import uuid
from contextlib import suppress
from pathlib import Path

from pipeline.errors import StoreError


def create(path: Path, data: bytes) -> bool:
    """Whether this call created the file; False, with nothing changed, when it was there already.

    The bytes are written under another name, flushed to the disk and then linked in place, so that no reader ever sees
    a part of them and two writers cannot both win. Raises: StoreError when the folder cannot be written.
    """
    temporary = path.with_name(f".{path.name[:60]}.{uuid.uuid4().hex}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(temporary, path)
        except FileExistsError:
            return False
        _sync_folder(path.parent)
    except OSError as error:
        raise StoreError(
            f"cannot write {path}: {error.strerror or error}",
            hint="check that the disk has room and that the workspace may be written, then run again: nothing is lost",
        ) from error
    finally:
        with suppress(OSError):  # clearing up must not hide why the write failed
            temporary.unlink(missing_ok=True)
    return True


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
