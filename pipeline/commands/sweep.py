"""The command that finds, and takes away, what nothing in a workspace needs any more."""

import json
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Column, Table

from pipeline.commands.options import DEFAULT_WORKSPACE, JsonOption, WorkspaceOption, existing
from pipeline.config import load_config
from pipeline.errors import StoreError

if TYPE_CHECKING:
    from pipeline.upkeep.sweep import Kind, Orphan

_DAY_S = 86_400.0
_MB = 1e6


def sweep(
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    yes: Annotated[bool, typer.Option("--yes", help="Delete; without it nothing is deleted.")] = False,
    older_than: Annotated[
        float, typer.Option("--older-than", min=0, help="Days; what is younger stays, and always the last hour.")
    ] = 1.0,
    unfinished: Annotated[
        bool, typer.Option("--unfinished", help="Results of recordings without a review too.")
    ] = False,
    exchanges: Annotated[bool, typer.Option("--exchanges", help="Paid answers of language models too.")] = False,
    recordings: Annotated[bool, typer.Option("--recordings", help="Recordings fetched from buckets too.")] = False,
    elsewhere: Annotated[
        bool,
        typer.Option("--elsewhere", help="Results kept outside the workspace too; no other may have its own there."),
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Say what nothing needs any more, and how many MB it is; with --yes take it away.

    Nothing that any record names, or that a recording in quarantine would use again, is ever among it.
    """
    from pipeline.store.in_use import alone
    from pipeline.store.night_journal import night_under_way
    from pipeline.upkeep.sweep import Wish, orphans, take_away

    space = existing(workspace)
    named: dict[Kind, bool] = {"unfinished": unfinished, "exchange": exchanges, "recording": recordings}
    optional = frozenset(kind for kind, wanted in named.items() if wanted)
    fetched = load_config(Path.cwd()).store.recordings or space.root / "recordings"
    wish = Wish(optional=optional, older_than_s=older_than * _DAY_S, elsewhere=elsewhere, fetched=fetched)
    started = time.time()
    if not yes:
        _tell(orphans(space, wish), gone=False, as_json=as_json)
        return
    if (under_way := night_under_way(space.root)) is not None:
        raise StoreError(f"nothing was deleted: {under_way}", hint="try again when it has ended")
    with alone(space.root):
        found = orphans(space, wish)
        take_away(space, found, planned_at=started)
        _tell(found, gone=True, as_json=as_json)


def _tell(found: Sequence["Orphan"], *, gone: bool, as_json: bool) -> None:
    from pipeline.upkeep.sweep import KINDS

    sums: dict[Kind, list[int]] = defaultdict(lambda: [0, 0])
    for each in found:
        sums[each.kind][0] += 1
        sums[each.kind][1] += each.size
    if as_json:
        kinds = {kind: {"files": files, "bytes": size} for kind, (files, size) in sums.items()}
        typer.echo(json.dumps({"deleted": gone, "kinds": kinds, "files": [each.name for each in found]}))
        return
    table = Table(Column("files", justify="right"), Column("MB", justify="right"), "kind", "what", box=None)
    for kind in sorted(sums, key=list(KINDS).index):
        files, size = sums[kind]
        table.add_row(str(files), f"{size / _MB:.1f}", kind, KINDS[kind])
    if found:
        Console().print(table)
    total = f"{len(found)} files, {sum(each.size for each in found) / _MB:.1f} MB"
    ask = "" if gone or not found else " Nothing was deleted: add --yes to delete it."
    typer.echo(f"{'Deleted' if gone else 'Not needed'}: {total}.{ask}", err=True)
