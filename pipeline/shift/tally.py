"""Counts a night as it goes on: calls, stages, seconds, deaths, and the latest rate; in the same memory for any."""

import threading
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pipeline.domain.night import Counts, NightEnd, NightStart, NightState, Spent, StageTime, UnderWay
from pipeline.domain.work import STAGES, CallOutcome, StageName
from pipeline.shift.boards import Silent
from pipeline.shift.stations import StationName

_STATION_OF: dict[StageName, StationName] = {"transcribe": "listening", "diarize": "voices"}
_LATEST = 100
"""Calls from which the rate is taken: enough to be calm, few enough to follow a night that changes."""


class Pace:
    """The rate of the latest calls. Times are seconds of any clock that never goes back."""

    def __init__(self, started: float) -> None:
        self._latest: deque[tuple[float, float]] = deque([(started, 0.0)], maxlen=_LATEST + 1)

    def add(self, at: float, audio_s: float) -> None:
        """A call was done, with so many seconds of sound."""
        self._latest.append((at, audio_s))

    def per_hour(self, now: float) -> tuple[float, float] | None:
        """Calls per hour, and hours of sound per hour, since the first of the latest calls ended; None without any."""
        first, *others = self._latest
        passed = now - first[0]
        if not others or passed <= 0:
            return None
        return 3600 * len(others) / passed, sum(audio for _, audio in others) / passed


@dataclass
class _At:
    """What is known of a call at a station."""

    number: int
    station: StationName
    since: float
    stage: StageName | None = None
    share: float = 0.0

    def value(self, now: float) -> UnderWay:
        seconds = max(0.0, now - self.since)
        return UnderWay(
            number=self.number, station=self.station, stage=self.stage, share=self.share, seconds=round(seconds, 1)
        )


@dataclass(frozen=True)
class Around:
    """What a tally asks others for: how many calls there are, the sound of a call in seconds, what was spent."""

    expected: Callable[[], int | None] = lambda: None
    audio_s: Callable[[str], float] = lambda _: 0.0
    spent: Callable[[], Spent | None] = lambda: None


class Tally(Silent):
    """The numbers of a night; fulfils `Listener`. Safe to use in threads."""

    def __init__(self, start: NightStart, around: Around, *, clock: Callable[[], float]) -> None:
        self.start = start
        self._around = around
        self._clock = clock
        self._began = clock()
        self._lock = threading.RLock()
        self._counts: Counter[str] = Counter()
        self._stages: dict[StageName, tuple[int, float]] = {}
        self._stage_began: dict[tuple[int, StageName], float] = {}
        self._under_way: dict[tuple[int, StationName], _At] = {}
        self._audio_s = 0.0
        self._deaths = 0
        self._pace = Pace(self._began)

    @property
    def counts(self) -> Counts:
        """What became of the calls so far."""
        with self._lock:
            return Counts.model_validate(self._counts)

    def began(self, number: int, path: Path, station: StationName) -> None:  # noqa: ARG002 - numbers alone
        """See `Board`."""
        with self._lock:
            self._under_way[number, station] = _At(number, station, self._clock())

    def stage_at(self, number: int, stage: StageName, share: float) -> None:
        """See `Board`; a stage that was looked up and found counts as no time."""
        with self._lock:
            began = self._stage_began.setdefault((number, stage), self._clock()) if share < 1 else None
            if share >= 1 and (began := self._stage_began.pop((number, stage), None)) is not None:
                times, seconds = self._stages.get(stage, (0, 0.0))
                self._stages[stage] = (times + 1, seconds + self._clock() - began)
            at = self._at(number, stage)
            if at is not None:
                at.stage, at.share = stage, share
                if share >= 1 and _STATION_OF.get(stage) == at.station:  # all that this station does
                    del self._under_way[number, at.station]

    def died(self, number: int, station: StationName, why: str) -> None:  # noqa: ARG002 - numbers alone
        """See `Board`."""
        with self._lock:
            self._deaths += 1
            self._under_way.pop((number, station), None)
            for key in [key for key in self._stage_began if key[0] == number]:
                del self._stage_began[key]

    def finished(self, number: int, outcome: CallOutcome) -> None:
        """See `Board`."""
        audio_s = self._around.audio_s(outcome.call) if outcome.status == "done" and outcome.call else 0.0
        with self._lock:
            self._counts[outcome.status] += 1
            self._audio_s += audio_s
            self._pace.add(self._clock(), audio_s)
            for key in [key for key in self._under_way if key[0] == number]:
                del self._under_way[key]
            for begun in [key for key in self._stage_began if key[0] == number]:
                del self._stage_began[begun]

    def state(self, *, ended: NightEnd | None = None, exit_code: int | None = None) -> NightState:
        """The night as it is now."""
        expected, spent = self._around.expected(), self._around.spent()
        with self._lock:
            now, counts = self._clock(), self.counts
            rate = self._pace.per_hour(now)
            return NightState(
                start=self.start,
                at=datetime.now(UTC),
                seconds=round(now - self._began, 1),
                expected=None if expected is None else max(expected, counts.total),
                counts=counts,
                audio_s=round(self._audio_s, 1),
                calls_per_hour=rate and round(rate[0], 2),
                audio_per_hour=rate and round(rate[1], 3),
                deaths=self._deaths,
                stages=tuple(
                    StageTime(stage=stage, times=times, seconds=round(seconds, 3))
                    for stage, (times, seconds) in sorted(self._stages.items(), key=lambda item: _place(item[0]))
                ),
                under_way=tuple(at.value(now) for at in self._under_way.values()) if ended is None else (),
                spent=spent,
                ended=ended,
                exit_code=exit_code,
            )

    def _at(self, number: int, stage: StageName) -> _At | None:
        """The line of the call that this stage belongs to: that of its own station, else any that the call has."""
        own = self._under_way.get((number, _STATION_OF.get(stage, "reading")))
        return own or next((at for key, at in self._under_way.items() if key[0] == number), None)


def _place(stage: StageName) -> int:
    return STAGES.index(stage) if stage in STAGES else 1  # import takes the place of hearing
