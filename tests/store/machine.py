"""Machines with something wrong: permissions that bind, a disk that is full."""

import ctypes
import os
import pickle
import shutil
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Callable
from typing import TypeVar

_T = TypeVar("_T")


class _Header(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


class _Capabilities(ctypes.Structure):
    _fields_ = (("effective", ctypes.c_uint32), ("permitted", ctypes.c_uint32), ("inheritable", ctypes.c_uint32))


_PR_SET_NO_NEW_PRIVS = 38


def drop_privileges() -> None:
    """Root goes on as root, and is bound by permissions like everybody else; programs it starts too (capabilities(7),
    PR_SET_NO_NEW_PRIVS(2const))."""
    none, version_3, kernel = (_Capabilities * 2)(), _Header(0x20080522, 0), ctypes.CDLL(None, use_errno=True)
    if kernel.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) or kernel.capset(ctypes.byref(version_3), none):
        raise OSError(ctypes.get_errno(), "capabilities cannot be dropped")


def without_privileges(act: Callable[[], _T]) -> _T:
    """What the function gives, or raises, in a process without privileges: permissions do not bind root else."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        try:
            drop_privileges()
            said: tuple[object, object] = (act(), None)
        except BaseException as error:  # noqa: BLE001 - it is raised again on the other side
            traceback.print_exc()
            said = (None, error)
        with os.fdopen(writing, "wb") as pipe:
            pickle.dump(said, pipe)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        data = pipe.read()
    os.waitpid(child, 0)
    value, failure = pickle.loads(data)
    if failure is not None:
        raise failure
    return value  # type: ignore[no-any-return]


def can_mount() -> bool:
    """Whether a disk of one's own can be mounted here, in a namespace."""
    if shutil.which("unshare") is None:
        return False
    tried = ["unshare", "-rm", "mount", "-t", "tmpfs", "-o", "size=64k", "tried", "/mnt"]
    return subprocess.run(tried, capture_output=True, check=False).returncode == 0


def on_small_disk(program: str, *words: str, size: str = "256k") -> subprocess.CompletedProcess[str]:
    """A module run with a disk of this size, of which it is told the folder first; the disk is gone afterwards."""
    with tempfile.TemporaryDirectory() as at:
        mounted = f'mount -t tmpfs -o size={size} small "{at}" && exec "$@"'
        command = ["unshare", "-rm", "sh", "-c", mounted, "sh", sys.executable, "-m", program, at, *words]
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
