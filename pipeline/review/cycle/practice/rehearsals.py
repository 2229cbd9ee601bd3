"""Owns how rehearsals that were handed in go through the pipeline: one process at a time, beside the room.

What waits is told by the files: a recording that was handed in, is no call yet and was not set aside. So a restart
loses nothing, and no queue is kept.
"""

import sys
import threading
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import AwareDatetime

from pipeline.config import Config
from pipeline.cycle.reading import Rows
from pipeline.domain.base import Value
from pipeline.domain.cycle.practice import RehearsalUploaded
from pipeline.domain.work import QuarantineRecord
from pipeline.review.beside import OneAtATime, Run, last_words, outcome_of
from pipeline.review.cycle.practice.uploads import clear_up, folder_of, place_of
from pipeline.store.workspace import Workspace, quarantine_id

Doing = Literal["done", "reading", "waiting", "set_aside", "failed", "lost", "left"]
"""done: it is a call; reading: now; waiting: it is next, or one of the next; set_aside: the pipeline cannot use it, for
`reason`; failed: it could not be run, for `reason`; lost: the file is gone; left: nobody has asked for it yet."""


class RehearsalState(Value):
    """How far it is with a rehearsal: `call` once it is one, `reason` and `hint` where it did not come to that."""

    sha256: str
    state: Doing
    call: str = ""
    since: AwareDatetime | None = None
    reason: str = ""
    hint: str = ""


def rehearsal_command(config: Config, workspace: Path, recording: Path) -> tuple[str, ...]:
    """What runs this recording through the pipeline in a process of its own, as the room's configuration has it."""
    command = [sys.executable, "-P", "-m", "cli", "run", str(recording), "--workspace", str(workspace.absolute())]
    command += ["--json", "--rubric", config.rubric, "--reader", config.reader, "--drafter", config.drafter]
    if config.asks_language_model:
        command += ["--model", config.llm.model] if config.llm.model else []
        command += ["--url", config.llm.url] if config.llm.url else []
    return tuple(command)


def handed_in(rows: Rows) -> tuple[str, ...]:
    """The hashes of all that was ever handed in, oldest first; `Rehearsals.resume` finds out which of them wait."""
    query = "SELECT body FROM happened WHERE kind = 'rehearsal_uploaded' ORDER BY \"at\", call, number"
    return tuple(RehearsalUploaded.model_validate_json(str(body)).sha256 for (body,) in rows(query, []))


class Rehearsals:
    """Runs rehearsals one after the other. `command` gives what is run for a file; it prints a JSON outcome.

    `done` is told of each call that comes of it.
    """

    def __init__(
        self,
        workspace: Workspace,
        *,
        now: Callable[[], datetime],
        command: Callable[[Path], Sequence[str]],
        done: Callable[[str], object] = str,
    ) -> None:
        self._workspace = workspace
        self._command = command
        self._done = done
        self._queue = OneAtATime[tuple[str, str]]("rehearsals", self._run, _failed, now=now)
        self.handing_in = threading.Lock()

    def ask(self, sha256: str) -> None:
        """Have this recording run as soon as no other is; asked for once, however often."""
        self._queue.ask(sha256)

    def resume(self, handed_in: Iterable[str]) -> None:
        """Take up what waited when the room was closed, of these hashes; for a room that was just opened."""
        clear_up(self._workspace)
        for sha256 in dict.fromkeys(handed_in):
            if self.state(sha256).state == "left":
                self.ask(sha256)

    def state(self, sha256: str) -> RehearsalState:
        """How far it is with this recording. Raises: StoreError for a damaged file."""
        asked, reading, failed = self._queue.turn(sha256)
        if reading is not None:
            return RehearsalState(sha256=sha256, state="reading", since=reading)
        if asked is not None:
            return RehearsalState(sha256=sha256, state="waiting", since=asked)
        call = "c" + sha256[:12]
        if self._workspace.calls.last_number(call):
            return RehearsalState(sha256=sha256, state="done", call=call)
        if failed is not None:
            return RehearsalState(sha256=sha256, state="failed", reason=failed[0], hint=failed[1])
        aside = self._set_aside(sha256)
        if aside is not None:
            return RehearsalState(
                sha256=sha256, state="set_aside", reason=self._plain(aside.reason), hint=self._plain(aside.hint)
            )
        there = place_of(self._workspace, sha256).is_file()
        return RehearsalState(sha256=sha256, state="left" if there else "lost")

    def wait(self, timeout: float) -> bool:
        """Whether nothing was left to do within so many seconds."""
        return self._queue.wait(timeout)

    def close(self) -> None:
        """Stop: what is being run is broken off and, like what waits, taken up when the room is opened again."""
        self._queue.close()

    def _set_aside(self, sha256: str) -> QuarantineRecord | None:
        last = self._workspace.quarantine.last(quarantine_id(place_of(self._workspace, sha256)))
        return None if last is None or last.released else last

    def _plain(self, text: str) -> str:
        """The text without the place of the file, which tells nobody anything."""
        folder = f"{folder_of(self._workspace)}/"
        words = [word for word in text.split(" ") if not word.startswith(folder)]
        return " ".join(words)

    def _run(self, sha256: str, run: Run) -> tuple[str, str] | None:
        """Run the command to its end: reason and hint where it ended with neither a call nor a file set aside."""
        finished = run(self._command(place_of(self._workspace, sha256)))
        if finished is None:
            return None
        outcome = outcome_of(finished.out)
        if outcome is None:
            return last_words(finished.err, finished.code)
        if outcome.status in ("done", "skipped") and outcome.call:
            self._done(outcome.call)
            return None
        if outcome.status == "quarantined" and self._set_aside(sha256) is not None:
            return None
        return self._plain(outcome.reason or f"it ended as {outcome.status}"), self._plain(outcome.hint or "try again")


def _failed(_: str, error: Exception) -> tuple[str, str]:
    return f"{type(error).__name__}: {error}", "try again; if it stays, please report it with the log"
