"""All calls of a workspace on a terminal: a row each, and what was set aside with the reason."""

from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from pipeline.domain.recording import Stage
from pipeline.export.untrusted import visible

Row = Mapping[str, object]


def show_list(calls: Sequence[Row], aside: Sequence[Row], console: Console) -> None:
    """Print the rows of `Index.calls` and `Index.quarantined`; ids are never cut, so that they can be copied."""
    identity = Column("call", no_wrap=True, min_width=13)
    table = Table(identity, "rep", "customer", "minutes", "rep talks", "strength", "improvement", box=None)
    for row in calls:
        table.add_row(
            str(row["call"]),
            _cell(row["rep"]),
            _cell(row["customer"]),
            _minutes(row),
            _rep_talks(row),
            _cell(row["strength"]),
            _cell(row["improvement"]),
        )
    console.print(table)
    for row in aside:
        before = f" (its review as {row['reviewed']} is from before)" if row["reviewed"] else ""
        console.print(f"[red]set aside[/] {_cell(row['path'])}{before}", highlight=False, soft_wrap=True)
        console.print(f"  {row['stage']}: {_cell(row['reason'])}", highlight=False, soft_wrap=True)
        console.print(f"  [yellow]What to do:[/] {_cell(row['hint'])}", highlight=False, soft_wrap=True)


def _minutes(row: Row) -> str:
    return "-" if row["duration"] is None else f"{float(str(row['duration'])) / 60:.1f}"


def _rep_talks(row: Row) -> str:
    """The share of the person whom the row names as rep: in a one-to-one the measure's rep is the manager."""
    if row["rep_talk_ratio"] is None:
        return "-"
    ratio = float(str(row["rep_talk_ratio"]))
    return f"{1 - ratio if row['stage'] == Stage.COACHING else ratio:.0%}"


def _cell(value: object) -> str:
    return escape(visible(str(value or "-")))
