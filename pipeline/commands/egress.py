"""The command that says what would leave this machine."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape

from pipeline.commands.nights import DrafterOption, EngineName, ModelOption, ReaderOption, UrlOption, open_night
from pipeline.commands.options import DEFAULT_WORKSPACE, JsonOption, WorkspaceOption, existing
from pipeline.config import Config, load_config
from pipeline.domain.addresses import is_address, parsed_address

if TYPE_CHECKING:
    from pipeline.export.egress import Egress
    from pipeline.export.ways_out import Known


def egress(
    paths: Annotated[list[Path] | None, typer.Argument(help="Recordings or transcripts, or folders of them.")] = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    reader: ReaderOption = None,
    drafter: DrafterOption = None,
    model: ModelOption = None,
    url: UrlOption = None,
    engine: Annotated[EngineName | None, typer.Option(help="This machine, or a Ray cluster.")] = None,
    consent: Annotated[str | None, typer.Option(help="yes: everybody in these recordings consented.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Everything that would leave this machine, and where to; for calls, the very words. It sends nothing.

    Results that are kept in a bucket are read from it where calls are named.
    """
    config = load_config(
        Path.cwd(),
        reader=reader and reader.value,
        drafter=drafter and drafter.value,
        engine=engine and engine.value,
        consent="assumed" if consent == "yes" else None,
        llm={"model": model, "url": url},
    )
    found = _found(config, workspace, paths or [])
    if as_json:
        typer.echo(found.model_dump_json())
    else:
        _show(found, Console())


def _found(config: Config, workspace: Path, paths: list[Path]) -> "Egress":
    from pipeline.export.egress import egress as what_leaves

    known, here = _known(config, workspace, paths), [path for path in paths if not is_address(path)]
    if not here or not config.asks_language_model:
        return what_leaves(config, known=known)
    from pipeline.estimate import estimate
    from pipeline.stages.ingest import discover

    opened = open_night(workspace, config, way="collect")
    missing = opened.collecting.missing if opened.collecting is not None else []
    seen = estimate(opened.night, discover(here), missing)
    return what_leaves(config, missing, known=known, n_calls=seen.n_calls, n_unheard=seen.n_to_hear)


def _known(config: Config, workspace: Path, paths: list[Path]) -> "Known":
    """What the workspace, and the addresses among the paths, say of ways out."""
    from pipeline.export.ways_out import Hook, Known
    from pipeline.review.cycle.reminders.rounds import webhooks_of
    from pipeline.review.people import People
    from pipeline.store.place import remembered

    buckets = {parsed_address(path).bucket for path in paths if is_address(path)}
    fetched = config.store.recordings or workspace / "recordings"
    buckets.update(path.name for path in fetched.glob("*") if path.is_dir())
    if not workspace.is_dir():
        return Known(buckets=tuple(sorted(buckets)))
    hooks = tuple(Hook(user=user, url=url) for user, url in webhooks_of(People(existing(workspace))))
    return Known(store=remembered(workspace), hooks=hooks, buckets=tuple(sorted(buckets)))


def _show(found: "Egress", console: Console) -> None:
    def say(text: str, *, style: str | None = None) -> None:
        console.print(escape(text), style=style, highlight=False, soft_wrap=True)

    if found.nothing:
        say("Nothing of any call leaves this machine.", style="bold")
    for way in found.ways:
        say(f"{way.what}: to {way.to}", style="bold")
        say(f"  {way.fields}; when: {way.when}")
        if way.masked is not None:
            say(f"  masked before: {', '.join(way.masked) or 'nothing'}")
    if found.proxies:
        say(f"By way of {', '.join(found.proxies)}, as the environment says: all but events and reminders.")
    if found.n_calls:
        told = f"The next run over these {found.n_calls} calls would send {len(found.sent)} requests"
        say(f"{told}, {found.n_characters} characters.", style="bold")
        if found.n_unheard:
            say(
                f"  {found.n_unheard} of them are not heard yet: run them with another reader first to see their words."
            )
    for request in found.sent:
        say(f"--- {request.call} {request.about}, {request.n_characters} characters", style="bold")
        for message in request.messages:
            say(message)
    say("Switched off:", style="bold")
    for each in found.off:
        say(f"  {each}")
    say("Files go where you put them: exports, tables, packs and papers of the room, mails and calendars of")
    say("filmroom remind, metrics and logs. A folder that other machines share is theirs too.")
