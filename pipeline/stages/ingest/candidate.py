"""A call that was found and not yet looked into: its files, and what is stated of it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pipeline.domain.addresses import is_address
from pipeline.domain.recording import CallMetadata, Role
from pipeline.errors import InputError, RecordingError
from pipeline.stages.ingest.formats import is_transcript
from pipeline.stages.ingest.metadata import NOTHING_STATED, Stated


def lasting(path: Path) -> Path:
    """The absolute path, its folder without links and "..", its own name as it is: a link stays the link.

    What is in a bucket has the same path everywhere.
    """
    return path if is_address(path) else path.parent.resolve() / path.name


@dataclass(frozen=True, slots=True)
class CandidateFile:
    """One sound file or transcript, and whose side it is where it holds one side only.

    `version`: of a file in a bucket, what differs whenever its bytes do, as it was listed.
    """

    path: Path
    role: Role | None = None
    version: str | None = None


Fetch = Callable[[Path, str | None], Path]
"""Gives the place on this machine of a file of this path and version, fetched if it was elsewhere."""


def here(path: Path, _version: str | None) -> Path:
    """The path itself, of a file that is on this machine; fulfils `Fetch`. Raises: RecordingError."""
    if is_address(path):
        hint = "use filmroom run, or copy it here"
        raise RecordingError("is in a bucket, and here files of this machine are read", hint=hint, path=path)
    return path


@dataclass(frozen=True, slots=True)
class Candidate:
    """One call as found in a folder, none of its sound opened.

    `path`: what people are shown: the recording, or the sidecar that joins several files. `problem`: why the call
    cannot be ingested, found while reading its metadata; `files` may then be empty.
    """

    path: Path
    files: tuple[CandidateFile, ...] = ()
    stated: Stated = NOTHING_STATED
    problem: InputError | None = None

    @property
    def place(self) -> Path:
        """The path that means this recording from every folder that a later command is started in."""
        return lasting(self.path)

    @property
    def is_transcript(self) -> bool:
        """Whether its words are there already, so that nothing is heard."""
        return bool(self.files) and all(is_transcript(file.path) for file in self.files)

    @property
    def name(self) -> str:
        """The recording's or sidecar's name without its ending."""
        return self.path.stem

    @property
    def metadata(self) -> CallMetadata:
        """What is stated of the call; empty where nothing is, or where it cannot be read."""
        return self.stated.metadata
