"""Batches answered by a real model: the exchange is the one that asking at once brings, at half the price."""

import json
import time
from pathlib import Path

import pytest

from pipeline.adapters.batch import BatchClient
from pipeline.adapters.chat import LangchainChat
from pipeline.config import LanguageModel
from pipeline.domain.chat import Exchange, Price
from pipeline.store.batches import Batches
from tests.adapters.chatting import Shelf, question
from tests.batch_server import BatchServer, forwarded_to
from tests.llama_server import Served

PRICE = Price(input=2.0, output=10.0)
REQUESTS = tuple(question(text=f"Which colour is {thing}?", max_tokens=60) for thing in ("grass", "blood"))


@pytest.mark.slow
def test_batched_answers_are_those_of_asking_at_once(llama_small: Served, tmp_path: Path) -> None:
    named = LanguageModel(model=llama_small.model, url=llama_small.url, prices={llama_small.model: PRICE})
    live = LangchainChat(named).ask(REQUESTS)
    shelf = Shelf()
    with BatchServer(forwarded_to(llama_small.url)) as server:
        batches = BatchClient(named.model_copy(update={"url": server.url}), Batches(tmp_path))
        batches.submit(REQUESTS)
        while batches.poll().n_waiting:
            time.sleep(0.1)
        assert batches.collect(shelf).n_answered == 2
    batched = [shelf.recall(batches.identity, request) for request in REQUESTS]
    assert all(json.loads(exchange.text)["colour"] in ("red", "green") for exchange in batched if exchange)
    assert [content(exchange) for exchange in batched] == [content(exchange) for exchange in live]
    for once, together in zip(live, batched, strict=True):
        assert together is not None
        assert together.cost_usd == pytest.approx((once.cost_usd or 0) / 2)


def content(exchange: Exchange | None) -> tuple[str, str, int, int]:
    assert exchange is not None
    return exchange.key, exchange.text, exchange.use.input_tokens, exchange.use.output_tokens
