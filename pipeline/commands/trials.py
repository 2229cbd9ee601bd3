"""What `rubric try` and `prompt try` share: which calls, by which reader, what it takes, and what came of it."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from pipeline.commands.nights import ReaderName
from pipeline.commands.options import existing
from pipeline.config import Config, load_config
from pipeline.domain.estimate import Expense
from pipeline.domain.work import CallRecord
from pipeline.errors import NotFoundError, StoreError, UsageError
from pipeline.export.wording import counted
from pipeline.ports import ChatModel, Reader
from pipeline.prompts import Prompt
from pipeline.store.exchanges import KeptExchanges
from pipeline.store.workspace import Workspace
from pipeline.workbench.naming import Named
from pipeline.workbench.prompting import ChangedPrompt
from pipeline.workbench.trying import Change, Side

if TYPE_CHECKING:
    from pipeline.adapters.kept_chat import CollectingChat
    from pipeline.adapters.metering import Meter

CallsOption = Annotated[
    list[str] | None, typer.Option("--calls", help="A call's id, or its beginning; again for more.")
]
LastNOption = Annotated[int | None, typer.Option("--last", min=1, help="The calls that were reviewed last, so many.")]
AllOption = Annotated[bool, typer.Option("--all", help="Every call of the workspace.")]
DryRunOption = Annotated[bool, typer.Option("--dry-run", help="Say what it takes, and read nothing.")]


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which calls of a workspace are meant: exactly one of the three ways of saying it."""

    calls: tuple[str, ...]
    last: int | None
    every: bool

    def records(self, workspace: Workspace) -> tuple[CallRecord, ...]:
        """Their records, each once. Raises: UsageError, NotFoundError."""
        if sum((bool(self.calls), self.last is not None, self.every)) != 1:
            raise UsageError("which calls?", hint="give --calls ID (again for more), --last N, or --all")
        if self.calls:
            return tuple({(record := workspace.record(call)).call: record for call in self.calls}.values())
        records = [workspace.record(call) for call in workspace.calls.ids()]
        if not records:
            raise UsageError(f"no call in {workspace.root}", hint="review some first: filmroom run PATH")
        return tuple(sorted(records, key=lambda record: record.at, reverse=True)[: self.last])


@dataclass(frozen=True, slots=True)
class Asks:
    """Who reads, before and after, and what a language model may cost; None for what the configuration says."""

    reader: ReaderName | None = None
    model: str | None = None
    url: str | None = None
    budget: float | None = None

    def config(self) -> Config:
        """The configuration of the folder, with these. Raises: UsageError."""
        llm = {"model": self.model, "url": self.url}
        return load_config(Path.cwd(), reader=self.reader and self.reader.value, llm=llm)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person asked a trial for, but for the change itself."""

    workspace: Path
    chosen: Chosen
    asks: Asks
    dry_run: bool
    as_json: bool


def run_trial(asked: Asked, *, before: Named, after: Named, prompt: ChangedPrompt | None = None) -> None:
    """Say what the trial takes, carry it out, and print it; with a prompt, both rubrics are the same.

    Raises: UsageError, WeightsError, StoreError, BudgetError.
    """
    from pipeline.engines.chat import make_meter
    from pipeline.engines.local import require_reading
    from pipeline.export.trial_views import effort_lines, show_trial
    from pipeline.workbench.trial import Trial, summarise
    from pipeline.workbench.trying import effort, try_out

    config, workspace = asked.asks.config(), existing(asked.workspace)
    records = asked.chosen.records(workspace)
    sides = _Sides(config, before, after, prompt)
    console = Console(stderr=True)
    require_reading(config)
    collecting = _collecting(config, workspace)
    looked = sides.change(collecting)
    takes = effort(workspace, records, looked)
    expense = None if collecting is None else _expense(collecting, (workspace, records, looked), config)
    for line in (*effort_lines(takes, expense), *_told_apart(asked.chosen, workspace, records, (before, after))):
        console.print(line, highlight=False, soft_wrap=not console.is_terminal)
    if asked.dry_run:
        if asked.as_json:
            typer.echo(takes.model_dump_json())
        return
    meter = make_meter(config, asked.asks.budget) if collecting is not None else None
    change = looked if meter is None else sides.change(_answering(config, workspace, meter))
    calls = tuple(try_out(workspace, records, change, today=datetime.now(UTC).date()))
    trial = Trial(
        before=change.before.name,
        after=change.after.name,
        reader=config.reader,
        parties=after.loaded.rubric.parties,
        calls=calls,
        summary=summarise(calls),
    )
    if asked.as_json:
        typer.echo(trial.model_dump_json())
    else:
        show_trial(trial, Console())
    if meter is not None:
        typer.echo(_spent(config, meter), err=True)


def _told_apart(
    chosen: Chosen, workspace: Workspace, records: Sequence[CallRecord], sides: Sequence[Named]
) -> Iterator[str]:
    """That calls of another rubric are among those which nobody named, such as one-to-ones among sales calls."""
    if chosen.calls:
        return
    tried, n = {side.loaded.rubric.id for side in sides}, 0
    for record in records:
        with suppress(NotFoundError, StoreError):  # a damaged call is told where it is read
            n += workspace.rubric_of(record).rubric.id not in tried
    if n:
        yield f"Of these, {counted(n, 'call')} had another rubric; to leave some out, name the others with --calls."


@dataclass(frozen=True, slots=True)
class _Sides:
    """What is compared: two rubrics, or one rubric with two prompts."""

    config: Config
    before: Named
    after: Named
    prompt: ChangedPrompt | None

    def change(self, chat: ChatModel | None) -> Change:
        """Both sides with their readers; where no prompt changes, one reader reads both."""
        usual = self._reader({}, chat)
        if self.prompt is None:
            return Change(
                Side(self.before.name, self.before.loaded, usual), Side(self.after.name, self.after.loaded, usual)
            )
        new, shipped = self.prompt.new, self.prompt.shipped
        other = self._reader({new.id: new}, chat)
        return Change(
            Side(f"prompt {shipped.identity} (shipped), {self.before.name}", self.before.loaded, usual),
            Side(f"prompt {new.identity}, {self.after.name}", self.after.loaded, other),
        )

    def _reader(self, prompts: Mapping[str, Prompt], chat: ChatModel | None) -> Reader:
        from pipeline.adapters import weights
        from pipeline.engines.readers import make_reader

        models = self.config.models or weights.default_cache()
        return make_reader(self.config, models, chat=chat, prompts=prompts)


def _collecting(config: Config, workspace: Workspace) -> "CollectingChat | None":
    """A language model that sends nothing, for a reader that asks one over the wire."""
    from pipeline.engines.chat import collecting_chat

    return collecting_chat(config, exchanges=KeptExchanges(workspace.objects)) if config.reader == "llm" else None


def _answering(config: Config, workspace: Workspace, meter: "Meter") -> ChatModel:
    from pipeline.engines.chat import make_chat

    return make_chat(config, exchanges=KeptExchanges(workspace.objects), meter=meter)


def _spent(config: Config, meter: "Meter") -> str:
    from pipeline.export.money import spent_line

    is_priced = config.llm.model in config.llm.prices
    return spent_line(meter.requests, meter.tokens, meter.spent if is_priced else None)


def _expense(
    collecting: "CollectingChat", trial: tuple[Workspace, Sequence[CallRecord], Change], config: Config
) -> Expense:
    """What the requests that were never answered would cost: they are gathered, and none is sent."""
    from pipeline.estimate import expense_of
    from pipeline.workbench.trying import ask_for_requests

    ask_for_requests(*trial)
    return expense_of(collecting.missing, config.llm.prices.get(config.llm.model or ""))
