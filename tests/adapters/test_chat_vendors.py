"""Providers other than OpenAI-compatible ones, by langchain: what is sent, what is read, what goes wrong."""

from collections.abc import Mapping
from typing import Any

import httpx
import pytest

from pipeline.adapters.chat import LangchainChat
from pipeline.adapters.chat_faults import Fault
from pipeline.adapters.chat_vendors import VendorSender, build_model
from pipeline.config import LanguageModel
from pipeline.domain.chat import TokenUse
from pipeline.errors import UsageError
from pipeline.prompts import shipped_prompt
from tests.adapters.chatting import GOOD, FakeTime, question


class ScriptedModel:
    """A langchain chat model as far as we use one: it gives what it was made with, and remembers what it was asked."""

    def __init__(self, given: Any) -> None:
        self.asked: list[tuple[Any, Mapping[str, Any]]] = []
        self._given = given

    def invoke(self, messages: Any, **options: Any) -> Any:
        self.asked.append((messages, options))
        if isinstance(self._given, Exception):
            raise self._given
        return self._given


def message(text: str, *, metadata: Mapping[str, Any] | None = None, usage: Mapping[str, Any] | None = None) -> Any:
    """A langchain message as providers' packages make them."""
    from langchain_core.messages import AIMessage

    return AIMessage(content=text, response_metadata=dict(metadata or {}), usage_metadata=usage)


def sender(given: Any, provider: str = "anthropic", **changed: Any) -> VendorSender:
    settings = LanguageModel.model_validate({"model": "m", "provider": provider, **changed})
    return VendorSender(
        settings, schema_prompt=shipped_prompt("json-answer"), clock=FakeTime().clock, model=ScriptedModel(given)
    )


def test_text_tokens_and_the_reason_of_the_end_are_read() -> None:
    usage = {
        "input_tokens": 50,
        "output_tokens": 5,
        "total_tokens": 55,
        "input_token_details": {"cache_read": 40},
    }
    given = message(GOOD, metadata={"stop_reason": "end_turn", "model_name": "m-2026"}, usage=usage)
    found = sender(given).send(question(), "words")
    assert (found.text, found.finish, found.served_by) == (GOOD, "end_turn", "m-2026")
    assert found.use == TokenUse(input_tokens=50, cached_tokens=40, output_tokens=5)
    assert "m-2026" in found.body


def test_without_counted_tokens_nothing_is_made_up_here() -> None:
    assert sender(message(GOOD)).send(question(), "words").use is None


def test_the_schema_goes_in_words_at_the_end() -> None:
    model = ScriptedModel(message(GOOD))
    settings = LanguageModel(model="m", provider="anthropic")
    prompt = shipped_prompt("json-answer")
    VendorSender(settings, schema_prompt=prompt, clock=FakeTime().clock, model=model).send(question(), "words")
    ((messages, options),) = model.asked
    assert messages[0] == {"role": "system", "content": "You name colours."}
    assert messages[1]["content"].startswith("Which colour?\n\n")
    assert question().answer.text in messages[1]["content"]
    assert options == {}


@pytest.mark.parametrize(
    ("provider", "forms"), [("anthropic", ("words",)), ("groq", ("json", "words")), ("ollama", ("json", "words"))]
)
def test_the_json_mode_is_used_where_the_provider_is_known_to_have_one(provider: str, forms: tuple[str, ...]) -> None:
    assert sender(message(GOOD), provider).forms == forms


class _Response:
    status_code = 429
    headers: Mapping[str, str] = {"retry-after": "7"}


class VendorError(Exception):
    """As vendors' packages raise them."""

    def __init__(self, status: int) -> None:
        super().__init__("slow down")
        self.status_code = status
        self.response = _Response()


def test_a_vendors_error_is_read_by_its_status_and_headers() -> None:
    with pytest.raises(Fault) as caught:
        sender(VendorError(429)).send(question(), "words")
    assert (caught.value.kind, caught.value.retry_after_s) == ("busy", 7)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (httpx.ReadTimeout("x"), "slow"),
        (TimeoutError("x"), "slow"),
        (httpx.ConnectError("x"), "down"),
        (ConnectionRefusedError("x"), "down"),
        (httpx.RemoteProtocolError("x"), "cut"),
        (ConnectionResetError("x"), "cut"),
        (VendorError(500), "down"),
        (VendorError(401), "key"),
    ],
)
def test_vendors_errors_are_told_apart_by_their_kind(error: Exception, kind: str) -> None:
    with pytest.raises(Fault) as caught:
        sender(error).send(question(), "words")
    assert caught.value.kind == kind


def test_an_error_of_our_own_making_is_not_taken_for_the_endpoints() -> None:
    with pytest.raises(KeyError):
        sender(KeyError("x")).send(question(), "words")


def test_a_provider_whose_package_is_missing_is_named_with_it() -> None:
    with pytest.raises(UsageError, match="langchain-cohere") as caught:
        LangchainChat(LanguageModel(model="m", provider="cohere"), environment={})
    assert "pip install langchain-cohere" in caught.value.hint


def test_a_provider_that_is_none_is_named() -> None:
    with pytest.raises(UsageError, match=r"provider = 'nonsense'"):
        LangchainChat(LanguageModel(model="m", provider="nonsense"), environment={})


def test_a_gateway_in_the_environment_is_not_obeyed_in_silence() -> None:
    with pytest.raises(UsageError, match="LANGSMITH_GATEWAY"):
        LangchainChat(LanguageModel(model="m", provider="anthropic"), environment={"LANGSMITH_GATEWAY": "true"})


def test_vendors_do_not_retry_by_themselves() -> None:
    settings = LanguageModel(model="m", url="http://127.0.0.1:9/v1")
    assert build_model(settings, base_url=settings.url, api_key="none").max_retries == 0
