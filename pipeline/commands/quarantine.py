"""The commands about recordings that were set aside: which, why, and trying them again."""

import json
from collections.abc import Sequence
from typing import Annotated, get_args

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from pipeline.commands.nights import (
    BudgetOption,
    DrafterOption,
    EngineName,
    ModelOption,
    ReaderOption,
    UrlOption,
)
from pipeline.commands.options import DEFAULT_WORKSPACE, JsonOption, WorkspaceOption, existing
from pipeline.domain.addresses import shown
from pipeline.domain.work import StageName
from pipeline.errors import UsageError
from pipeline.export.untrusted import visible
from pipeline.upkeep.quarantine import SetAside, Tally, chosen, one, set_aside, tally

app = typer.Typer(help="Recordings that were set aside: which, why, and trying them again.", no_args_is_help=True)
StageOption = Annotated[str | None, typer.Option(help="Only what failed at this stage.")]


@app.command("list")
def list_set_aside(
    workspace: WorkspaceOption = DEFAULT_WORKSPACE, stage: StageOption = None, as_json: JsonOption = False
) -> None:
    """What is set aside: how often for which reason, and each recording with its id."""
    found = [each for each in set_aside(existing(workspace)) if _stage(stage) in (None, each.now.stage)]
    if as_json:
        counts = [each.model_dump(mode="json") for each in tally(found)]
        typer.echo(json.dumps({"counts": counts, "set_aside": [_values(each) for each in found]}))
    elif found:
        _show_tally(tally(found))
        _show_all(found)
        typer.echo("Everything about one: filmroom quarantine show ID; again: filmroom quarantine retry ID", err=True)
    else:
        typer.echo("Nothing is set aside.", err=True)


@app.command("show")
def show_set_aside(
    name: Annotated[str, typer.Argument(help="The id, its beginning, or the recording's path.")],
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    as_json: JsonOption = False,
) -> None:
    """Everything known of one recording that is set aside, and the command that tries it again."""
    found = one(tuple(set_aside(existing(workspace))), name)
    if as_json:
        typer.echo(json.dumps(_values(found)))
    else:
        _show_one(found, Console())


@app.command("retry")
def retry(
    names: Annotated[list[str] | None, typer.Argument(help="Ids or paths; or all.")] = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    stage: StageOption = None,
    rubric: Annotated[str | None, typer.Option(help="As of filmroom run.")] = None,
    reader: ReaderOption = None,
    drafter: DrafterOption = None,
    model: ModelOption = None,
    url: UrlOption = None,
    consent: Annotated[str | None, typer.Option(help="As of filmroom run.")] = None,
    engine: Annotated[EngineName | None, typer.Option(help="Where the work is done.")] = None,
    budget: BudgetOption = None,
    as_json: JsonOption = False,
) -> None:
    """Run exactly these recordings again, as filmroom run would; what other stages made of them is not made again."""
    from pipeline.commands.run import run

    wanted = chosen(tuple(set_aside(existing(workspace))), names or (), stage=_stage(stage))
    for gone in (each for each in wanted if not each.there):
        typer.echo(f"{visible(shown(gone.path))} is no longer there, so it is not tried: {gone.id}", err=True)
    paths = [each.path for each in wanted if each.there]
    if not paths:
        typer.echo("Nothing to try again.", err=True)
        return
    run(
        paths=paths,
        workspace=workspace,
        rubric=rubric,
        reader=reader,
        drafter=drafter,
        model=model,
        url=url,
        consent=consent,
        engine=engine,
        budget=budget,
        as_json=as_json,
    )


def _stage(name: str | None) -> StageName | None:
    known: tuple[StageName, ...] = get_args(StageName)
    if name is None:
        return None
    for stage in known:
        if stage == name:
            return stage
    raise UsageError(f"there is no stage {name!r}", hint=f"stages are: {', '.join(known)}")


def _values(found: SetAside) -> dict[str, object]:
    now = found.now
    return {**found.model_dump(mode="json"), "stage": now.stage, "reason": now.reason, "hint": now.hint}


def _show_tally(counts: Sequence[Tally]) -> None:
    table = Table(Column("recordings", justify="right"), "stage", "reason, of the first", box=None)
    for each in counts:
        table.add_row(str(each.n), each.stage, _safe(each.example))
    Console().print(table)


def _show_all(found: Sequence[SetAside]) -> None:
    table = Table(Column("id", no_wrap=True), "since", "stage", Column("recording", overflow="fold"), box=None)
    for each in found:
        table.add_row(each.id, f"{each.since:%Y-%m-%d %H:%M}", each.now.stage, _safe(shown(each.path)))
    Console().print("")
    Console().print(table)


def _show_one(found: SetAside, console: Console) -> None:
    now = found.now
    lines = [
        ("id", found.id),
        ("recording", shown(found.path) + ("" if found.there else " (no longer there)")),
        ("stage", now.stage),
        ("reason", now.reason),
        ("what to do", now.hint),
        ("set aside", f"{found.since:%Y-%m-%d %H:%M} UTC, this reason since {now.at:%Y-%m-%d %H:%M} UTC"),
        *(("before", f"{each.at:%Y-%m-%d %H:%M} {each.stage}: {each.reason}") for each in found.reasons[:-1]),
        *([("done before", f"{found.done_before} times set aside and then done")] if found.done_before else []),
        *([("reviewed", f"{found.reviewed}, a review from before")] if found.reviewed else []),
        ("again", found.retry),
    ]
    for name, value in lines:
        console.print(f"[bold]{name:<12}[/] {_safe(value)}", highlight=False, soft_wrap=True)


def _safe(text: str) -> str:
    return escape(visible(text))
