"""The language model that a configuration names."""

import pytest

from pipeline.adapters.chat import chat_identity
from pipeline.config import Config, LanguageModel
from pipeline.domain.chat import Price
from pipeline.engines.chat import collecting_chat, make_chat, make_meter
from pipeline.errors import NotAnsweredError, UsageError
from tests.adapters.chatting import GOOD, Shelf, question
from tests.fault_server import MODEL, FaultServer, answer


def config(url: str, **changed: object) -> Config:
    return Config(llm=LanguageModel.model_validate({"model": MODEL, "url": url, **changed}))


def test_answers_are_kept_and_replayed_without_the_endpoint() -> None:
    shelf = Shelf()
    with FaultServer(answer(GOOD)) as server:
        asked = make_chat(config(server.url), exchanges=shelf).ask([question()])
        assert make_chat(config(server.url), exchanges=shelf).ask([question()]) == asked
        assert server.n_requests == 1
    replay = make_chat(config(server.url), exchanges=shelf, replay=True)
    assert replay.ask([question()]) == asked
    with pytest.raises(NotAnsweredError):
        replay.ask([question(text="Another?")])


def test_a_replay_needs_no_key() -> None:
    make_chat(Config(llm=LanguageModel(model="m", key_variable="NOT_SET_HERE")), exchanges=Shelf(), replay=True)


def test_a_meter_that_is_given_counts_what_is_spent() -> None:
    with FaultServer(answer(GOOD)) as server:
        priced = config(server.url, prices={MODEL: Price(input=1, output=1)})
        meter = make_meter(priced, 1.0)
        make_chat(priced, exchanges=Shelf(), meter=meter).ask([question()])
    assert meter.spent == pytest.approx(110e-6)  # 100 tokens in, 10 out


def test_a_budget_without_a_price_is_refused_before_anything_is_sent() -> None:
    with pytest.raises(UsageError, match=r"\[llm.prices\]"):
        make_chat(config("http://127.0.0.1:9/v1"), exchanges=Shelf(), budget_usd=1.0)


def test_all_ways_of_asking_share_the_identity() -> None:
    ours, shelf = config("http://127.0.0.1:9/v1"), Shelf()
    chats = (
        make_chat(ours, exchanges=shelf),
        make_chat(ours, exchanges=shelf, replay=True),
        collecting_chat(ours, exchanges=shelf),
    )
    assert {chat.identity for chat in chats} == {chat_identity(ours.llm)}


@pytest.mark.parametrize("replay", [True, False])
def test_without_a_model_the_settings_to_write_are_told(replay: bool) -> None:
    with pytest.raises(UsageError) as caught:
        make_chat(Config(), exchanges=Shelf(), replay=replay)
    assert "filmroom.toml" in caught.value.hint
