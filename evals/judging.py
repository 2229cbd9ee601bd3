"""Owns running one call through reading, verification and scoring in memory, and making the readers for it.

Readers made here remember what they have computed: evaluations read calls that are nearly the same over and over.
"""

import argparse
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pipeline.adapters import weights
from pipeline.adapters.embedding import MiniLmEmbedder
from pipeline.adapters.llama import LlamaModel, NextTokens
from pipeline.adapters.similarity import SimilarityReader
from pipeline.adapters.turnwise import TurnwiseReader
from pipeline.config import Config, load_config
from pipeline.domain.assessment import Assessment, Reading, Verification
from pipeline.domain.rubric import Rubric
from pipeline.domain.speech import Conversation
from pipeline.engines.chat import make_chat
from pipeline.engines.readers import LANGUAGE_MODEL, STATES, make_reader
from pipeline.ports import Reader
from pipeline.prompts import Prompt, shipped_prompt
from pipeline.stages.measure import measure
from pipeline.stages.observe import observe, openings
from pipeline.stages.score import assess
from pipeline.stages.verify import invented, verify
from pipeline.store.exchanges import KeptExchanges
from pipeline.store.objects import ObjectStore
from pipeline.text.resemblance import Embedder, Vectors

Told = Callable[[str], None]
"""Hears a line about what was done."""


def untold(_: str) -> None:
    """Hears nothing."""


@dataclass(frozen=True)
class Judged:
    """What came of one call with one reader; `seconds` are those of reading alone."""

    reading: Reading
    verification: Verification
    assessment: Assessment
    seconds: float


def judge(conversation: Conversation, rubric: Rubric, reader: Reader) -> Judged:
    """The call read, verified and scored. Raises: StageError when the reader cannot read at all."""
    metrics = measure(conversation)
    started = time.perf_counter()
    reading = observe(conversation, rubric, questions=metrics.questions, reader=reader)
    seconds = time.perf_counter() - started
    verification = verify(
        claims=reading.claims,
        conversation=conversation,
        rubric=rubric,
        openings=openings(conversation, rubric, metrics.questions),
    )
    assessment = assess(
        conversation=conversation,
        rubric=rubric,
        metrics=metrics,
        observations=verification.observations,
        unread=(*reading.unread, *invented(reading, verification)),
    )
    return Judged(reading, verification, assessment, seconds)


class RememberingEmbedder:
    """Another embedder, asked once for each sentence."""

    def __init__(self, embedder: Embedder) -> None:
        self.identity = embedder.identity
        self._embedder = embedder
        self._known: dict[str, Vectors] = {}

    def embed(self, sentences: Sequence[str]) -> Vectors:
        """A vector of length 1 for each sentence."""
        new = [sentence for sentence in dict.fromkeys(sentences) if sentence not in self._known]
        if new or not sentences:
            found = self._embedder.embed(new)
            self._known.update(zip(new, found, strict=True))
        return np.stack([self._known[sentence] for sentence in sentences]) if sentences else found


class RememberingTokens:
    """Another language model, asked once for each prompt."""

    def __init__(self, model: NextTokens) -> None:
        self.identity = model.identity
        self._model = model
        self._known: dict[str, Mapping[str, float]] = {}

    def prepare(self, prefix: str) -> None:
        """Makes prompts that start with this prefix cheap."""
        self._model.prepare(prefix)

    def next_tokens(self, prompt: str) -> Mapping[str, float]:
        """The likeliest next tokens with their probabilities."""
        if prompt not in self._known:
            self._known[prompt] = self._model.next_tokens(prompt)
        return self._known[prompt]


def tell(line: str) -> None:
    """Says on stderr what was done."""
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


def add_reader_options(parser: argparse.ArgumentParser) -> None:
    """Adds what `reader_of` looks at, but for the reader's name."""
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--llm-url")
    parser.add_argument("--llm-model")
    parser.add_argument(
        "--kept",
        type=Path,
        default=Path("workspace/evals"),
        help="a folder for a language model's answers: asked once only",
    )


def reader_of(given: argparse.Namespace, name: str | None = None) -> Reader:
    """The reader of this name, else of the arguments', with their threads and language model.

    Raises: UsageError, WeightsError.
    """
    asked = {"model": given.llm_model, "url": given.llm_url, "parallel": 1}
    config = load_config(Path.cwd(), reader=name or given.reader, reader_threads=given.threads, llm=asked)
    return remembering_reader(config, given.kept)


def remembering_reader(config: Config, kept: Path, prompts: Mapping[str, Prompt] | None = None) -> Reader:
    """The reader of a configuration, which computes nothing twice; `kept` is where a language model's answers stay.

    `prompts` stand in for the shipped ones of the same id.

    Raises: UsageError, WeightsError.
    """
    models = config.models or weights.default_cache()
    if config.reader == "llm":
        exchanges = KeptExchanges(ObjectStore(kept))
        return make_reader(config, models, chat=make_chat(config, exchanges=exchanges), prompts=prompts)
    embedder = RememberingEmbedder(MiniLmEmbedder(weights.require("minilm", models), name=weights.label("minilm")))
    if config.reader == "similarity":
        return SimilarityReader(embedder)
    (file,) = weights.find_model(LANGUAGE_MODEL).files
    model = LlamaModel(
        weights.require(LANGUAGE_MODEL, models) / file.name,
        name=weights.label(LANGUAGE_MODEL),
        threads=config.reader_threads,
        states=models / STATES,
    )
    own = prompts or {}
    sheet = own.get("turnwise") or shipped_prompt("turnwise")
    moment = own.get("turnwise_turn") or shipped_prompt("turnwise-turn")
    return TurnwiseReader(RememberingTokens(model), embedder, sheet=sheet, moment=moment)
