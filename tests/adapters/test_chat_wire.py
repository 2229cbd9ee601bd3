"""Bodies of chat completions are read for what is there; addresses for what follows from them."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.adapters.chat_address import is_local, is_openais, key_of, shown_address, timeout_s
from pipeline.adapters.chat_faults import read_fault, retry_after, server_words
from pipeline.adapters.chat_wire import read_completion
from pipeline.config import LanguageModel
from tests.adapters.chatting import MORNING

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
choice = st.fixed_dictionaries({}, optional={"message": values, "finish_reason": values}) | values


@pytest.mark.parametrize("body", ["", "<html>", "[]", "{}", '{"choices": null}', '{"error": {}}', "[" * 100_000])
def test_what_is_no_completion_is_said_to_be_none(body: str) -> None:
    assert read_completion(body) is None


@given(st.lists(choice, max_size=2), values)
def test_any_completion_can_be_read(choices: list[object], usage: object) -> None:
    found = read_completion(json.dumps({"choices": choices, "usage": usage}))
    assert found is not None
    assert found.finish


def test_texts_in_parts_are_joined() -> None:
    content = [{"type": "text", "text": "a"}, {"type": "image"}, {"type": "text", "text": "b"}]
    found = read_completion(json.dumps({"choices": [{"message": {"content": content}}]}))
    assert found is not None
    assert (found.text, found.finish, found.use) == ("ab", "none", None)


def test_cached_tokens_are_never_more_than_those_sent() -> None:
    usage = {"prompt_tokens": 10, "completion_tokens": 1, "prompt_tokens_details": {"cached_tokens": 99}}
    found = read_completion(json.dumps({"choices": [], "usage": usage}))
    assert found is not None
    assert found.use is not None
    assert found.use.cached_tokens == 10


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None),
        ("12", 12),
        ("0.5", 0.5),
        ("-3", 0),
        ("Mon, 02 Mar 2026 06:01:00 GMT", 60),
        ("Mon, 02 Mar 2026 05:00:00 GMT", 0),
        ("soon", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(header: str | None, seconds: float | None) -> None:
    assert retry_after(header, MORNING) == seconds


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (429, "Rate limit reached for requests", "busy"),
        (429, '{"error": {"code": "insufficient_quota"}}', "quota"),
        (402, "", "quota"),
        (401, "", "key"),
        (403, "", "key"),
        (404, "", "model"),
        (400, "The model `gpt-9` does not exist", "model"),
        (400, "This model's maximum context length is 8192 tokens", "context"),
        (400, '{"error":{"type":"exceed_context_size_error"}}', "context"),
        (400, "Failed to parse grammar", "form"),
        (422, "response_format: unknown field", "form"),
        (400, "JSON schema error at #: unrecognized type", "form"),
        (400, "temperature must be 1", "refused"),
        (301, "", "refused"),
        (408, "", "down"),
        (503, "", "down"),
        (529, "overloaded", "down"),
    ],
)
def test_faults_are_told_apart_by_status_and_words(status: int, body: str, kind: str) -> None:
    assert read_fault(status, body).kind == kind


def test_the_servers_words_are_short_and_on_one_line() -> None:
    assert server_words('{"error": {"message": "a\\n  b"}}') == "a b"
    assert server_words('{"detail": "nope"}') == "nope"
    assert server_words('{"error": "plain"}') == "plain"
    assert len(server_words("x" * 999)) == 204


@pytest.mark.parametrize(
    ("url", "local"),
    [
        ("http://localhost:8080/v1", True),
        ("http://127.3.2.1/v1", True),
        ("http://[::1]:8080/v1", True),
        ("http://0.0.0.0:1/v1", True),
        ("http://192.168.1.5/v1", False),
        ("https://localhost.example/v1", False),
        ("https://api.openai.com/v1", False),
        (None, False),
    ],
)
def test_local_addresses_are_those_of_this_machine(url: str | None, local: bool) -> None:
    assert is_local(url) is local


def test_local_servers_have_ten_minutes_and_others_two() -> None:
    assert timeout_s(LanguageModel(model="m", url="http://127.0.0.1:1/v1")) == 600
    assert timeout_s(LanguageModel(model="m")) == 120
    assert timeout_s(LanguageModel(model="m", timeout_s=7)) == 7


def test_openais_own_endpoints_are_known_by_their_host() -> None:
    assert is_openais("https://api.openai.com/v1")
    assert is_openais("https://ours.openai.azure.com/openai/v1")
    assert not is_openais("https://openai.com.example/v1")


def test_a_shown_address_has_no_user_and_no_query() -> None:
    settings = LanguageModel(model="m", url="https://ann:secret@[::1]:8443/v1?key=abc")
    assert shown_address(settings) == "https://[::1]:8443/v1"


def test_a_key_loses_the_line_end_that_came_with_it() -> None:
    assert key_of(LanguageModel(model="m"), {"OPENAI_API_KEY": " sk-1\n"}) == "sk-1"
