"""Histories of levels for tests of progress: many calls in a room without the work of reading them.

The index has a call's levels in rows; here those of one real call of a rep are written again under other ids, days and
levels. Records of such calls do not exist, so nothing that reads records may meet them: they are older than the real
call, from whose record the rubric is read.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

from pipeline.review.room import Room
from pipeline.store.index import TABLES, Entry

BEGAN = datetime(2025, 9, 1, 10, 0, tzinfo=UTC)
_Row = dict[str, object]


def add_levels(
    room: Room,
    call: str,
    levels: Mapping[str, Iterable[int | None]],
    *,
    mode: str = "live",
    version: int = 1,
    approved: bool = False,
    started: datetime = BEGAN,
) -> tuple[str, ...]:
    """The ids of copies of this call, two days apart, with these levels by capability; the others are left unscored.

    `approved`: the feedback of the copied reading was approved, as the index has it.
    """
    made = []
    for n, of_call in enumerate(zip(*levels.values(), strict=True)):
        made.append(f"{mode}-{version}-{started:%m%d}-{n:03d}")
        stated: _Row = {"mode": mode, "rubric_version": version, "customer": f"Customer {n + 1}"}
        stated["started_at"] = (started + timedelta(days=2 * n)).replace(tzinfo=None)
        rewrite(room, call, made[-1], stated, dict(zip(levels, of_call, strict=True)))
        if approved:
            approve(room, made[-1])
    return tuple(made)


def rewrite(room: Room, call: str, name: str, stated: _Row, levels: Mapping[str, int | None] | None = None) -> None:
    """Write the rows of a call into the index under this id, with these fields and levels; its own id changes it."""
    rows = {table: _of(room, table, call) for table in TABLES["calls"]}
    for each in rows["calls"]:
        each.update(stated)
    for each in rows["scores"] if levels is not None else ():
        each["level"] = (levels or {}).get(str(each["capability"]))
    found = {table: [tuple({**each, "call": name}.values()) for each in made] for table, made in rows.items()}
    room.index._index.write([Entry("calls", name, max(1, room.index._index.number("calls", name)), found)])
    room.index._people[name] = room.index._people[call]


def approve(room: Room, call: str) -> None:
    """Feedback of the call's reading was approved, as the index has it."""
    at = BEGAN.replace(tzinfo=None)
    number = room.index._index.number("calls", call)
    row = (call, 1, "approved", "approved", "mark", at, number, "draft", None, 0, False, None)
    room.index._index.write([Entry("reviews", call, 1, {"reviews": [row]})])


def _of(room: Room, table: str, call: str) -> list[_Row]:
    names = [column.strip().split(" ")[0].strip('"') for column in TABLES["calls"][table].split(",")]
    columns = ", ".join(f'"{name}"' for name in names)
    found = room.index.rows(f"SELECT {columns} FROM {table} WHERE call = ?", [call])
    return [dict(zip(names, row, strict=True)) for row in found]
