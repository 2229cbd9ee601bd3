"""The command that says whether this machine, these settings and this workspace are fit for a night."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape

from pipeline.commands.options import DEFAULT_WORKSPACE, JsonOption, WorkspaceOption
from pipeline.config import load_config
from pipeline.errors import UnfitError
from pipeline.export.untrusted import visible

if TYPE_CHECKING:
    from pipeline.upkeep.findings import Finding

_MARKS = {"ok": "[green]ok[/]     ", "warning": "[yellow]warning[/]", "problem": "[red]problem[/]"}


def doctor(
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    deep: Annotated[bool, typer.Option("--deep", help="Read every byte of the models.")] = False,
    online: Annotated[bool, typer.Option("--online", help="Ask the endpoint and the bucket, outside too.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Whether a night would work here: each check with what it found and what to do. It sends nothing unasked.

    Only an address of this machine is asked without --online. It ends with 12 when something is in the way.
    """
    from pipeline.adapters import weights
    from pipeline.upkeep.doctor import examine
    from pipeline.upkeep.findings import House

    config = load_config(Path.cwd())
    house = House(workspace, config, config.models or weights.default_cache(), deep=deep, online=online)
    found = []
    for finding in examine(house):
        found.append(finding)
        if not as_json:
            _show(finding, Console())
    if as_json:
        typer.echo(json.dumps([finding.model_dump(mode="json") for finding in found]))
    _require_none(found)


def _show(finding: "Finding", console: Console) -> None:
    told = escape(visible(finding.found))
    console.print(f"{_MARKS[finding.state]} {finding.check}: {told}", highlight=False, soft_wrap=True)
    if finding.hint:
        console.print(f"        What to do: {escape(visible(finding.hint))}", highlight=False, soft_wrap=True)


def _require_none(found: Sequence["Finding"]) -> None:
    """Passes when nothing is in the way. Raises: UnfitError naming the checks that failed."""
    bad = [finding for finding in found if finding.state == "problem"]
    if bad:
        raise UnfitError(f"in the way of a night: {', '.join(each.check for each in bad)}", hint=bad[0].hint)
