"""The command that reminds people: mails and calendars as files, webhooks sent, each thing told once."""

import json
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from pipeline.commands.options import DEFAULT_WORKSPACE, JsonOption, WorkspaceOption, existing
from pipeline.config import load_config
from pipeline.errors import UsageError
from pipeline.export.wording import counted

if TYPE_CHECKING:
    from pipeline.review.cycle.reminders.rounds import Made

FAILED_EXIT_CODE = 7
"""The round ended, and something in it did not arrive; as when calls were set aside and all the others finished."""


def remind(
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for the mails (.eml) and calendars (.ics).")],
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    on: Annotated[str | None, typer.Option("--date", help="As of the morning of this day, YYYY-MM-DD.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Write the reminders that people asked for at /reminders, and send those that go to a webhook.

    Works beside an open room. What was told is not told again; what did not arrive is tried again the next time, and
    the command then ends with 7.
    """
    from pipeline.adapters.webhook import post
    from pipeline.review.cycle.reminders.rounds import Round, base_of
    from pipeline.review.people import People
    from pipeline.review.sign_in.private_files import server_key
    from pipeline.store.index import Index

    space, settings = existing(workspace), load_config(Path.cwd()).review
    now = _now(on)
    with Index(space.root / "reminders" / "index.duckdb") as index:  # its own: an open room has the other
        refreshed = space.refresh_index(index)
        made = Round(
            people=People(space),
            rows=index.rows,
            now=now,
            out=out,
            base=base_of(settings),
            key=server_key(space.root / "sessions" / "server.key"),
            post=post,
        ).go()
    if refreshed.unread:
        told = counted(len(refreshed.unread), "record")
        typer.echo(f"Warning: left out, since it cannot be read: {told}", err=True)
    _tell(made, as_json=as_json)
    if any(each.problem for each in made):
        raise typer.Exit(FAILED_EXIT_CODE)


def _tell(made: "tuple[Made, ...]", *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps([each.model_dump(mode="json") for each in made]))
        return
    if not made:
        typer.echo("Nobody has anything new to be told.", err=True)
        return
    table = Table("user", "by", "things", "to", "problem", box=None)
    for each in made:
        table.add_row(each.user, each.way, str(each.n), escape(each.where), escape(each.problem))
    Console().print(table)


def _now(on: str | None) -> datetime:
    if on is None:
        return datetime.now(UTC)
    try:
        return datetime.combine(date.fromisoformat(on), time(7), UTC)
    except ValueError as error:
        raise UsageError(f"--date {on!r} is no day", hint="write it as 2026-03-05") from error
