"""What goes between a run and its workers arrives as it was, and a worker that is gone holds nobody up."""

import os
import pickle
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.domain.chat import AnswerSchema, ChatRequest, Exchange
from pipeline.domain.chat import Message as ChatMessage
from pipeline.errors import (
    BudgetError,
    EndpointError,
    FilmroomError,
    MetadataError,
    NotAnsweredError,
    RecordingError,
    StageError,
)
from pipeline.shift.flow import Ticket
from pipeline.shift.stations import Station
from pipeline.shift.unasked import UnaskedChat
from pipeline.shift.workers import Ended, Message, Raised, Ready, ThreadWorker
from pipeline.stages.ingest import Candidate
from tests.conftest import CHECKOUT

ERRORS: list[FilmroomError] = [
    BudgetError("too dear", hint="raise --budget"),
    StageError("score", "broken", hint="report it"),
    EndpointError("no answer", hint="wait", lasting=True),
    RecordingError("is empty", hint="copy it again", path=Path("a.wav"), line=3),
]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_an_error_arrives_with_its_words_its_hint_and_all_else(error: FilmroomError) -> None:
    arrived = pickle.loads(pickle.dumps(error))
    assert type(arrived) is type(error)
    assert str(arrived) == str(error)
    assert vars(arrived) == vars(error)


def test_a_call_whose_metadata_cannot_be_read_arrives_with_its_problem() -> None:
    problem = MetadataError("no such role", hint="say rep or customer", path=Path("a.json"))
    ticket = Ticket(1, Candidate(Path("a.wav"), problem=problem), "listening")
    arrived = pickle.loads(pickle.dumps(ticket))
    assert arrived.candidate.problem.hint == problem.hint
    assert arrived.number == ticket.number


class ScriptedStation:
    """Says nothing of a call, or raises."""

    def __init__(self, failing: Exception | None = None) -> None:
        self._failing = failing

    def run(self, *_: object) -> None:
        if self._failing is not None:
            raise self._failing


def heard(worker: ThreadWorker, n: int) -> list[Message]:
    """So many messages of the worker."""
    found: list[Message] = []
    while len(found) < n:
        (line,) = worker.waitables
        assert not isinstance(line, int)
        assert line.poll(30)
        found += worker.heard()
    return found


def test_a_thread_says_that_it_is_ready_and_what_came_of_a_call() -> None:
    worker = ThreadWorker("reading", lambda _: ScriptedStation())
    assert not worker.ready
    worker.give(Ticket(1, Candidate(Path("a.wav")), "reading"))
    ready, ended = heard(worker, 2)
    assert isinstance(ready, Ready)
    assert isinstance(ended, Ended)
    assert ended.attempt is None
    assert worker.ready
    worker.kill()


def test_what_a_station_raises_arrives() -> None:
    worker = ThreadWorker("reading", lambda _: ScriptedStation(BudgetError("too dear", hint="raise it")))
    worker.give(Ticket(1, Candidate(Path("a.wav")), "reading"))
    _, raised = heard(worker, 2)
    assert isinstance(raised, Raised)
    assert isinstance(raised.error, BudgetError)
    worker.kill()


def test_a_call_that_may_not_ask_goes_to_a_station_made_for_that() -> None:
    made: list[bool] = []

    def make(asks: bool) -> Station:
        made.append(asks)
        return ScriptedStation()

    worker = ThreadWorker("reading", make)
    for asks in (True, False, False, True):
        worker.give(Ticket(1, Candidate(Path("a.wav")), "reading", asks))
    heard(worker, 5)
    assert made == [True, False]
    worker.kill()


class NothingKept:
    """Exchanges of a workspace in which nothing was ever asked."""

    def recall(self, model: str, request: ChatRequest) -> Exchange | None:
        return None

    def keep(self, exchange: Exchange) -> None:
        raise AssertionError("nothing is asked, so nothing is kept")


QUESTION = ChatRequest(
    call="c1",
    about="opening",
    messages=(ChatMessage(role="user", text="what was said?"),),
    answer=AnswerSchema(name="answer", text="{}"),
    max_tokens=100,
)


def test_a_chat_that_is_not_asked_says_why_and_what_to_do() -> None:
    with pytest.raises(NotAnsweredError, match="gave no answer to the calls before") as caught:
        UnaskedChat("model", NothingKept()).ask((QUESTION,))
    assert "run again" in caught.value.hint


KILLED_WITH_A_LOCK = """
import multiprocessing, os, signal, sys
from pipeline.shift.workers import quieten_tracker

def hold(line):
    lock = multiprocessing.get_context("spawn").Lock()
    line.send(True)
    signal.pause()

if __name__ == "__main__":
    if sys.argv[1] == "quiet":
        quieten_tracker()
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    worker = context.Process(target=hold, args=(theirs,))
    worker.start()
    ours.recv()
    worker.kill()
    worker.join()
    print(os.environ.get("PYTHONWARNINGS", "as it was"))
"""


@pytest.mark.parametrize(("how", "told"), [("loud", True), ("quiet", False)])
def test_what_a_killed_worker_held_is_cleared_up_without_a_word(how: str, told: bool, tmp_path: Path) -> None:
    program = tmp_path / "killed_with_a_lock.py"
    program.write_text(KILLED_WITH_A_LOCK)
    environment = {**os.environ, "PYTHONPATH": str(CHECKOUT)}
    environment.pop("PYTHONWARNINGS", None)
    done = subprocess.run(
        [sys.executable, str(program), how], capture_output=True, text=True, env=environment, timeout=120, check=True
    )
    assert ("leaked semaphore" in done.stderr) == told
    assert done.stdout.strip() == "as it was"
