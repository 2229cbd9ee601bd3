"""Finds the calls behind the paths that a person gave: files, and folders with all their subfolders."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from pipeline.errors import RecordingError, UsageError
from pipeline.log import get_logger
from pipeline.stages.ingest.candidate import Candidate, lasting
from pipeline.stages.ingest.folder import calls_in, left_alone, unsaid
from pipeline.stages.ingest.formats import SIDECAR_ENDINGS
from pipeline.stages.ingest.sidecar import is_metadata
from pipeline.stages.ingest.table import TABLE_NAME

_log = get_logger(__name__)


def discover(paths: Sequence[Path]) -> tuple[Candidate, ...]:
    """The calls in the order of the paths, inside a folder by name; each once, however often it was given.

    A file given by name is a transcript by its ending (.vtt, .srt, .TextGrid, .txt, .csv, .json); any other counts as a
    recording, unless it is metadata. In a folder, transcripts are .vtt, .srt and .TextGrid without a recording of the
    same name, and the .txt, .csv and .json that calls.csv or a sidecar describes. Giving one side's file, or the
    sidecar that joins the sides, gives the whole call. Folders that are links are not entered, nor are the objects of
    a workspace. Raises: UsageError for a path that is not there.
    """
    for path in paths:
        if not path.exists():
            raise UsageError(f"{path}: there is no such file or folder", hint="check the spelling of the path")
    named: dict[Path, set[str]] = {}
    for path in paths:
        if not path.is_dir():
            named.setdefault(path.parent, set()).add(path.name)
    by_folder = {folder: calls_in(folder, _calls(folder, names)) for folder, names in named.items()}
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


def _calls(folder: Path, names: set[str]) -> set[str]:
    """The names, given by a person, of files that are calls of their own and no metadata."""
    sidecars = {name for name in names if Path(name).suffix.lower() in SIDECAR_ENDINGS and is_metadata(folder / name)}
    return names - sidecars - {TABLE_NAME}


def _below(folder: Path) -> Iterator[Candidate]:
    for place, subfolders, _ in os.walk(folder):
        names = sorted(name for name in subfolders if not name.startswith("."))
        subfolders[:] = [name for name in names if not _holds_objects(Path(place), name)]
        calls = calls_in(Path(place))
        _note(Path(place), calls)
        yield from calls


def _note(folder: Path, calls: Sequence[Candidate]) -> None:
    """Say which transcripts of a folder are passed over, since somebody may have meant them."""
    if beside := left_alone(folder):
        told = f"{len(beside)} left alone beside recordings of the same name, such as"
        _log.warning("transcripts in %s: %s %s; to read one, give it by name", folder, told, beside[0])
    if not calls and (texts := unsaid(folder)):
        told = "are read when given by name, or named in calls.csv"
        _log.warning("%d text files in %s, such as %s, %s", len(texts), folder, texts[0], told)


def _holds_objects(folder: Path, name: str) -> bool:
    """Whether a subfolder is where a workspace keeps its results: no recordings, and megabytes of JSON to look into."""
    return name == "objects" and (folder / name / "ingest").is_dir() and (folder / "calls").is_dir()


def _of_file(path: Path, calls: Sequence[Candidate]) -> Iterator[Candidate]:
    of_path = [call for call in calls if path in (call.path, *(file.path for file in call.files))]
    if of_path:
        yield from of_path
        return
    hint = "give a recording, a transcript, or the folder that holds it"
    yield Candidate(path, problem=RecordingError(f"{path.name} is metadata and not a recording", hint=hint, path=path))
