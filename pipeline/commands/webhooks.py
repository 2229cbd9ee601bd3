"""The group `filmroom webhooks`: what other programs are still to be told, and telling them."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from pipeline.announce import Announcer, Sent
from pipeline.commands.options import DEFAULT_WORKSPACE, JsonOption, WorkspaceOption, existing
from pipeline.config import load_config
from pipeline.domain.announcement import Announcement
from pipeline.errors import UsageError
from pipeline.store.outbox import Outbox
from pipeline.store.workspace import Workspace

app = typer.Typer(help="What other programs are told of: signed, and tried again.", no_args_is_help=True)

FAILED_EXIT_CODE = 7
"""Some did not arrive, all the others did; as when calls were set aside."""


@app.callback()
def group() -> None:
    """What other programs are told of: signed, and tried again."""


@app.command("list")
def waiting(workspace: WorkspaceOption = DEFAULT_WORKSPACE, as_json: JsonOption = False) -> None:
    """The messages that were not taken yet, and those that were given up after 8 attempts."""
    outbox = Outbox(existing(workspace).root / "outbox")
    rows = [
        {
            "id": one.delivery.id,
            "type": one.delivery.what.type,
            "url": one.delivery.url,
            "since": one.delivery.what.timestamp.isoformat(timespec="seconds"),
            "tried": one.tried,
            "next": None if given_up else one.due.isoformat(timespec="seconds"),
        }
        for given_up in (False, True)
        for one in outbox.waiting(given_up=given_up)
    ]
    if as_json:
        typer.echo(json.dumps(rows))
        return
    table = Table("type", "to", "since", "tried", "next", box=None)
    for row in rows:
        table.add_row(*(escape(str(row[k])) for k in ("type", "url", "since", "tried")), str(row["next"] or "given up"))
    Console().print(table if rows else "Everything was taken.")


@app.command()
def send(
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    again: Annotated[bool, typer.Option("--again", help="Try what was given up, too.")] = False,
) -> None:
    """Send what is due now; a run does so by itself, this is for a timer or after an outage."""
    _finish(_announcer(existing(workspace)).send(again=again))


@app.command()
def ping(workspace: WorkspaceOption = DEFAULT_WORKSPACE) -> None:
    """Send a message of the type ping to every address of the settings."""
    announcer = _announcer(existing(workspace))
    announcer.announce(Announcement(type="ping", timestamp=datetime.now(UTC)))
    _finish(announcer.send())


def _announcer(space: Workspace) -> Announcer:
    from pipeline.adapters.webhook import send as post

    targets = load_config(Path.cwd()).webhooks
    if not targets:
        raise UsageError("the settings name no webhook", hint="add a table [[webhooks]]: docs/configuration.md")
    return Announcer(Outbox(space.root / "outbox"), targets, send=post, now=lambda: datetime.now(UTC))


def _finish(sent: Sent) -> None:
    told = f"{sent.taken} taken, {sent.failed} to be tried again, {sent.given_up} given up"
    typer.echo(told + (f", {sent.dropped} for addresses that are gone" if sent.dropped else ""), err=True)
    if sent.failed or sent.given_up:
        raise typer.Exit(FAILED_EXIT_CODE)
