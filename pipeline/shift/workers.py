"""Owns the workers of one machine: processes, or threads of the run, each at one station with a line to the run.

Each worker has a pipe of its own and shares no lock with anybody, so one that is killed at any moment leaves nothing
behind that another could wait for.
"""

import logging
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Protocol, cast

from pipeline.domain.work import StageName
from pipeline.errors import StoreError
from pipeline.log import configure, get_logger
from pipeline.run import Attempt
from pipeline.shift.flow import Ticket
from pipeline.shift.seldom import Seldom
from pipeline.shift.spec import NightSpec
from pipeline.shift.stations import Listening, Reading, Station, StationName, Voices
from pipeline.shift.worker_start import PROGRAM
from pipeline.store.in_use import shared

_log = get_logger(__name__)
_EVERY_S = 0.2
"""Progress within a stage is told this often at most."""
_ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Ready:
    """The station is made."""


@dataclass(frozen=True)
class At:
    """A stage of the call has done this share of its work; 1 when its result is kept."""

    stage: StageName
    share: float


@dataclass(frozen=True)
class Ended:
    """What the station said of the call, and how long it had it."""

    attempt: Attempt | None
    seconds: float


@dataclass(frozen=True)
class Raised:
    """What the station, or making it, raised: it ends the night."""

    error: Exception


Message = Ready | At | Ended | Raised
MakeStation = Callable[[bool], Station]
"""The station, made for calls that may ask a language model or for those that may not."""


class Worker(Protocol):
    """Somebody at a station, who has one call at a time."""

    station: StationName
    ticket: Ticket | None
    ready: bool
    """Whether it was ever heard from."""
    stage: StageName | None
    """What it was last heard to be at."""

    @property
    def waitables(self) -> list[Connection | int]:
        """What becomes readable when there is something to hear, or when it died."""
        ...

    @property
    def death(self) -> str | None:
        """How it died; None while it lives. Everything it said before can still be heard."""
        ...

    def give(self, ticket: Ticket) -> None:
        """Hand it a call."""
        ...

    def heard(self) -> Iterator[Message]:
        """What it said since, without waiting."""
        ...

    def kill(self) -> None:
        """Make an end of it, whatever it does; what it has kept stays. A thread is let go and says nothing more."""
        ...


class _AtALine:
    """What workers of both kinds have in common: the run's end of the line."""

    def __init__(self, station: StationName, line: Connection) -> None:
        self.station = station
        self.ticket: Ticket | None = None
        self.ready = False
        self.stage: StageName | None = None
        self._line = line

    def give(self, ticket: Ticket) -> None:
        """See `Worker`. One that died meanwhile is noticed by its death, not here."""
        self.ticket, self.stage = ticket, None
        self._send(ticket)

    def _send(self, what: object) -> None:
        try:
            self._line.send(what)
        except OSError:
            _log.info("a worker of %s was gone before it was told", self.station)

    def heard(self) -> Iterator[Message]:
        """See `Worker`."""
        try:
            while self._line.poll():
                message: Message = self._line.recv()
                self.ready = True
                if isinstance(message, At):
                    self.stage = message.stage
                yield message
        except (EOFError, OSError):
            return  # it died while it spoke: `death` says so


class ProcessWorker(_AtALine):
    """A process of its own, which ends with the run however the run ends; fulfils `Worker`.

    On Linux it ends with the thread that makes it: that has to be one that lasts as long as the night.
    """

    def __init__(self, spec: NightSpec, station: StationName) -> None:
        line, theirs = multiprocessing.get_context("spawn").Pipe()
        super().__init__(station, line)
        with theirs:
            # No process of `multiprocessing`: that loads the run's main module before any line of ours.
            self._process = subprocess.Popen(
                [sys.executable, "-c", PROGRAM, str(_ROOT), str(os.getpid()), str(theirs.fileno()), station],
                pass_fds=(theirs.fileno(),),
                stdin=subprocess.DEVNULL,
                env={**os.environ, "PYTHONWARNINGS": _quiet()},
            )
        self._send(sys.path)
        self._send((spec, _log.isEnabledFor(logging.INFO)))

    @property
    def pid(self) -> int:
        """The process's number."""
        return self._process.pid

    @property
    def waitables(self) -> list[Connection | int]:
        """See `Worker`. The other end of the line is closed by the end of the process, which nobody shares it with."""
        return [self._line]

    @property
    def death(self) -> str | None:
        """See `Worker`."""
        code = self._process.poll()
        if code is None:
            return None
        if code >= 0:
            return f"it ended by itself with code {code}"
        name = signal.Signals(-code).name
        return f"killed by {name}" + (", as when memory runs out" if name == "SIGKILL" else "")

    def kill(self) -> None:
        """See `Worker`."""
        self._process.kill()
        self._process.wait()
        self._line.close()


class ThreadWorker(_AtALine):
    """A thread of the run, for work that waits for others; fulfils `Worker`."""

    death: str | None = None

    def __init__(self, station: StationName, make: MakeStation) -> None:
        line, theirs = multiprocessing.get_context("spawn").Pipe()
        super().__init__(station, line)
        threading.Thread(target=_work, args=(theirs, make), name=f"filmroom {station}", daemon=True).start()

    @property
    def waitables(self) -> list[Connection | int]:
        """See `Worker`."""
        return [self._line]

    def kill(self) -> None:
        """See `Worker`."""
        self._line.close()


def quieten_tracker() -> None:
    """Have the standard library's process that clears up after a killed run do so without a word.

    Libraries make semaphores; who kills a process knows that it did not give them back. Once is enough.
    """
    former = os.environ.get("PYTHONWARNINGS")
    os.environ["PYTHONWARNINGS"] = _quiet()
    try:
        resource_tracker.ensure_running()
    finally:
        if former is None:
            del os.environ["PYTHONWARNINGS"]
        else:
            os.environ["PYTHONWARNINGS"] = former


def _quiet() -> str:
    """What PYTHONWARNINGS has to be for such processes; those that a worker starts get it from the worker."""
    return ",".join(filter(None, (os.environ.get("PYTHONWARNINGS"), "ignore:resource_tracker")))


def work_as_process(line: Connection, station: str) -> None:
    """The life of a worker process from where the pipeline is loaded; it never returns.

    As long as it lives nothing is erased from the workspace, also when the run has been killed meanwhile.
    """
    try:
        spec: NightSpec
        spec, verbose = line.recv()
    except (EOFError, OSError):
        os._exit(0)  # the run has ended
    told = spec.config.operations
    configure(verbose=verbose, form=told.log, file=told.log_file, names=told.log_names)
    try:
        with shared(spec.root):
            _work(line, lambda _: _station(spec, cast(StationName, station)))
    except StoreError as error:
        _tell_of(error, line)
    sys.stdout.flush()
    os._exit(0)  # models at work in threads of their own can hold up a common end


def _station(spec: NightSpec, station: StationName) -> Station:
    if station == "listening":
        return Listening(spec)
    return Voices(spec) if station == "voices" else Reading(spec)


def _work(line: Connection, make: MakeStation) -> None:
    """Take calls from the line until it is closed, and say what came of each."""
    stations: dict[bool, Station] = {}
    seldom = Seldom(lambda stage, share: line.send(At(stage, share)), every_s=_EVERY_S)
    try:
        stations[True] = make(True)
        line.send(Ready())
        while True:
            ticket: Ticket = line.recv()
            if ticket.asks not in stations:
                stations[ticket.asks] = make(ticket.asks)
            started = time.perf_counter()
            attempt = stations[ticket.asks].run(ticket.candidate, seldom)
            line.send(Ended(attempt, time.perf_counter() - started))
    except (EOFError, BrokenPipeError, ConnectionResetError):
        return  # the run has ended
    except Exception as error:  # noqa: BLE001 - handed to the run, which raises it
        _tell_of(error, line)


def _tell_of(error: Exception, line: Connection) -> None:
    try:
        line.send(Raised(error))
    except OSError:
        _log.info("the run had ended when a worker failed: %s", type(error).__name__)
