"""The command that tells how the run stands, and what waits in the workspace: from any other process, at any time."""

import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import typer
from pydantic import AwareDatetime, Field
from rich.console import Console
from rich.table import Table
from rich.text import Text

from pipeline.commands.options import DEFAULT_WORKSPACE, JsonOption, WorkspaceOption, existing
from pipeline.domain.base import Value
from pipeline.domain.night import NightState
from pipeline.domain.work import StageName
from pipeline.export.board import board_of, duration
from pipeline.export.money import dollars
from pipeline.export.untrusted import visible
from pipeline.store.night_journal import Nights, is_alive
from pipeline.store.workspace import Workspace
from pipeline.upkeep.quarantine import set_aside, tally

RunIs = Literal["running", "ended", "broken_off", "none"]
"""running: its heart beats; ended: as its record says; broken_off: no heartbeat and no end, as after a kill or a power
cut; none: nothing was run here."""
_SHOWN = 8


class AsideOf(Value):
    """How many recordings are set aside at a stage for one kind of reason; `reason` is that of the first of them."""

    stage: StageName
    reason: str
    n: int = Field(ge=1)


class Status(Value):
    """How a workspace stands. `usd_this_month` is of runs; `oldest_unreviewed` is when that call was first done."""

    run: RunIs
    night: NightState | None
    time_left_s: float | None = None
    heartbeat_age_s: float | None = None
    set_aside: tuple[AsideOf, ...]
    drafts_waiting: int
    oldest_unreviewed: AwareDatetime | None
    usd_this_month: float | None
    disk_free_bytes: int


def status(workspace: WorkspaceOption = DEFAULT_WORKSPACE, as_json: JsonOption = False) -> None:
    """How the run stands, or how the last one ended; what is set aside, which drafts wait, money, room on the disk."""
    found = status_of(existing(workspace), now=datetime.now(UTC))
    if as_json:
        typer.echo(found.model_dump_json())
    else:
        _show(found, Console(highlight=False, soft_wrap=True))


def status_of(space: Workspace, *, now: datetime) -> Status:
    """The status of a workspace. Raises: StoreError for a damaged record."""
    nights = Nights(space.root)
    night = nights.last()
    waiting, oldest = _unreviewed(space)
    return Status(
        run=_run_is(night, now=now),
        night=night,
        time_left_s=night.time_left_s if night is not None and night.ended is None else None,
        heartbeat_age_s=None if night is None or night.ended else round((now - night.at).total_seconds(), 1),
        set_aside=tuple(_set_aside(space)),
        drafts_waiting=waiting,
        oldest_unreviewed=oldest,
        usd_this_month=_spent_since(nights, now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)),
        disk_free_bytes=shutil.disk_usage(space.root).free,
    )


def _run_is(night: NightState | None, *, now: datetime) -> RunIs:
    if night is None:
        return "none"
    if night.ended is not None:
        return "ended"
    return "running" if is_alive(night, now=now) else "broken_off"


def _set_aside(space: Workspace) -> Iterator[AsideOf]:
    for kind in tally(tuple(set_aside(space))):
        yield AsideOf(stage=kind.stage, reason=kind.example, n=kind.n)


def _unreviewed(space: Workspace) -> tuple[int, datetime | None]:
    """How many calls have a draft that nobody approved, and when the first of them was done."""
    approved = {
        call
        for call in space.reviews.ids()
        if (last := space.reviews.last(call)) is not None and last.state == "approved"
    }
    number, first = 0, (float("inf"), "")
    for call in space.calls.ids():
        if call in approved:
            continue
        number += 1
        first = min(first, (_written(space.root / "calls" / call / "r.000001.json"), call))
    return number, space.calls.get(first[1], 1).at if number else None


def _written(path: Path) -> float:
    """When a record was written, by its file: reading all of a large workspace would take minutes."""
    try:
        return os.stat(path).st_mtime  # noqa: PTH116 - as quick as it can be, for every call there is
    except FileNotFoundError:
        return float("inf")


def _spent_since(nights: Nights, moment: datetime) -> float | None:
    """US dollars that runs spent since; None where none asked a language model whose price is known."""
    spent = [
        night.spent.usd for night in nights.since(moment) if night.spent is not None and night.spent.usd is not None
    ]
    return round(sum(spent), 6) if spent else None


def _show(found: Status, console: Console) -> None:
    console.print(_told(found))
    if found.night is not None and found.run in ("running", "broken_off"):
        console.print(board_of(found.night, {}))
    rows = Table.grid(padding=(0, 2))
    for name, value in _rows(found):
        rows.add_row(Text(name, style="bold"), Text(value))
    console.print()
    console.print(rows)


def _told(found: Status) -> str:
    """The state of the run, in one line."""
    night = found.night
    if night is None:
        return "Nothing was run here yet."
    began = f"{night.start.began.astimezone():%Y-%m-%d %H:%M}"
    if found.run == "running":
        return f"[green]Running[/] since {began}, by process {night.start.pid} on {night.start.host}."
    if found.run == "broken_off":
        at = f"{night.at.astimezone():%Y-%m-%d %H:%M:%S}"
        return (
            f"[red]Broken off[/]: begun {began}, last heard of {at}, and it never said that it ended. It was killed, "
            "or the machine went down. What was finished is kept: run the same command again."
        )
    words = {
        "finished": "finished",
        "terminated": "was stopped (SIGTERM)",
        "interrupted": "was stopped by hand",
        "time": "ended by --max-hours with calls left",
        "budget": "ended before it could pass its budget",
        "failed": "ended by an error",
    }
    counts = night.counts
    done = f"{counts.done} done, {counts.skipped} with nothing to do, {counts.quarantined} set aside"
    how = words[night.ended or "failed"]
    return f"The last run, begun {began}, {how} after {duration(night.seconds)} (exit code {night.exit_code}): {done}."


def _rows(found: Status) -> Iterator[tuple[str, str]]:
    if found.set_aside:
        kinds = found.set_aside[:_SHOWN]
        for number, kind in enumerate(kinds):
            label = f"Set aside, {sum(k.n for k in found.set_aside)} in all" if not number else ""
            yield label, f"{kind.n:>5}  {kind.stage}: {visible(kind.reason)}"
        if len(found.set_aside) > _SHOWN:
            yield "", f"       and {len(found.set_aside) - _SHOWN} more kinds: filmroom quarantine list"
    else:
        yield "Set aside", "none"
    if found.night is not None and found.night.counts.waiting:
        yield "Waiting for answers", f"{found.night.counts.waiting} in the last run"
    yield "Drafts to review", f"{found.drafts_waiting}"
    if found.oldest_unreviewed is not None:
        age = (datetime.now(UTC) - found.oldest_unreviewed).total_seconds()
        yield "The oldest of them", f"{duration(max(0.0, age))} old"
    if found.usd_this_month is not None:
        yield "Runs spent this month", dollars(found.usd_this_month)
    yield "Free on the disk", f"{found.disk_free_bytes / 1e9:.1f} GB"
