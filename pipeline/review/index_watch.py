"""Owns the thread that keeps the open index up to date, and how it stays out of the way of those who work."""

import threading
import time
from collections.abc import Callable

from pipeline.errors import StoreError
from pipeline.log import get_logger

_log = get_logger(__name__)

LOOK_EVERY_S = 0.5
"""How often announcements are looked at."""
SCAN_EVERY_S = 300.0
"""How often every record is looked at, for announcements that were lost."""
RETRY_S = 30.0
"""When every record is looked at again after that went wrong as a whole."""
REST = 2.0
"""While somebody is at work, the thread rests so many times as long as it worked: pages come first."""

Rest = Callable[[], None]
"""To be called after each small piece of work, some milliseconds; may sleep."""


class ClosingError(Exception):
    """The index is being closed: the piece of work that was begun is the last."""


class Watch:
    """Looks at everything when it starts and every few minutes, and at what is announced within a second.

    `scan` looks at everything and calls the `Rest` it is given after each small piece; `announced` takes in what was
    announced since the last time; `busy` says whether somebody is at work.
    """

    def __init__(
        self, scan: Callable[[Rest], object], announced: Callable[[], object], *, busy: Callable[[], bool]
    ) -> None:
        self._scan = scan
        self._announced = announced
        self._busy = busy
        self._closing = threading.Event()
        self._since = self._looked = time.monotonic()
        self._thread = threading.Thread(target=self._run, name="filmroom-index", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End the thread, after the piece of work that it is at."""
        self._closing.set()
        self._thread.join()

    def _run(self) -> None:
        next_scan = time.monotonic()
        try:
            while True:
                if time.monotonic() >= next_scan:
                    worked = self._worked(lambda: self._scan(self._rest))
                    next_scan = time.monotonic() + (SCAN_EVERY_S if worked else RETRY_S)
                self._worked(self._announced)
                self._wait(LOOK_EVERY_S)
        except ClosingError:
            return

    def _worked(self, work: Callable[[], object]) -> bool:
        """Whether the work could be done; why not is logged, and it is tried again later."""
        self._since = time.monotonic()
        try:
            work()
        except ClosingError:
            raise
        except StoreError as error:
            _log.error("the index is not up to date: %s; %s", error.message, error.hint)
            return False
        except Exception:  # noqa: BLE001 - the room must go on seeing what is new, whatever one record holds
            _log.exception("the index is not up to date")
            return False
        return True

    def _rest(self) -> None:
        now = time.monotonic()
        if now - self._looked >= LOOK_EVERY_S:
            self._looked = now
            self._announced()
        worked = time.monotonic() - self._since
        self._wait(REST * worked if self._busy() else 0.0)
        self._since = time.monotonic()

    def _wait(self, seconds: float) -> None:
        if self._closing.wait(seconds) if seconds else self._closing.is_set():
            raise ClosingError
