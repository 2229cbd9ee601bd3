"""Owns how often a station tells where a call is: each stage's begin and end, and between them now and then."""

import threading
import time
from collections.abc import Callable
from pathlib import Path

from pipeline.domain.work import CallOutcome, StageName


class Seldom:
    """Passes on what the stages of a call do, so seldom that nobody waits for it; fulfils `Watcher`.

    Between a stage's begin and its end it is told every `every_s` seconds at most. One thread at a time tells.
    """

    def __init__(
        self,
        tell: Callable[[StageName, float], object],
        *,
        every_s: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._tell, self._every_s, self._clock = tell, every_s, clock
        self._lock = threading.Lock()
        self._told: dict[StageName, float] = {}

    def call_started(self, path: Path, number: int, of: int) -> None:
        """See `Watcher`; whoever handed the call out knows."""

    def call_finished(self, outcome: CallOutcome) -> None:
        """See `Watcher`; what came of the call is sent as a whole."""

    def stage_at(self, stage: StageName, share: float) -> None:
        """See `Watcher`."""
        with self._lock:
            now = self._clock()
            if 0 < share < 1 and stage in self._told and now - self._told[stage] < self._every_s:
                return
            self._told[stage] = now
            self._tell(stage, share)
