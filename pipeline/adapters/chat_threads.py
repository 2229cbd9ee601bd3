"""Runs pieces of work that wait for the network: the first alone, then the others side by side."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Generic, TypeVar

from pipeline.ports import Progress

_T = TypeVar("_T")
_R = TypeVar("_R")


@dataclass(frozen=True)
class _Ended(Generic[_R]):
    """What one thread reports: a result or an error at a place, or, without a place, that it has ended."""

    at: int | None
    result: _R | None = None
    error: BaseException | None = None


def first_then_others(
    work: Callable[[_T, Callable[[], bool]], _R], items: Sequence[_T], *, parallel: int, progress: Progress
) -> tuple[_R, ...]:
    """The results in the order of the items.

    `work` is given an item, and a function that says when nobody waits for it any more. When one fails, no other is
    begun, and the first error is raised once those that were begun have ended. A person's Ctrl-C waits for none: the
    threads are daemons, so that they do not hold up the end of the process.
    """
    results: dict[int, _R] = {}
    for wave in (range(min(1, len(items))), range(1, len(items))):
        _run(work, items, wave, parallel=parallel, results=results, progress=progress)
    return tuple(results[at] for at in range(len(items)))


def _run(
    work: Callable[[_T, Callable[[], bool]], _R],
    items: Sequence[_T],
    wave: range,
    *,
    parallel: int,
    results: dict[int, _R],
    progress: Progress,
) -> None:
    places: SimpleQueue[int | None] = SimpleQueue()
    ended: SimpleQueue[_Ended[_R]] = SimpleQueue()
    failed, left = threading.Event(), threading.Event()
    n_threads = min(parallel, len(wave))

    def run() -> None:
        while (at := places.get()) is not None and not failed.is_set():
            try:
                ended.put(_Ended(at, work(items[at], left.is_set)))
            except BaseException as error:  # noqa: BLE001 - raised again where it is waited for
                failed.set()
                ended.put(_Ended(at, error=error))
        ended.put(_Ended(None))

    for at in (*wave, *[None] * n_threads):
        places.put(at)
    for _ in range(n_threads):
        threading.Thread(target=run, daemon=True, name="chat").start()
    try:
        error = _gather(ended, n_threads, len(items), results=results, progress=progress)
    except BaseException:
        failed.set()
        left.set()
        raise
    if error is not None:
        raise error


def _gather(
    ended: "SimpleQueue[_Ended[_R]]", n_threads: int, n_items: int, *, results: dict[int, _R], progress: Progress
) -> BaseException | None:
    """The first error, or None, once all threads have ended."""
    first: BaseException | None = None
    while n_threads:
        found = ended.get()
        if found.at is None:
            n_threads -= 1
        elif found.error is not None:
            first = first or found.error
        else:
            results[found.at] = found.result  # type: ignore[assignment]
            progress(len(results) / n_items)
    return first
