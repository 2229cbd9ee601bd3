"""The commands about model weights and about the index."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from pipeline.commands.calls import require_all_read
from pipeline.commands.options import DEFAULT_WORKSPACE, WorkspaceOption, existing
from pipeline.config import load_config
from pipeline.errors import UsageError, WeightsError

models_app = typer.Typer(help="Model weights: what there is, fetching them, checking them.", no_args_is_help=True)
index_app = typer.Typer(help="The DuckDB index of a workspace.", no_args_is_help=True)


@index_app.command("rebuild")
def index_rebuild(workspace: WorkspaceOption = DEFAULT_WORKSPACE) -> None:
    """Make the index anew from the files; nothing else depends on it."""
    refreshed = existing(workspace).rebuild_index()
    typer.echo(f"Indexed {refreshed.changed} records.", err=True)
    require_all_read(refreshed)


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
    default: Annotated[
        bool, typer.Option("--default", help="All that a run and an export as configured need.")
    ] = False,
) -> None:
    """Fetch models from wherever their bytes are to be had, and check every file's digest."""
    from pipeline.engines.local import needed_models
    from pipeline.engines.redaction import export_models
    from pipeline.export.pulling import pull_models

    if not names and not default:
        raise UsageError("which models?", hint="name some (see: filmroom models list), or --default")
    config = load_config(Path.cwd())
    wanted = [*((*needed_models(config), *export_models(config)) if default else ()), *(names or ())]
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
