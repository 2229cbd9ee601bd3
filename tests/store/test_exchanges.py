"""Exchanges are kept by request and model, for good."""

from pathlib import Path

import pytest

from pipeline.domain.chat import AnswerSchema, ChatRequest, Exchange, Message, TokenUse
from pipeline.errors import StoreError
from pipeline.store.exchanges import KeptExchanges
from pipeline.store.objects import ObjectStore

ANSWER = AnswerSchema.of("found", {"type": "object"})


def request(text: str = "Read this.", about: str = "need") -> ChatRequest:
    return ChatRequest(
        call="c0123456789ab", about=about, messages=(Message(role="user", text=text),), answer=ANSWER, max_tokens=9
    )


def exchange(text: str = "{}", *, asked: ChatRequest | None = None, model: str = "m") -> Exchange:
    use = TokenUse(input_tokens=3, output_tokens=1)
    return Exchange(request=asked or request(), model=model, text=text, finish="stop", body="...", use=use, seconds=1.5)


@pytest.fixture
def kept(tmp_path: Path) -> KeptExchanges:
    return KeptExchanges(ObjectStore(tmp_path))


def test_what_was_kept_is_recalled_as_it_was(kept: KeptExchanges) -> None:
    kept.keep(exchange("{}\u2028\ud83d\ude00 <think>"))
    assert kept.recall("m", request()) == exchange("{}\u2028\ud83d\ude00 <think>")


def test_half_a_character_at_a_cut_is_replaced_since_no_file_can_hold_it(kept: KeptExchanges) -> None:
    kept.keep(exchange('{"quote": "so \ud83d'))
    found = kept.recall("m", request())
    assert found is not None
    assert found.text == '{"quote": "so \ufffd'


def test_another_model_text_or_length_is_another_exchange(kept: KeptExchanges) -> None:
    kept.keep(exchange())
    assert kept.recall("other", request()) is None
    assert kept.recall("m", request("Read that.")) is None
    assert kept.recall("m", request().model_copy(update={"max_tokens": 10})) is None


def test_what_a_request_is_about_is_a_label_only(kept: KeptExchanges) -> None:
    kept.keep(exchange())
    assert kept.recall("m", request(about="another word")) is not None


def test_the_first_answer_stays(kept: KeptExchanges) -> None:
    kept.keep(exchange("first"))
    kept.keep(exchange("second"))
    found = kept.recall("m", request())
    assert found is not None
    assert found.text == "first"


def test_a_damaged_exchange_is_an_error_and_not_asked_again(kept: KeptExchanges, tmp_path: Path) -> None:
    kept.keep(exchange())
    (path,) = tmp_path.rglob("*.json")
    path.write_text("{")
    with pytest.raises(StoreError, match="cannot read"):
        kept.recall("m", request())
