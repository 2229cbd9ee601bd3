"""How fast an endpoint is asked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.adapters.chat_pace import Pace
from tests.adapters.chatting import FakeTime


def test_without_limits_nothing_waits() -> None:
    time = FakeTime()
    pace = Pace(clock=time.clock)
    assert [pace.wait(10_000) for _ in range(5)] == [0] * 5
    assert time.slept == []


def test_a_request_that_needs_more_tokens_keeps_the_next_waiting_longer() -> None:
    time = FakeTime()
    pace = Pace(tokens_per_minute=6_000, clock=time.clock)  # 100 a second
    assert pace.wait(1_000) == 0
    assert pace.wait(200) == pytest.approx(10)
    assert pace.wait(1) == pytest.approx(2)


def test_tokens_that_were_not_needed_are_given_back() -> None:
    time = FakeTime()
    pace = Pace(tokens_per_minute=6_000, clock=time.clock)
    pace.wait(1_000)
    pace.correct(estimated=1_000, used=300)
    assert pace.wait(1) == pytest.approx(3)


def test_an_endpoint_that_asks_to_be_left_alone_is() -> None:
    time = FakeTime()
    pace = Pace(clock=time.clock)
    pace.hold(20)
    assert pace.wait(1) == pytest.approx(20)
    assert pace.wait(1) == 0


@given(st.lists(st.integers(1, 3_000), min_size=1, max_size=60), st.integers(10, 600), st.integers(1_000, 60_000))
def test_no_minute_sees_more_than_the_limit_and_one_request(
    sizes: list[int], requests_per_minute: int, tokens_per_minute: int
) -> None:
    time = FakeTime()
    pace = Pace(requests_per_minute=requests_per_minute, tokens_per_minute=tokens_per_minute, clock=time.clock)
    sent = []
    for size in sizes:
        pace.wait(size)
        sent.append((time.at, size))
    for at, _ in sent:
        minute = [size for moment, size in sent if at <= moment < at + 60 - 1e-6]
        assert len(minute) <= requests_per_minute + 1
        assert sum(minute) <= tokens_per_minute + minute[-1]
