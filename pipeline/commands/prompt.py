"""The group `filmroom prompt`: trying out a changed prompt before it counts."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from pipeline.commands.nights import BudgetOption, ModelOption, ReaderName, UrlOption
from pipeline.commands.options import DEFAULT_WORKSPACE, JsonOption, WorkspaceOption
from pipeline.commands.trials import (
    AllOption,
    Asked,
    Asks,
    CallsOption,
    Chosen,
    DryRunOption,
    LastNOption,
    run_trial,
)
from pipeline.config import load_config
from pipeline.errors import UsageError
from pipeline.store.rubrics import PublishedRubrics

app = typer.Typer(help="For authors of prompts: see what a change does before it counts.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """For authors of prompts: see what a change does before it counts."""


@app.command(name="try")
def try_prompt(
    file: Annotated[Path, typer.Argument(help="The prompt file, with the id of the shipped one it changes.")],
    calls: CallsOption = None,
    last: LastNOption = None,
    every: AllOption = False,
    rubric: Annotated[str | None, typer.Option(help="A rubric file, an id, or id@version.")] = None,
    model: ModelOption = None,
    url: UrlOption = None,
    budget: BudgetOption = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    dry_run: DryRunOption = False,
    as_json: JsonOption = False,
) -> None:
    """Read calls with the shipped prompt and with yours and show what turns out otherwise; nothing of it counts."""
    from pipeline.export.trial_views import show_prompt_change
    from pipeline.workbench.naming import named_rubric
    from pipeline.workbench.prompting import ChangedPrompt

    changed = ChangedPrompt(file)
    if changed.is_same:
        raise UsageError(f"{file} says what the shipped prompt says", hint="change its text, and try again")
    named = named_rubric(rubric or load_config(Path.cwd()).rubric, PublishedRubrics(workspace))
    if not as_json:
        show_prompt_change(changed, Console())
    chosen = Chosen(tuple(calls or ()), last, every)
    asks = Asks(ReaderName(changed.reader), model, url, budget)
    asked = Asked(workspace, chosen, asks, dry_run, as_json)
    run_trial(asked, before=named, after=named, prompt=changed)
