"""Owns who may work in a workspace at the same time: many that add results, or one that takes some away."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.errors import StoreError

NAME = ".in-use"


@contextmanager
def shared(root: Path) -> Iterator[None]:
    """While the block lasts nothing is erased from the workspace; others may add results meanwhile.

    The kernel ends it with the process, however that ends. Raises: StoreError while an erasure is under way.
    """
    with _locked(root, fcntl.LOCK_SH, "calls are being erased from it just now", "try again when that is done"):
        yield


@contextmanager
def alone(root: Path) -> Iterator[None]:
    """While the block lasts nobody else adds results to the workspace. Raises: StoreError while somebody does."""
    hint = "wait until the run has ended, or stop it with Ctrl-C or SIGTERM: it goes on later where it was"
    with _locked(root, fcntl.LOCK_EX, "a run or another erasure is at work in it", hint):
        yield


@contextmanager
def _locked(root: Path, how: int, why: str, hint: str) -> Iterator[None]:
    try:
        root.mkdir(parents=True, exist_ok=True)
        handle = os.open(root / NAME, os.O_RDWR | os.O_CREAT, 0o666)
    except OSError as error:
        raise StoreError(
            f"cannot write {root}: {error.strerror or error}", hint="check that the workspace may be written"
        ) from error
    try:
        try:
            fcntl.flock(handle, how | fcntl.LOCK_NB)
        except OSError as error:
            raise StoreError(f"the workspace {root} is in use: {why}", hint=hint) from error
        yield
    finally:
        os.close(handle)  # and with it the lock
