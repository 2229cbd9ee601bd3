"""What is new since the index was last brought up to date, found without looking at every record.

New ids, and ids that are gone, show in the folder of their kind, which is listed only when it changed; further records
of a known id show in changes.log. Where either may not tell all, the answer is that every record is to be looked at:
the log is not the one that was marked, or is damaged, or was emptied by who could not add to it; a folder is another
one, as after a restore; the machine was started since, so lines may have been lost with its power. What none of these
shows, as when another machine loses its lines, waits until the last look at everything is `due_s` ago.
"""

import os
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from pydantic import ValidationError

from pipeline.domain.base import Value
from pipeline.store.changes import Change
from pipeline.store.index_rows import RECORD_KINDS, RecordKind

if TYPE_CHECKING:
    from pipeline.store.index import Index
    from pipeline.store.workspace import Workspace

LEAST_S, MOST_S = 300.0, 86_400.0
"""How often at most, and at least, every record is looked at for what no sign shows."""
REST = 1_000.0
"""So many times as long as the last look took may pass before the next: a thousandth of the time goes into looking."""
SETTLED_S = 2.0
"""A folder that changed less than this ago may change again at what its file system takes for the same moment."""


class Folder(Value):
    """The folder of a kind as it was just before it was listed: 0 and 0 where there is none; `changed_ns` is 0 also
    when it is to be listed again the next time."""

    inode: int
    changed_ns: int


class Looked(Value):
    """How far the index is up to date: with all of a log up to `taken`, and with the listings of these folders."""

    mark: str
    mark_end: int
    taken: int
    at: float
    """When every record was looked at."""
    took_s: float = 0.0
    boot: str
    folders: dict[RecordKind, Folder]


class News(NamedTuple):
    """What is new, and what is to be noted once the index has it."""

    changes: list[Change]
    looked: Looked


def begun(workspace: "Workspace", *, now: float) -> Looked | None:
    """The note of a look at every record that begins after this; None where the log cannot be written.

    `now`, like every time here, is in seconds since 1970.
    """
    folders = {kind: _seen(workspace.indexed(kind).root, now) for kind in RECORD_KINDS}
    mark = workspace.changes.mark()
    if mark is None:
        return None
    word, end = mark
    return Looked(mark=word, mark_end=end, taken=end, at=now, boot=_boot(), folders=folders)


def due_s(took_s: float) -> float:
    """After how many seconds every record is to be looked at again, of which the last time took so many."""
    return min(max(LEAST_S, REST * took_s), MOST_S)


def without(looked: Looked, kinds: set[RecordKind]) -> Looked:
    """The note, by which the folders of these kinds are listed again the next time."""
    return looked.model_copy(
        update={
            "folders": {
                kind: folder.model_copy(update={"changed_ns": 0}) if kind in kinds else folder
                for kind, folder in looked.folders.items()
            }
        }
    )


def noted(index: "Index") -> Looked | None:
    """What the index's note says, None where there is none that this version can read."""
    try:
        return Looked.model_validate_json(index.looked or "")
    except ValidationError:
        return None


def news(workspace: "Workspace", index: "Index", last: Looked, *, now: float) -> News | None:
    """What is new since that note was made; None when only a look at every record can say."""
    since = workspace.changes.since(last.mark, last.mark_end, last.taken)
    folders = {kind: _seen(workspace.indexed(kind).root, now) for kind in RECORD_KINDS}
    moved = any(was.inode and folders[kind].inode != was.inode for kind, was in last.folders.items())
    aged = not 0 <= now - last.at < due_s(last.took_s)
    if since is None or moved or aged or last.boot != _boot() or set(last.folders) != set(folders):
        return None
    asked: dict[RecordKind, set[str]] = {kind: set() for kind in RECORD_KINDS}
    for line in since.lines:
        asked[line.change.kind].add(line.change.record_id)
    for kind in RECORD_KINDS:
        if folders[kind] != last.folders[kind] or not folders[kind].changed_ns:
            asked[kind] |= workspace.indexed(kind).differing(index.ids(kind))
    there = {
        (kind, record_id): workspace.indexed(kind).last_number(record_id)
        for kind, ids in asked.items()
        for record_id in sorted(ids)
    }
    empty = {kind for (kind, _), number in there.items() if not number}
    unmet = (line.at for line in since.lines if there[line.change[:2]] < line.change.number)
    looked = last.model_copy(update={"taken": min(unmet, default=since.end), "folders": folders})
    return News(_changed(index, asked, there), without(looked, empty))


def _changed(
    index: "Index", asked: dict[RecordKind, set[str]], there: dict[tuple[RecordKind, str], int]
) -> list[Change]:
    known = {
        (kind, record_id): number
        for kind, ids in asked.items()
        if ids
        for record_id, number in index.numbers(kind, ids).items()
    }
    return [Change(*source, number) for source, number in there.items() if number != known.get(source, 0)]


def _seen(root: Path, now: float) -> Folder:
    try:
        found = os.stat(root)  # noqa: PTH116 - a plain question of many
    except FileNotFoundError:
        return Folder(inode=0, changed_ns=0)
    settled = now - found.st_ctime > SETTLED_S
    return Folder(inode=found.st_ino, changed_ns=found.st_ctime_ns if settled else 0)


def _boot() -> str:
    """A word that another start of this machine changes, "" where the system has none."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""
