"""Who is told how a night goes on, and the one board that tells them all."""

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from pipeline.domain.night import NightState
from pipeline.domain.work import CallOutcome, StageName
from pipeline.shift.ports import Board, Unboarded
from pipeline.shift.stations import StationName


class Listener(Board, Protocol):
    """A board that is also told how the night stands, and how it ended."""

    def stands(self, night: NightState) -> None:
        """The night as it is now: once it has begun, and every few seconds; maybe from another thread."""
        ...

    def ended(self, night: NightState) -> None:
        """Nothing more happens in the night."""
        ...


class Silent(Unboarded):
    """A listener that does nothing: a base for those that want to hear of some things only."""

    def stands(self, night: NightState) -> None:
        """See `Listener`."""

    def ended(self, night: NightState) -> None:
        """See `Listener`."""


class Boards:
    """Tells several listeners, in their order; fulfils `Listener`. One at a time, from whatever thread."""

    def __init__(self, listeners: Sequence[Listener]) -> None:
        self._listeners = tuple(listeners)
        self._lock = threading.RLock()

    def began(self, number: int, path: Path, station: StationName) -> None:
        """See `Board`."""
        with self._lock:
            for listener in self._listeners:
                listener.began(number, path, station)

    def stage_at(self, number: int, stage: StageName, share: float) -> None:
        """See `Board`."""
        with self._lock:
            for listener in self._listeners:
                listener.stage_at(number, stage, share)

    def died(self, number: int, station: StationName, why: str) -> None:
        """See `Board`."""
        with self._lock:
            for listener in self._listeners:
                listener.died(number, station, why)

    def finished(self, number: int, outcome: CallOutcome) -> None:
        """See `Board`."""
        with self._lock:
            for listener in self._listeners:
                listener.finished(number, outcome)

    def stands(self, night: NightState) -> None:
        """See `Listener`."""
        with self._lock:
            for listener in self._listeners:
                listener.stands(night)

    def ended(self, night: NightState) -> None:
        """See `Listener`."""
        with self._lock:
            for listener in self._listeners:
                listener.ended(night)


class BoardWatcher:
    """Tells a board what the stages of one call at a time do, all at one station; fulfils `pipeline.ports.Watcher`."""

    def __init__(self, board: Board, *, station: StationName = "reading") -> None:
        self._board = board
        self._station = station
        self._number = 1

    def call_started(self, path: Path, number: int, of: int) -> None:  # noqa: ARG002 - the source knows how many
        """See `Watcher`."""
        self._number = number
        self._board.began(number, path, self._station)

    def stage_at(self, stage: StageName, share: float) -> None:
        """See `Watcher`."""
        self._board.stage_at(self._number, stage, share)

    def call_finished(self, outcome: CallOutcome) -> None:
        """See `Watcher`."""
        self._board.finished(self._number, outcome)
