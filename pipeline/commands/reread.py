"""The command that reads reviewed calls again, from the words that are kept."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from pipeline.commands.nights import (
    BudgetOption,
    DrafterOption,
    ModelOption,
    ReaderOption,
    UrlOption,
    open_night,
    require_model_for,
)
from pipeline.commands.options import DEFAULT_WORKSPACE, JsonOption, WorkspaceOption, existing
from pipeline.commands.outcomes import finish, print_outcome, stop, tell
from pipeline.config import load_config
from pipeline.domain.work import CallOutcome
from pipeline.errors import BudgetError
from pipeline.store.in_use import shared


def reread(
    calls: Annotated[list[str], typer.Argument(help="The calls' ids, or their beginnings.")],
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    reader: ReaderOption = None,
    drafter: DrafterOption = None,
    model: ModelOption = None,
    url: UrlOption = None,
    budget: BudgetOption = None,
    as_json: JsonOption = False,
) -> None:
    """Read reviewed calls again, by the rubric that scored them, where something they rest on has changed.

    It needs no recording and hears nothing anew: corrected roles are put in force, then it is measured, read, scored
    and drafted. What was made of the same before is not made again.
    """
    from pipeline.engines.local import require_reading
    from pipeline.reread import reread as read_again

    space = existing(workspace)
    flags = {"reader": reader and reader.value, "drafter": drafter and drafter.value}
    config = load_config(Path.cwd(), **flags, llm={"model": model, "url": url})
    require_model_for(config, {"--model": model, "--url": url, "--budget": budget})
    records = [space.record(call) for call in dict.fromkeys(map(space.find_call, calls))]
    opened = open_night(workspace, config, budget=budget)
    require_reading(config)
    outcomes: list[CallOutcome] = []
    ended: BudgetError | None = None
    try:
        with shared(space.root):
            for outcome in read_again(opened.night, records):
                outcomes.append(outcome)
                print_outcome(outcome, as_json=as_json)
                if outcome.status == "skipped" and not as_json:
                    typer.echo("  Nothing that its reading rests on has changed, so it would say the same.", err=True)
    except KeyboardInterrupt:
        stop(Console(stderr=True), opened)
    except BudgetError as error:
        ended = error
    tell(outcomes, opened, as_json=as_json, left=len(records) - len(outcomes))
    if ended is not None:
        raise ended
    finish(outcomes)
