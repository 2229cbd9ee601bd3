"""A night by worker processes: whoever dies is replaced, one bad call stops no other, and nobody outlives the run."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

import psutil
import pytest

from pipeline.config import Config
from pipeline.domain.chat import ChatRequest, Exchange
from pipeline.domain.work import CallOutcome
from pipeline.errors import BudgetError, StageError
from pipeline.ports import ChatModel, Engine, Progress, silent
from pipeline.run import review_calls
from pipeline.shift import local
from pipeline.shift.local import carry_out
from pipeline.shift.ports import Listed, Stop, Unboarded
from pipeline.shift.spec import NightSpec
from pipeline.shift.stations import StationName
from pipeline.shift.workers import ProcessWorker
from pipeline.stages.ingest import discover
from pipeline.store.workspace import Workspace
from tests.shift.scripted_nights import scripted_engine, scripted_night, small, sounds

PATIENCE_S = 60.0
CHECKOUT = Path(__file__).resolve().parents[2]


def night(spec: NightSpec, folder: Path, *, stop: Stop | None = None) -> dict[str, CallOutcome]:
    """What became of each call, by its name."""
    outcomes = carry_out(spec, Listed(discover([folder])), board=Unboarded(), stop=stop or Stop())
    return {outcome.path.stem: outcome for outcome in outcomes}


def objects(root: Path) -> set[str]:
    """Stages and keys of what is kept."""
    return {p.relative_to(root / "objects").as_posix() for p in (root / "objects").glob("*/??/*.json")}


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def workers() -> list[psutil.Process]:
    """Worker processes of this one."""
    found = psutil.Process().children()
    return [p for p in found if p.status() != psutil.STATUS_ZOMBIE and "worker_start" in " ".join(p.cmdline())]


@pytest.mark.slow
def test_workers_keep_what_one_loop_keeps_and_a_second_night_skips_it(tmp_path: Path) -> None:
    folder = sounds(tmp_path / "calls", "plain-1", "plain-2", "plain-3")
    spec = scripted_night(tmp_path / "w")
    assert {o.status for o in night(spec, folder).values()} == {"done"}
    list(review_calls(scripted_night(tmp_path / "loop").open(), discover([folder])))
    assert objects(tmp_path / "w") == objects(tmp_path / "loop")
    assert {o.status for o in night(spec, folder).values()} == {"skipped"}
    assert not workers()


@pytest.mark.slow
def test_a_night_in_which_all_is_kept_starts_no_worker_and_one_with_a_new_call_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = sounds(tmp_path / "calls", "plain-1", "plain-2")
    spec = scripted_night(tmp_path / "w")
    night(spec, folder)
    started: list[str] = []

    def noted(spec: NightSpec, station: StationName) -> ProcessWorker:
        started.append(station)
        return ProcessWorker(spec, station)

    monkeypatch.setattr(local, "ProcessWorker", noted)
    assert {o.status for o in night(spec, folder).values()} == {"skipped"}
    assert started == []
    sounds(folder, "plain-3")
    assert Counter(o.status for o in night(spec, folder).values()) == {"skipped": 2, "done": 1}
    assert set(started) == {"listening", "voices", "reading"}


@pytest.mark.slow
def test_a_killed_worker_is_replaced_and_its_call_done_and_a_call_that_kills_each_time_set_aside(
    tmp_path: Path,
) -> None:
    folder = sounds(tmp_path / "calls", "kills-1", "once-1", "refused-1", "bare-1", "plain-1", "plain-2")
    outcomes = night(scripted_night(tmp_path / "w"), folder)
    done = {name for name, outcome in outcomes.items() if outcome.status == "done"}
    assert done == {"once-1", "plain-1", "plain-2"}
    aside = {record.path.stem: record for record in Workspace(tmp_path / "w").quarantined()}
    assert aside.keys() == {"kills-1", "refused-1", "bare-1"}
    assert "3 times in a row: killed by SIGKILL" in aside["kills-1"].reason
    assert [aside[name].stage for name in ("kills-1", "refused-1", "bare-1")] == ["transcribe", "ingest", "transcribe"]
    assert all(record.hint for record in aside.values())


def test_a_night_without_calls_starts_no_worker(tmp_path: Path) -> None:
    assert list(carry_out(scripted_night(tmp_path / "w"), Listed([]), board=Unboarded(), stop=Stop())) == []
    assert not workers()


class Noted(Unboarded):
    """A board that notes which station had something to do."""

    def __init__(self) -> None:
        self.stations: list[StationName] = []

    def began(self, number: int, path: Path, station: StationName) -> None:
        self.stations.append(station)


TALK = (
    "WEBVTT\n\n00:00.000 --> 00:04.000\n<v Ann>How do you plan the week?\n\n00:04.000 --> 00:09.000\n<v Bo>By hand.\n"
)


@pytest.mark.slow
def test_a_night_of_transcripts_starts_no_hearing_station(tmp_path: Path) -> None:
    (tmp_path / "talk.vtt").write_text(TALK, encoding="utf-8")
    board = Noted()
    outcomes = list(
        carry_out(scripted_night(tmp_path / "w"), Listed(discover([tmp_path / "talk.vtt"])), board=board, stop=Stop())
    )
    assert [o.status for o in outcomes] == ["done"]
    assert board.stations == ["reading"]


@pytest.mark.slow
def test_a_stop_keeps_what_is_done_and_the_next_night_goes_on(tmp_path: Path) -> None:
    folder = sounds(tmp_path / "calls", *(f"slow-{n}" for n in range(4)))
    spec = scripted_night(tmp_path / "w", small(grace_s=0.0))
    stop, source = Stop(), Listed(discover([folder]))
    began = time.monotonic()
    for outcome in carry_out(spec, source, board=Unboarded(), stop=stop):
        assert outcome.status == "done"
        stop.ask("terminated")
        stopped = time.monotonic()
    assert time.monotonic() - stopped < max(PATIENCE_S, stopped - began)
    assert not workers()
    kept = objects(tmp_path / "w")
    again = night(spec, folder)
    assert sorted(o.status for o in again.values()) == ["done", "done", "done", "skipped"]
    assert kept < objects(tmp_path / "w")


@pytest.mark.slow
def test_work_under_way_has_the_grace_to_be_finished_and_nothing_new_is_begun(tmp_path: Path) -> None:
    folder = sounds(tmp_path / "calls", *(f"slow-{n}" for n in range(3)))
    stop, board, spec = Stop(), Noted(), scripted_night(tmp_path / "w", small(grace_s=PATIENCE_S))
    outcomes = carry_out(spec, Listed(discover([folder])), board=board, stop=stop)
    next(outcomes)
    stop.ask("time")
    begun = Counter(board.stations)
    assert begun["reading"] < 3
    list(outcomes)
    assert Counter(board.stations) == begun
    kept = Counter(name.split("/")[0] for name in objects(tmp_path / "w"))
    assert (kept["transcribe"], kept["diarize"], kept["draft"]) == tuple(
        begun[station] for station in ("listening", "voices", "reading")
    )


class PoorChat:
    """Scripted: has no money left after so many questions."""

    identity = "poor"

    def ask(self, requests: Sequence[ChatRequest], *, progress: Progress = silent) -> tuple[Exchange, ...]:
        raise BudgetError("the next request could pass the budget", hint="raise --budget")


class AskingReader:
    """Scripted: asks the chat it was given."""

    identity = "asking"

    def __init__(self, chat: ChatModel) -> None:
        self._chat = chat

    def read(self, *_: object, **__: object) -> None:
        self._chat.ask(())


def asking_engine(config: Config, chat: ChatModel | None) -> Engine:
    """Scripted models whose reader asks a language model."""
    engine = scripted_engine(config, chat)
    if chat is not None:
        engine.reader = AskingReader(chat)  # type: ignore[misc, assignment]
    return engine


@pytest.mark.slow
def test_an_empty_purse_ends_the_night_after_what_is_under_way_was_kept(tmp_path: Path) -> None:
    folder = sounds(tmp_path / "calls", "plain-1", "plain-2")
    config = small().model_copy(update={"reader": "llm"})
    spec = NightSpec(tmp_path / "w", config, scripted_night(tmp_path).rubric, engine=asking_engine)
    with pytest.raises(BudgetError, match="could pass the budget"):
        list(carry_out(spec, Listed(discover([folder])), board=Unboarded(), stop=Stop(), chat=PoorChat()))
    assert {name.split("/")[0] for name in objects(tmp_path / "w")} >= {"transcribe", "diarize", "attribute"}
    assert not list(Workspace(tmp_path / "w").quarantined())


def dying_engine(run: int, config: Config, chat: ChatModel | None) -> Engine:
    """Scripted: kills a worker that makes it; the run makes one too, to look calls up, and loads nothing."""
    if os.getpid() != run:
        os.kill(os.getpid(), signal.SIGSEGV)
    return scripted_engine(config, chat)


@pytest.mark.slow
def test_workers_that_die_before_they_can_work_end_the_night_and_blame_no_call(tmp_path: Path) -> None:
    spec = NightSpec(
        tmp_path / "w", small(), scripted_night(tmp_path).rubric, engine=partial(dying_engine, os.getpid())
    )
    folder = sounds(tmp_path / "calls", "plain-1")
    with pytest.raises(StageError, match="die before they can work: killed by SIGSEGV"):
        night(spec, folder)
    assert not list(Workspace(tmp_path / "w").quarantined())
    assert not workers()


_RUN = """
import sys
from pathlib import Path
from tests.shift.test_local import night
from tests.shift.scripted_nights import scripted_night
if __name__ == "__main__":
    night(scripted_night(Path(sys.argv[1])), Path(sys.argv[2]))
"""


@pytest.fixture
def run(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Another process with a night whose calls take their time."""
    folder = sounds(tmp_path / "calls", *(f"starts-{n}" for n in range(4)))
    program = tmp_path / "night.py"
    program.write_text(_RUN, encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(CHECKOUT)}
    process = subprocess.Popen([sys.executable, str(program), str(tmp_path / "w"), str(folder)], env=environment)
    yield process
    process.kill()
    process.wait()


@pytest.mark.slow
def test_no_worker_outlives_a_run_that_is_killed(tmp_path: Path, run: subprocess.Popen[bytes]) -> None:
    until(lambda: any((tmp_path / "calls").glob("*.begun")))
    below = psutil.Process(run.pid).children(recursive=True)
    assert len([p for p in below if "worker_start" in " ".join(p.cmdline())]) >= 2
    run.kill()
    _, alive = psutil.wait_procs(below, timeout=20)
    assert not alive
