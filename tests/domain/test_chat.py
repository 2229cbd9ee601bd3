"""Requests have keys, tokens have prices, and usage counts each exchange once."""

import pytest
from pydantic import ValidationError

from pipeline.domain.chat import Exchange, Price, TokenUse, Usage
from tests.store.test_exchanges import exchange, request


def test_cached_input_costs_its_own_price() -> None:
    # 1,000 tokens, 800 of them cached: 200 x $1 + 800 x $0.10 + 50 x $4 = $480 for a million of each.
    price = Price(input=1.0, cached_input=0.1, output=4.0)
    use = TokenUse(input_tokens=1000, cached_tokens=800, output_tokens=50)
    assert price.of(use) == pytest.approx(480e-6)
    assert price.of(use, batched=True) == pytest.approx(240e-6)


def test_without_a_price_for_cached_input_it_costs_what_other_input_does() -> None:
    use = TokenUse(input_tokens=1000, cached_tokens=800)
    assert Price(input=1.0, output=4.0).of(use) == pytest.approx(1000e-6)


def test_usage_counts_an_exchange_once_and_adds_the_others() -> None:
    a, b = exchange(), exchange(asked=request("Read that."))
    usage = Usage.of([a, b, a])
    assert (usage.tokens.input_tokens, usage.tokens.output_tokens, usage.seconds) == (6, 2, 3.0)
    assert usage.exchanges == (a.key, b.key)


def test_a_cost_that_is_not_known_of_one_is_not_known_of_all() -> None:
    a = exchange().model_copy(update={"cost_usd": 0.25})
    b = exchange(asked=request("Read that.")).model_copy(update={"cost_usd": 0.5})
    assert Usage.of([a, b]).cost_usd == 0.75
    assert Usage.of([a, exchange(asked=request("And this."))]).cost_usd is None
    assert Usage.of([]).cost_usd == 0


def test_tokens_without_exchanges_are_refused() -> None:
    with pytest.raises(ValidationError, match="come from exchanges"):
        Usage(tokens=TokenUse(input_tokens=1))


def test_the_key_of_a_request_changes_with_everything_that_is_sent() -> None:
    changes: list[dict[str, object]] = [{"temperature": 0.5}, {"max_tokens": 10}, {"call": "c1"}, {"messages": ()}]
    keys = {request().model_copy(update=change).key("m") for change in changes}
    assert len(keys | {request().key("m"), request().key("n")}) == 6


def test_what_every_night_asks_keeps_the_key_it_had_before_requests_were_numbered() -> None:
    # The key of this request in version 0.1.0 as first released: answers that were kept under it still count.
    assert request().key("m") == "0b639d448fd6fb72658b332be1408bd659cd0f93106ac218e2fd9f41fcc80b9a"
    assert request().model_copy(update={"sample": 0}).key("m") == request().key("m")


def test_each_further_time_of_asking_the_same_has_a_key_of_its_own() -> None:
    assert len({request().model_copy(update={"sample": n}).key("m") for n in range(4)}) == 4


def test_an_exchange_that_was_kept_before_requests_were_numbered_can_be_read() -> None:
    kept = exchange().model_dump(mode="json")
    del kept["request"]["sample"]
    assert Exchange.model_validate(kept) == exchange()
