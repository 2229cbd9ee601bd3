"""Carrying a night out: how it is stopped, by whom, with which exit code, and what its journal then says."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import typer

from pipeline.commands.night_shift import Shift, carry_out_night, source_for
from pipeline.commands.nights import Opened
from pipeline.config import Config
from pipeline.config.night import Operations
from pipeline.domain.night import NightState
from pipeline.errors import BudgetError, StoreError, TimeUpError
from pipeline.rubrics import find_rubric
from pipeline.run import Night
from pipeline.shift.ports import Source, Stop
from pipeline.shift.sources import Arriving, Found, Noted
from pipeline.stages.ingest import Candidate, each_call
from pipeline.store.in_use import alone
from pipeline.store.night_journal import Nights
from pipeline.store.workspace import Workspace
from tests.scripted import ScriptedEngine
from tests.test_run import record


class Interrupting:
    """A source that does something before each call but the first is given: a signal, say."""

    def __init__(self, source: Found, what: Callable[[], None]) -> None:
        self._source, self._what = source, what
        self._n = 0

    def take(self) -> Candidate | None:
        self._n += 1
        if self._n == 2:
            self._what()
        return self._source.take()

    @property
    def ended(self) -> bool:
        return self._source.ended

    @property
    def expected(self) -> int | None:
        return self._source.expected


class PoorReader:
    """A reader whose budget is empty."""

    identity = "poor"

    def read(self, *_: object, **__: object) -> object:
        raise BudgetError("too little", hint="give more")


@pytest.fixture
def calls(tmp_path: Path) -> Path:
    (tmp_path / "calls").mkdir()
    for seed in (1, 2, 3):
        record(tmp_path / "calls" / f"{seed}.wav", seed=seed)
    return tmp_path / "calls"


def opened(tmp_path: Path, engine: ScriptedEngine | None = None) -> Opened:
    return Opened(Night(Workspace(tmp_path / "w"), Config(), engine or ScriptedEngine(), find_rubric("discovery")))


def go(
    ready: Opened, calls: Path, *, what: Callable[[], None] | None = None, stop: Stop | None = None, **how: object
) -> tuple[int, NightState]:
    """The exit code, and how the journal says that the night ended."""
    shift = Shift(**{"config": Config(), "alone": True, **how})  # type: ignore[arg-type]
    noted = Noted()
    found = Found(lambda: each_call([calls]), noted)
    source: Source = Interrupting(found, what) if what else found
    code = 0
    try:
        carry_out_night(ready, source, noted, shift, stop_wish=stop or Stop())
    except typer.Exit as end:
        code = end.exit_code
    except (BudgetError, TimeUpError, StoreError) as error:
        code = error.exit_code
    last = Nights(ready.night.workspace.root).last()
    assert last is not None
    return code, last


def test_a_night_that_finishes_says_so_in_its_journal(tmp_path: Path, calls: Path) -> None:
    code, last = go(opened(tmp_path), calls)
    assert (code, last.ended, last.exit_code) == (0, "finished", 0)
    assert (last.counts.done, last.expected, last.left) == (3, 3, 0)
    assert last.audio_s == pytest.approx(6.0)  # three calls of two seconds
    assert {stage.stage for stage in last.stages} >= {"ingest", "transcribe", "draft"}


def test_a_call_set_aside_is_in_exit_code_and_journal(tmp_path: Path, calls: Path) -> None:
    (calls / "bad.wav").write_bytes(b"x")
    (calls / "bad.json").write_text('{"consent": "yes"}')
    code, last = go(opened(tmp_path), calls)
    assert (code, last.ended, last.exit_code, last.counts.quarantined) == (7, "finished", 7, 1)


@pytest.mark.parametrize(
    ("number", "code", "how"), [(signal.SIGTERM, 143, "terminated"), (signal.SIGINT, 130, "interrupted")]
)
def test_a_signal_ends_the_night_after_the_call_under_way(
    tmp_path: Path, calls: Path, number: int, code: int, how: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = signal.getsignal(number)
    found, last = go(opened(tmp_path), calls, what=lambda: os.kill(os.getpid(), number))
    assert (found, last.ended, last.exit_code) == (code, how, code)
    assert last.counts.done == 2  # the second was handed out while the signal came, and is finished
    assert signal.getsignal(number) is before
    err = capsys.readouterr().err
    assert "Stopping: what is under way has 20 s to be finished." in err
    assert "Stopped. What was finished is kept; run again to go on." in err
    assert "2 done, 0 with nothing to do, 0 set aside, 1 not done" in err


def test_when_the_hours_are_over_no_call_is_begun(tmp_path: Path, calls: Path) -> None:
    code, last = go(opened(tmp_path), calls, what=lambda: time.sleep(0.4), max_hours=0.2 / 3600)
    assert (code, last.ended, last.exit_code) == (11, "time", 11)
    assert last.left in (1, 2)  # the first or the second call was under way then, and was finished


def test_a_night_that_was_done_in_its_hours_has_no_word_of_them(tmp_path: Path, calls: Path) -> None:
    code, last = go(opened(tmp_path), calls, max_hours=1.0)
    assert (code, last.ended) == (0, "finished")


def test_an_empty_purse_ends_the_night_with_its_own_code(tmp_path: Path, calls: Path) -> None:
    engine = ScriptedEngine()
    engine.reader = PoorReader()  # type: ignore[assignment]
    code, last = go(opened(tmp_path, engine), calls)
    assert (code, last.ended, last.exit_code, last.counts.total) == (8, "budget", 8, 0)


def test_an_error_that_nobody_expected_is_in_the_journal(tmp_path: Path, calls: Path) -> None:
    def fail() -> None:
        raise RuntimeError("the source broke")

    with pytest.raises(RuntimeError, match="broke"):
        go(opened(tmp_path), calls, what=fail)
    last = Nights(tmp_path / "w").last()
    assert last is not None
    assert (last.ended, last.exit_code, last.counts.done) == ("failed", 1, 1)


def test_no_night_begins_while_calls_are_erased(tmp_path: Path, calls: Path) -> None:
    (tmp_path / "w").mkdir()
    with alone(tmp_path / "w"), pytest.raises(StoreError, match="in use"):
        carry_out_night(
            opened(tmp_path),
            Found(lambda: each_call([calls]), Noted()),
            Noted(),
            Shift(Config(), alone=True),
            stop_wish=Stop(),
        )
    assert Nights(tmp_path / "w").last() is None


def test_one_who_watches_takes_calls_as_they_come_until_stopped(tmp_path: Path, calls: Path) -> None:
    config = Config(operations=Operations(look_s=0.02, quiet_s=0.0))
    shift, stop, noted = Shift(config, alone=True, watching=True), Stop(), Noted()
    source = source_for(lambda: each_call([calls]), noted, shift, stop)
    assert isinstance(source, Arriving)
    ready = opened(tmp_path)

    def more() -> None:
        """Once three calls are there a fourth arrives; once that is there a stop is asked for."""
        n = len(list(ready.night.workspace.calls.ids()))
        if n == 3 and not (calls / "4.wav").exists():
            record(calls / "4.wav", seed=4)
        if n == 4:
            stop.ask("terminated")

    with pytest.raises(typer.Exit) as end:
        carry_out_night(ready, Watched(source, more), noted, shift, stop_wish=stop)
    assert end.value.exit_code == 143
    last = Nights(tmp_path / "w").last()
    assert last is not None
    assert (last.counts.done, last.start.watching, last.expected) == (4, True, None)


class Watched:
    """A source that looks at the workspace each time before it is asked."""

    def __init__(self, source: Arriving, what: Callable[[], None]) -> None:
        self._source, self._what = source, what

    def take(self) -> Candidate | None:
        self._what()
        return self._source.take()

    @property
    def ended(self) -> bool:
        return self._source.ended

    @property
    def expected(self) -> int | None:
        return None


def test_metrics_are_written_at_the_end(tmp_path: Path, calls: Path) -> None:
    file = tmp_path / "filmroom.prom"
    go(opened(tmp_path), calls, config=Config(operations=Operations(metrics=file)))
    told = file.read_text()
    assert 'filmroom_calls_total{status="done"} 3.0' in told
    assert "filmroom_run_active 0.0" in told


SLOW_NIGHT = """
import sys, time
from pathlib import Path
sys.path.insert(0, {root!r})
from tests.commands.test_night_shift import *

class Sleeping(ScriptedEngine):
    def side_by_side(self, left, right):
        Path({here!r}).touch()
        time.sleep(60)

ready = opened(Path({workspace!r}), Sleeping())
noted = Noted()
carry_out_night(
    ready, Found(lambda: each_call([Path({calls!r})]), noted), noted, Shift(Config(), alone=True), stop_wish=Stop()
)
"""


@pytest.fixture
def slow(tmp_path: Path, calls: Path) -> Iterator["subprocess.Popen[str]"]:
    """A night in a process of its own whose first call takes a minute, once it is under way."""
    root, here = Path(__file__).resolve().parents[2], tmp_path / "here"
    code = SLOW_NIGHT.format(root=str(root), here=str(here), workspace=str(tmp_path), calls=str(calls))
    with subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE, text=True, cwd=root) as process:
        until = time.monotonic() + 60
        while not here.exists() and process.poll() is None and time.monotonic() < until:
            time.sleep(0.05)
        yield process
        process.kill()


def test_a_second_signal_ends_the_night_at_once(tmp_path: Path, slow: "subprocess.Popen[str]") -> None:
    slow.send_signal(signal.SIGINT)
    time.sleep(0.3)
    slow.send_signal(signal.SIGINT)
    _, err = slow.communicate(timeout=20)
    assert slow.returncode == 130
    assert "Once more, and it ends at once." in err
    assert err.endswith("Stopped. What was finished is kept; run again to go on.\n")
    last = Nights(tmp_path / "w").last()
    assert last is not None
    assert (last.ended, last.exit_code) == ("interrupted", 130)


def test_a_killed_night_is_seen_to_be_broken_off(tmp_path: Path, slow: "subprocess.Popen[str]") -> None:
    from datetime import UTC, datetime

    from pipeline.commands.status import status_of

    assert status_of(Workspace(tmp_path / "w"), now=datetime.now(UTC)).run == "running"
    slow.kill()
    slow.wait()
    found = status_of(Workspace(tmp_path / "w"), now=datetime.now(UTC))
    assert (found.run, found.night and found.night.ended) == ("broken_off", None)
