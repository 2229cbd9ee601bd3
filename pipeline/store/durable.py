"""Writing files that are either whole or absent, whatever happens to the process or the machine."""

import errno
import os
import re
import uuid
from contextlib import suppress
from pathlib import Path

from pipeline.errors import UnavailableError

_TEMPORARY = re.compile(r"\.[^/]*\.[0-9a-f]{32}\.tmp$")
_NO_LINKS = {errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK}


def create(path: Path, data: bytes) -> bool:
    """Whether this call created the file; False, with nothing changed, when it was there already.

    The bytes are written under another name, flushed to the disk and then linked in place, so that no reader ever sees
    a part of them and two writers cannot both win, on one machine or on several that share the folder. When this
    returns, the file outlasts a power cut, whoever wrote it. Raises: UnavailableError when the folder cannot be
    written.
    """
    temporary = path.with_name(f".{path.name[:60]}.{uuid.uuid4().hex}.tmp")
    try:
        _make_folder(path.parent)
        with temporary.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        created = _link(temporary, path)
        _sync_folder(path.parent)
    except OSError as error:
        raise UnavailableError(
            f"cannot write {path}: {error.strerror or error}",
            hint="check that the disk has room and that the workspace may be written, then run again: nothing is lost",
        ) from error
    finally:
        with suppress(OSError):  # clearing up must not hide why the write failed
            temporary.unlink(missing_ok=True)
    return created


def is_temporary(name: str) -> bool:
    """Whether this is the name under which `create` writes; a file that still has it is nobody's result."""
    return _TEMPORARY.search(name) is not None


def _link(temporary: Path, path: Path) -> bool:
    """Whether the name is this file's now. A server of a shared folder may make the link and then, its answer lost and
    the request sent again, refuse it as there already: what counts is whose file has the name."""
    try:
        os.link(temporary, path)
    except OSError as error:
        with suppress(OSError):
            if temporary.samefile(path):
                return True
        if isinstance(error, FileExistsError):
            return False
        if error.errno in _NO_LINKS:
            message = "its file system has no hard links, without which a result could be written over"
            raise OSError(error.errno, f"{message}; choose another") from error
        raise
    return True


def _make_folder(folder: Path) -> None:
    """The folder is there, and stays there, like the files in it, after a power cut."""
    if folder.is_dir():
        return
    _make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    _sync_folder(folder.parent)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
