"""The command that reviews recordings."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from pipeline.commands.nights import (
    BudgetOption,
    DrafterOption,
    EngineName,
    ModelOption,
    Opened,
    ReaderOption,
    UrlOption,
    Way,
    open_night,
    require_model_for,
)
from pipeline.commands.options import DEFAULT_WORKSPACE, JsonOption, WorkspaceOption
from pipeline.config import Config, load_config
from pipeline.domain.addresses import is_address, shown
from pipeline.errors import UsageError
from pipeline.log import configure
from pipeline.stages.ingest import Candidate


@dataclass(frozen=True)
class RunOptions:
    """What a run was asked for, beside its settings."""

    paths: tuple[Path, ...]
    workspace: Path
    way: Way
    budget: float | None
    wait: bool
    watching: bool
    max_hours: float | None
    as_json: bool

    def __post_init__(self) -> None:
        if not (self.wait or self.way == "batch"):
            raise UsageError("--no-wait is for batches", hint="give --batch too, or leave --no-wait out")
        if self.watching and self.way != "ask":
            raise UsageError("--watch cannot go with --dry-run, --batch or --replay", hint="give it without them")


def run(
    paths: Annotated[list[Path], typer.Argument(help="Recordings or transcripts, folders of them, or s3://bucket.")],
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    rubric: Annotated[str | None, typer.Option(help="A rubric file, the id of a rubric, or by-stage.")] = None,
    reader: ReaderOption = None,
    drafter: DrafterOption = None,
    model: ModelOption = None,
    url: UrlOption = None,
    consent: Annotated[str | None, typer.Option(help="yes: everybody in these recordings consented.")] = None,
    engine: Annotated[EngineName | None, typer.Option(help="This machine, or a Ray cluster.")] = None,
    budget: BudgetOption = None,
    max_hours: Annotated[float | None, typer.Option(min=0, help="Hours after which no call is begun.")] = None,
    watch: Annotated[bool, typer.Option("--watch", help="Go on as files arrive or change, until stopped.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what it would do and cost, and do nothing.")] = False,
    batch: Annotated[bool, typer.Option("--batch", help="Ask in batches: half the price, within a day.")] = False,
    wait: Annotated[bool, typer.Option(help="With --batch: stay until the answers are there.")] = True,
    replay: Annotated[bool, typer.Option("--replay", help="Send nothing: take kept answers only.")] = False,
    as_json: JsonOption = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Log each step.")] = False,
) -> None:
    """Review recordings: whatever is done already is skipped, a bad file is set aside and the others go on."""
    way = _way(dry_run=dry_run, batch=batch, replay=replay)
    options = RunOptions(tuple(paths), workspace, way, budget, wait, watch, max_hours, as_json)
    config = load_config(
        Path.cwd(),
        rubric=rubric,
        reader=reader and reader.value,
        drafter=drafter and drafter.value,
        engine=engine and engine.value,
        consent=_consent(consent),
        llm={"model": model, "url": url},
    )
    operations = config.operations
    configure(verbose=verbose, form=operations.log, file=operations.log_file, names=operations.log_names)
    without_a_model = {"--model": model, "--url": url, "--budget": budget, "--batch": batch, "--replay": replay}
    require_model_for(config, without_a_model)
    _carry_out(config, options)


def _way(*, dry_run: bool, batch: bool, replay: bool) -> Way:
    if sum((dry_run, batch, replay)) > 1:
        raise UsageError("--dry-run, --batch and --replay exclude each other", hint="give one of them")
    return "collect" if dry_run else "batch" if batch else "replay" if replay else "ask"


def _consent(said: str | None) -> str | None:
    if said is None:
        return None
    if said.lower() != "yes":
        raise UsageError(
            f"--consent {said}: only yes can be said for a whole run",
            hint="leave it out, and say consent: yes or no in each sidecar or in calls.csv",
        )
    return "assumed"


def _carry_out(config: Config, options: RunOptions) -> None:
    from pipeline.commands.night_shift import FEW, Shift, carry_out_night, listed, source_for
    from pipeline.engines.local import require_models
    from pipeline.shift.ports import Source, Stop
    from pipeline.shift.sources import Found, Noted

    opened = open_night(options.workspace, config, way=options.way, budget=options.budget)
    stop, noted = Stop(), Noted(recording=lambda: require_models(config))
    shift = Shift(config, as_json=options.as_json, watching=options.watching, max_hours=options.max_hours)
    source: Source
    if options.way in ("collect", "batch"):
        candidates = tuple(_find(config, options))
        _require(candidates, config, options)
        if options.way == "collect":
            _estimate(opened, candidates, as_json=options.as_json)
            return
        if opened.batching is not None:
            opened.batching.wait = options.wait
        source = listed(candidates, noted)
    else:
        source = source_for(lambda: _find(config, options), noted, shift, stop)
        if isinstance(source, Found):
            _require(source.first, config, options)
            few = source.expected is not None and source.expected <= FEW and config.engine == "local"
            shift = replace(shift, alone=few or options.way == "replay")
        else:
            require_models(config)
    carry_out_night(opened, source, noted, shift, stop_wish=stop)


def _find(config: Config, options: RunOptions) -> Iterator[Candidate]:
    """The calls behind the paths. Raises: UsageError for one that is not there."""
    from pipeline.stages.ingest import each_call

    if not any(map(is_address, options.paths)):
        return each_call(options.paths, notes=not options.watching)
    from pipeline.engines.bucket_calls import lister

    return each_call(options.paths, in_bucket=lister(config.store), notes=not options.watching)


def _require(first: Collection[Candidate], config: Config, options: RunOptions) -> None:
    """Passes when there is a call, and the models are here that these need. Raises: UsageError, WeightsError."""
    from pipeline.engines.local import require_models, require_reading

    if not first:
        named = ", ".join(map(shown, options.paths))
        raise UsageError(f"no recording in {named}", hint="give recordings or folders that hold some")
    if options.way == "collect":
        return
    if all(candidate.is_transcript for candidate in first):
        require_reading(config)
    else:
        require_models(config)


def _estimate(opened: Opened, candidates: tuple[Candidate, ...], *, as_json: bool) -> None:
    from pipeline.estimate import estimate
    from pipeline.export.money import show_estimate

    missing = opened.collecting.missing if opened.collecting is not None else []
    found = estimate(opened.night, candidates, missing)
    if as_json:
        typer.echo(found.model_dump_json())
    else:
        show_estimate(found, Console())
