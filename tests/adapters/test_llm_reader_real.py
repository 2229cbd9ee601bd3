"""The llm reader on a whole call, by a real model behind a real OpenAI-compatible server (llama.cpp's own)."""

import pytest

from pipeline.adapters.chat import LangchainChat
from pipeline.adapters.kept_chat import KeptChat, ReplayChat
from pipeline.adapters.llm_answer import Found
from pipeline.adapters.llm_reader import LlmReader
from pipeline.adapters.llm_transcript import estimated_tokens, lines_of, text_of
from pipeline.config import LanguageModel
from pipeline.domain.assessment import Reading
from pipeline.ports import ChatModel
from pipeline.prompts import shipped_prompt
from pipeline.rubrics import find_rubric
from pipeline.stages.observe import observe
from pipeline.stages.verify import verify
from tests.adapters.chatting import Shelf
from tests.adapters.reading import LabelledCall, labelled_calls
from tests.llama_server import Served, llama_small

__all__ = ["llama_small"]
pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]

RUBRIC = find_rubric("discovery").rubric


@pytest.fixture(scope="module")
def settings(llama_small: Served) -> LanguageModel:
    return LanguageModel(
        model=llama_small.model, url=llama_small.url, context_tokens=8000, max_answer_tokens=400, timeout_s=900
    )


@pytest.fixture(scope="module")
def call() -> LabelledCall:
    """The shortest of our own calls."""
    return min(labelled_calls(), key=lambda call: sum(len(turn.words) for turn in call.conversation.turns))


@pytest.fixture(scope="module")
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture(scope="module")
def reading(settings: LanguageModel, call: LabelledCall, shelf: Shelf) -> Reading:
    return _read(call, KeptChat(LangchainChat(settings), shelf), settings)


def _read(call: LabelledCall, chat: ChatModel, settings: LanguageModel) -> Reading:
    prompts = (shipped_prompt("read"), shipped_prompt("read-capability"))
    reader = LlmReader(chat, frame=prompts[0], question=prompts[1], settings=settings)
    return observe(call.conversation, RUBRIC, questions=call.questions, reader=reader)


def test_every_capability_has_a_valid_answer_after_repair(reading: Reading, shelf: Shelf) -> None:
    assert reading.unread == ()
    last = {exchange.request.about: exchange for exchange in shelf.kept.values()}
    assert len(last) == len(RUBRIC.capabilities)
    for exchange in last.values():
        Found.model_validate_json(exchange.text)
    assert {exchange.form for exchange in shelf.kept.values()} == {"schema"}


def test_every_accepted_quote_is_a_slice_of_its_turn(reading: Reading, call: LabelledCall) -> None:
    found = verify(claims=reading.claims, conversation=call.conversation, rubric=RUBRIC)
    assert len(found.observations) + len(found.rejected) <= len(reading.claims)
    for observation in found.observations:
        turn = call.conversation.turn(observation.quote.turn_id)
        assert turn is not None
        assert observation.text in turn.text


def test_most_of_what_is_sent_comes_from_the_servers_cache(reading: Reading, shelf: Shelf) -> None:
    tokens = reading.usage.tokens
    assert tokens.cached_tokens > 0.6 * tokens.input_tokens
    assert len(reading.usage.exchanges) == len(shelf.kept)


def test_what_was_kept_makes_equal_bytes_without_the_server(
    reading: Reading, call: LabelledCall, shelf: Shelf, settings: LanguageModel
) -> None:
    again = _read(call, ReplayChat(LangchainChat(settings).identity, shelf), settings)
    assert again.model_dump_json() == reading.model_dump_json()


def test_a_transcripts_tokens_are_estimated_rather_too_high(reading: Reading, call: LabelledCall, shelf: Shelf) -> None:
    first = next(iter(shelf.kept.values()))
    texts = [message.text for message in first.request.messages]
    assert text_of(lines_of(call.conversation, RUBRIC)) in texts[1]
    estimate = sum(map(estimated_tokens, texts))
    assert first.use.input_tokens <= estimate <= 1.6 * first.use.input_tokens
