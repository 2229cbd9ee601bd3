"""The language model that a configuration names, remembering what it answered."""

from pipeline.adapters.chat import LangchainChat, chat_identity
from pipeline.adapters.kept_chat import CollectingChat, KeptChat, ReplayChat
from pipeline.adapters.metering import Meter
from pipeline.config import Config
from pipeline.ports import ChatModel, Exchanges


def make_chat(
    config: Config,
    *,
    exchanges: Exchanges,
    budget_usd: float | None = None,
    replay: bool = False,
    meter: Meter | None = None,
) -> ChatModel:
    """The model of [llm]: what was answered before is recalled, the rest is asked; a replay asks nothing.

    `meter` is for who wants to see what the run spends; without one it is made, with this budget.
    Raises: UsageError for a model, a key, a provider or a price that is missing, with the lines to write.
    """
    if replay:
        return ReplayChat(chat_identity(config.llm), exchanges)
    counted = make_meter(config, budget_usd) if meter is None else meter
    return KeptChat(LangchainChat(config.llm, meter=counted), exchanges)


def make_meter(config: Config, budget_usd: float | None = None) -> Meter:
    """What counts the money of one run. Raises: UsageError for a budget without the model's price, or no model."""
    chat_identity(config.llm)
    model = config.llm.model or ""
    return Meter(config.llm.prices.get(model), budget_usd, model=model)


def collecting_chat(config: Config, *, exchanges: Exchanges) -> CollectingChat:
    """A model that sends nothing and gathers what it would have to ask (a dry run, a batch). Raises: UsageError."""
    return CollectingChat(chat_identity(config.llm), exchanges)
