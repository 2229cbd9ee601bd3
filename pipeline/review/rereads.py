"""Owns reading calls again while the room is open: one process at a time, beside the server and less urgent than it.

What waits is told by the files: a correction that a call's record does not have, or a review that was sent back. So a
restart loses nothing, and no queue is kept.
"""

import sys
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import AwareDatetime

from pipeline.config import Config
from pipeline.domain.base import Value
from pipeline.domain.work import CallRecord
from pipeline.reread import is_behind
from pipeline.review.beside import OneAtATime, Run, last_words, outcome_of
from pipeline.store.workspace import Workspace

Doing = Literal["settled", "behind", "waiting", "reading", "failed", "same"]
"""settled: nothing to be done; behind: corrected or sent back, and nobody asked; waiting: it is next, or one of the
next; reading: now; failed: the call is as it was before, for `reason`; same: it was read again with nothing changed
that its reading rests on, so there is no other reading."""


class RereadState(Value):
    """How far reading a call again is; `record` is the number of the call's latest record.

    `since` is when it was asked for, or begun: `seconds` ago.
    """

    call: str
    state: Doing
    record: int
    since: AwareDatetime | None = None
    seconds: int = 0
    reason: str = ""
    hint: str = ""


class _Ended(Value):
    """How a reading ended, and the numbers of record, correction and review that it ended with."""

    basis: tuple[int, int, int]
    state: Doing
    reason: str = ""
    hint: str = ""


def reread_command(config: Config, workspace: Path, call: str) -> tuple[str, ...]:
    """What reads this call again in a process of its own, as the room's configuration has it.

    The settings file is that of the folder the room was opened in; what flags changed is passed on.
    """
    command = [sys.executable, "-P", "-m", "cli", "reread", call, "--workspace", str(workspace.absolute()), "--json"]
    command += ["--reader", config.reader, "--drafter", config.drafter]
    if config.asks_language_model:
        command += ["--model", config.llm.model] if config.llm.model else []
        command += ["--url", config.llm.url] if config.llm.url else []
    return tuple(command)


class Rereads:
    """Reads calls again, one after the other. `command` gives what is run for a call; it prints a JSON outcome."""

    def __init__(
        self, workspace: Workspace, *, now: Callable[[], datetime], command: Callable[[str], Sequence[str]]
    ) -> None:
        self._workspace = workspace
        self._now = now
        self._command = command
        self._queue = OneAtATime[_Ended]("rereads", self._read, self._failed, now=now, again=True)

    def ask(self, call: str) -> None:
        """Have this call read again as soon as no other is; asked for once, however often."""
        self._queue.ask(call)

    def resume(self, calls: Sequence[str] = ()) -> None:
        """Take up what was waiting when the room was closed: calls corrected since, and of these those sent back."""
        for call in dict.fromkeys((*self._workspace.corrections.ids(), *calls)):
            if self._workspace.calls.last_number(call) and self._is_behind(call):
                self.ask(call)

    def state(self, call: str) -> RereadState:
        """How far it is with this call. Raises: StoreError for a damaged file."""
        basis = self._basis(call)
        asked, reading, ended = self._queue.turn(call)
        doing = RereadState(call=call, state="settled", record=basis[0])
        since = asked or reading
        if since is not None:
            seconds = max(0, round((self._now() - since).total_seconds()))
            state: Doing = "waiting" if asked else "reading"
            return doing.model_copy(update={"state": state, "since": since, "seconds": seconds})
        if ended is not None and ended.basis == basis:
            return doing.model_copy(update={"state": ended.state, "reason": ended.reason, "hint": ended.hint})
        behind = basis[0] > 0 and self._is_behind(call)
        return doing.model_copy(update={"state": "behind"}) if behind else doing

    def wait(self, timeout: float) -> bool:
        """Whether nothing was left to do within so many seconds."""
        return self._queue.wait(timeout)

    def close(self) -> None:
        """Stop: what is being read is broken off and, like what waits, taken up when the room is opened again."""
        self._queue.close()

    def _basis(self, call: str) -> tuple[int, int, int]:
        space = self._workspace
        return (
            space.calls.last_number(call),
            space.corrections.last_number(call),
            space.reviews.last_number(call),
        )

    def _is_behind(self, call: str) -> bool:
        space = self._workspace
        number = space.calls.last_number(call)
        review = space.reviews.last(call)
        if review is not None and review.state == "sent_back" and review.record >= number:
            return True
        record: CallRecord = space.calls.get(call, number)
        return is_behind(space, record)

    def _failed(self, call: str, error: Exception) -> _Ended:
        return _Ended(
            basis=self._basis(call),
            state="failed",
            reason=f"{type(error).__name__}: {error}",
            hint="try again; if it happens again, please report it with the log",
        )

    def _read(self, call: str, run: Run) -> _Ended | None:
        """Run the command to its end. A correction that comes in meanwhile makes what is told of it outdated."""
        _, corrections, reviews = self._basis(call)
        finished = run(self._command(call))
        if finished is None:
            return None
        basis = (self._workspace.calls.last_number(call), corrections, reviews)
        outcome = outcome_of(finished.out)
        if outcome is None:
            reason, hint = last_words(finished.err, finished.code)
            return _Ended(basis=basis, state="failed", reason=reason, hint=hint)
        states: dict[str, Doing] = {"done": "settled", "skipped": "same"}
        state = states.get(outcome.status, "failed")
        return _Ended(basis=basis, state=state, reason=outcome.reason or "", hint=outcome.hint or "")
