"""What the commands that judge calls share: their options, the models of a configuration, and what was spent."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from pipeline.config import BY_STAGE, Config
from pipeline.domain.night import Spent
from pipeline.domain.recording import Stage
from pipeline.domain.rubric import LoadedRubric
from pipeline.errors import UsageError

if TYPE_CHECKING:
    from pipeline.adapters.kept_chat import CollectingChat
    from pipeline.adapters.metering import Meter
    from pipeline.batching import Batching
    from pipeline.ports import ChatModel
    from pipeline.run import Night
    from pipeline.store.exchanges import KeptExchanges
    from pipeline.store.workspace import Workspace

Way = Literal["ask", "batch", "collect", "replay"]
"""ask: what was never answered is sent; batch: it is handed over in batches; collect: it is gathered only; replay: it
is an error."""


class ReaderName(StrEnum):
    """Readers by name."""

    SIMILARITY = "similarity"
    TURNWISE = "turnwise"
    LLM = "llm"


class DrafterName(StrEnum):
    """Drafters by name."""

    TEMPLATE = "template"
    LLM = "llm"


class EngineName(StrEnum):
    """Engines by name."""

    LOCAL = "local"
    RAY = "ray"


ReaderOption = Annotated[ReaderName | None, typer.Option(help="Who points at behaviours.")]
DrafterOption = Annotated[DrafterName | None, typer.Option(help="Whose words a draft is in.")]
RubricOption = Annotated[str | None, typer.Option(help="A rubric file, or the id of a rubric.")]
ModelOption = Annotated[str | None, typer.Option(help="The language model's name at its endpoint.")]
UrlOption = Annotated[str | None, typer.Option(help="An OpenAI-compatible endpoint, up to and with /v1.")]
BudgetOption = Annotated[
    float | None, typer.Option(min=0, help="US dollars that language models may cost; it ends before it is more.")
]


@dataclass(frozen=True)
class Opened:
    """A night that is ready to begin; `meter`, `collecting` and `batching` are there for the ways that need them.

    `chat` answers for the language model, if one is asked."""

    night: "Night"
    meter: "Meter | None" = None
    collecting: "CollectingChat | None" = None
    batching: "Batching | None" = None
    chat: "ChatModel | None" = None

    def spent(self) -> Spent | None:
        """What was spent so far; None where nothing can be."""
        meter = self.meter
        if meter is None:
            return None
        tokens = meter.tokens
        return Spent(
            requests=meter.requests,
            input_tokens=tokens.input_tokens,
            cached_tokens=tokens.cached_tokens,
            output_tokens=tokens.output_tokens,
            usd=meter.spent if self._has_price else None,
            maybe_usd=meter.maybe_spent,
        )

    @property
    def _has_price(self) -> bool:
        return self.night.config.llm.prices.get(self.night.config.llm.model or "") is not None

    def told(self) -> str | None:
        """What was spent, in one line; None where nothing could be."""
        from pipeline.export.money import spent_line

        if self.meter is None:
            return None
        usd = self.meter.spent if self._has_price else None
        line = spent_line(self.meter.requests, self.meter.tokens, usd)
        if self.meter.maybe_spent:
            line += f" Up to ${self.meter.maybe_spent:.4f} more for answers that never arrived."
        return line


def require_model_for(config: Config, flags: Mapping[str, object]) -> None:
    """Passes when a language model is asked, or none of these flags is given: without one they would do nothing.

    A flag that is None or False is not given. Raises: UsageError, before a night goes on in another way than was meant.
    """
    given = [flag for flag, value in flags.items() if value is not None and value is not False]
    if given and not config.asks_language_model:
        raise UsageError(
            f"no language model is asked, so {', '.join(given)} would do nothing: the reader is {config.reader}, "
            f"the drafter {config.drafter}",
            hint="give --reader llm or --drafter llm too, or leave it out",
        )


def open_night(workspace: Path, config: Config, *, way: Way = "ask", budget: float | None = None) -> Opened:
    """The night of this configuration, its models not loaded yet.

    Raises: UsageError, NotFoundError, RubricError, StoreError, WeightsError: everything that a person can put right
    beforehand.
    """
    from pipeline.adapters.batch import RefusingChat
    from pipeline.engines.chat import collecting_chat, make_chat, make_meter
    from pipeline.engines.local import LocalEngine
    from pipeline.engines.withholding import make_withheld
    from pipeline.run import Night
    from pipeline.store.exchanges import KeptExchanges
    from pipeline.store.rubrics import PublishedRubrics
    from pipeline.store.workspace import Workspace
    from pipeline.trackers import find_trackers
    from pipeline.workbench.naming import named_rubric

    space, published = Workspace(workspace, store=config.store), PublishedRubrics(workspace)
    by_stage: dict[str, LoadedRubric] = {}
    if config.rubric == BY_STAGE:
        by_stage = {stage.value: named_rubric(stage.value, published).loaded for stage in Stage}
    rubric = by_stage.get(Stage.DISCOVERY) or named_rubric(config.rubric, published).loaded
    if rubric.rubric.stage != Stage.COACHING:  # a one-to-one among the calls is no sale, whatever they are read against
        by_stage[Stage.COACHING] = named_rubric(Stage.COACHING, published).loaded
    chat: ChatModel | None = None
    meter: Meter | None = None
    collecting: CollectingChat | None = None
    batching: Batching | None = None
    if config.asks_language_model:
        exchanges = KeptExchanges(space.objects)
        if way == "collect":
            chat = collecting = collecting_chat(config, exchanges=exchanges)
        elif way == "batch":
            make_meter(config, budget)  # refuses a budget without a price, as everywhere
            batching = _batching(config, space, exchanges, budget)
            chat = RefusingChat(batching.collecting, batching.refused)
        elif way == "replay":
            chat = make_chat(config, exchanges=exchanges, replay=True)
        else:
            meter = make_meter(config, budget)
            chat = make_chat(config, exchanges=exchanges, meter=meter)
    engine = LocalEngine(config, chat=chat)
    rubrics = tuple({loaded.rubric.id: loaded for loaded in (rubric, *by_stage.values())}.values())
    withheld = make_withheld(config.withhold, rubrics, lambda: engine.reader)
    night = Night(space, config, engine, rubric, trackers=find_trackers(), by_stage=by_stage, withheld=withheld)
    return Opened(night, meter, collecting, batching, chat)


def _batching(config: Config, space: "Workspace", exchanges: "KeptExchanges", budget: float | None) -> "Batching":
    from pipeline.adapters.batch import BatchClient
    from pipeline.batching import Batching
    from pipeline.engines.chat import collecting_chat
    from pipeline.store.batches import Batches

    client = BatchClient(config.llm, Batches(space.root / "batches"))
    collecting = collecting_chat(config, exchanges=exchanges)
    return Batching(client, collecting, exchanges, budget_usd=budget)
