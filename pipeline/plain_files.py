"""Opens files that others put somewhere: ordinary ones only, and without waiting for anybody."""

import errno
import os
import stat
from pathlib import Path


def opened(path: Path) -> int:
    """A descriptor of an ordinary file, to read from. Raises: OSError for a folder, a pipe, a device, and as usual.

    What it is, is asked of the descriptor, so that nothing can be put in its place in between; a pipe that nobody
    writes to is not waited for.
    """
    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY)
    if not stat.S_ISREG(os.fstat(fd).st_mode):
        os.close(fd)
        raise OSError(errno.EINVAL, "it is no ordinary file", str(path))
    os.set_blocking(fd, True)
    return fd


def content(path: Path, *, most: int) -> bytes | None:
    """The bytes of an ordinary file; None for one with more than `most`. Raises: OSError, as `opened` does."""
    with os.fdopen(opened(path), "rb") as stream:
        data = stream.read(most + 1)
    return data if len(data) <= most else None


def leads_outside(path: Path, folder: Path) -> bool:
    """Whether the path is a link to something that is not below the folder; a link that leads nowhere is none."""
    try:
        return path.is_symlink() and not path.resolve().is_relative_to(folder.resolve())
    except (OSError, RuntimeError):  # a link to itself, which nobody can open
        return False
