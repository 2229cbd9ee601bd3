"""Finds the calls behind the paths that a person gave: files, and folders with all their subfolders."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from pipeline.errors import RecordingError, UsageError
from pipeline.stages.ingest.candidate import Candidate, lasting
from pipeline.stages.ingest.folder import calls_in
from pipeline.stages.ingest.formats import SIDECAR_ENDINGS, TRANSCRIPT_ENDINGS


def discover(paths: Sequence[Path]) -> tuple[Candidate, ...]:
    """The calls in the order of the paths, inside a folder by name; each once, however often it was given.

    A file given by name counts as a recording whatever its ending, unless the ending is that of a transcript or of
    metadata. Giving one side's file, or the sidecar that joins the sides, gives the whole call. Folders that are links
    are not entered, nor are the objects of a workspace. Raises: UsageError for a path that is not there.
    """
    for path in paths:
        if not path.exists():
            raise UsageError(f"{path}: there is no such file or folder", hint="check the spelling of the path")
    named: dict[Path, set[str]] = {}
    for path in paths:
        if not path.is_dir():
            named.setdefault(path.parent, set()).add(path.name)
    by_folder = {folder: calls_in(folder, _recordings(names)) for folder, names in named.items()}
    found: dict[tuple[Path, ...], Candidate] = {}
    for path in paths:
        calls = _below(path) if path.is_dir() else _of_file(path, by_folder[path.parent])
        for call in calls:
            found.setdefault(tuple(lasting(file.path) for file in call.files) or (call.place,), call)
    return tuple(_sayable(call) for call in found.values())


def _sayable(call: Candidate) -> Candidate:
    """The call; one with a name that is no text, which no record can hold, is refused under its name with escapes."""
    if all(_is_text(path) for path in (call.path, *(file.path for file in call.files))):
        return call
    path = Path(os.fsencode(call.path).decode("utf-8", "backslashreplace"))
    hint = "rename the file, or the folder it is in, and run it again"
    return Candidate(path, problem=RecordingError("its name is not Unicode text (UTF-8)", hint=hint, path=path))


def _is_text(path: Path) -> bool:
    return not any("\ud800" <= char <= "\udfff" for char in str(path))


def _recordings(names: set[str]) -> set[str]:
    other = TRANSCRIPT_ENDINGS | set(SIDECAR_ENDINGS)
    return {name for name in names if Path(name).suffix.lower() not in other}


def _below(folder: Path) -> Iterator[Candidate]:
    for place, subfolders, _ in os.walk(folder):
        names = sorted(name for name in subfolders if not name.startswith("."))
        subfolders[:] = [name for name in names if not _holds_objects(Path(place), name)]
        yield from calls_in(Path(place))


def _holds_objects(folder: Path, name: str) -> bool:
    """Whether a subfolder is where a workspace keeps its results: no recordings, and megabytes of JSON to look into."""
    return name == "objects" and (folder / name / "ingest").is_dir() and (folder / "calls").is_dir()


def _of_file(path: Path, calls: Sequence[Candidate]) -> Iterator[Candidate]:
    of_path = [call for call in calls if path in (call.path, *(file.path for file in call.files))]
    if of_path:
        yield from of_path
        return
    hint = "give a sound or video file, or the folder that holds it; finished transcripts cannot be imported yet"
    yield Candidate(path, problem=RecordingError(f"{path.suffix or 'this'} is not a recording", hint=hint, path=path))
