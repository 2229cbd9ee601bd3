"""The command that scores reviewed calls by another version of their rubric."""

from contextlib import nullcontext
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from pipeline.commands.nights import (
    BudgetOption,
    DrafterOption,
    ModelOption,
    ReaderOption,
    RubricOption,
    UrlOption,
    open_night,
    require_model_for,
)
from pipeline.commands.options import DEFAULT_WORKSPACE, JsonOption, WorkspaceOption, existing
from pipeline.commands.outcomes import finish, print_outcome, stop, tell
from pipeline.config import BY_STAGE, load_config
from pipeline.domain.work import CallOutcome
from pipeline.errors import BudgetError, UsageError
from pipeline.export.wording import counted
from pipeline.store.in_use import shared


def rescore(
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    since: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The first day of calls that count; all, without.")
    ] = None,
    rubric: RubricOption = None,
    reader: ReaderOption = None,
    drafter: DrafterOption = None,
    model: ModelOption = None,
    url: UrlOption = None,
    budget: BudgetOption = None,
    as_json: JsonOption = False,
) -> None:
    """Score reviewed calls by the rubric's present version, on purpose; the old scores stay readable.

    It needs no recording: the transcripts that are kept are read. Calls of other rubrics are left alone.
    """
    from pipeline.engines.local import require_reading
    from pipeline.rescore import calls_since
    from pipeline.rescore import rescore as rescored

    space = existing(workspace)
    config = load_config(
        Path.cwd(),
        rubric=rubric,
        reader=reader and reader.value,
        drafter=drafter and drafter.value,
        llm={"model": model, "url": url},
    )
    if config.rubric == BY_STAGE:
        raise UsageError("rescore takes one rubric at a time", hint="name it: --rubric discovery")
    require_model_for(config, {"--model": model, "--url": url, "--budget": budget})
    opened = open_night(workspace, config, budget=budget)
    require_reading(config)
    wanted = opened.night.rubric.rubric
    records = calls_since(space, wanted.id, since=since.date() if since else None)
    console = Console(stderr=True)
    show = console.is_terminal and not as_json
    typer.echo(f"{counted(len(records), 'call')} scored by {wanted.id}: by its version {wanted.version} now.", err=True)
    outcomes: list[CallOutcome] = []
    ended: BudgetError | None = None
    try:
        with shared(space.root), console.status("Reading ...") if show else nullcontext():
            for outcome in rescored(opened.night, records):
                outcomes.append(outcome)
                print_outcome(outcome, as_json=as_json)
    except KeyboardInterrupt:
        stop(console, opened)
    except BudgetError as error:
        ended = error
    tell(outcomes, opened, as_json=as_json, left=len(records) - len(outcomes))
    if ended is not None:
        raise ended
    finish(outcomes)
