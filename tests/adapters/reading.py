"""What the readers' tests share: labelled calls, a small rubric, an embedder that counts words, and the models."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from ruamel.yaml import YAML

from pipeline.adapters import weights
from pipeline.adapters.embedding import MiniLmEmbedder
from pipeline.adapters.llama import LlamaModel
from pipeline.domain.metrics import Question
from pipeline.domain.normal import normal_words
from pipeline.domain.rubric import Behaviour, Capability, Coaching, Form, Level, Polarity, Rubric
from pipeline.domain.speech import Conversation, Turn, Word
from pipeline.errors import WeightsError
from pipeline.text.questions import find_questions
from pipeline.text.resemblance import Vectors

QWEN = "qwen2.5-coder-1.5b"
CALLS_FILE = Path(__file__).resolve().parent.parent / "fixtures" / "discovery_calls.yaml"
COACHING = Coaching(gap="Not found.", questions=("What then?",), steps=("Write.", "Say."), practice="Ask a colleague.")


class WordCounter:
    """Sentences are near each other as far as they share words; its vectors have a place for each word it meets."""

    identity = "word counter"

    def __init__(self) -> None:
        self._places: dict[str, int] = {}
        self.embedded: list[str] = []

    def embed(self, sentences: Sequence[str]) -> Vectors:
        self.embedded += sentences
        found = np.zeros((len(sentences), 512), np.float32)
        for row, sentence in zip(found, sentences, strict=True):
            for word in normal_words(sentence):
                row[self._places.setdefault(word, len(self._places))] += 1
        lengths: Vectors = np.linalg.norm(found, axis=1, keepdims=True).astype(np.float32)
        return found / lengths


def behaviour(name: str, *examples: str, counterexamples: tuple[str, ...] = (), form: Form = Form.ANY) -> Behaviour:
    return Behaviour(
        id=name,
        text=f"Shows {name}",
        polarity=Polarity.EFFECTIVE,
        form=form,
        examples=examples,
        counterexamples=counterexamples,
        praise="It was shown.",
        coaching=COACHING,
    )


def rubric(*behaviours: Behaviour) -> Rubric:
    levels = (Level(level=1, anchor="None."), Level(level=2, anchor="Some."))
    capability = Capability(id="only_one", name="Only one", goal="It is done.", behaviours=behaviours, levels=levels)
    return Rubric(id="made", version=1, title="Made", stage="any", capabilities=(capability,))


COST_AND_DATE = rubric(
    behaviour("cost_asked", "What does it cost you?", "How much does that cost?", form=Form.QUESTION),
    behaviour("date_proposed", "Shall we meet on Monday?", "Let us meet on Friday at nine."),
)


@dataclass(frozen=True)
class LabelledCall:
    """A call with the behaviours that each rep turn shows, and the questions that were found in it."""

    id: str
    split: str
    conversation: Conversation
    shows: dict[str, frozenset[str]]
    questions: tuple[Question, ...]


def untimed(*lines: str) -> Conversation:
    """Turns of "R: ..." and "C: ..." lines."""
    turns = [_turn(i, "rep" if line[0] == "R" else "customer", line[3:]) for i, line in enumerate(lines, start=1)]
    return Conversation(call="made-call", turns=tuple(turns), speakers=(), duration=0, timed=False)


def _turn(number: int, role: str, text: str) -> Turn:
    words = tuple(Word(text=word, span=None) for word in text.split())
    return Turn.model_validate({"id": f"t{number:04}", "speaker": role, "role": role, "words": words})


def questions_of(conversation: Conversation) -> tuple[Question, ...]:
    return tuple(_questions(conversation))


def _questions(conversation: Conversation) -> Iterator[Question]:
    before = ""
    for turn in conversation.turns:
        for found in find_questions(turn.text, previous=before):
            text = " ".join(word.text for word in turn.words[found.first_word : found.last_word + 1])
            yield Question(turn_id=turn.id, role=turn.role, text=text, **found.model_dump())
        before = turn.text


def labelled_calls(split: str | None = None) -> tuple[LabelledCall, ...]:
    """The calls of the fixture, all or of one half."""
    document = YAML(typ="safe").load(CALLS_FILE.read_text(encoding="utf-8"))
    return tuple(_labelled(call) for call in document["calls"] if split in (None, call["split"]))


def _labelled(call: dict[str, object]) -> LabelledCall:
    entries = call["turns"]
    assert isinstance(entries, list)
    conversation = untimed(*(f"R: {e['rep']}" if "rep" in e else f"C: {e['customer']}" for e in entries))
    shows = {
        turn.id: frozenset(entry.get("shows", ()))
        for turn, entry in zip(conversation.turns, entries, strict=True)
        if turn.role == "rep"
    }
    return LabelledCall(str(call["id"]), str(call["split"]), conversation, shows, questions_of(conversation))


def auc(positives: Iterable[float], negatives: Iterable[float]) -> float:
    """The share of (positive, negative) pairs in which the positive is higher, ties counted as half."""
    high, low = np.array(list(positives))[:, None], np.array(list(negatives))[None]
    return float((high > low).mean() + 0.5 * (high == low).mean())


def minilm() -> MiniLmEmbedder:
    try:
        folder: Path = weights.require("minilm", weights.default_cache())
    except WeightsError as error:
        pytest.skip(f"no weights: {error}")
    return MiniLmEmbedder(folder, name=weights.label("minilm"))


def qwen(states: Path | None = None) -> LlamaModel:
    try:
        folder = weights.require(QWEN, weights.default_cache())
    except WeightsError as error:
        pytest.skip(f"no weights: {error}")
    return LlamaModel(next(folder.glob("*.gguf")), name=weights.label(QWEN), states=states)
