"""Finds the calls behind the paths that a person gave: files, and folders with all their subfolders."""

import os
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from pipeline.domain.addresses import is_address, shown
from pipeline.errors import RecordingError, UsageError
from pipeline.log import get_logger
from pipeline.plain_files import leads_outside
from pipeline.stages.ingest.candidate import Candidate, lasting
from pipeline.stages.ingest.folder import calls_in, each_in, left_alone, unsaid
from pipeline.stages.ingest.formats import SIDECAR_ENDINGS
from pipeline.stages.ingest.sidecar import is_metadata
from pipeline.stages.ingest.table import TABLE_NAME

_log = get_logger(__name__)


InBucket = Callable[[str], Iterator[Candidate]]
"""Who lists the calls of a bucket's address, s3://bucket/prefix."""

_Key = tuple[Path, ...]


def discover(paths: Sequence[Path]) -> tuple[Candidate, ...]:
    """The calls of `each_call`, all at once."""
    return tuple(each_call(paths))


def each_call(
    paths: Sequence[Path | str], *, in_bucket: InBucket | None = None, notes: bool = True
) -> Iterator[Candidate]:
    """The calls in the order of the paths, inside a folder by name; each once, however often it was given.

    A file given by name is a transcript by its ending (.vtt, .srt, .TextGrid, .txt, .csv, .json); any other counts as a
    recording, unless it is metadata. In a folder, transcripts are .vtt, .srt and .TextGrid without a recording of the
    same name, and the .txt, .csv and .json that calls.csv or a sidecar describes. Giving one side's file, or the
    sidecar that joins the sides, gives the whole call. Folders that are links are not entered, nor are the objects of
    a workspace. They come as they are found: at any time the names of one folder are in memory, and no more.

    `notes`: say in the log which files are passed over. Raises: UsageError, before the first call, for a path that is
    not there, and for the address of a bucket (s3://bucket/prefix, or the path of it) when nobody lists buckets.
    """
    given = [Path(path) for path in paths]
    for path in given:
        if is_address(path):
            if in_bucket is None:
                raise UsageError(f"{shown(path)}: a bucket cannot be listed here", hint="give files or folders")
        elif not path.exists():
            raise UsageError(f"{path}: there is no such file or folder", hint="check the spelling of the path")
    return _each(given, in_bucket, notes=notes)


def _each(paths: Sequence[Path], in_bucket: InBucket | None, *, notes: bool) -> Iterator[Candidate]:
    named = _named([path for path in paths if not is_address(path)])
    listed: set[Path] = set()
    by_name = {_key(call) for calls in named.values() for call in calls}
    gone: set[_Key] = set()  # of those given by name, which may stand in a folder that was given too
    walked: set[Path] = set()
    for path in paths:
        if is_address(path):
            if in_bucket is not None and path not in listed:
                listed.add(path)
                yield from in_bucket(shown(path))
            continue
        calls = _below(path, walked, notes=notes) if path.is_dir() else named[path]
        for call in calls:
            key = _key(call)
            if key in gone:
                continue
            if key in by_name:
                gone.add(key)
            yield _sayable(call)
        if path.is_dir():
            walked.add(path.resolve())


def _named(paths: Sequence[Path]) -> dict[Path, tuple[Candidate, ...]]:
    """The calls of each path that is no folder."""
    names: dict[Path, set[str]] = {}
    for path in paths:
        if not path.is_dir():
            names.setdefault(path.parent, set()).add(path.name)
    by_folder = {folder: calls_in(folder, _calls(folder, found)) for folder, found in names.items()}
    return {path: tuple(_of_file(path, by_folder[path.parent])) for path in paths if not path.is_dir()}


def _key(call: Candidate) -> _Key:
    return tuple(lasting(file.path) for file in call.files) or (call.place,)


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


def _below(folder: Path, walked: Collection[Path], *, notes: bool) -> Iterator[Candidate]:
    """The calls of the folder and those below it, but for folders that were gone through with one of `walked`."""
    for place, subfolders, _ in os.walk(folder):
        here = Path(place)
        subfolders[:] = [name for name in sorted(subfolders) if _is_entered(here, name)]
        if _was_walked(here.resolve(), walked):
            continue
        n_calls = 0
        keys: set[_Key] = set()
        for call in each_in(here):
            n_calls += 1
            if len(call.files) > 1 or call.problem is not None:  # two sidecars may name the same sides
                if (key := _key(call)) in keys:
                    continue
                keys.add(key)
            yield _kept_inside(call, folder)
        if notes:
            _note(here, n_calls)


def _kept_inside(call: Candidate, root: Path) -> Candidate:
    """The call; one with a file, or metadata, that is a link out of the folder that was given is refused unread."""
    paths = (*(file.path for file in call.files), *((call.stated.path,) if call.stated.path else ()))
    if (link := next((path for path in paths if leads_outside(path, root)), None)) is None:
        return call
    message = "is a link that leads out of the folder that was given"
    hint = "give the linked file by name, or copy it into the folder"
    return replace(call, files=(), problem=RecordingError(message, hint=hint, path=link))


def _is_entered(folder: Path, name: str) -> bool:
    return not name.startswith(".") and not _holds_objects(folder, name)


def _was_walked(place: Path, walked: Collection[Path]) -> bool:
    """Whether a walk from one of these folders has come to this place, which is real as they are."""
    return any(_leads(root, place) for root in (place, *place.parents) if root in walked)


def _leads(root: Path, place: Path) -> bool:
    inside = place.relative_to(root).parts
    return all(_is_entered(root.joinpath(*inside[:depth]), name) for depth, name in enumerate(inside))


def _note(folder: Path, n_calls: int) -> None:
    """Say which transcripts of a folder are passed over, since somebody may have meant them."""
    if beside := left_alone(folder):
        told = f"{len(beside)} left alone beside recordings of the same name, such as"
        _log.warning("transcripts in %s: %s %s; to read one, give it by name", folder, told, beside[0])
    if not n_calls and (texts := unsaid(folder)):
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
