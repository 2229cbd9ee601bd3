"""Owns what workers on other machines ask of, and tell to, the machine of the run: records of calls, and how it goes.

One actor beside the run answers for records, so that no other machine needs to reach them. It counts how often each
call was begun: Ray tries a task again for ever, and only a count kept outside the worker knows a call that kills it.
"""

import logging
import pickle
import zlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, Literal, TypeVar

from pipeline.callwork import KnownFacts
from pipeline.domain.correction import RoleCorrection
from pipeline.domain.recording import Recording
from pipeline.domain.rubric import LoadedRubric
from pipeline.domain.work import CallRecord, StageName
from pipeline.errors import FilmroomError
from pipeline.shift.spec import NightSpec
from pipeline.shift.stations import StationName
from pipeline.store.workspace import Workspace

_T = TypeVar("_T")

May = Literal["go", "deadly"]
"""go: the worker may begin. deadly: the call has killed as many as it may."""

_MOST_LOGGED = 1_000
"""Of log records that nobody fetches, the newest so many are kept."""
_MOST_UNREADY = 5
"""A worker that dies so often in a row before it is ready is given up."""


@dataclass(frozen=True)
class Hand:
    """A call handed to a worker of a station; Ray may try it there several times."""

    number: int
    station: StationName


@dataclass(frozen=True)
class Told:
    """What workers told since it was last asked: stages by call, deaths, and log records."""

    stages: tuple[tuple[int, StageName, float], ...] = ()
    deaths: tuple[Hand, ...] = ()
    logged: tuple[dict[str, Any], ...] = ()


def packed(spec: NightSpec) -> bytes:
    """What a worker is told, small enough to be kept with the actor itself, where a restart surely finds it."""
    return zlib.compress(pickle.dumps(spec))


def unpacked(told: bytes) -> NightSpec:
    """What the run packed; only a cluster's own actors are given it."""
    spec: NightSpec = pickle.loads(zlib.decompress(told))  # noqa: S301 - by Ray, which moves everything in this way
    return spec


def answered(made: Callable[[], _T]) -> _T | FilmroomError:
    """What this makes, or the error it raises as a value: it arrives as itself, and Ray's own words do not wrap it."""
    try:
        return made()
    except FilmroomError as error:
        return error


def required(found: _T | FilmroomError) -> _T:
    """What was answered. Raises: the error that was answered instead."""
    if isinstance(found, FilmroomError):
        raise found
    return found


@dataclass
class _Heard:
    stages: dict[tuple[int, StageName], float] = field(default_factory=dict)
    deaths: list[Hand] = field(default_factory=list)
    logged: list[dict[str, Any]] = field(default_factory=list)


class Records:
    """The actor beside the run. One that dies is made anew: it forgets counts, and no record, since it writes none."""

    def __init__(self, told: bytes) -> None:
        self._spec = unpacked(told)
        self._begun: Counter[tuple[int, StationName]] = Counter()
        self._machines: dict[tuple[int, StationName], str] = {}
        self._deadly: set[tuple[int, StationName]] = set()
        self._made: Counter[str] = Counter()
        self._heard = _Heard()

    def last(self, call: str) -> CallRecord | FilmroomError | None:
        """As `Facts.last`."""
        return answered(lambda: self._facts.last(call))

    def corrections(self, call: str) -> tuple[RoleCorrection, ...] | FilmroomError:
        """As `Facts.corrections`."""
        return answered(lambda: self._facts.corrections(call))

    def focus_of(self, recording: Recording, rubric: LoadedRubric, now: datetime) -> str | FilmroomError | None:
        """As `Facts.focus_of`."""
        return answered(lambda: self._facts.focus_of(recording, rubric, now=now))

    def making(self, worker: str) -> bool:
        """Whether this worker may load its models; False for one that died too often over it. Told before every try."""
        self._made[worker] += 1
        return self._made[worker] <= _MOST_UNREADY

    def made(self, worker: str) -> None:
        """The worker has its models."""
        self._made.pop(worker, None)

    def begin(self, hand: Hand, machine: str) -> May:
        """Whether a worker on this machine may begin; told before every try, a second one of which means a death.

        A worker comes back on its own machine, and when that is lost another has the call: a try on another machine
        is held against no call.
        """
        at = (hand.number, hand.station)
        if at in self._deadly:
            return "deadly"
        if self._begun[at]:
            self._heard.deaths.append(hand)
        if self._machines.get(at, machine) != machine:
            self._begun[at] = 0
        if self._begun[at] >= self._spec.config.shift.deaths:
            self._deadly.add(at)
            return "deadly"
        self._begun[at] += 1
        self._machines[at] = machine
        return "go"

    def end(self, hand: Hand) -> None:
        """The worker lives, and is through with the call."""
        at = (hand.number, hand.station)
        self._begun.pop(at, None)
        self._machines.pop(at, None)

    def stage_at(self, number: int, stage: StageName, share: float) -> None:
        """Where a call is; of what was told between two fetches the last counts."""
        self._heard.stages[number, stage] = share

    def log(self, record: dict[str, Any]) -> None:
        """What a worker has to say to whoever looks after the run."""
        self._heard.logged = [*self._heard.logged[-_MOST_LOGGED:], record]

    def told(self) -> Told:
        """What was told since the last time."""
        heard, self._heard = self._heard, _Heard()
        stages = tuple((number, stage, share) for (number, stage), share in heard.stages.items())
        return Told(stages, tuple(heard.deaths), tuple(heard.logged))

    @cached_property
    def _facts(self) -> KnownFacts:
        return KnownFacts(Workspace(self._spec.root, store=self._spec.config.store))


class RemoteFacts:
    """The facts as a worker anywhere asks for them; fulfils `Facts`."""

    def __init__(self, ray: Any, records: Any) -> None:
        self._ray, self._records = ray, records

    def last(self, call: str) -> CallRecord | None:
        """See `Facts`."""
        found: CallRecord | None = required(self._ray.get(self._records.last.remote(call)))
        return found

    def corrections(self, call: str) -> tuple[RoleCorrection, ...]:
        """See `Facts`."""
        found: tuple[RoleCorrection, ...] = required(self._ray.get(self._records.corrections.remote(call)))
        return found

    def focus_of(self, recording: Recording, rubric: LoadedRubric, *, now: datetime) -> str | None:
        """See `Facts`."""
        found: str | None = required(self._ray.get(self._records.focus_of.remote(recording, rubric, now)))
        return found


class ForwardedLog(logging.Handler):
    """Hands log records to the run, so that none stays in Ray's files; of an exception only its kind."""

    def __init__(self, records: Any) -> None:
        super().__init__()
        self._records = records

    def emit(self, record: logging.LogRecord) -> None:
        """See `logging.Handler`."""
        told = {name: value for name, value in vars(record).items() if name not in ("exc_info", "exc_text")}
        if record.exc_info and record.exc_info[0] is not None:
            told["msg"] = f"{record.msg} ({record.exc_info[0].__name__})"
        self._records.log.remote(told)
