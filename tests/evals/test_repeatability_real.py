"""A second reading by a real model behind a real server: it is asked, and not replayed; the embedded one is alike."""

from datetime import UTC, datetime

import pytest

from evals.repeatability import Plan, repeat
from pipeline.adapters.chat import LangchainChat
from pipeline.adapters.kept_chat import KeptChat, SampledChat
from pipeline.adapters.llm_reader import LlmReader
from pipeline.adapters.similarity import SimilarityReader
from pipeline.config import LanguageModel
from pipeline.ports import Reader
from pipeline.prompts import shipped_prompt
from pipeline.rubrics import find_rubric
from tests.adapters.chatting import Shelf
from tests.adapters.reading import labelled_calls, minilm
from tests.coaching_values import make_conversation
from tests.llama_server import Served

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]

AT = datetime(2026, 3, 5, 7, 0, tzinfo=UTC)
DISCOVERY = find_rubric("discovery").rubric
CALL = make_conversation(
    "rep: Thanks for the time today. How do you plan the week at the moment?",
    "customer: With a spreadsheet. It takes me four hours every Sunday night.",
    "rep: What does that cost you in a month, if you put a number on it?",
    "customer: I would guess three thousand dollars, with the mistakes.",
)


def test_a_second_reading_is_really_asked(llama_small: Served) -> None:
    rubric = DISCOVERY.model_copy(update={"capabilities": (DISCOVERY.capabilities[1],)})
    settings = LanguageModel(
        model=llama_small.model,
        url=llama_small.url,
        temperature=0.9,
        context_tokens=8000,
        max_answer_tokens=200,
        timeout_s=900,
    )
    endpoint, shelf = LangchainChat(settings), Shelf()

    def reader(number: int) -> Reader:
        frame, question = shipped_prompt("read"), shipped_prompt("read-capability")
        chat = SampledChat(KeptChat(endpoint, shelf), number)
        return LlmReader(chat, frame=frame, question=question, settings=settings)

    plan = Plan(rubric=rubric, reader=reader, k=2, changes=False)
    found = repeat(plan, [CALL], at=AT)
    first, *_ = [exchange for exchange in shelf.kept.values() if exchange.request.sample == 0]
    second, *_ = [exchange for exchange in shelf.kept.values() if exchange.request.sample == 1]
    assert first.request.messages == second.request.messages
    assert first.body != second.body, "an answer of its own has an id of its own"
    assert endpoint.meter.requests == len(shelf.kept) >= 2
    n = endpoint.meter.requests
    assert repeat(plan, [CALL], at=AT) == found, "both readings are kept, each for itself"
    assert endpoint.meter.requests == n
    assert found.reader == reader(0).identity == reader(1).identity


def test_the_similarity_reader_is_alike_on_equal_words() -> None:
    calls = [call.conversation for call in labelled_calls()[:2]]
    embedder = minilm()
    found = repeat(
        Plan(rubric=DISCOVERY, reader=lambda _: SimilarityReader(embedder), k=2, changes=False), calls, at=AT
    )
    assert found.readings is not None
    assert found.readings.overall.pairs > 20
    assert (found.readings.overall.flips, found.readings.quotes.flips) == (0, 0)
