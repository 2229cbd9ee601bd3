"""Owns what is kept of what was made lately, so that it is not made again for every page."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

_V = TypeVar("_V")


class Recent(Generic[_V]):
    """The values made lately by their keys, for any thread; what was asked for longest ago goes first.

    `seconds`: how long a value holds; None for values that never become old.
    """

    def __init__(self, most: int, *, seconds: float | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = most
        self._seconds = seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._kept: OrderedDict[Hashable, tuple[float, _V]] = OrderedDict()

    def get(self, key: Hashable, make: Callable[[], _V]) -> _V:
        """The value of this key; it is made where it is not kept. Two that ask at once may both make it."""
        now = self._clock()
        with self._lock:
            found = self._kept.get(key)
            if found is not None and (self._seconds is None or now - found[0] < self._seconds):
                self._kept.move_to_end(key)
                return found[1]
        made = make()
        with self._lock:
            self._kept[key] = now, made
            self._kept.move_to_end(key)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return made

    def forget(self) -> None:
        """Keep nothing of what was made."""
        with self._lock:
            self._kept.clear()
