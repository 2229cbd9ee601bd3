"""How fast one endpoint is asked: requests and tokens a minute, and pauses that it asks for.

Two token buckets of one request each, kept as the time at which they are next full (the virtual scheduling form of
ITU-T I.371): nothing is sent in bursts, and no minute sees more than the limit and one request. Libraries were looked
at: the limiter of langchain-core counts requests only; pyrate-limiter keeps an entry for each token and takes nothing
back when a request needed fewer than was estimated.
"""

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Clock:
    """Time as the adapter sees it. `jitter` gives a number in [0, 1)."""

    seconds: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    now: Callable[[], datetime] = _now
    jitter: Callable[[], float] = random.random


class Pace:
    """Lets requests to one endpoint go when their turn has come. None stands for no limit; safe to use in threads."""

    def __init__(
        self, *, requests_per_minute: float | None = None, tokens_per_minute: float | None = None, clock: Clock
    ) -> None:
        self._request_s = 0.0 if requests_per_minute is None else 60 / requests_per_minute
        self._token_s = 0.0 if tokens_per_minute is None else 60 / tokens_per_minute
        self._clock = clock
        self._lock = threading.Lock()
        self._request_at = self._tokens_at = self._held_until = clock.seconds()

    def wait(self, tokens: int) -> float:
        """Seconds slept until a request of so many tokens, input and output, may go."""
        with self._lock:
            asked = self._clock.seconds()
            start = max(asked, self._request_at, self._tokens_at)
            self._request_at = start + self._request_s
            self._tokens_at = start + tokens * self._token_s
        while (pause := max(start, self._held_until) - self._clock.seconds()) > 0:
            self._clock.sleep(pause)
        return self._clock.seconds() - asked

    def correct(self, *, estimated: int, used: int) -> None:
        """Gives back, or takes, the difference between the tokens that `wait` was told and those really used."""
        with self._lock:
            self._tokens_at += (used - estimated) * self._token_s

    def hold(self, seconds: float) -> None:
        """Lets nothing go for so long: the endpoint asked to be left alone."""
        with self._lock:
            self._held_until = max(self._held_until, self._clock.seconds() + seconds)
