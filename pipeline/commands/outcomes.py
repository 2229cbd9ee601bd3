"""What commands that judge calls print of them, and the exit codes that tell of all of them."""

import json
import os
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NoReturn

import typer
from rich.console import Console

from pipeline.commands.nights import Opened
from pipeline.domain.addresses import shown
from pipeline.domain.night import Counts
from pipeline.domain.work import CallOutcome
from pipeline.errors import QUARANTINE_EXIT_CODE, NotAnsweredError, StageError
from pipeline.export.untrusted import visible
from pipeline.upkeep.quarantine import retry_command

INTERRUPTED = 130
"""Exit code of a run that a person stopped: 128 and the number of the signal."""
TERMINATED = 143
"""Exit code of a run that was stopped by SIGTERM."""
STOPPED = "Stopped. What was finished is kept; run again to go on."


def counted(outcomes: Iterable[CallOutcome]) -> Counts:
    """How many there are of each status."""
    return Counts.model_validate(Counter(outcome.status for outcome in outcomes))


def print_outcome(outcome: CallOutcome, *, as_json: bool) -> None:
    """What became of one call: a line on stdout, and reason and hint on stderr; or one JSON line."""
    if as_json:
        typer.echo(_outcome_line(outcome))
        return
    path = visible(shown(outcome.path))
    typer.echo(f"{outcome.status:<12} {outcome.call or '-':<14} {outcome.seconds:7.1f} s  {path}")
    if outcome.reason:
        typer.echo(f"  {visible(outcome.reason)}", err=True)
    if outcome.hint:
        typer.echo(f"  What to do: {visible(outcome.hint)}", err=True)


def _outcome_line(outcome: CallOutcome) -> str:
    fields = {
        "call": outcome.call,
        "path": shown(outcome.path),
        "status": outcome.status,
        "reason": outcome.reason,
        "hint": outcome.hint,
        "seconds": round(outcome.seconds, 3),
    }
    return json.dumps(fields)


def print_retry(outcome: CallOutcome, opened: Opened) -> None:
    """How to try a call again that was set aside, on stderr; nothing for another."""
    if outcome.status == "quarantined":
        typer.echo(f"  To try it again: {retry_command(outcome.path, opened.night.workspace.root)}", err=True)


def tell(outcomes: Iterable[CallOutcome], opened: Opened, *, as_json: bool, left: int | None = 0) -> None:
    """As `tell_counts`, of these outcomes."""
    tell_counts(counted(outcomes), opened, as_json=as_json, left=left)


def tell_counts(counts: Counts, opened: Opened, *, as_json: bool, left: int | None = 0) -> None:
    """The closing lines: what became of how many calls, where the results are, and what was spent.

    `left` are calls with which nothing was done; None when there are some and nobody counted them.
    """
    if not as_json:
        told = f"{counts.done} done, {counts.skipped} with nothing to do, {counts.quarantined} set aside"
        more = [(counts.waiting, "waiting for answers"), (counts.failed, "as before"), (left or 0, "not done")]
        told += "".join(f", {n} {words}" for n, words in more if n)
        told += ", others not begun" if left is None else ""
        typer.echo(f"{told}. Results: {opened.night.workspace.root}", err=True)
    if (spent := opened.told()) is not None:
        typer.echo(spent, err=True)


def list_unnamed(missing: Mapping[str, tuple[int, list[str]]], n_calls: int) -> None:
    """Say which calls have no rep or no stage: without them nothing can be followed over time."""
    for field in ("rep", "stage"):
        number, first = missing.get(field, (0, []))
        if number:
            names = ", ".join(visible(name) for name in first)
            more = f" and {number - len(first)} more" if number > len(first) else ""
            typer.echo(f"{number} of {n_calls} name no {field} (a sidecar or calls.csv can): {names}{more}", err=True)


def finish(outcomes: Iterable[CallOutcome]) -> None:
    """Ends with the exit code that tells of the worst of them: set aside, failed, waiting."""
    if code := code_of(counted(outcomes)):
        raise typer.Exit(code)


def code_of(counts: Counts) -> int:
    """The exit code of a run in which this became of the calls; 0 when all is well."""
    if counts.quarantined:
        return QUARANTINE_EXIT_CODE
    if counts.failed:
        return StageError.exit_code
    return NotAnsweredError.exit_code if counts.waiting else 0


def stop(console: Console, opened: Opened, *, code: int = INTERRUPTED) -> NoReturn:
    """End at once: models at work in other threads would hold up a common end for minutes, or crash in it.

    Nothing is lost by it: a result is either whole on the disk or is made again.
    """
    console.print(STOPPED, soft_wrap=True)
    if (spent := opened.told()) is not None:
        console.print(spent, highlight=False, soft_wrap=True)
    sys.stdout.flush()
    os._exit(code)
