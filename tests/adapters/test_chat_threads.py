"""The first alone, then the others side by side."""

import threading
from collections.abc import Callable

import pytest

from pipeline.adapters.chat_threads import first_then_others
from pipeline.ports import silent


def test_no_items_have_no_results() -> None:
    assert first_then_others(lambda item, _: item, [], parallel=3, progress=silent) == ()


def test_no_more_run_at_once_than_allowed() -> None:
    lock, running, most = threading.Lock(), [0], [0]
    three = threading.Barrier(3, timeout=10)  # breaks when fewer than three are ever there together

    def work(item: int, _: Callable[[], bool]) -> int:
        with lock:
            running[0] += 1
            most[0] = max(most[0], running[0])
        if item:
            three.wait()
        with lock:
            running[0] -= 1
        return item * 2

    assert first_then_others(work, range(7), parallel=3, progress=silent) == tuple(range(0, 14, 2))
    assert most == [3]


def test_after_the_first_fails_no_other_is_begun() -> None:
    begun: list[int] = []

    def work(item: int, _: Callable[[], bool]) -> int:
        begun.append(item)
        raise ValueError(str(item))

    with pytest.raises(ValueError, match="0"):
        first_then_others(work, range(5), parallel=4, progress=silent)
    assert begun == [0]


def test_threads_that_nobody_waits_for_are_told_so() -> None:
    told, entered = threading.Event(), threading.Event()

    def work(item: int, left: Callable[[], bool]) -> int:
        if item == 1:
            entered.set()
            while not left():
                threading.Event().wait(0.01)
            told.set()
        return item

    def progress(share: float) -> None:
        if share > 0.5:
            assert entered.wait(10)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        first_then_others(work, range(3), parallel=2, progress=progress)
    assert told.wait(10)
