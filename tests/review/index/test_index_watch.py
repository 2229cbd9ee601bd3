"""The watching thread: first everything, then what is announced; it gives way to those who work, and goes on whatever
happens."""

import logging
import threading
import time
from collections.abc import Callable

import pytest

from pipeline.errors import StoreError
from pipeline.review.index_watch import LOOK_EVERY_S, REST, Rest, Watch

PATIENCE_S = 30.0


def until(condition: Callable[[], bool]) -> None:
    give_up = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < give_up
        time.sleep(0.01)


def test_it_looks_at_everything_first_and_then_at_what_is_announced() -> None:
    seen: list[str] = []
    watch = Watch(lambda rest: seen.append("all"), lambda: seen.append("announced"), busy=lambda: False)
    until(lambda: len(seen) >= 3)
    watch.close()
    assert seen[:3] == ["all", "announced", "announced"]


def test_announcements_are_taken_in_during_a_long_look_at_everything() -> None:
    announced = threading.Event()
    ended = threading.Event()

    def scan(rest: Rest) -> None:
        while not announced.is_set():
            time.sleep(0.01)
            rest()
        ended.set()

    watch = Watch(scan, announced.set, busy=lambda: False)
    assert ended.wait(PATIENCE_S)
    watch.close()


@pytest.mark.parametrize("busy", [True, False])
def test_it_rests_longer_than_it_worked_while_somebody_is_at_work(busy: bool) -> None:
    rested: list[float] = []

    def scan(rest: Rest) -> None:
        for _ in range(5):
            time.sleep(0.02)
            began = time.monotonic()
            rest()
            rested.append(time.monotonic() - began)

    watch = Watch(scan, lambda: None, busy=lambda: busy)
    until(lambda: len(rested) == 5)
    watch.close()
    if busy:
        assert min(rested) >= 0.02 * REST
    else:
        assert min(rested) < 0.02  # of five, one at least was not held up by other work of the machine


def test_closing_ends_a_long_look_after_the_piece_it_is_at() -> None:
    began, pieces = threading.Event(), [0]

    def scan(rest: Rest) -> None:
        while True:
            pieces[0] += 1
            began.set()
            time.sleep(0.01)
            rest()

    watch = Watch(scan, lambda: None, busy=lambda: True)
    assert began.wait(PATIENCE_S)
    watch.close()
    done = pieces[0]
    time.sleep(0.1)
    assert pieces[0] == done


@pytest.mark.parametrize("error", [StoreError("the disk is full", hint="make room"), ZeroDivisionError("a mistake")])
def test_it_goes_on_after_an_error_and_tells_it(error: Exception, caplog: pytest.LogCaptureFixture) -> None:
    rounds: list[float] = []

    def announced() -> None:
        rounds.append(time.monotonic())
        if len(rounds) == 1:
            raise error

    with caplog.at_level(logging.ERROR):
        watch = Watch(lambda rest: None, announced, busy=lambda: False)
        until(lambda: len(rounds) >= 2)
        watch.close()
    assert rounds[1] - rounds[0] >= LOOK_EVERY_S * 0.9
    assert "the index is not up to date" in caplog.text
    (told,) = caplog.records
    assert str(error) in told.getMessage() or (told.exc_info and told.exc_info[1] is error)
