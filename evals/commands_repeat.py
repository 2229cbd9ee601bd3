"""The command `filmroom eval repeat`: which calls, read by whom and how often, and what came of it."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from pipeline.commands.nights import BudgetOption, ModelOption, ReaderOption, RubricOption, UrlOption, require_model_for
from pipeline.commands.options import DEFAULT_WORKSPACE, JsonOption, WorkspaceOption, existing
from pipeline.commands.trials import AllOption, CallsOption, Chosen, LastNOption
from pipeline.config import BY_STAGE, Config, load_config
from pipeline.domain.speech import Conversation
from pipeline.errors import InputError, UsageError

if TYPE_CHECKING:
    from pipeline.adapters.metering import Meter
    from pipeline.domain.rubric import Rubric
    from pipeline.domain.stability import Repeatability
    from pipeline.ports import Reader

OWN_CALLS = "evaluation-work"
"""Below the workspace: a language model's answers on the calls that come with Filmroom, which are nobody's."""


def repeat(
    reader: ReaderOption = None,
    rubric: RubricOption = None,
    k: Annotated[int, typer.Option("--k", min=2, max=20, help="How often each call is read as it is.")] = 3,
    calls: CallsOption = None,
    last: LastNOption = None,
    every: AllOption = False,
    transcripts: Annotated[
        bool | None,
        typer.Option(
            "--transcripts/--no-transcripts",
            help="Read slightly changed transcripts too. Without it: only where a reader is alike on equal words.",
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Keep the report in this .json file, for [withhold].")
    ] = None,
    model: ModelOption = None,
    url: UrlOption = None,
    budget: BudgetOption = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    as_json: JsonOption = False,
) -> None:
    """Read calls again, and tell how often a verdict, a level or a quote turns out otherwise.

    Without --calls, --last or --all it reads the labelled calls that come with Filmroom.
    """
    from evals.repeatability import Plan
    from evals.repeatability import repeat as repeated
    from evals.repeatability_view import show_repeatability
    from evals.watching import watched
    from pipeline.engines.local import require_reading

    llm = {"model": model, "url": url}
    config = load_config(Path.cwd(), reader=reader and reader.value, rubric=rubric, llm=llm)
    require_model_for(config, {"--model": model, "--url": url, "--budget": budget})
    require_folder(out)
    changes = _changes(config, transcripts)
    chosen = Chosen(tuple(calls or ()), last, every) if calls or last is not None or every else None
    named = _rubric(config, workspace)
    conversations = _shipped_calls(named.id) if chosen is None else _calls(workspace, chosen)
    require_reading(config)
    readers, meter = _readers(config, workspace / (OWN_CALLS if chosen is None else "objects"), budget)
    plan = Plan(rubric=named, reader=readers, k=k if config.reader == "llm" else 1, changes=changes)
    console = Console(stderr=True)
    with watched(console, quiet=as_json) as advance:
        report = repeated(plan, conversations, at=datetime.now(UTC), advance=advance)
    if out is not None:
        out.write_text(report.model_dump_json(indent=1) + "\n", encoding="utf-8")
    if as_json:
        typer.echo(report.model_dump_json())
    else:
        show_repeatability(report, config.withhold, Console())
    if meter is not None:
        typer.echo(_spent(config, meter), err=True)
    _tell_use(report, out, console)


def _changes(config: Config, asked: bool | None) -> bool:
    """Whether changed transcripts are read too: as was asked, else where nothing else could differ."""
    if config.reader != "llm" and asked is False:
        raise UsageError(
            f"the reader {config.reader} reads equal words alike, so there is nothing to measure",
            hint="leave out --no-transcripts: it is read on slightly changed transcripts instead",
        )
    return config.reader != "llm" if asked is None else asked


def _rubric(config: Config, workspace: Path) -> "Rubric":
    from pipeline.store.rubrics import PublishedRubrics
    from pipeline.workbench.naming import named_rubric

    if config.rubric == BY_STAGE:
        raise UsageError("one rubric at a time", hint="name it: --rubric discovery")
    return named_rubric(config.rubric, PublishedRubrics(workspace)).loaded.rubric


def require_folder(out: Path | None, *, flag: str = "--out") -> None:
    """Passes when the file can be written: hours of reading later is no time to find it cannot. Raises: UsageError."""
    if out is not None and (out.is_dir() or not out.parent.is_dir()):
        raise UsageError(f"{flag} {out}: no file can be written there", hint="give a file in a folder that is there")


def _calls(workspace: Path, chosen: Chosen) -> tuple[Conversation, ...]:
    from pipeline.rescore import heard

    space = existing(workspace)
    return tuple(heard(space, record).conversation for record in chosen.records(space))


def _shipped_calls(rubric: str) -> tuple[Conversation, ...]:
    from evals.cases import load_cases

    try:
        return tuple(case.conversation for case in load_cases(rubric))
    except InputError as error:
        raise UsageError(
            f"no calls come with Filmroom for the rubric {rubric}", hint="give --calls ID, --last N or --all"
        ) from error


def _readers(config: Config, kept: Path, budget: float | None) -> "tuple[Callable[[int], Reader], Meter | None]":
    """The reader of each reading by its number, and what counts the money of a language model."""
    from evals.judging import remembering_reader
    from pipeline.adapters import weights
    from pipeline.adapters.kept_chat import SampledChat
    from pipeline.engines.chat import make_chat, make_meter
    from pipeline.engines.readers import make_reader
    from pipeline.store.exchanges import KeptExchanges
    from pipeline.store.objects import ObjectStore

    if config.reader != "llm":
        embedded = remembering_reader(config, kept)
        return (lambda _: embedded), None
    meter = make_meter(config, budget)
    chat = make_chat(config, exchanges=KeptExchanges(ObjectStore(kept)), meter=meter)
    models = config.models or weights.default_cache()
    return (lambda number: make_reader(config, models, chat=SampledChat(chat, number))), meter


def _spent(config: Config, meter: "Meter") -> str:
    from pipeline.export.money import spent_line

    is_priced = config.llm.model in config.llm.prices
    return spent_line(meter.requests, meter.tokens, meter.spent if is_priced else None)


def _tell_use(report: "Repeatability", out: Path | None, console: Console) -> None:
    for failed in report.not_read:
        console.print(f"not read: {failed.call}: {failed.reason}", highlight=False, markup=False)
    if out is not None:
        by = "readings" if report.readings is not None else "transcripts"
        told = f'To keep unsteady behaviours out of drafts: [withhold] report = "{out}", by = "{by}" in filmroom.toml.'
        console.print(told, highlight=False, markup=False)
