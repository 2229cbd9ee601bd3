"""Owns which results are needed: those that any record mentions, what these were made of, and what may be tried again.

A record of any kind needs an object by writing its key, so every word of 64 hexadecimal digits in a record counts as
one. That finds too much rather than too little, and holds for kinds of records that are yet to come.
"""

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import file_digest
from pathlib import Path

from pipeline.domain.recording import Recording
from pipeline.errors import FilmroomError, StoreError
from pipeline.log import get_logger
from pipeline.stages.ingest import discover
from pipeline.store.blobs import Blobs, FolderBlobs
from pipeline.store.objects import ObjectStore, Work
from pipeline.store.workspace import Workspace

_log = get_logger(__name__)
_DIGEST = re.compile(rb"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")
_KEY = re.compile(r"^[0-9a-f]{64}$")
_HEAD = 64 * 1024
_WORK = '{"work":'
NO_RECORDS = frozenset({"objects", "cache", "evaluation-work", "recordings", "sessions"})
"""Folders of a workspace in which no record is kept."""


@dataclass(frozen=True, slots=True)
class Kept:
    """An object that is there; a workspace may have millions, so no more of it is held than is asked for.

    `sources` are the digests among its inputs: keys of other objects, or hashes of files. `size` is in bytes, `written`
    in seconds since the epoch.
    """

    key: str
    stage: str
    sources: tuple[str, ...]
    rubric_sha256: str | None
    size: int
    written: float


@dataclass(frozen=True)
class Reach:
    """All objects by key, those that are needed, and the hashes of files that the needed ones were made of."""

    objects: Mapping[str, Kept]
    needed: frozenset[str]
    files: frozenset[str]
    _origins: dict[str, frozenset[str]] = field(default_factory=dict)

    def origins(self, key: str) -> frozenset[str]:
        """The digests that an object rests on in the end: hashes of a recording's files, as a rule."""
        if key not in self._origins:
            kept = self.objects.get(key)
            found = (self.origins(source) for source in kept.sources) if kept else iter([frozenset({key})])
            self._origins[key] = frozenset().union(*found)
        return self._origins[key]


def reach(workspace: Workspace) -> Reach:
    """What of the workspace's objects is needed. Raises: StoreError for an object whose beginning cannot be read."""
    objects = {kept.key: kept for kept in all_objects(workspace.objects.blobs)}
    roots = set(mentioned(workspace.root))
    roots |= {key for key, kept in objects.items() if kept.stage == "rubric" and kept.rubric_sha256 in roots}
    recorded = _closure(objects, roots)
    found = Reach(objects, recorded, frozenset())
    files = frozenset().union(*(found.origins(key) for key in recorded if objects[key].stage == "ingest"))
    again = _files_set_aside(workspace, objects)
    tried = {key for key in objects if found.origins(key) & again}
    return Reach(objects, recorded | _closure(objects, tried), files, found._origins)


def mentioned(root: Path, *, since: float = 0.0) -> Iterator[str]:
    """Every digest that stands in a record of the workspace; with `since`, in those written at or after that time."""
    for folder in sorted(root.iterdir()) if root.is_dir() else ():
        if not folder.is_dir() or folder.is_symlink() or folder.name in NO_RECORDS:
            continue
        for path in folder.rglob("*.json*"):
            try:
                if path.is_file() and path.stat().st_mtime >= since:
                    yield from (found.decode() for found in _DIGEST.findall(path.read_bytes()))
            except OSError as error:
                hint = "nothing was deleted; make the workspace readable for this user"
                raise StoreError(f"cannot read {path}: {error.strerror or error}", hint=hint) from error


def all_objects(blobs: Blobs) -> Iterator[Kept]:
    """Every object that is kept, exchanges too, stage by stage. Raises: StoreError."""
    for blob in blobs.all():
        key = blob.name.rpartition("/")[2].removesuffix(".json")
        if _KEY.match(key):
            try:
                work = _work_of(blobs, blob.name)
            except FileNotFoundError:
                continue  # an erasure was quicker
            sources = tuple(each for each in work.inputs if _KEY.match(each))
            yield Kept(key, work.stage, sources, work.rubric_sha256, blob.size, blob.at.timestamp())


def _work_of(blobs: Blobs, name: str) -> Work:
    """The work at the beginning of an object; of a file, the megabytes of its value are not read."""
    try:
        head = _beginning(blobs, name).decode(errors="ignore")
        if not head.startswith(_WORK):
            raise ValueError("it does not begin with its work")
        value, _ = json.JSONDecoder().raw_decode(head, len(_WORK))
        return Work.model_validate(value)
    except FileNotFoundError:
        raise
    except (OSError, ValueError) as error:
        hint = "it is damaged; move it away. Nothing was deleted"
        raise StoreError(f"cannot read {blobs.place}/{name}: {error}", hint=hint) from error


def _beginning(blobs: Blobs, name: str) -> bytes:
    if not isinstance(blobs, FolderBlobs):
        return blobs.read(name)
    with blobs.path(name).open("rb") as file:
        return file.read(_HEAD)


def _closure(objects: Mapping[str, Kept], roots: Iterable[str]) -> frozenset[str]:
    """These objects and all that they were made of."""
    found: set[str] = set()
    left = [key for key in roots if key in objects]
    while left:
        key = left.pop()
        if key not in found:
            found.add(key)
            left += [source for source in objects[key].sources if source in objects]
    return frozenset(found)


def _files_set_aside(workspace: Workspace, objects: Mapping[str, Kept]) -> frozenset[str]:
    """The hashes of the files of recordings in quarantine: what was made of them is used when they are tried again.

    A file that is gone is known by its name, as whoever ingested it saw it.
    """
    places = [record.path for record in workspace.quarantined()]
    if not places:
        return frozenset()
    there = {path for place in places if place.exists() for path in _files_of(place)}
    found = {digest for path in there if (digest := _digest(path)) is not None}
    names = {place.name for place in places} | {path.name for path in there}
    for key, kept in objects.items():
        if kept.stage == "ingest" and _names(workspace.objects, key) & names:
            found.update(kept.sources)
    return frozenset(found)


def _files_of(place: Path) -> Collection[Path]:
    try:
        return {file.path for call in discover([place]) for file in call.files} or {place}
    except FilmroomError as error:
        _log.warning("cannot look into %s: %s", place, error.message)
        return {place}


def _names(objects: ObjectStore, key: str) -> set[str]:
    return {file.path.name for file in objects.get("ingest", key, Recording)[0].files}


def _digest(path: Path) -> str | None:
    try:
        with path.open("rb") as file:
            return file_digest(file, "sha256").hexdigest()
    except OSError:
        return None
