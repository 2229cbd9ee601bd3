"""Owns files that only the server's own account may read: how they are written, and the server's key."""

import os
import secrets
from pathlib import Path

from pipeline.errors import StoreError


def write_private(path: Path, data: bytes) -> None:
    """Write a whole file, 0600 in a folder of 0700; it takes the place of one that is there. Raises: StoreError."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}.tmp")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        raise StoreError(
            f"cannot write {path}: {error.strerror or error}",
            hint="check that the disk has room and that the workspace may be written",
        ) from error


def server_key(path: Path) -> bytes:
    """The 32 random bytes of this workspace's server; made when first asked for.

    They sign what browsers carry for some minutes, and the tokens of forms behind a trusted proxy. Nobody signs in by
    them. Raises: StoreError.
    """
    if not path.is_file():
        write_private(path, secrets.token_bytes(32))
    try:
        key = path.read_bytes()
    except OSError as error:
        raise StoreError(f"cannot read {path}: {error.strerror or error}", hint="check whose file it is") from error
    if len(key) != 32:
        raise StoreError(f"{path} has {len(key)} bytes, not 32", hint="delete the file: a new one is made")
    return key
