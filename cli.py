"""The filmroom command: parse, build a configuration, call one function, print."""

import json
import os
import sys
from contextlib import nullcontext
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from pipeline.config import load_config
from pipeline.domain.result import CallResult
from pipeline.domain.work import CallOutcome, CallRecord
from pipeline.errors import QUARANTINE_EXIT_CODE, FilmroomError, StoreError, UsageError, WeightsError
from pipeline.export.untrusted import visible
from pipeline.log import configure
from pipeline.store.workspace import Refreshed, Workspace

app = typer.Typer(
    name="filmroom",
    help="Reviews sales calls the way a team reviews game film: every sentence of a draft rests on the recording.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
models_app = typer.Typer(help="Model weights: what there is, fetching them, checking them.", no_args_is_help=True)
index_app = typer.Typer(help="The DuckDB index of a workspace.", no_args_is_help=True)
app.add_typer(models_app, name="models")
app.add_typer(index_app, name="index")

WorkspaceOption = Annotated[
    Path, typer.Option("--workspace", "-w", help="Folder of the results.", envvar="FILMROOM_WORKSPACE")
]
JsonOption = Annotated[bool, typer.Option("--json", help="For programs: JSON on stdout.")]
CallArgument = Annotated[str | None, typer.Argument(help="The call's id, or its beginning.")]
LastOption = Annotated[bool, typer.Option("--last", help="The call that was reviewed last.")]
DEFAULT_WORKSPACE = Path("workspace")
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


class Format(StrEnum):
    """Formats of an export."""

    MD = "md"
    HTML = "html"
    JSON = "json"


def main() -> None:
    """Run the command; an expected error becomes one message with a hint, and an exit code by its class."""
    try:
        app()
    except FilmroomError as error:
        console = Console(stderr=True)
        console.print(f"[red bold]Error:[/] {escape(error.message)}", highlight=False, soft_wrap=True)
        console.print(f"[yellow]What to do:[/] {escape(error.hint)}", highlight=False, soft_wrap=True)
        raise SystemExit(error.exit_code) from None


@app.command()
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


def _chosen(workspace: Workspace, call: str | None, *, last: bool) -> CallRecord:
    if call is not None:
        return workspace.record(call)
    if not last:
        raise UsageError("which call?", hint="give its id (see: filmroom list), or --last")
    records = [workspace.record(known) for known in workspace.calls.ids()]
    if not records:
        raise UsageError(f"no call in {workspace.root}", hint="review some first: filmroom run PATH")
    return max(records, key=lambda r: r.at)


def _result(space: Workspace, record: CallRecord) -> CallResult:
    """What was found in the call; says on stderr when its recording would be refused by now."""
    if (aside := space.set_aside_since(record)) is not None:
        told = f"{visible(str(aside.path))} is set aside since {aside.at:%Y-%m-%d}: {visible(aside.reason)}"
        typer.echo(f"Warning: {told}\nThis is the review from before.\nWhat to do: {visible(aside.hint)}", err=True)
    return space.result(record)


@app.command()
def show(
    call: CallArgument = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    last: LastOption = False,
    as_json: JsonOption = False,
) -> None:
    """One call: its measures, its scorecard and the draft, each sentence with its quote."""
    from pipeline.export.contract import to_json
    from pipeline.export.terminal import show_call

    space = Workspace(workspace)
    result = _result(space, _chosen(space, call, last=last))
    if as_json:
        typer.echo(to_json(result))
    else:
        show_call(result, Console())


@app.command(name="list")
def list_calls(workspace: WorkspaceOption = DEFAULT_WORKSPACE, as_json: JsonOption = False) -> None:
    """All calls of a workspace, and the recordings that were set aside with the reason."""
    from pipeline.export.listing import show_list
    from pipeline.store.index import Index

    space = _existing(workspace)
    with Index(space.index_path) as index:
        refreshed = space.refresh_index(index)
        calls = index.calls()
        aside = index.quarantined()
    if as_json:
        typer.echo(json.dumps({"calls": calls, "quarantined": aside}, default=str))
    else:
        show_list(calls, aside, Console())
    _require_all_read(refreshed)


def _require_all_read(refreshed: Refreshed) -> None:
    """Passes when every record could be read. Raises: StoreError naming those that could not, after all others."""
    if unread := refreshed.unread:
        reasons = "\n".join(f"{visible(u.record_id)}: {visible(u.reason)}" for u in unread)
        raise StoreError(f"{len(unread)} of the records cannot be read\n{reasons}", hint=unread[0].hint)


def _existing(workspace: Path) -> Workspace:
    if not workspace.is_dir():
        raise UsageError(f"no workspace at {workspace}", hint="review some calls first: filmroom run PATH")
    return Workspace(workspace)


@app.command()
def export(
    call: CallArgument = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    last: LastOption = False,
    form: Annotated[Format, typer.Option("--format", help="What to write.")] = Format.HTML,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="The file to write; - for stdout.")] = None,
) -> None:
    """One call as a file to hand over: HTML that plays the quotes, Markdown, or JSON."""
    from pipeline.export.files import render

    space = Workspace(workspace)
    result = _result(space, _chosen(space, call, last=last))
    text = render(result, form.value)
    if out == Path("-"):
        typer.echo(text)
        return
    target = out or Path(f"{result.recording.call}.{form.value}")
    try:
        target.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"cannot write {target}: {error.strerror}", hint="give another file with --out") from error
    typer.echo(f"Wrote {target} ({target.stat().st_size / 1e6:.1f} MB)", err=True)


@app.command()
def roles(
    call: CallArgument,
    settings: Annotated[list[str] | None, typer.Argument(help="SPEAKER=ROLE, such as S1=rep S2=customer.")] = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    author: Annotated[str, typer.Option(help="Who corrects.", envvar="USER")] = "unknown",
) -> None:
    """Who is who in a call, and putting it right by hand; the correction is kept for every later run."""
    from pipeline.correct import correct_roles

    space = Workspace(workspace)
    record = space.record(call or "")
    if settings:
        correct_roles(space, record, settings, author=author, now=datetime.now(UTC))
        again = f"filmroom run {visible(str(record.path))} --workspace {workspace}"
        typer.echo(f"Kept. Now run it again: {again}", err=True)
        return
    table = Table("speaker", "role", "sure", "by", "because", box=None)
    for speaker in space.result(record).conversation.speakers:
        sure = f"{speaker.confidence:.0%}"
        table.add_row(speaker.label, speaker.role, sure, speaker.source, escape(visible(speaker.reason)))
    Console().print(table)


@index_app.command("rebuild")
def index_rebuild(workspace: WorkspaceOption = DEFAULT_WORKSPACE) -> None:
    """Make the index anew from the files; nothing else depends on it."""
    refreshed = _existing(workspace).rebuild_index()
    typer.echo(f"Indexed {refreshed.changed} records.", err=True)
    _require_all_read(refreshed)


@models_app.command("list")
def models_list() -> None:
    """All models with size, licence, and whether they are here."""
    from pipeline.adapters import weights

    cache = _models_folder()
    table = Table("model", "for", "MB", "licence", "here", box=None)
    for entry in weights.list_models():
        here = "yes" if weights.is_present(entry, cache) else "no"
        table.add_row(entry.name, entry.purpose, f"{entry.size / 1e6:.0f}", entry.licence, here)
    Console().print(table)


@models_app.command("pull")
def models_pull(
    names: Annotated[list[str] | None, typer.Argument(help="Models by name.")] = None,
    default: Annotated[bool, typer.Option("--default", help="All that a run as configured needs.")] = False,
) -> None:
    """Fetch models from wherever their bytes are to be had, and check every file's digest."""
    from pipeline.engines.local import needed_models
    from pipeline.export.pulling import pull_models

    if not names and not default:
        raise UsageError("which models?", hint="name some (see: filmroom models list), or --default")
    wanted = [*(needed_models(load_config(Path.cwd())) if default else ()), *(names or ())]
    pull_models(list(dict.fromkeys(wanted)), cache=_models_folder(), console=Console(stderr=True))


@models_app.command("verify")
def models_verify() -> None:
    """Read every file of every model that is here and compare its digest."""
    from pipeline.adapters import weights

    cache = _models_folder()
    wrong = []
    for entry in weights.list_models():
        if weights.is_present(entry, cache):
            checks = weights.verify(entry, cache=cache)
            wrong += [f"{entry.name}/{c.name}: is {c.actual}, pinned is {c.expected}" for c in checks if not c.ok]
            typer.echo(f"{entry.name}: {sum(c.ok for c in checks)} of {len(checks)} files are as pinned")
    if wrong:
        raise WeightsError("; ".join(wrong), hint="fetch them again: filmroom models pull NAME")


def _models_folder() -> Path:
    from pipeline.adapters import weights

    return load_config(Path.cwd()).models or weights.default_cache()


if __name__ == "__main__":
    main()
