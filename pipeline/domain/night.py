"""How a night stands, in numbers alone: what its journal keeps, and what its board, status and metrics show."""

from typing import Literal

from pydantic import AwareDatetime, Field

from pipeline.domain.base import Value
from pipeline.domain.work import StageName

NightEnd = Literal["finished", "terminated", "interrupted", "time", "budget", "failed"]
"""finished: nothing was left to do; terminated: by SIGTERM; interrupted: by a person; time: --max-hours were over;
budget: the next request could have passed it; failed: by an error that its exit code tells."""


class Counts(Value):
    """Calls by what became of them, as in `CallOutcome.status`."""

    done: int = Field(default=0, ge=0)
    skipped: int = Field(default=0, ge=0)
    quarantined: int = Field(default=0, ge=0)
    waiting: int = Field(default=0, ge=0)
    failed: int = Field(default=0, ge=0)

    @property
    def total(self) -> int:
        """All calls with which nothing more is done."""
        return self.done + self.skipped + self.quarantined + self.waiting + self.failed


class StageTime(Value):
    """How often a stage was carried out, and how long that took in all, as seen by whoever directs the night."""

    stage: StageName
    times: int = Field(ge=0)
    seconds: float = Field(ge=0)


class Spent(Value):
    """What language models were asked in one night, as their server counted.

    `usd` is None where the price is not known; `maybe_usd` is the most for answers that never arrived.
    """

    requests: int = Field(default=0, ge=0)
    input_tokens: int = Field(default=0, ge=0)
    cached_tokens: int = Field(default=0, ge=0)
    output_tokens: int = Field(default=0, ge=0)
    usd: float | None = Field(default=None, ge=0)
    maybe_usd: float = Field(default=0, ge=0)


class UnderWay(Value):
    """A call at a station: its number in the night, the stage it is in, and the share of that which is done."""

    number: int = Field(ge=1)
    station: str
    stage: StageName | None = None
    share: float = Field(default=0, ge=0, le=1)
    seconds: float = Field(default=0, ge=0)


class NightStart(Value):
    """What does not change in a night. `settings` is the digest of its settings."""

    id: str
    began: AwareDatetime
    engine: str
    settings: str
    watching: bool = False
    host: str
    pid: int


class NightState(Value):
    """A night at one moment.

    `expected`: how many calls there are in all, None while nobody knows. `audio_s`: seconds of sound in the calls that
    were done. `calls_per_hour` and `audio_per_hour` (hours of sound for each hour on the clock) are of the latest
    calls; None before the first. `deaths` are workers that died. `ended` is None while it goes on.
    """

    start: NightStart
    at: AwareDatetime
    seconds: float = Field(ge=0)
    expected: int | None = Field(default=None, ge=0)
    counts: Counts = Counts()
    audio_s: float = Field(default=0, ge=0)
    calls_per_hour: float | None = Field(default=None, ge=0)
    audio_per_hour: float | None = Field(default=None, ge=0)
    deaths: int = Field(default=0, ge=0)
    stages: tuple[StageTime, ...] = ()
    under_way: tuple[UnderWay, ...] = ()
    spent: Spent | None = None
    ended: NightEnd | None = None
    exit_code: int | None = None

    @property
    def left(self) -> int | None:
        """Calls with which something is still to be done; None while nobody knows how many there are."""
        return None if self.expected is None else max(0, self.expected - self.counts.total)

    @property
    def time_left_s(self) -> float | None:
        """Seconds until the last call at the rate of the latest ones; None while either is not known."""
        if self.left is None or not self.calls_per_hour:
            return None
        return self.left / self.calls_per_hour * 3600
