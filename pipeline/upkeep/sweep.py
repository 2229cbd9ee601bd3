"""Owns what nothing in a workspace needs any more: which files these are, why each may go, and taking them away.

Nothing that a record mentions is ever among them (`pipeline.upkeep.reach`), nothing younger than an hour, and nothing
that was paid for, unless a person says so.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Literal

from pipeline.domain.base import Value
from pipeline.domain.recording import Recording
from pipeline.domain.work import STAGES_OF_TRANSCRIPT
from pipeline.errors import StoreError
from pipeline.store.batches import Batches
from pipeline.store.blobs import FolderBlobs
from pipeline.store.durable import is_temporary
from pipeline.store.sounds import sound_key
from pipeline.store.workspace import Workspace
from pipeline.upkeep.reach import Kept, Reach, mentioned, reach

Kind = Literal["temporary", "superseded", "unfinished", "exchange", "sound", "batch", "index", "recording"]
KINDS: Mapping[Kind, str] = {
    "temporary": "left behind by writes that were cut off",
    "superseded": "results of reviewed calls that no record needs: of other settings, trials, earlier code",
    "unfinished": "results of recordings that have no review yet; the next run would use them",
    "exchange": "what language models were asked and answered; asking again costs again",
    "sound": "sound for browsers of calls that are gone, or changed",
    "batch": "requests of batches that are over",
    "index": "parts of an index that was being made",
    "recording": "recordings fetched from a bucket, which can be fetched again",
}
"""What each kind is, in words for people."""

LEAST_AGE_S = 3600.0
"""Nothing younger is taken: a run may be writing it, or about to name it in a record."""


class Orphan(Value):
    """A file, or a result in the object store, that nothing needs.

    `name` is the file's path, or the result's name among the objects. Bytes; seconds since the epoch when it was
    written.
    """

    kind: Kind
    name: str
    size: int
    written: float
    is_object: bool = False


@dataclass(frozen=True)
class Wish:
    """What a person wants swept. `optional` are kinds that are only taken when they are named; ages in seconds.

    `elsewhere`: results that are kept outside the workspace too, where those of other workspaces may be. `fetched` is
    the folder of recordings that were fetched from buckets.
    """

    optional: frozenset[Kind] = frozenset()
    older_than_s: float = LEAST_AGE_S
    elsewhere: bool = False
    fetched: Path | None = None


def orphans(workspace: Workspace, wish: Wish, *, now: Callable[[], float] = time.time) -> tuple[Orphan, ...]:
    """Every file that may go, in the order in which it should: what others were made of comes last.

    A file from the future counts as young. Raises: StoreError when something cannot be read; nothing is changed.
    """
    found = (
        *_temporaries(workspace),
        *(_results(reach(workspace)) if wish.elsewhere or has_own_objects(workspace) else ()),
        *_sounds(workspace),
        *_requests(workspace.root),
        *_of_index(workspace),
        *_fetched(wish.fetched),
    )
    limit = now() - max(LEAST_AGE_S, wish.older_than_s)
    wanted = {"temporary", "superseded", "sound", "batch", "index"} | wish.optional
    return tuple(each for each in found if each.written <= limit and each.kind in wanted)


def take_away(workspace: Workspace, found: Sequence[Orphan], *, planned_at: float) -> None:
    """Delete them, for good.

    `planned_at` is when the plan was begun: where a record that is newer names one of them, nothing is deleted.
    Raises: StoreError, also for the first that cannot be deleted.
    """
    named = set(mentioned(workspace.root, since=planned_at - LEAST_AGE_S))
    if any(Path(each.name).stem in named for each in found):
        hint = "nothing was deleted; somebody is at work in the workspace, try again in a while"
        raise StoreError("a record that is new names a result that was to be deleted", hint=hint)
    for each in found:
        try:
            workspace.objects.blobs.delete(each.name) if each.is_object else Path(each.name).unlink(missing_ok=True)
        except OSError as error:
            hint = "check who owns the workspace; what was deleted before was needed by nothing"
            raise StoreError(f"cannot delete {each.name}: {error.strerror or error}", hint=hint) from error


def has_own_objects(workspace: Workspace) -> bool:
    """Whether its results are in its own folder, where no other workspace's are."""
    blobs = workspace.objects.blobs
    return isinstance(blobs, FolderBlobs) and blobs.root.resolve() == (workspace.root / "objects").resolve()


def _results(found: Reach) -> Iterator[Orphan]:
    order: dict[str, int] = {stage: number for number, stage in enumerate(reversed(STAGES_OF_TRANSCRIPT))}
    for kept in sorted(found.objects.values(), key=lambda kept: (order.get(kept.stage, len(order)), kept.key)):
        if kept.key not in found.needed:
            name = f"{kept.stage}/{kept.key[:2]}/{kept.key}.json"
            kind = _kind(kept, found)
            yield Orphan(kind=kind, name=name, size=kept.size, written=kept.written, is_object=True)


def _kind(kept: Kept, found: Reach) -> Kind:
    if kept.stage == "exchange":
        return "exchange"
    origins = found.origins(kept.key)
    return "superseded" if not origins or origins & found.files else "unfinished"


def _temporaries(workspace: Workspace) -> Iterator[Orphan]:
    for blob in workspace.objects.blobs.leftovers():
        yield Orphan(kind="temporary", name=blob.name, size=blob.size, written=blob.at.timestamp(), is_object=True)
    for folder in sorted(workspace.root.iterdir()):
        if folder.is_dir() and not folder.is_symlink() and folder.name != "objects":
            for path in sorted(folder.rglob("*")):
                if is_temporary(path.name) or (folder.name == "cache" and path.suffix == ".part"):
                    yield from _orphan("temporary", path)


def _sounds(workspace: Workspace) -> Iterator[Orphan]:
    folder = workspace.root / "cache" / "sound"
    if not folder.is_dir():
        return
    known = set()
    for call in workspace.calls.ids():
        results = workspace.record(call).results
        known.add(sound_key(workspace.objects.get("ingest", results["ingest"], Recording)[0]))
    for path in sorted(folder.iterdir()):
        if path.suffix in (".flac", ".npy", ".json") and path.stem not in known:
            yield from _orphan("sound", path)


def _requests(root: Path) -> Iterator[Orphan]:
    """Of batches that are over their records stay: they say what an endpoint refused, and would refuse again."""
    for batch, record in Batches(root / "batches").all():
        if record.state == "cleared":
            yield from _orphan("batch", root / "batches" / batch / "requests.jsonl")


def _of_index(workspace: Workspace) -> Iterator[Orphan]:
    index = workspace.index_path
    fresh = index.with_suffix(".new")
    left = [fresh, fresh.with_name(fresh.name + ".wal")]
    if not index.exists():
        left.append(index.with_name(index.name + ".wal"))
    for path in left:
        yield from _orphan("index", path)


def _fetched(folder: Path | None) -> Iterator[Orphan]:
    """Files that were fetched, which lie beside a hidden file with their version; never one that a person put there."""
    for version in sorted(folder.rglob(".*.version")) if folder is not None else ():
        for path in sorted(version.parent.iterdir()):
            if version.name == f".{sha256(path.name.encode()).hexdigest()[:16]}.version":
                yield from _orphan("recording", path)
                yield from _orphan("recording", version)


def _orphan(kind: Kind, path: Path) -> Iterator[Orphan]:
    """The file as an orphan; nothing where it is none, or is gone by now."""
    try:
        stat = path.lstat()
    except FileNotFoundError:
        return
    if path.is_file() and not path.is_symlink():
        yield Orphan(kind=kind, name=str(path), size=stat.st_size, written=stat.st_mtime)
