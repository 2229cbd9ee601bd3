"""The command that takes calls, or all that is kept of a rep or a customer, out of a workspace."""

import getpass
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from pipeline.commands.options import DEFAULT_WORKSPACE, JsonOption, WorkspaceOption, existing
from pipeline.config import load_config
from pipeline.config.night import Retention
from pipeline.domain.addresses import is_address, shown
from pipeline.errors import NotFoundError, UsageError
from pipeline.export.wording import counted

if TYPE_CHECKING:
    from pipeline.erasing.plan import Asked, Plan
    from pipeline.store.workspace import Workspace


def erase(
    call: Annotated[str | None, typer.Option("--call", help="This call: its id, or its beginning.")] = None,
    rep: Annotated[str | None, typer.Option("--rep", help="All calls of this rep, and what is kept of them.")] = None,
    customer: Annotated[str | None, typer.Option("--customer", help="All calls with this customer.")] = None,
    expired: Annotated[bool, typer.Option("--expired", help="All calls older than [retention] days.")] = False,
    recordings: Annotated[
        bool | None,
        typer.Option("--recordings/--keep-recordings", help="The recordings and what stands beside them as well."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would go, and change nothing.")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask first.")] = False,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    as_json: JsonOption = False,
) -> None:
    """Erase calls from the workspace, for good, and write a receipt that names nobody.

    An erasure that was broken off is finished first. Close the review room and let runs end before.
    """
    from pipeline.erasing.finding import plan_of
    from pipeline.erasing.scope import scope_of

    config = load_config(Path.cwd())
    settings, fetched = config.retention, config.store.recordings
    space, now = existing(workspace), datetime.now(UTC)
    asked = _asked({"call": call, "rep": rep, "customer": customer}, expired, settings, recordings)
    finished = 0 if dry_run else _finish(space, as_json=as_json)
    try:
        scope = scope_of(space, asked, now=now, days=settings.days)
    except NotFoundError:
        if finished:
            return  # what was asked for was in what was finished just now, or is not there
        raise
    plan = plan_of(space, scope, at=now, by=getpass.getuser(), fetched=fetched)
    if dry_run or not yes:
        _show_plan(plan, as_json=as_json and dry_run)
    if dry_run or not plan.steps:
        return
    if not yes:
        _ask()
    _carry_out(space, plan, as_json=as_json)


def _asked(named: dict[str, str | None], expired: bool, settings: Retention, recordings: bool | None) -> "Asked":
    from pipeline.erasing.plan import Asked

    given = [(how, name) for how, name in named.items() if name is not None] + ([("expired", "")] if expired else [])
    if len(given) != 1 or not (expired or given[0][1].strip()):
        raise UsageError(
            "say whose data is to go", hint="give one of --call ID, --rep NAME, --customer NAME and --expired"
        )
    how, name = given[0]
    with_files = recordings if recordings is not None else expired and settings.recordings
    return Asked.model_validate({"how": how, "name": name, "recordings": with_files})


def _finish(space: "Workspace", *, as_json: bool) -> int:
    """How many erasures had been broken off and are done now."""
    from pipeline.erasing.carrying_out import unfinished

    begun = unfinished(space)
    for plan in begun:
        typer.echo(f"Finishing the erasure {plan.id}, which was broken off.", err=True)
        _carry_out(space, plan, as_json=as_json)
    return len(begun)


def _carry_out(space: "Workspace", plan: "Plan", *, as_json: bool) -> None:
    from pipeline.erasing.carrying_out import carry_out

    receipt = carry_out(space, plan, now=lambda: datetime.now(UTC))
    if as_json:
        typer.echo(receipt.model_dump_json())
    else:
        calls, files = counted(receipt.calls, "call"), counted(sum(receipt.counts.values()), "file")
        typer.echo(f"Erased {calls}: {files}, {receipt.megabytes} MB. Receipt: {space.root}/erasures/{receipt.id}.json")
        _tell_stays(receipt.left)
    if plan.recordings_left:
        _tell_left(plan)


def _show_plan(plan: "Plan", *, as_json: bool) -> None:
    if as_json:
        told = {"calls": plan.calls, "users": plan.users, "counts": plan.counts, "left": plan.left}
        typer.echo(json.dumps({**told, "recordings_left": [shown(path) for path in plan.recordings_left]}))
        return
    typer.echo(f"This would erase {counted(len(plan.calls), 'call')}, {plan.size / 1e6:.1f} MB:", err=True)
    table = Table("what", "files", box=None)
    for kind, n in plan.counts.items():
        table.add_row(kind, str(n))
    Console(stderr=True).print(table)
    _tell_stays(plan.left)


def _tell_stays(left: dict[str, int]) -> None:
    for why, n in left.items():
        typer.echo(f"Stays: {n} {why}", err=True)


def _tell_left(plan: "Plan") -> None:
    console = Console(stderr=True)
    typer.echo("These recordings are left to you; a run that finds them makes their calls anew:", err=True)
    for path in plan.recordings_left:
        console.print(f"  {escape(shown(path))}", highlight=False, soft_wrap=True)
    if any(is_address(path) for path in plan.recordings_left):
        typer.echo("Those in a bucket, and what is said beside them there, are for you to delete.", err=True)


def _ask() -> None:
    if not sys.stdin.isatty():
        raise UsageError("nobody is there to be asked", hint="look with --dry-run, then give --yes")
    typer.confirm("Erase all of it, for good?", abort=True, err=True)
