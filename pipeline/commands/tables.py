"""The command that writes documented views for analysts."""

from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from pipeline.commands.calls import require_all_read
from pipeline.commands.options import DEFAULT_WORKSPACE, JsonOption, WorkspaceOption, existing
from pipeline.config import load_config
from pipeline.errors import UsageError
from pipeline.export.tables.views import VIEWS, View
from pipeline.export.tables.words import Redacted, as_spoken, quote_rows, turn_rows
from pipeline.export.tables.writing import PURPOSE, About, TableWriter
from pipeline.store.index import Index
from pipeline.store.workspace import Refreshed, Workspace


class TablesFormat(StrEnum):
    """Formats of the files."""

    PARQUET = "parquet"
    CSV = "csv"


def tables(
    out: Annotated[Path, typer.Option("--out", "-o", help="Folder for the files.")],
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    form: Annotated[TablesFormat, typer.Option("--format", help="What to write.")] = TablesFormat.PARQUET,
    view: Annotated[list[str] | None, typer.Option("--view", help="Only this view; may be given again.")] = None,
    words: Annotated[bool, typer.Option("--words", help="Also what was said: the views turns and quotes.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Tables for analysts, one file a view: calls, measures, observations, levels, reviews and more."""
    space = existing(workspace)
    chosen = _chosen(view or [], words=words)
    about, refreshed = _write(space, chosen, TableWriter(out, form.value))
    if as_json:
        typer.echo(about.model_dump_json())
    else:
        _show(about, out)
    require_all_read(refreshed)


def _chosen(names: list[str], *, words: bool) -> tuple[View, ...]:
    known = {view.name: view for view in VIEWS}
    if unknown := [name for name in names if name not in known]:
        raise UsageError(f"there is no view {unknown[0]}", hint=f"the views are {', '.join(known)}")
    if silent := [name for name in names if known[name].words and not words]:
        raise UsageError(f"the view {silent[0]} holds spoken words", hint="give --words too, if they may leave")
    return tuple(view for view in VIEWS if (view.name in names or not names) and (words or not view.words))


def _write(space: Workspace, views: tuple[View, ...], writer: TableWriter) -> tuple[About, Refreshed]:
    redacted, said = _redaction() if any(view.words for view in views) else (as_spoken, "none are in these files")
    by_words = {"turns": turn_rows, "quotes": quote_rows}
    with Index(space.index_path) as index:
        refreshed = space.refresh_index(index)
        for view in views:
            rows = by_words[view.name](space, redacted) if view.words else index.each(view.query)
            writer.write(view, rows)
    return writer.note(at=datetime.now(UTC), words=said), refreshed


def _redaction() -> tuple[Redacted, str]:
    """What is done to words before they leave, and the same in words. Raises: WeightsError."""
    from pipeline.export.handing_over import handed_over

    config = load_config(Path.cwd())
    redactor = handed_over(config).redactor
    if redactor is None:
        return as_spoken, "as they are kept: [redact] leaving is off"
    return redactor.conversation, f"masked: {', '.join(config.redact.kinds)}"


def _show(about: About, out: Path) -> None:
    table = Table("view", "rows", "file", "KB", box=None)
    for file in about.files:
        table.add_row(file.view, str(file.rows), str(out / file.file), f"{file.bytes / 1000:.1f}")
    Console().print(table)
    typer.echo(f"Words: {about.words}. {PURPOSE}", err=True)
