"""Owns the recordings themselves: which files are the calls', what is said beside them, and what may be taken away."""

import csv
import hashlib
import io
from collections.abc import Iterable, Iterator
from pathlib import Path

from pipeline.domain.addresses import SCHEME, is_address
from pipeline.domain.recording import SourceFile
from pipeline.erasing.plan import Step
from pipeline.erasing.scope import KnownCall, Scope
from pipeline.stages.ingest.sidecar import is_metadata

SIDECARS = (".json", ".yaml", ".yml")
TABLE = "calls.csv"


def recording_steps(scope: Scope, *, erase: bool, fetched: Path) -> tuple[list[Step], dict[str, int], list[Path]]:
    """What is to be done about the recordings; what stays, by reason; and the files that are left to the operator.

    A file goes only when it has the bytes of the recording still: another may stand in its place by now. What is in a
    bucket is left: what may delete there is the operator's to say. Of copies below `fetched` it is told by where they
    came from; they go themselves, see `fetched_copies`.
    """
    files = frozenset(_origin(path, fetched) for call in scope.calls for path in _files(call))
    there, away = {path for path in files if path.is_file()}, sorted(path for path in files if is_address(path))
    if not erase:
        return [], {}, sorted((*there, *away))
    hashes = frozenset(digest for call in scope.calls for digest in call.hashes)
    same = [path for path in sorted(there) if _hash(path) in hashes]
    steps = [Step(kind="recording", path=path, size=path.stat().st_size) for path in same]
    steps += [Step(kind="recording", path=path, size=path.stat().st_size) for path in _sidecars(scope, same)]
    steps += [Step(kind="recording", act="row", path=table) for table in _tables(same)]
    return steps, {"files in the place of a recording, with other content": len(there) - len(same)}, away


def fetched_copies(folder: Path, hashes: frozenset[str], scope: Scope) -> Iterator[Step]:
    """Copies of recordings that are in a bucket: they go with every erasure, and so does what is noted beside them, and
    what a fetch that was killed has left."""
    for place in sorted({place for call in scope.calls for place in call.places if is_address(place)}):
        for part in sorted(folder.joinpath(*place.parts[1:]).parent.glob(f".{_mark(place.name)}.*.part")):
            yield Step(kind="recording", path=part, size=part.stat().st_size)
    sizes = {file.size for call in scope.calls for recording in call.recordings for file in recording.files}
    for path in sorted(folder.rglob("*")) if sizes and folder.is_dir() else ():
        if path.is_file() and path.stat().st_size in sizes and _hash(path) in hashes:
            yield Step(kind="recording", path=path, size=path.stat().st_size)
            for note in sorted(path.parent.glob(f".{_mark(path.name)}.*")):
                yield Step(kind="recording", path=note, size=note.stat().st_size)


def _mark(name: str) -> str:
    """What the hidden files beside a copy of this name begin with."""
    return hashlib.sha256(name.encode()).hexdigest()[:16]


def without_rows(table: bytes, names: frozenset[str]) -> bytes:
    """A calls.csv without the rows of these recordings; everything else as it was, byte for byte where it can be."""
    text = table.decode("utf-8-sig")
    head = text.splitlines()[0] if text else ""
    rows = list(csv.reader(io.StringIO(text), delimiter=";" if head.count(";") > head.count(",") else ","))
    if not rows or "path" not in [cell.strip() for cell in rows[0]]:
        return table
    at = [cell.strip() for cell in rows[0]].index("path")
    kept = [row for row in rows if not (len(row) > at and row[at].strip() in names)]
    if len(kept) == len(rows):
        return table
    out = io.StringIO()
    csv.writer(out, delimiter=";" if head.count(";") > head.count(",") else ",", lineterminator="\n").writerows(kept)
    return (b"\xef\xbb\xbf" if table.startswith(b"\xef\xbb\xbf") else b"") + out.getvalue().encode()


def _files(call: KnownCall) -> Iterator[Path]:
    known: set[Path] = {path for record in call.records for path in record.files}
    known |= {file.path for recording in call.recordings for file in _own(recording.files)}
    known |= {record.path for record in call.records if is_address(record.path)}
    yield from known


def _origin(path: Path, fetched: Path) -> Path:
    """The address in a bucket of what was copied from there, <bucket>/<key>; else the path itself."""
    if is_address(path) or not path.absolute().is_relative_to(fetched):
        return path
    return Path(SCHEME, *path.absolute().relative_to(fetched).parts)


def _own(files: Iterable[SourceFile]) -> Iterator[SourceFile]:
    """Files whose place means the same from every folder: one that is relative may be another file by now."""
    return (file for file in files if file.path.is_absolute() or is_address(file.path))


def _sidecars(scope: Scope, files: list[Path]) -> list[Path]:
    found = {path for file in files for path in _beside(file)}
    found |= {record.path for call in scope.calls for record in call.records if record.path.suffix in SIDECARS}
    return sorted(path for path in found - set(files) if path.is_file() and is_metadata(path))


def _beside(file: Path) -> Iterator[Path]:
    for ending in SIDECARS:
        yield file.with_name(file.name + ending)
        yield file.with_suffix(ending)


def _hash(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _tables(files: list[Path]) -> list[Path]:
    found = {file.parent / TABLE for file in files}
    names = frozenset(file.name for file in files)
    return sorted(
        path for path in found if path.is_file() and without_rows(path.read_bytes(), names) != path.read_bytes()
    )
