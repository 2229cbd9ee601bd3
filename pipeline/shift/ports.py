"""What an engine of the night shift is given besides the night: where calls come from, who watches, when to stop."""

import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Literal, Protocol

from pipeline.domain.work import CallOutcome, StageName
from pipeline.ports import ChatModel
from pipeline.shift.spec import NightSpec
from pipeline.shift.stations import StationName
from pipeline.stages.ingest import Candidate

StopReason = Literal["terminated", "interrupted", "time", "budget"]


class Source(Protocol):
    """Where calls come from, one after another: a list, or a folder that is watched."""

    def take(self) -> Candidate | None:
        """The next call; None while there is none."""
        ...

    @property
    def ended(self) -> bool:
        """Whether no call will come any more."""
        ...

    @property
    def expected(self) -> int | None:
        """How many calls there are in all, as far as it is known."""
        ...


class Listed:
    """The calls of a list, or of anything that gives them one by one; fulfils `Source`."""

    def __init__(self, candidates: Iterable[Candidate], *, expected: int | None = None) -> None:
        self._rest = iter(candidates)
        self._ended = False
        self._expected = expected if expected is not None else _length(candidates)

    def take(self) -> Candidate | None:
        """The next call, or None after the last."""
        found = next(self._rest, None)
        self._ended = found is None
        return found

    @property
    def ended(self) -> bool:
        """Whether the last call was taken, and asked beyond."""
        return self._ended

    @property
    def expected(self) -> int | None:
        """How many there are, where that is known."""
        return self._expected


def _length(candidates: Iterable[Candidate]) -> int | None:
    return len(candidates) if isinstance(candidates, list | tuple) else None


class Board(Protocol):
    """Told how a night goes on; calls are told apart by their number in it, from 1. All in the engine's own thread."""

    def began(self, number: int, path: Path, station: StationName) -> None:
        """A station has the call now."""
        ...

    def stage_at(self, number: int, stage: StageName, share: float) -> None:
        """A stage of the call has done this share of its work; 1 when its result is kept."""
        ...

    def died(self, number: int, station: StationName, why: str) -> None:
        """A worker died over the call; it is tried again, or set aside."""
        ...

    def finished(self, number: int, outcome: CallOutcome) -> None:
        """Nothing more is done with the call in this run; its records say so."""
        ...


class Unboarded:
    """A board that shows nothing."""

    def began(self, number: int, path: Path, station: StationName) -> None:
        """See `Board`."""

    def stage_at(self, number: int, stage: StageName, share: float) -> None:
        """See `Board`."""

    def died(self, number: int, station: StationName, why: str) -> None:
        """See `Board`."""

    def finished(self, number: int, outcome: CallOutcome) -> None:
        """See `Board`."""


class Stop:
    """A wish that the night may end, from a signal, a clock or an empty purse; the first reason stays."""

    def __init__(self) -> None:
        self.reason: StopReason | None = None
        self._set = threading.Event()

    def ask(self, reason: StopReason) -> None:
        """No call is begun any more; work under way has the grace of the configuration. Safe in a signal handler."""
        if self.reason is None:
            self.reason = reason
        self._set.set()

    @property
    def asked(self) -> bool:
        """Whether the night is to end."""
        return self._set.is_set()


class ShiftEngine(Protocol):
    """What carries a night out: `pipeline.shift.local` and `pipeline.shift.on_ray` have one each, `carry_out`."""

    def __call__(
        self, spec: NightSpec, source: Source, *, board: Board, stop: Stop, chat: ChatModel | None = None
    ) -> Iterator[CallOutcome]:
        """What became of each call, in the order in which that is known, each settled before it is given.

        `chat` answers for a language model: one object for all workers, so that one budget and one pace hold.
        Bounded: at most a few calls for each worker are under way, however many there are.
        Raises: BudgetError after everything that is under way was settled; StoreError when records cannot be written.
        """
        ...
