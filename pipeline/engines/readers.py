"""The reader that a configuration names, its models loaded when it is first needed."""

from pathlib import Path

from pipeline.adapters import weights
from pipeline.adapters.embedding import MiniLmEmbedder
from pipeline.adapters.similarity import SimilarityReader
from pipeline.adapters.turnwise import TurnwiseReader
from pipeline.config import Config
from pipeline.errors import UsageError
from pipeline.ports import ChatModel, Reader
from pipeline.prompts import shipped_prompt

READERS = ("turnwise", "similarity")
LANGUAGE_MODEL = "qwen2.5-coder-1.5b"
STATES = ".prefixes"
"""Folder beside the models for prefixes that the language model has computed; they hold no word of any call."""


def require_reader(config: Config) -> None:
    """Passes when this version has the reader. Raises: UsageError."""
    if config.reader not in READERS:
        hint = "use " + " or ".join(f"--reader {name}" for name in READERS)
        raise UsageError(f"the reader {config.reader} is not part of this version", hint=hint)


def make_reader(config: Config, models: Path, *, chat: ChatModel | None = None) -> Reader:
    """The reader of the configuration. Raises: UsageError for one that this version does not have; WeightsError."""
    require_reader(config)
    if config.reader == "similarity":
        return SimilarityReader(_embedder(models))
    return _turnwise(config, models)


def _embedder(models: Path) -> MiniLmEmbedder:
    return MiniLmEmbedder(weights.require("minilm", models), name=weights.label("minilm"))


def _turnwise(config: Config, models: Path) -> TurnwiseReader:
    from pipeline.adapters.llama import LlamaModel

    (file,) = weights.find_model(LANGUAGE_MODEL).files
    model = LlamaModel(
        weights.require(LANGUAGE_MODEL, models) / file.name,
        name=weights.label(LANGUAGE_MODEL),
        threads=config.reader_threads,
        states=models / STATES,
    )
    return TurnwiseReader(
        model, _embedder(models), sheet=shipped_prompt("turnwise"), moment=shipped_prompt("turnwise-turn")
    )
