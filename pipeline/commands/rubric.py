"""The group `filmroom rubric`: checking, comparing, trying out and publishing rubrics."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from pipeline.commands.nights import BudgetOption, ModelOption, ReaderOption, UrlOption
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
from pipeline.errors import InputError, NotFoundError, UsageError, WeightsError
from pipeline.store.rubrics import PublishedRubrics

app = typer.Typer(
    help="For rubric authors: check a rubric, see what a change does before it counts, publish it.",
    no_args_is_help=True,
)

_WHICH = "A rubric file, an id, or id@version."


@app.command()
def check(file: Annotated[Path, typer.Argument(help="The rubric file.")], as_json: JsonOption = False) -> None:
    """Say what is wrong with a rubric file, and what in it is unclear; ends with 3 where something is wrong."""
    from pipeline.adapters import weights
    from pipeline.adapters.embedding import MiniLmEmbedder
    from pipeline.export.rubric_views import show_check
    from pipeline.workbench.check import check_rubric

    models = load_config(Path.cwd()).models or weights.default_cache()
    try:
        embedder = MiniLmEmbedder(weights.require("minilm", models), name=weights.label("minilm"))
    except WeightsError:  # told in the result: that part is not looked at
        embedder = None
    checked = check_rubric(file, embedder=embedder)
    if as_json:
        typer.echo(checked.model_dump_json())
    else:
        show_check(checked, Console())
    if checked.errors:
        raise typer.Exit(InputError.exit_code)


@app.command()
def diff(
    old: Annotated[str, typer.Argument(help=_WHICH)],
    new: Annotated[str, typer.Argument(help=_WHICH)],
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    as_json: JsonOption = False,
) -> None:
    """Show what differs from one rubric to another, and what that makes be done again."""
    from pipeline.domain.rubric_diff import diff_rubrics
    from pipeline.export.rubric_views import show_diff
    from pipeline.workbench.naming import named_rubric

    published = PublishedRubrics(workspace)
    before, after = (named_rubric(word, published).loaded.rubric for word in (old, new))
    found = diff_rubrics(before, after)
    if as_json:
        typer.echo(found.model_dump_json())
    else:
        show_diff(found, Console())


@app.command(name="try")
def try_rubric(
    rubric: Annotated[str, typer.Argument(help=f"The new one. {_WHICH}")],
    calls: CallsOption = None,
    last: LastNOption = None,
    every: AllOption = False,
    against: Annotated[
        str | None, typer.Option(help="What to compare with; without it the published or shipped rubric of that id.")
    ] = None,
    reader: ReaderOption = None,
    model: ModelOption = None,
    url: UrlOption = None,
    budget: BudgetOption = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    dry_run: DryRunOption = False,
    as_json: JsonOption = False,
) -> None:
    """Read calls with the old and the new rubric and show what turns out otherwise; nothing of it counts."""
    from pipeline.workbench.naming import last_rubric, named_rubric

    published = PublishedRubrics(workspace)
    new = named_rubric(rubric, published)
    old = named_rubric(against, published) if against else last_rubric(new.loaded.rubric.id, published)
    if old is None:
        name = new.loaded.rubric.id
        raise NotFoundError(f"no other rubric has the id {name!r}", hint="say what to compare with: --against RUBRIC")
    if old.loaded == new.loaded:
        raise UsageError(
            f"nothing to try: {new.name} says what {old.name} says",
            hint="change it, or name another: --against ID@VERSION",
        )
    chosen = Chosen(tuple(calls or ()), last, every)
    asks = Asks(reader, model, url, budget)
    run_trial(Asked(workspace, chosen, asks, dry_run, as_json), before=old, after=new)


@app.command()
def publish(
    file: Annotated[Path, typer.Argument(help="The rubric file.")],
    note: Annotated[str, typer.Option(help="What changes, and why, in a sentence.")],
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    author: Annotated[str, typer.Option(help="Who publishes it.", envvar="USER")] = "",
    as_json: JsonOption = False,
) -> None:
    """Make a rubric file the version that new calls are read by; scores that calls have stay as they are."""
    from pipeline.export.publishing_views import published_json
    from pipeline.export.rubric_views import show_diff
    from pipeline.workbench.publishing import Publication, Signature

    signature = Signature(author, note)
    publication = Publication(file, PublishedRubrics(workspace))
    last, console = publication.last, Console(stderr=True)
    if publication.diff is not None and not as_json:
        show_diff(publication.diff, Console())
    if publication.is_known and last is not None:
        console.print(f"Nothing to publish: {last.name} says the same.", highlight=False)
        return
    published = publication.publish(signature, at=datetime.now(UTC))
    if as_json:
        typer.echo(published_json(published))
    told = f"Published {published.rubric.id} version {published.rubric.version}. New calls are read by it; the scores"
    console.print(f"{told} that calls have stay as they are.", highlight=False, soft_wrap=not console.is_terminal)


@app.command(name="list")
def list_rubrics(workspace: WorkspaceOption = DEFAULT_WORKSPACE, as_json: JsonOption = False) -> None:
    """All rubrics: which version runs use now, and whether it is shipped or published here."""
    from pipeline.export.publishing_views import rubrics_json, show_rubrics
    from pipeline.workbench.naming import rubric_entries

    entries = rubric_entries(PublishedRubrics(workspace))
    if as_json:
        typer.echo(rubrics_json(entries))
    else:
        show_rubrics(entries, Console())


@app.command()
def show(
    rubric: Annotated[str, typer.Argument(help="The id of a rubric, or id@version.")],
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    as_json: JsonOption = False,
) -> None:
    """One rubric, or an earlier version of it: its versions with author, day and note, and what it looks for."""
    from pipeline.export.publishing_views import rubric_json, show_rubric
    from pipeline.workbench.naming import rubric_entry

    entry = rubric_entry(rubric, PublishedRubrics(workspace))
    if as_json:
        typer.echo(rubric_json(entry))
    else:
        show_rubric(entry, Console())
