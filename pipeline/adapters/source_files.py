"""Opens recordings once, by a descriptor: an ordinary file, with the bytes that were hashed, and the same at the end.

A file that changes between being hashed and being decoded, or while it is decoded, is an error, so that nothing is
kept under the hash of other bytes.
"""

import hashlib
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline import plain_files
from pipeline.errors import RecordingError

_RACY_NS = 2_000_000_000
"""A file changed this shortly before it was hashed may change again without its times showing it: clocks of file
systems tick as seldom as every 2 s. Its bytes are hashed again instead."""
_MOST_KNOWN = 64

Stamp = tuple[int, int, int, int, int]
"""Device, inode, size, time of change of content and of the inode in ns."""

_known: dict[Stamp, str] = {}


@contextmanager
def same_file(path: Path, sha256: str | None = None) -> Iterator[int]:
    """A descriptor of the file, at its start, which holds the bytes of this hash and does not change meanwhile.

    Links are followed (which links may be is `discover`'s to say); what is no ordinary file is refused without being
    waited for. Raises: RecordingError; at the end too, when the file changed.
    """
    fd = _opened(path)
    try:
        before, racy = _stamp(fd), _is_racy(fd)
        known = _digest(fd, before, racy=racy) if sha256 is not None else None
        if known != sha256:
            raise _changed(path)
        yield fd
        touched = _stamp(fd) != before  # also by a new name or new permissions, which leave the bytes as they are
        if (touched or racy) and known is not None:
            touched = _hashed(fd) != known
        if touched:
            message = "changed while it was read"
            raise RecordingError(message, hint="run it again when nothing writes to it any more", path=path)
    finally:
        os.close(fd)


def _opened(path: Path) -> int:
    try:
        return plain_files.opened(path)
    except FileNotFoundError as error:
        raise _changed(path) from error
    except OSError as error:
        hint = "give a readable file, not a folder, a device or a pipe"
        raise RecordingError(f"cannot be read ({error.strerror})", hint=hint, path=path) from error


def _stamp(fd: int) -> Stamp:
    found = os.fstat(fd)
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


def _is_racy(fd: int) -> bool:
    return os.fstat(fd).st_ctime_ns > time.time_ns() - _RACY_NS


def _digest(fd: int, stamp: Stamp, *, racy: bool) -> str:
    """The hash of the file's bytes; that of a file which has long been as it is, is found once."""
    if racy:
        return _hashed(fd)
    if stamp not in _known:
        digest = _hashed(fd)
        while len(_known) >= _MOST_KNOWN:
            _known.pop(next(iter(_known)), None)
        _known[stamp] = digest
    return _known[stamp]


def _hashed(fd: int) -> str:
    os.lseek(fd, 0, os.SEEK_SET)
    with open(fd, "rb", buffering=0, closefd=False) as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    os.lseek(fd, 0, os.SEEK_SET)
    return digest


def _changed(path: Path) -> RecordingError:
    message = "is not the file that was ingested: it is gone, or its bytes are others now"
    return RecordingError(message, hint="run it again; it is then taken for a new recording", path=path)
