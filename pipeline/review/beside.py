"""Owns commands that run beside the room, each in a process of its own and one after the other: how they are queued,
started, ended, and what they said."""

import os
import subprocess
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Generic, NamedTuple, TypeVar

from pydantic import ValidationError

import pipeline
from pipeline.domain.work import CallOutcome
from pipeline.log import get_logger

_log = get_logger(__name__)
_E = TypeVar("_E")

_NICE = 10
PATIENCE_S = 5.0
"""Seconds that a process is given to end by itself."""


@dataclass(frozen=True)
class Finished:
    """What a command printed, and the code it ended with."""

    out: str
    err: str
    code: int


Run = Callable[[Sequence[str]], Finished | None]
"""Runs a command to its end; None where the queue was closed before it began."""


class Turn(NamedTuple, Generic[_E]):
    """How far it is with something: since when it waits, since when it is run, what it ended with the last time."""

    waiting: datetime | None
    running: datetime | None
    ended: _E | None


class OneAtATime(Generic[_E]):
    """Runs what is asked for by name, one after the other, in a thread of its own that begins with the first.

    `work` does it, by the `Run` that it is given, and tells how it ended, None for nothing to keep; `failed` tells the
    same of an error. `again`: what is being run may be asked for anew, to be run once more after it.
    """

    def __init__(
        self,
        name: str,
        work: Callable[[str, Run], _E | None],
        failed: Callable[[str, Exception], _E],
        *,
        now: Callable[[], datetime],
        again: bool = False,
    ) -> None:
        self._name, self._work, self._failed = name, work, failed
        self._now = now
        self._again = again
        self._changed = threading.Condition()
        self._asked: dict[str, datetime] = {}
        self._running: tuple[str, datetime] | None = None
        self._process: subprocess.Popen[str] | None = None
        self._ended: dict[str, _E] = {}
        self._worker: threading.Thread | None = None
        self._closed = False

    def ask(self, what: str) -> None:
        """Have it run as soon as nothing else is; asked for once, however often."""
        with self._changed:
            is_running = self._running is not None and self._running[0] == what
            if self._closed or what in self._asked or (is_running and not self._again):
                return
            self._asked[what] = self._now()
            self._ended.pop(what, None)
            if self._worker is None:
                self._worker = threading.Thread(target=self._run_all, name=self._name, daemon=True)
                self._worker.start()
            self._changed.notify_all()

    def turn(self, what: str) -> Turn[_E]:
        """How far it is with this."""
        with self._changed:
            running = self._running[1] if self._running is not None and self._running[0] == what else None
            return Turn(self._asked.get(what), running, self._ended.get(what))

    def wait(self, timeout: float) -> bool:
        """Whether nothing was left to do within so many seconds."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._asked and self._running is None, timeout)

    def close(self) -> None:
        """Stop: what is being run is broken off, what waits is not begun, and nothing more is kept of either."""
        with self._changed:
            self._closed = True
            self._asked.clear()
            process, worker = self._process, self._worker
            self._changed.notify_all()
        if process is not None:
            end(process)
        if worker is not None:
            worker.join(PATIENCE_S)

    def _run_all(self) -> None:
        while (what := self._next()) is not None:
            try:
                ended = self._work(what, self._run)
            except Exception as error:  # noqa: BLE001 - the next one must still be run; this one's page says why
                _log.exception("%s: %s failed", self._name, what)
                ended = self._failed(what, error)
            with self._changed:
                self._running, self._process = None, None
                if ended is not None and not self._closed:
                    self._ended[what] = ended
                self._changed.notify_all()

    def _next(self) -> str | None:
        with self._changed:
            self._changed.wait_for(lambda: self._asked or self._closed)
            if self._closed:
                return None
            what = next(iter(self._asked))
            del self._asked[what]
            self._running = (what, self._now())
            return what

    def _run(self, command: Sequence[str]) -> Finished | None:
        with self._changed:
            if self._closed:
                return None
            process = self._process = started(command)
        out, err = process.communicate()
        return Finished(out, err, process.returncode)


def started(command: Sequence[str]) -> "subprocess.Popen[str]":
    """The process, less urgent than the room, and out of reach of a Ctrl-C that is meant for it."""
    home = str(Path(pipeline.__file__).resolve().parent.parent)
    paths = [home, *filter(None, [os.environ.get("PYTHONPATH")])]
    process = subprocess.Popen(
        list(command),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        errors="replace",
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
        start_new_session=True,
    )
    with suppress(OSError):  # it may have ended already
        os.setpriority(os.PRIO_PROCESS, process.pid, _NICE)
    return process


def end(process: "subprocess.Popen[str]") -> None:
    """Ask the process to end, and after `PATIENCE_S` end it."""
    process.terminate()
    try:
        process.wait(PATIENCE_S)
    except subprocess.TimeoutExpired:
        process.kill()


def outcome_of(out: str) -> CallOutcome | None:
    """The outcome that the command printed; None where it ended before there was one."""
    for line in reversed(out.splitlines()):
        with suppress(ValidationError):
            return CallOutcome.model_validate_json(line)
    return None


def last_words(err: str, code: int) -> tuple[str, str]:
    """Reason and hint as the command tells an error; else its last line, or how it ended."""
    lines = [line.strip() for line in err.splitlines() if line.strip()]
    told = {
        key: line[len(key) :].strip() for line in lines for key in ("Error:", "What to do:") if line.startswith(key)
    }
    if "Error:" in told:
        return told["Error:"], told.get("What to do:", "try again")
    reason = lines[-1] if lines else f"it ended with code {code} and said nothing"
    return reason, "try again; if it happens again, please report it with the log"
