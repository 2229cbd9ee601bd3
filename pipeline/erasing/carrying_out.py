"""Owns doing what was planned: written down first, each step harmless when done again, the index made anew, a receipt.

A file that goes is unlinked and its folder flushed. Its bytes are not written over: file systems that copy on write,
and disks that spread wear, write the new ones elsewhere. What is left on the medium is a matter of encryption at rest.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from pipeline.domain.cycle.events import CycleRecord
from pipeline.domain.people import User
from pipeline.erasing.events import BLANK, Touched
from pipeline.erasing.finding import with_refs
from pipeline.erasing.others import Needles
from pipeline.erasing.plan import Plan, Receipt, Step
from pipeline.erasing.recordings import without_rows
from pipeline.errors import StoreError
from pipeline.store.blobs import Blobs, FolderBlobs
from pipeline.store.durable import create
from pipeline.store.in_use import alone
from pipeline.store.index import Index, require_free
from pipeline.store.workspace import Workspace

FOLDER = "erasures"
_INDEXES = ("index.duckdb*", "index.new*", "reminders/index.duckdb*")

StepWatcher = Callable[[Step], None]


def unwatched(_step: Step) -> None:
    """Nobody is told of steps."""


def unfinished(workspace: Workspace) -> tuple[Plan, ...]:
    """The erasures that were begun and not finished, by id. Raises: StoreError for a damaged file."""
    return tuple(_plan(path) for path in sorted((workspace.root / FOLDER).glob("*.plan")))


def receipts(workspace: Workspace) -> Iterator[Receipt]:
    """What was erased from the workspace so far, by id."""
    for path in sorted((workspace.root / FOLDER).glob("*.json")):
        yield Receipt.model_validate_json(path.read_bytes())


def carry_out(
    workspace: Workspace, plan: Plan, *, now: Callable[[], datetime], before: StepWatcher = unwatched
) -> Receipt:
    """The receipt, once everything of the plan was done; `before` is called ahead of each step.

    Broken off at any point it is done by doing it again, with the plan of `unfinished`. Raises: StoreError, with
    nothing changed while a run is at work or the review room is open.
    """
    with alone(workspace.root):
        require_free(workspace.index_path)
        resumed = not create(workspace.root / FOLDER / f"{plan.id}.plan", plan.model_dump_json().encode())
        with _index_held(workspace):
            for step in plan.steps:
                before(step)
                if step.act == "object":
                    _delete(workspace.objects.blobs, str(step.path))
                else:
                    _do(workspace.root, plan, step)
            _remove_empty_folders(workspace.root, plan)
        if plan.had_index:
            workspace.rebuild_index()
        receipt = _receipt(plan, now(), resumed=resumed)
        create(workspace.root / FOLDER / f"{plan.id}.json", receipt.model_dump_json(indent=1).encode())
        _remove(workspace.root / FOLDER / f"{plan.id}.plan")
    return receipt


@contextmanager
def _index_held(workspace: Workspace) -> Iterator[None]:
    """While files go nobody may fill an index from what is left of them: an empty one stands in its place, open."""
    _remove_indexes(workspace.root)
    with Index(workspace.index_path):
        yield
    _remove_indexes(workspace.root)


def _remove_indexes(root: Path) -> None:
    for pattern in _INDEXES:
        for path in sorted(root.glob(pattern)):
            _remove(path)


def _do(root: Path, plan: Plan, step: Step) -> None:
    path = root / step.path  # the path of a recording is absolute, and stays what it is
    if not path.is_file():
        return
    try:
        match step.act:
            case "remove":
                _remove(path)
            case "lines":
                _rewrite(path, b"".join(_other_lines(path, plan)))
            case "event":
                _erase_event(path, plan)
            case "user":
                _rewrite(path, _nobody(User.model_validate_json(path.read_bytes())).encode())
            case "row":
                names = frozenset(s.path.name for s in plan.steps if s.kind == "recording" and s.act == "remove")
                _rewrite(path, without_rows(path.read_bytes(), names))
    except OSError as error:
        raise _undone(path, error) from error


def _delete(blobs: Blobs, name: str) -> None:
    blobs.delete(name)
    if isinstance(blobs, FolderBlobs) and (folder := blobs.path(name).parent).is_dir():
        _flush(folder)


def _erase_event(path: Path, plan: Plan) -> None:
    record = CycleRecord.model_validate_json(path.read_bytes())
    touched = Touched(frozenset(plan.calls), frozenset(plan.hashes), frozenset(plan.users), plan.customer)
    number = int(path.name.split(".")[1])
    left = with_refs(touched, plan.refs.get(path.parent.name, ())).left_of(number, record.what)
    if left is not None:
        _rewrite(path, record.model_copy(update={"what": left}).model_dump_json(indent=1).encode())


def _other_lines(path: Path, plan: Plan) -> Iterator[bytes]:
    """The lines of a file that are about others. Lines name calls by id, users by theirs, recordings by their place."""
    needles = Needles(
        [*(c.encode() for c in plan.calls), *(u.encode() for u in plan.users)], frozenset(plan.places), ()
    )
    with path.open("rb") as file:
        yield from (line for line in file if not needles.in_line(line))


def _nobody(user: User) -> str:
    """The user's first and only record from now on: an id, and the place between those above and below."""
    left = user.model_copy(
        update={"name": BLANK, "known_as": (), "email": None, "password": None, "tokens": (), "removed": True}
    )
    return left.model_dump_json(indent=1)


def _remove_empty_folders(root: Path, plan: Plan) -> None:
    """Records and streams are known by their folder: one without records must not look like one that has some."""
    ours = [step.path for step in plan.steps if step.act == "remove" and not step.path.is_absolute()]
    folders = {root / parent for path in ours for parent in path.parents}
    for folder in sorted(folders, key=lambda path: -len(path.parts)):
        if folder != root and folder.is_dir():
            with suppress(OSError):  # not empty: others' files are in it
                folder.rmdir()


def _rewrite(path: Path, data: bytes) -> None:
    fresh = path.with_name(f".{path.name}.erasing")
    try:
        with fresh.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        fresh.chmod(path.stat().st_mode & 0o777)
        fresh.replace(path)
        _flush(path.parent)
    finally:
        fresh.unlink(missing_ok=True)


def _remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
        _flush(path.parent)
    except OSError as error:
        raise _undone(path, error) from error


def _flush(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _undone(path: Path, error: OSError) -> StoreError:
    return StoreError(
        f"cannot erase {path}: {error.strerror or error}",
        hint="see that it may be written, then give filmroom erase again: it goes on where it was",
    )


def _plan(path: Path) -> Plan:
    try:
        return Plan.model_validate_json(path.read_bytes())
    except (OSError, ValueError) as error:
        hint = "delete it, and ask for the erasure again: what is left is found anew"
        raise StoreError(f"cannot read what was to be erased, {path}: {error}", hint=hint) from error


def _receipt(plan: Plan, finished: datetime, *, resumed: bool) -> Receipt:
    return Receipt(
        id=plan.id,
        at=plan.at,
        finished_at=finished,
        by=plan.by,
        how=plan.how,
        scope=plan.scope,
        calls=len(plan.calls),
        users=len(plan.users),
        counts=plan.counts,
        megabytes=round(plan.size / 1e6, 3),
        left=plan.left,
        resumed=resumed,
    )
