"""The command that reviews recordings."""

import json
import os
import sys
from contextlib import nullcontext
from enum import StrEnum
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console

from pipeline.commands.options import DEFAULT_WORKSPACE, JsonOption, WorkspaceOption
from pipeline.config import load_config
from pipeline.domain.work import CallOutcome
from pipeline.errors import QUARANTINE_EXIT_CODE, UsageError
from pipeline.export.untrusted import visible
from pipeline.log import configure
from pipeline.store.workspace import Workspace

_MOST_NAMES = 5
INTERRUPTED = 130
"""Exit code of a run that a person stopped: 128 and the number of the signal."""


class ReaderName(StrEnum):
    """Readers by name."""

    SIMILARITY = "similarity"
    TURNWISE = "turnwise"
    LLM = "llm"


class EngineName(StrEnum):
    """Engines by name."""

    LOCAL = "local"
    RAY = "ray"


def run(
    paths: Annotated[list[Path], typer.Argument(help="Recordings, or folders of recordings.")],
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    rubric: Annotated[str | None, typer.Option(help="A rubric file, or the id of a shipped one.")] = None,
    reader: Annotated[ReaderName | None, typer.Option(help="Who points at behaviours.")] = None,
    consent: Annotated[str | None, typer.Option(help="yes: everybody in these recordings consented.")] = None,
    engine: Annotated[EngineName | None, typer.Option(help="Where the work is done.")] = None,
    as_json: JsonOption = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Log each step on stderr.")] = False,
) -> None:
    """Review recordings: whatever is done already is skipped, a bad file is set aside and the others go on."""
    from pipeline.engines.local import LocalEngine, require_models
    from pipeline.export.watching import TerminalWatcher
    from pipeline.rubrics import find_rubric
    from pipeline.run import Night, review_calls
    from pipeline.stages.ingest import discover

    configure(verbose=verbose)
    config = load_config(
        Path.cwd(),
        rubric=rubric,
        reader=reader and reader.value,
        engine=engine and engine.value,
        consent=_consent(consent),
    )
    night = Night(Workspace(workspace), config, LocalEngine(config), find_rubric(config.rubric))
    candidates = discover(paths)
    if not candidates:
        raise UsageError(
            f"no recording in {', '.join(map(str, paths))}", hint="give recordings or folders that hold some"
        )
    require_models(config)
    console = Console(stderr=True)
    watcher = TerminalWatcher(console) if console.is_terminal and not as_json else None
    outcomes = []
    try:
        with watcher or nullcontext():
            for outcome in review_calls(night, candidates, watcher=watcher):
                outcomes.append(outcome)
                if as_json or watcher is None:
                    _print_outcome(outcome, as_json=as_json)
    except KeyboardInterrupt:
        _stop(console)
    if not as_json:
        _list_unnamed({c.path: c.metadata.missing for c in candidates})
    _finish(outcomes, as_json=as_json, workspace=workspace)


def _consent(said: str | None) -> str | None:
    if said is None:
        return None
    if said.lower() != "yes":
        raise UsageError(
            f"--consent {said}: only yes can be said for a whole run",
            hint="leave it out, and say consent: yes or no in each sidecar or in calls.csv",
        )
    return "assumed"


def _outcome_line(outcome: CallOutcome) -> str:
    fields = {
        "call": outcome.call,
        "path": str(outcome.path),
        "status": outcome.status,
        "reason": outcome.reason,
        "hint": outcome.hint,
        "seconds": round(outcome.seconds, 3),
    }
    return json.dumps(fields)


def _stop(console: Console) -> NoReturn:
    """End at once: models at work in other threads would hold up a common end for minutes, or crash in it.

    Nothing is lost by it: a result is either whole on the disk or is made again.
    """
    console.print("Stopped. What was finished is kept; run again to go on.")
    sys.stdout.flush()
    os._exit(INTERRUPTED)


def _print_outcome(outcome: CallOutcome, *, as_json: bool) -> None:
    if as_json:
        typer.echo(_outcome_line(outcome))
        return
    typer.echo(f"{outcome.status:<12} {outcome.call or '-':<14} {outcome.seconds:7.1f} s  {visible(str(outcome.path))}")
    if outcome.reason:
        typer.echo(f"  {visible(outcome.reason)}", err=True)
    if outcome.hint:
        typer.echo(f"  What to do: {visible(outcome.hint)}", err=True)


def _list_unnamed(missing: dict[Path, tuple[str, ...]]) -> None:
    """Say which calls have no rep or no stage: without them nothing can be followed over time."""
    for field in ("rep", "stage"):
        names = [visible(path.name) for path, fields in missing.items() if field in fields]
        if names:
            more = f" and {len(names) - _MOST_NAMES} more" if names[_MOST_NAMES:] else ""
            told = f"{len(names)} of {len(missing)} name no {field} (a sidecar or calls.csv can): "
            typer.echo(told + ", ".join(names[:_MOST_NAMES]) + more, err=True)


def _finish(outcomes: list[CallOutcome], *, as_json: bool, workspace: Path) -> None:
    """The closing line of a run, and its exit code."""
    aside = sum(o.status == "quarantined" for o in outcomes)
    if not as_json:
        done = sum(o.status == "done" for o in outcomes)
        skipped = len(outcomes) - done - aside
        typer.echo(f"{done} done, {skipped} with nothing to do, {aside} set aside. Results: {workspace}", err=True)
    if aside:
        raise typer.Exit(QUARANTINE_EXIT_CODE)
