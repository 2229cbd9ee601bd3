"""The reader that a configuration names, its models loaded when it is first needed."""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from pipeline.adapters import weights
from pipeline.adapters.embedding import MiniLmEmbedder
from pipeline.adapters.llm_reader import LlmReader
from pipeline.adapters.similarity import SimilarityReader
from pipeline.adapters.turnwise import TurnwiseReader
from pipeline.config import Config
from pipeline.engines.redaction import RedactingReader, asked_redactor
from pipeline.errors import UsageError
from pipeline.ports import ChatModel, Reader
from pipeline.prompts import Prompt, shipped_prompt

READERS = ("turnwise", "similarity", "llm")
LANGUAGE_MODEL = "qwen2.5-coder-1.5b"
STATES = ".prefixes"
"""Folder beside the models for prefixes that the language model has computed; they hold no word of any call."""


def require_reader(config: Config) -> None:
    """Passes when this version has the reader. Raises: UsageError."""
    if config.reader not in READERS:
        hint = "use " + " or ".join(f"--reader {name}" for name in READERS)
        raise UsageError(f"the reader {config.reader} is not part of this version", hint=hint)


def make_reader(
    config: Config, models: Path, *, chat: ChatModel | None = None, prompts: Mapping[str, Prompt] | None = None
) -> Reader:
    """The reader of the configuration. `chat` is who llm asks; `prompts` stand in for the shipped ones of the same id.

    Raises: UsageError for one that this version does not have, and for llm without `chat`; WeightsError.
    """
    require_reader(config)
    if config.reader == "similarity":
        return SimilarityReader(local_embedder(models))
    if config.reader == "llm":
        reader, redactor = _llm(config, chat, prompts or {}), asked_redactor(config)
        return reader if redactor is None else RedactingReader(reader, redactor)
    return _turnwise(config, models, prompts or {})


@lru_cache(maxsize=1)
def local_embedder(models: Path) -> MiniLmEmbedder:
    """The embedder of this folder of models, one for all who ask, so that it is loaded once. Raises: WeightsError."""
    return MiniLmEmbedder(weights.require("minilm", models), name=weights.label("minilm"))


def _turnwise(config: Config, models: Path, prompts: Mapping[str, Prompt]) -> TurnwiseReader:
    from pipeline.adapters.llama import LlamaModel

    (file,) = weights.find_model(LANGUAGE_MODEL).files
    model = LlamaModel(
        weights.require(LANGUAGE_MODEL, models) / file.name,
        name=weights.label(LANGUAGE_MODEL),
        threads=config.reader_threads,
        states=models / STATES,
    )
    sheet, moment = _prompt("turnwise", prompts), _prompt("turnwise-turn", prompts)
    return TurnwiseReader(model, local_embedder(models), sheet=sheet, moment=moment)


def _llm(config: Config, chat: ChatModel | None, prompts: Mapping[str, Prompt]) -> LlmReader:
    if chat is None:
        hint = "name one in the table [llm] of filmroom.toml, or use --reader turnwise"
        raise UsageError("the reader llm asks a language model, and none was given", hint=hint)
    frame, question = _prompt("read", prompts), _prompt("read-capability", prompts)
    return LlmReader(chat, frame=frame, question=question, settings=config.llm)


def _prompt(name: str, prompts: Mapping[str, Prompt]) -> Prompt:
    """The prompt of this file name, whose id has underscores for hyphens: the one given, else the shipped one."""
    return prompts.get(name.replace("-", "_")) or shipped_prompt(name)
