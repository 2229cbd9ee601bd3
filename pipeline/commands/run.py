"""The command that reviews recordings."""

import json
import os
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer
from rich.console import Console

from pipeline.commands.nights import (
    BudgetOption,
    DrafterOption,
    EngineName,
    ModelOption,
    Opened,
    ReaderOption,
    UrlOption,
    Way,
    open_night,
    require_model_for,
)
from pipeline.commands.options import DEFAULT_WORKSPACE, JsonOption, WorkspaceOption
from pipeline.config import load_config
from pipeline.domain.work import CallOutcome
from pipeline.errors import QUARANTINE_EXIT_CODE, BudgetError, NotAnsweredError, StageError, UsageError
from pipeline.export.untrusted import visible
from pipeline.log import configure
from pipeline.stages.ingest import Candidate

if TYPE_CHECKING:
    from pipeline.run import Watcher

_MOST_NAMES = 5
INTERRUPTED = 130
"""Exit code of a run that a person stopped: 128 and the number of the signal."""


def run(
    paths: Annotated[list[Path], typer.Argument(help="Recordings or transcripts, or folders of them.")],
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    rubric: Annotated[str | None, typer.Option(help="A rubric file, the id of a rubric, or by-stage.")] = None,
    reader: ReaderOption = None,
    drafter: DrafterOption = None,
    model: ModelOption = None,
    url: UrlOption = None,
    consent: Annotated[str | None, typer.Option(help="yes: everybody in these recordings consented.")] = None,
    engine: Annotated[EngineName | None, typer.Option(help="Where the work is done.")] = None,
    budget: BudgetOption = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what it would do and cost, and do nothing.")] = False,
    batch: Annotated[bool, typer.Option("--batch", help="Ask in batches: half the price, within a day.")] = False,
    wait: Annotated[bool, typer.Option(help="With --batch: stay until the answers are there.")] = True,
    replay: Annotated[bool, typer.Option("--replay", help="Send nothing: take kept answers only.")] = False,
    as_json: JsonOption = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Log each step on stderr.")] = False,
) -> None:
    """Review recordings: whatever is done already is skipped, a bad file is set aside and the others go on."""
    from pipeline.engines.local import require_models, require_reading
    from pipeline.stages.ingest import discover

    configure(verbose=verbose)
    way = _way(dry_run=dry_run, batch=batch, replay=replay)
    if not (wait or batch):
        raise UsageError("--no-wait is for batches", hint="give --batch too, or leave --no-wait out")
    config = load_config(
        Path.cwd(),
        rubric=rubric,
        reader=reader and reader.value,
        drafter=drafter and drafter.value,
        engine=engine and engine.value,
        consent=_consent(consent),
        llm={"model": model, "url": url},
    )
    without_a_model = {"--model": model, "--url": url, "--budget": budget, "--batch": batch, "--replay": replay}
    require_model_for(config, without_a_model)
    opened = open_night(workspace, config, way=way, budget=budget)
    candidates = discover(paths)
    if not candidates:
        raise UsageError(
            f"no recording in {', '.join(map(str, paths))}", hint="give recordings or folders that hold some"
        )
    if dry_run:
        _estimate(opened, candidates, as_json=as_json)
        return
    if all(candidate.is_transcript for candidate in candidates):
        require_reading(config)
    else:
        require_models(config)
    if opened.batching is not None:
        opened.batching.wait = wait
    _review(opened, candidates, as_json=as_json)


def _way(*, dry_run: bool, batch: bool, replay: bool) -> Way:
    if sum((dry_run, batch, replay)) > 1:
        raise UsageError("--dry-run, --batch and --replay exclude each other", hint="give one of them")
    return "collect" if dry_run else "batch" if batch else "replay" if replay else "ask"


def _reviewed(opened: Opened, candidates: Sequence[Candidate], watcher: "Watcher | None") -> Iterator[CallOutcome]:
    from pipeline.batching import review_in_batches
    from pipeline.run import review_calls

    if opened.batching is None:
        return review_calls(opened.night, candidates, watcher=watcher)
    opened.batching.told = lambda words: typer.echo(words, err=True)
    return review_in_batches(opened.night, candidates, opened.batching, watcher=watcher)


def _estimate(opened: Opened, candidates: Sequence[Candidate], *, as_json: bool) -> None:
    from pipeline.estimate import estimate
    from pipeline.export.money import show_estimate

    missing = opened.collecting.missing if opened.collecting is not None else []
    found = estimate(opened.night, candidates, missing)
    if as_json:
        typer.echo(found.model_dump_json())
    else:
        show_estimate(found, Console())


def _review(opened: Opened, candidates: Sequence[Candidate], *, as_json: bool) -> None:
    """Review, print what became of each call, and end with the exit code that tells of all of them."""
    from pipeline.export.watching import TerminalWatcher

    console = Console(stderr=True)
    watcher = TerminalWatcher(console) if console.is_terminal and not as_json else None
    outcomes: list[CallOutcome] = []
    ended: BudgetError | None = None
    try:
        with watcher or nullcontext():
            for outcome in _reviewed(opened, candidates, watcher):
                outcomes.append(outcome)
                if as_json or watcher is None:
                    print_outcome(outcome, as_json=as_json)
    except KeyboardInterrupt:
        stop(console, opened)
    except BudgetError as error:
        ended = error
    if not as_json:
        _list_unnamed({c.path: c.metadata.missing for c in candidates})
    tell(outcomes, opened, as_json=as_json, left=len(candidates) - len(outcomes))
    if ended is not None:
        raise ended
    finish(outcomes)


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


def stop(console: Console, opened: Opened) -> NoReturn:
    """End at once: models at work in other threads would hold up a common end for minutes, or crash in it.

    Nothing is lost by it: a result is either whole on the disk or is made again.
    """
    console.print("Stopped. What was finished is kept; run again to go on.")
    if (spent := opened.told()) is not None:
        console.print(spent, highlight=False, soft_wrap=True)
    sys.stdout.flush()
    os._exit(INTERRUPTED)


def print_outcome(outcome: CallOutcome, *, as_json: bool) -> None:
    """What became of one call: a line on stdout, and reason and hint on stderr; or one JSON line."""
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


def tell(outcomes: Sequence[CallOutcome], opened: Opened, *, as_json: bool, left: int = 0) -> None:
    """The closing lines: what became of how many calls, where the results are, and what was spent."""
    counts = Counter(outcome.status for outcome in outcomes)
    if not as_json:
        told = f"{counts['done']} done, {counts['skipped']} with nothing to do, {counts['quarantined']} set aside"
        more = [(counts["waiting"], "waiting for answers"), (counts["failed"], "as before"), (left, "not done")]
        told += "".join(f", {n} {words}" for n, words in more if n)
        typer.echo(f"{told}. Results: {opened.night.workspace.root}", err=True)
    if (spent := opened.told()) is not None:
        typer.echo(spent, err=True)


def finish(outcomes: Sequence[CallOutcome]) -> None:
    """Ends with the exit code that tells of the worst of them: set aside, failed, waiting."""
    found = {outcome.status for outcome in outcomes}
    codes = {"quarantined": QUARANTINE_EXIT_CODE, "failed": StageError.exit_code, "waiting": NotAnsweredError.exit_code}
    for status, code in codes.items():
        if status in found:
            raise typer.Exit(code)
