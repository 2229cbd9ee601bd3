"""Owns a recording that somebody hands in: streamed to the workspace, told by its bytes, kept under their hash."""

import hashlib
import json
import os
import uuid
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from pydantic import AwareDatetime

from pipeline.adapters.containers import container_of
from pipeline.domain.base import Value
from pipeline.errors import RecordingError, StoreError, UsageError
from pipeline.store.workspace import Workspace

MOST_UPLOAD = 200_000_000
"""Bytes of one recording: hours as the usual compressed formats have them, twenty minutes of an uncompressed one."""
_PIECE = 1 << 20


class Received(Value):
    """A file as it arrived, under a name that says it is not kept yet."""

    part: Path
    sha256: str
    size: int

    @property
    def call(self) -> str:
        """The id of the call that this recording is, or will be: it follows from the bytes."""
        return "c" + self.sha256[:12]


class Told(Value):
    """What the pipeline is told of a rehearsal, in the sidecar beside it; `mode` and `consent` are the same for all."""

    rep: str
    manager: str | None = None
    team: str | None = None
    customer: str
    stage: str | None = None
    started_at: AwareDatetime
    mode: str = "simulated"
    consent: str = "yes"


def folder_of(workspace: Workspace) -> Path:
    """Where the workspace keeps what was handed in; without links, as the pipeline names the files."""
    return workspace.root.resolve() / "uploads"


def place_of(workspace: Workspace, sha256: str) -> Path:
    """Where the recording of this hash is kept, once it is.

    Its ending is none that a run takes for a recording by itself: it is run when it is named, and by this room only.
    """
    return folder_of(workspace) / f"{sha256}.recording"


def receive(workspace: Workspace, stream: BinaryIO, name: str) -> Received:
    """The file on the disk, piece by piece, never held whole.

    What kind of sound it is, its first bytes tell and not its name. Raises: UsageError for an empty file, one that is
    too long, or one that is no sound (nothing is kept of it then); StoreError.
    """
    part = folder_of(workspace) / f".{uuid.uuid4().hex}.part"
    try:
        received = _written(part, stream)
        _require_sound(received, name)
    except BaseException:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise
    return received


def keep(workspace: Workspace, received: Received, told: Told) -> Path:
    """The recording in its place, beside what the pipeline is told of it. Raises: StoreError."""
    place = place_of(workspace, received.sha256)
    try:
        sidecar = received.part.with_suffix(".told")
        sidecar.write_text(json.dumps(told.model_dump(mode="json", exclude_none=True), ensure_ascii=False))
        _flush(sidecar)
        sidecar.replace(place.with_suffix(".json"))
        received.part.replace(place)
        _flush(place.parent)
    except OSError as error:
        raise _unwritten(place, error) from error
    return place


def let_go(received: Received) -> None:
    """Nothing is left of a file that is not kept."""
    with suppress(OSError):
        received.part.unlink(missing_ok=True)


def clear_up(workspace: Workspace) -> None:
    """Nothing is left of files that were arriving when the room ended."""
    for left in (*folder_of(workspace).glob(".*.part"), *folder_of(workspace).glob(".*.told")):
        with suppress(OSError):
            left.unlink(missing_ok=True)


def _written(part: Path, stream: BinaryIO) -> Received:
    digest, size = hashlib.sha256(), 0
    try:
        part.parent.mkdir(parents=True, exist_ok=True)
        with part.open("xb") as file:
            while piece := stream.read(_PIECE):
                size += len(piece)
                if size > MOST_UPLOAD:
                    raise UsageError(
                        f"the file has more than {MOST_UPLOAD // 1_000_000} MB",
                        hint="cut it, or export it as mp3, m4a or opus: ten minutes have less than 10 MB then",
                    )
                digest.update(piece)
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise _unwritten(part, error) from error
    return Received(part=part, sha256=digest.hexdigest(), size=size)


def _require_sound(received: Received, name: str) -> None:
    if not received.size:
        raise UsageError(f"the file {name} is empty", hint="choose the recording again")
    try:
        container_of(received.part)
    except RecordingError as error:
        message = error.message.removeprefix(f"{error.path}:").strip()
        raise UsageError(f"the file {name} {message}", hint=error.hint) from error


def _flush(path: Path) -> None:
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _unwritten(path: Path, error: OSError) -> StoreError:
    hint = "check that the disk has room and that the workspace may be written, then hand it in again"
    return StoreError(f"cannot write {path}: {error.strerror or error}", hint=hint)
