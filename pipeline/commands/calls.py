"""The commands about reviewed calls: looking at one, listing all, handing one over, saying who is who."""

import json
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from pipeline.commands.options import (
    DEFAULT_WORKSPACE,
    CallArgument,
    JsonOption,
    LastOption,
    WorkspaceOption,
    chosen,
    existing,
)
from pipeline.domain.result import CallResult
from pipeline.domain.work import CallRecord
from pipeline.errors import StoreError, UsageError
from pipeline.export.untrusted import visible
from pipeline.store.workspace import Refreshed, Workspace


class Format(StrEnum):
    """Formats of an export."""

    MD = "md"
    HTML = "html"
    JSON = "json"


def _result(space: Workspace, record: CallRecord) -> CallResult:
    """What was found in the call; says on stderr when its recording would be refused by now."""
    if (aside := space.set_aside_since(record)) is not None:
        told = f"{visible(str(aside.path))} is set aside since {aside.at:%Y-%m-%d}: {visible(aside.reason)}"
        typer.echo(f"Warning: {told}\nThis is the review from before.\nWhat to do: {visible(aside.hint)}", err=True)
    return space.result(record)


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
    result = _result(space, chosen(space, call, last=last))
    if as_json:
        typer.echo(to_json(result))
    else:
        show_call(result, Console())


def list_calls(workspace: WorkspaceOption = DEFAULT_WORKSPACE, as_json: JsonOption = False) -> None:
    """All calls of a workspace, and the recordings that were set aside with the reason."""
    from pipeline.export.listing import show_list
    from pipeline.store.index import Index

    space = existing(workspace)
    with Index(space.index_path) as index:
        refreshed = space.refresh_index(index)
        calls = index.calls()
        aside = index.quarantined()
    if as_json:
        typer.echo(json.dumps({"calls": calls, "quarantined": aside}, default=str))
    else:
        show_list(calls, aside, Console())
    require_all_read(refreshed)


def require_all_read(refreshed: Refreshed) -> None:
    """Passes when every record could be read. Raises: StoreError naming those that could not, after all others."""
    if unread := refreshed.unread:
        reasons = "\n".join(f"{visible(u.record_id)}: {visible(u.reason)}" for u in unread)
        raise StoreError(f"{len(unread)} of the records cannot be read\n{reasons}", hint=unread[0].hint)


def export(
    call: CallArgument = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    last: LastOption = False,
    form: Annotated[Format, typer.Option("--format", help="What to write.")] = Format.HTML,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="The file to write; - for stdout.")] = None,
) -> None:
    """One call as a file to hand over: HTML that plays the quotes, Markdown, or JSON."""
    from pipeline.config import load_config
    from pipeline.export.files import render
    from pipeline.export.handing_over import handed_over

    leaving = handed_over(load_config(Path.cwd()))
    space = Workspace(workspace)
    result = _result(space, chosen(space, call, last=last))
    text = render(result, form.value, leaving=leaving)
    if out == Path("-"):
        typer.echo(text)
        return
    target = out or Path(f"{result.recording.call}.{form.value}")
    try:
        target.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"cannot write {target}: {error.strerror}", hint="give another file with --out") from error
    typer.echo(f"Wrote {target} ({target.stat().st_size / 1e6:.1f} MB)", err=True)


def roles(
    call: CallArgument,
    settings: Annotated[list[str] | None, typer.Argument(help="SPEAKER=ROLE, such as S1=rep S2=customer.")] = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    name: Annotated[
        list[str] | None, typer.Option("--name", help='SPEAKER=NAME, such as "S1=Tom Reyes"; S1= takes it away.')
    ] = None,
    author: Annotated[str, typer.Option(help="Who corrects.", envvar="USER")] = "unknown",
) -> None:
    """Who is who in a call, and putting it right by hand; the correction is kept for every later run."""
    from pipeline.correct import conversation_of, correct, parsed
    from pipeline.domain.correction import names_of

    space = Workspace(workspace)
    record = space.record(call or "")
    conversation = conversation_of(space, record)
    if settings or name:
        said = parsed(settings or (), conversation, names=name or ())
        correct(space, record, said, author=author, now=datetime.now(UTC))
        again = f"filmroom reread {record.call} --workspace {workspace}"
        more = f" Now read it again: {again} (a filmroom run of its recording does so too)" if said.roles else ""
        typer.echo(f"Kept.{more}", err=True)
        return
    names = names_of(conversation, space.corrections.last(record.call))
    table = Table("speaker", "role", *(("name",) if names else ()), "sure", "by", "because", box=None)
    for speaker in conversation.speakers:
        sure = f"{speaker.confidence:.0%}"
        named = (escape(visible(names.get(speaker.label, ""))),) if names else ()
        label, reason = escape(visible(speaker.label)), escape(visible(speaker.reason))
        table.add_row(label, speaker.role, *named, sure, speaker.source, reason)
    Console().print(table)
