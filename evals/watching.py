"""Owns how a run of the evaluation looks while it goes on: one bar for what is being done, on a terminal only."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from evals.suites import Advance, unwatched


@contextmanager
def watched(console: Console, *, quiet: bool = False) -> Iterator[Advance]:
    """An advance that shows a bar for each thing that is done; one that shows nothing when piped or quiet."""
    if quiet or not console.is_terminal:
        yield unwatched
        return
    columns = (TextColumn("{task.description:<44}"), BarColumn(bar_width=24), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        tasks: dict[str, TaskID] = {}

        def advance(what: str, done: int, of: int) -> None:
            if what not in tasks:
                tasks[what] = progress.add_task(what, total=of)
            progress.update(tasks[what], completed=done, total=of)

        yield advance
