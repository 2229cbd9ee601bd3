"""The chat adapter against llama.cpp's own OpenAI-compatible server, with a small model."""

import json
import urllib.request
from typing import Literal

import pytest
from pydantic import Field

from pipeline.adapters.chat import LangchainChat
from pipeline.adapters.kept_chat import KeptChat, ReplayChat
from pipeline.adapters.metering import request_tokens
from pipeline.adapters.structured import ask_for
from pipeline.config import LanguageModel
from pipeline.domain.base import Value
from pipeline.domain.chat import AnswerSchema, ChatRequest, Message
from pipeline.errors import EndpointError
from tests.adapters.chatting import Shelf
from tests.llama_server import Served

pytestmark = pytest.mark.slow

TALK = "\n".join(
    f"t{number:04} {who}: {said}"
    for number, (who, said) in enumerate(
        [
            ("rep", "Good morning, this is Ann from Heron Lane. How do you plan your week today?"),
            ("customer", "We use one large spreadsheet, and it takes me four hours every Sunday night."),
            ("rep", "What does that cost you in a month?"),
            ("customer", "I would guess three thousand dollars, and a lot of nerves."),
            ("rep", "Shall we meet on Monday at nine with your finance lead?"),
            ("customer", "Monday is fine for me."),
        ]
        * 2,
        start=1,
    )
)
TURNS = ("t0001", "t0002", "t0003", "t0004", "t0005", "t0006")


class Place(Value):
    """A turn that the model points at."""

    turn: Literal["t0001", "t0002", "t0003", "t0004", "t0005", "t0006"]
    plain: bool


class Places(Value):
    """An answer."""

    found: tuple[Place, ...] = Field(max_length=3)


SCHEMA = {
    "type": "object",
    "properties": {
        "found": {
            "type": "array",
            "maxItems": 3,
            "items": {
                "type": "object",
                "properties": {"turn": {"type": "string", "enum": list(TURNS)}, "plain": {"type": "boolean"}},
                "required": ["turn", "plain"],
                "additionalProperties": False,
            },
        }
    },
    "required": ["found"],
    "additionalProperties": False,
}


def asked(what: str, *, max_tokens: int = 120) -> ChatRequest:
    """A question about the talk, which comes first."""
    return ChatRequest(
        call="c",
        about=what,
        messages=(
            Message(role="system", text="You point at turns of a transcript. Answer in JSON."),
            Message(role="user", text=f"{TALK}\n\nIn which turns does the rep ask about {what}?"),
        ),
        answer=AnswerSchema.of("places", SCHEMA),
        max_tokens=max_tokens,
    )


REQUESTS = [asked("money"), asked("a date"), asked("the present way of working")]


@pytest.fixture(scope="module")
def settings(llama_small: Served) -> LanguageModel:
    return LanguageModel(model=llama_small.model, url=llama_small.url)


@pytest.fixture(scope="module")
def shelf(settings: LanguageModel) -> Shelf:
    """The exchanges of one round of questions, with the endpoint."""
    shelf = Shelf()
    KeptChat(LangchainChat(settings), shelf).ask(REQUESTS)
    return shelf


def test_every_answer_has_the_schema(settings: LanguageModel, shelf: Shelf) -> None:
    chat = ReplayChat(LangchainChat(settings).identity, shelf)
    found = ask_for(chat, REQUESTS, Places)
    assert [answer.reason for answer in found] == [None] * len(REQUESTS)
    assert {exchange.form for exchange in shelf.kept.values()} == {"schema"}


def test_a_shared_beginning_comes_from_the_servers_cache(shelf: Shelf) -> None:
    first, *others = shelf.kept.values()
    assert first.use.cached_tokens < 50
    for exchange in others:
        # Only the question at the end differs, some ten tokens of several hundred.
        assert exchange.use.cached_tokens > 0.9 * exchange.use.input_tokens


def test_tokens_are_those_of_the_servers_own_count(shelf: Shelf) -> None:
    for exchange in shelf.kept.values():
        assert exchange.use.output_tokens > 0
        assert json.loads(exchange.body)["usage"]["prompt_tokens"] == exchange.use.input_tokens


def test_tokens_are_estimated_rather_too_high(shelf: Shelf) -> None:
    for exchange in shelf.kept.values():
        real = exchange.use.input_tokens
        assert real <= request_tokens(exchange.request) <= 2 * real


def test_a_second_round_sends_nothing(settings: LanguageModel, shelf: Shelf) -> None:
    dead = settings.model_copy(update={"url": "http://127.0.0.1:9/v1", "attempts": 1})
    assert len(KeptChat(LangchainChat(dead), shelf).ask(REQUESTS)) == len(REQUESTS)


def test_an_answer_that_was_cut_off_is_whole_when_asked_for_with_more_room(settings: LanguageModel) -> None:
    request = asked("money", max_tokens=12)
    (found,) = ask_for(KeptChat(LangchainChat(settings), Shelf()), [request], Places)
    first, second = found.exchanges
    assert first.finish == "length"
    assert second.request.max_tokens == 24
    assert second.use.cached_tokens > 0.9 * second.use.input_tokens
    assert found.value is not None or (found.reason or "").startswith("model_failed: truncated")


def test_a_request_longer_than_the_context_names_the_setting(settings: LanguageModel) -> None:
    with pytest.raises(EndpointError, match="of this length") as caught:
        LangchainChat(settings).ask([asked("money " * 20_000)])
    assert "context_tokens" in caught.value.hint


def test_the_server_is_the_one_that_was_pulled(llama_small: Served) -> None:
    with urllib.request.urlopen(f"{llama_small.url}/models") as answer:
        assert llama_small.model in answer.read().decode()
