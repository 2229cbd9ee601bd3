"""The money of a run: reserved at its worst, settled as it was, never over the budget."""

import math
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.adapters.metering import Meter, estimate_tokens, request_tokens
from pipeline.domain.chat import Price, TokenUse
from pipeline.errors import BudgetError, UsageError
from tests.adapters.chatting import question

DOLLAR = Price(input=1_000_000, output=1_000_000)  # one US dollar a token


def test_an_estimate_is_a_token_for_three_characters_and_fifty() -> None:
    assert estimate_tokens(300) == 100 + 50
    assert estimate_tokens(301) == 101 + 50
    assert estimate_tokens(0) == 50


def test_characters_outside_ascii_count_more() -> None:
    assert estimate_tokens(100, n_wide=100) == 150 + 50
    plain, wide = question(text="a" * 90), question(text="ä" * 90)
    # 90 characters: 30 tokens as ASCII, 135 otherwise.
    assert request_tokens(wide) - request_tokens(plain) == 105


def test_spending_is_what_the_server_counted() -> None:
    meter = Meter(Price(input=2, output=10))
    cost = meter.settle(meter.reserve(question()), TokenUse(input_tokens=100, output_tokens=10))
    assert cost == pytest.approx((100 * 2 + 10 * 10) / 1e6)
    assert meter.spent == cost
    assert (meter.requests, meter.tokens) == (1, TokenUse(input_tokens=100, output_tokens=10))


def test_without_a_price_tokens_are_counted_and_cost_is_unknown() -> None:
    meter = Meter()
    assert meter.settle(meter.reserve(question()), TokenUse(input_tokens=7)) is None
    assert (meter.spent, meter.tokens.input_tokens) == (0.0, 7)


def test_a_budget_needs_a_price_and_says_what_to_write() -> None:
    with pytest.raises(UsageError, match="needs the price of gpt-x") as caught:
        Meter(None, 5.0, model="gpt-x")
    assert '[llm.prices."gpt-x"]' in caught.value.hint


def test_the_worst_case_of_the_next_request_must_fit() -> None:
    worst = request_tokens(question()) + 200
    assert Meter(DOLLAR, float(worst)).reserve(question()).usd == worst
    with pytest.raises(BudgetError) as caught:
        Meter(DOLLAR, worst - 0.5).reserve(question())
    assert f"it could cost ${worst:.4f}" in caught.value.message


def test_a_request_that_fits_only_if_those_under_way_cost_little_waits_for_them() -> None:
    worst = request_tokens(question()) + 200
    meter = Meter(DOLLAR, 1.5 * worst)
    first, reserved = meter.reserve(question()), threading.Event()

    def second() -> None:
        meter.reserve(question())
        reserved.set()

    waiting = threading.Thread(target=second, daemon=True)
    waiting.start()
    assert not reserved.wait(0.1)
    meter.settle(first, TokenUse(input_tokens=1))
    assert reserved.wait(10)
    assert meter.requests == 2


def test_one_that_waited_is_refused_once_those_under_way_turn_out_dear() -> None:
    worst = request_tokens(question()) + 200
    meter, refused = Meter(DOLLAR, 1.5 * worst), threading.Event()
    first = meter.reserve(question())

    def second() -> None:
        try:
            meter.reserve(question())
        except BudgetError:
            refused.set()

    threading.Thread(target=second, daemon=True).start()
    assert not refused.wait(0.1)
    meter.settle(first, TokenUse(input_tokens=worst))
    assert refused.wait(10)
    assert meter.requests == 1


def test_a_request_without_an_answer_gives_its_money_back_unless_it_may_have_been_charged() -> None:
    worst = request_tokens(question()) + 200
    meter = Meter(DOLLAR, float(worst))
    meter.release(meter.reserve(question()), maybe_paid=False)
    meter.release(meter.reserve(question()), maybe_paid=True)
    assert (meter.spent, meter.maybe_spent) == (0, worst)
    with pytest.raises(BudgetError):
        meter.reserve(question())


@given(
    st.lists(st.tuples(st.integers(0, 200), st.sampled_from(["settle", "free", "maybe"])), max_size=30),
    st.floats(100, 5000),
)
def test_spending_never_passes_the_budget(steps: list[tuple[int, str]], budget: float) -> None:
    meter = Meter(DOLLAR, budget)
    for used, end in steps:
        try:
            reserved = meter.reserve(question())
        except BudgetError:
            continue
        if end == "settle":  # a server uses no more output than it may, and its input was estimated too high
            meter.settle(reserved, TokenUse(input_tokens=reserved.tokens.input_tokens, output_tokens=used))
        else:
            meter.release(reserved, maybe_paid=end == "maybe")
        assert meter.spent + meter.maybe_spent <= budget + 1e-6


def test_threads_do_not_pass_the_budget_together() -> None:
    worst = request_tokens(question()) + 200
    meter, refused = Meter(DOLLAR, 10.0 * worst), []

    def spend() -> None:
        for _ in range(20):
            try:
                meter.settle(meter.reserve(question()), TokenUse(input_tokens=worst))
            except BudgetError:
                refused.append(1)

    threads = [threading.Thread(target=spend) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert meter.spent == 10 * worst
    assert meter.requests + len(refused) == 160
    assert math.isclose(meter.tokens.input_tokens, 10 * worst)
