"""Carries a night out for the command `run`: where calls come from, who works, who is told, what stops it."""

import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from types import FrameType

import typer
from rich.console import Console

from pipeline.adapters.webhook import send
from pipeline.announce import Announcer
from pipeline.callwork import Night
from pipeline.commands.nights import Opened
from pipeline.commands.outcomes import (
    INTERRUPTED,
    STOPPED,
    TERMINATED,
    code_of,
    list_unnamed,
    print_outcome,
    print_retry,
    stop,
    tell_counts,
)
from pipeline.config import Config
from pipeline.domain.night import NightEnd, NightStart
from pipeline.domain.recording import Recording
from pipeline.domain.work import CallOutcome
from pipeline.errors import BudgetError, FilmroomError, NotFoundError, TimeUpError
from pipeline.export.board import LiveBoard
from pipeline.export.night_metrics import MetricsFile
from pipeline.shift.alone import carry_out_alone
from pipeline.shift.boards import Boards, BoardWatcher, Listener, Silent
from pipeline.shift.ports import Listed, Source, Stop, StopReason
from pipeline.shift.sources import Arriving, Found, Noted
from pipeline.shift.spec import NightSpec
from pipeline.shift.tally import Around, Tally
from pipeline.shift.telling import Telling
from pipeline.shift.written import EventLog, Heart, Journal
from pipeline.stages.ingest import Candidate
from pipeline.store.in_use import shared
from pipeline.store.night_journal import Nights, new_night_id
from pipeline.store.outbox import Outbox

FEW = 2
"""Calls for which workers of their own are not worth their start."""


@dataclass(frozen=True)
class Shift:
    """How a night is carried out, beside its settings. `max_hours` are of this run's clock, `told` is what workers are
    told of a night."""

    config: Config
    alone: bool = False
    as_json: bool = False
    watching: bool = False
    max_hours: float | None = None
    told: Callable[[Night], NightSpec] = NightSpec.of


def carry_out_night(opened: Opened, source: Source, noted: Noted, shift: Shift, *, stop_wish: Stop) -> None:
    """Review the source's calls, tell of each, and end with the exit code that tells of all of them.

    Raises: typer.Exit; BudgetError; TimeUpError; StoreError; WeightsError.
    """
    _NightRun(opened, source, noted, shift, stop_wish).go()


class _Lines(Silent):
    """Prints a line for each call that has ended."""

    def __init__(self, opened: Opened, *, as_json: bool) -> None:
        self._opened, self._as_json = opened, as_json

    def finished(self, number: int, outcome: CallOutcome) -> None:  # noqa: ARG002 - it has its path
        """See `Board`."""
        print_outcome(outcome, as_json=self._as_json)
        if not self._as_json:
            print_retry(outcome, self._opened)


class _OneRow(BoardWatcher):
    """Tells a board of calls that are gone through again and again, as in batches: how they end is told later."""

    def call_started(self, path: Path, number: int, of: int) -> None:  # noqa: ARG002 - one row for all
        """See `Watcher`."""
        super().call_started(path, 1, of)

    def call_finished(self, outcome: CallOutcome) -> None:
        """See `Watcher`."""


class _NightRun:
    """One night of the command."""

    def __init__(self, opened: Opened, source: Source, noted: Noted, shift: Shift, stop_wish: Stop) -> None:
        self.opened, self.source, self.noted, self.shift, self.wish = opened, source, noted, shift, stop_wish
        self.console = Console(stderr=True)
        self.nights = Nights(opened.night.workspace.root)
        around = Around(expected=lambda: source.expected, audio_s=self._audio_s, spent=opened.spent)
        self.tally = Tally(_start(opened.night, shift), around, clock=time.monotonic)
        self.live = LiveBoard(self.console, self.tally.state) if self._shows_board else None
        self.boards = Boards([self.tally, *self._listeners()])
        self._patience: threading.Timer | None = None

    @property
    def _shows_board(self) -> bool:
        return self.console.is_terminal and not self.shift.as_json

    def _listeners(self) -> Iterator[Listener]:
        """Everybody who is told of the night."""
        operations, last_success = self.shift.config.operations, self.nights.last_success()
        yield self.live or _Lines(self.opened, as_json=self.shift.as_json)
        yield EventLog(names=operations.log_names)
        if operations.metrics is not None:
            yield MetricsFile(operations.metrics, last_success=last_success)
        if webhooks := self.shift.config.webhooks:
            root = self.opened.night.workspace.root
            yield Telling(Announcer(Outbox(root / "outbox"), webhooks, send=send, now=self.opened.night.now))
        yield Journal(self.nights)

    def go(self) -> None:
        """See `carry_out_night`."""
        end, error = self._worked_through()
        counts = self.tally.counts
        if not self.shift.as_json:
            list_unnamed(self.noted.missing, self.noted.n_taken)
        if end in ("interrupted", "terminated"):
            self.console.print(STOPPED, soft_wrap=True)
        tell_counts(counts, self.opened, as_json=self.shift.as_json, left=self._left)
        if error is not None:
            raise error
        if code := self._code(end):
            raise typer.Exit(code)

    def _worked_through(self) -> tuple[NightEnd, FilmroomError | None]:
        end: NightEnd = "failed"
        error: FilmroomError | None = None
        with ExitStack() as around:
            around.enter_context(shared(self.opened.night.workspace.root))
            self.nights.begin(self.tally.state())
            if self.live is not None:
                around.enter_context(self.live)
            around.enter_context(_signals(self.wish, self._asked, self._end_at_once))
            around.enter_context(_clock(self.wish, self.shift.max_hours, self._asked))
            around.enter_context(Heart(self.boards, self.tally.state))
            self.boards.stands(self.tally.state())
            try:
                for _ in self._outcomes():
                    pass  # told by the boards, kept in the records
                end = self._ended()
                error = self._out_of_time() if end == "time" else None
            except BudgetError as over:
                end, error = "budget", over
            except BaseException as failure:
                self._close(end, failure.exit_code if isinstance(failure, FilmroomError) else 1)
                raise
            self._close(end, error.exit_code if error else self._code(end))
        return end, error

    def _outcomes(self) -> Iterator[CallOutcome]:
        opened, engine = self.opened, self.shift.config.engine
        if opened.batching is not None:
            return self._in_batches()
        if self.shift.alone:
            return carry_out_alone(opened.night, self.source, board=self.boards, stop=self.wish)
        if engine == "ray":
            from pipeline.shift.on_ray import carry_out
        else:
            from pipeline.shift.local import carry_out
        return carry_out(
            self.shift.told(opened.night), self.source, board=self.boards, stop=self.wish, chat=opened.chat
        )

    def _in_batches(self) -> Iterator[CallOutcome]:
        from pipeline.batching import review_in_batches

        assert self.opened.batching is not None
        self.opened.batching.told = lambda words: typer.echo(words, err=True)
        candidates: list[Candidate] = []
        while (candidate := self.source.take()) is not None:
            candidates.append(candidate)
        watcher = _OneRow(self.boards)
        for outcome in review_in_batches(self.opened.night, candidates, self.opened.batching, watcher=watcher):
            self.boards.finished(1, outcome)
            yield outcome
            if self.wish.asked:
                return

    def _ended(self) -> NightEnd:
        return "finished" if self.wish.reason is None or self._all_done else self.wish.reason

    @property
    def _all_done(self) -> bool:
        """Whether nothing was left undone when the wish to stop came; one who watches never comes to an end."""
        return self.wish.reason == "time" and self._left == 0

    @property
    def _left(self) -> int | None:
        """Calls with which nothing was done; None when there are some and nobody counted them."""
        undone = self.noted.n_taken - self.tally.counts.total
        if isinstance(self.source, Arriving):
            return max(0, undone) + self.source.waiting
        if self.source.expected is None:
            return None
        return max(0, self.source.expected - self.tally.counts.total)

    def _code(self, end: NightEnd) -> int:
        codes = {"interrupted": INTERRUPTED, "terminated": TERMINATED}
        return codes.get(end) or code_of(self.tally.counts)

    def _out_of_time(self) -> TimeUpError:
        return TimeUpError(
            f"the {self.shift.max_hours:g} hours of --max-hours are over, and calls are left",
            hint="run the same command again: it goes on with what is left",
        )

    def _close(self, end: NightEnd, code: int) -> None:
        if self._patience is not None:
            self._patience.cancel()
        self.boards.ended(self.tally.state(ended=end, exit_code=code))

    def _asked(self, reason: StopReason) -> None:
        """A stop was asked for, the first time: say so, and see to it that work in this process has an end."""
        grace = self.shift.config.shift.grace_s
        if reason != "time":
            again = " Once more, and it ends at once." if reason == "interrupted" else ""
            told = f"Stopping: what is under way has {grace:g} s to be finished.{again}"
            self.console.print(told, highlight=False, soft_wrap=True)
        if self.shift.alone or self.opened.batching is not None:
            self._patience = threading.Timer(grace, self._end_at_once, args=(reason,))
            self._patience.daemon = True
            self._patience.start()

    def _end_at_once(self, reason: StopReason) -> None:
        code = {"interrupted": INTERRUPTED, "terminated": TERMINATED}.get(reason, TimeUpError.exit_code)
        if self.live is not None:
            self.live.close()
        self._close(reason, code)
        stop(self.console, self.opened, code=code)

    def _audio_s(self, call: str) -> float:
        """Seconds of sound in a call; 0 for a transcript."""
        space = self.opened.night.workspace
        record = space.calls.last(call)
        if record is None or "ingest" not in record.results:
            return 0.0
        try:
            recording = space.objects.get("ingest", record.results["ingest"], Recording)[0]
        except NotFoundError:
            return 0.0
        return recording.duration if recording.kind == "audio" else 0.0


def source_for(
    find: Callable[[], Iterator[Candidate]], noted: Noted, shift: Shift, stop_wish: Stop
) -> Found | Arriving:
    """Where the calls come from. Raises: UsageError for a path that is not there."""
    if not shift.watching:
        return Found(find, noted, count=find)
    operations = shift.config.operations
    find()  # a path that is not there is said now; one that goes away later is looked for again
    source = Arriving(find, noted, stop=stop_wish, quiet_s=operations.quiet_s, look_s=operations.look_s)
    source.start()
    return source


def listed(candidates: Sequence[Candidate], noted: Noted) -> Source:
    """The source of calls that are all known."""
    return Listed([noted.take(candidate) for candidate in candidates])


def _start(night: Night, shift: Shift) -> NightStart:
    now = datetime.now(UTC)
    settings = f"{shift.config.model_dump_json()}\n{night.rubric.sha256}"
    return NightStart(
        id=new_night_id(now),
        began=now,
        engine="alone" if shift.alone else shift.config.engine,
        settings=sha256(settings.encode()).hexdigest(),
        watching=shift.watching,
        host=socket.gethostname(),
        pid=os.getpid(),
    )


@contextmanager
def _signals(wish: Stop, first: Callable[[StopReason], None], again: Callable[[StopReason], None]) -> Iterator[None]:
    """Within, SIGTERM and SIGINT ask for a stop; `again` is called for the second one."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    reasons: dict[int, StopReason] = {signal.SIGINT: "interrupted", signal.SIGTERM: "terminated"}
    heard: list[int] = []

    def told(number: int, _: FrameType | None) -> None:
        heard.append(number)
        wish.ask(reasons[number])
        (first if len(heard) == 1 else again)(reasons[number])

    former = {number: signal.signal(number, told) for number in reasons}
    try:
        yield
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)


@contextmanager
def _clock(wish: Stop, hours: float | None, asked: Callable[[StopReason], None]) -> Iterator[None]:
    """Within, a stop is asked for once these hours are over."""
    if hours is None:
        yield
        return

    def over() -> None:
        wish.ask("time")
        asked("time")

    timer = threading.Timer(hours * 3600, over)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
