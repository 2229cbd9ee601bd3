"""Reading again beside the room: one process at a time, told by the files, its failure kept and shown."""

import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from pipeline.config import Config, LanguageModel
from pipeline.correct import Said, correct
from pipeline.domain.review import Review
from pipeline.review.rereads import Rereads, RereadState, reread_command
from pipeline.store.workspace import Workspace
from tests.review.rooms import NOW, Clock, add_calls
from tests.review.speakers.scripted_reading import command

PATIENCE_S = 60.0
Opened = Callable[[Callable[[str], Sequence[str]]], Rereads]


@pytest.fixture
def space(tmp_path: Path) -> Workspace:
    workspace = Workspace(tmp_path / "w")
    add_calls(workspace, tmp_path / "calls", ("Anna", "Bert"))
    return workspace


@pytest.fixture
def calls(space: Workspace) -> list[str]:
    return list(space.calls.ids())


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def opened(space: Workspace, clock: Clock) -> Iterator[Opened]:
    @contextmanager
    def closing(rereads: Rereads) -> Iterator[Rereads]:
        yield rereads
        rereads.close()

    with ExitStack() as stack:
        yield lambda command: stack.enter_context(closing(Rereads(space, now=clock, command=command)))


@pytest.fixture
def rereads(opened: Opened, space: Workspace) -> Rereads:
    return opened(lambda call: command(space.root, call))


def says(code: str) -> Callable[[str], Sequence[str]]:
    return lambda call: (sys.executable, "-c", code, call)


def swap(space: Workspace, call: str) -> None:
    said = Said(roles={"S1": "customer", "S2": "rep"})
    correct(space, space.record(call), said, author="mark", now=NOW)


def send_back(space: Workspace, call: str) -> None:
    number, record = space.calls.last_number(call), space.record(call)
    draft = record.results["draft"]
    review = Review(
        call=call, action="sent_back", state="sent_back", author="mark", at=NOW, record=number, draft=draft, reason="?"
    )
    space.reviews.append(call, review)


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.01)


def finished(rereads: Rereads, call: str) -> RereadState:
    assert rereads.wait(PATIENCE_S), "it never finished"
    return rereads.state(call)


class TestACorrection:
    def test_leaves_the_call_behind_until_it_was_read_again(
        self, rereads: Rereads, space: Workspace, calls: list[str]
    ) -> None:
        assert rereads.state(calls[0]).state == "settled"
        swap(space, calls[0])
        assert rereads.state(calls[0]).state == "behind"
        rereads.ask(calls[0])
        assert finished(rereads, calls[0]) == RereadState(call=calls[0], state="settled", record=2)
        roles = {s.label: s.role for s in space.result(space.record(calls[0])).conversation.speakers}
        assert roles == {"S1": "customer", "S2": "rep"}

    def test_that_comes_in_while_it_is_read_is_behind_again(
        self, opened: Opened, space: Workspace, calls: list[str]
    ) -> None:
        line = f'{{"call": "{calls[0]}", "path": "a.wav", "status": "skipped", "seconds": 1}}'
        rereads = opened(says(f"import time; time.sleep(1); print('''{line}''')"))
        rereads.ask(calls[0])
        until(lambda: rereads.state(calls[0]).state == "reading")
        swap(space, calls[0])
        assert finished(rereads, calls[0]).state == "behind"

    def test_of_a_name_asks_for_nothing(self, rereads: Rereads, space: Workspace, calls: list[str]) -> None:
        correct(space, space.record(calls[0]), Said(names={"S1": "Tom"}), author="mark", now=NOW)
        assert rereads.state(calls[0]).state == "settled"


class TestSentBack:
    def test_with_nothing_changed_it_says_the_same_and_that_is_told(
        self, rereads: Rereads, space: Workspace, calls: list[str]
    ) -> None:
        send_back(space, calls[0])
        assert rereads.state(calls[0]).state == "behind"
        rereads.ask(calls[0])
        assert finished(rereads, calls[0]).state == "same"
        assert space.calls.last_number(calls[0]) == 1

    def test_with_corrected_roles_there_is_a_new_reading(
        self, rereads: Rereads, space: Workspace, calls: list[str]
    ) -> None:
        send_back(space, calls[0])
        swap(space, calls[0])
        rereads.ask(calls[0])
        state = finished(rereads, calls[0])
        assert (state.state, state.record) == ("settled", 2)


class TestOneAtATime:
    def test_the_second_waits_and_both_say_since_when(
        self, opened: Opened, space: Workspace, calls: list[str], clock: Clock
    ) -> None:
        rereads = opened(lambda call: command(space.root, call, seconds=1.0))
        for call in calls:
            swap(space, call)
            rereads.ask(call)
            rereads.ask(call)
        until(lambda: rereads.state(calls[0]).state == "reading")
        clock.at = clock.at.replace(second=20)
        first, second = (rereads.state(call) for call in calls)
        assert (first.state, first.since, first.seconds) == ("reading", NOW, 20)
        assert (second.state, second.since, second.seconds) == ("waiting", NOW, 20)
        assert [finished(rereads, call).state for call in calls] == ["settled", "settled"]
        assert [space.calls.last_number(call) for call in calls] == [2, 2]


class TestAFailure:
    def test_is_told_in_the_command_s_own_words_and_can_be_tried_again(
        self, opened: Opened, space: Workspace, calls: list[str]
    ) -> None:
        failing = True
        broken = says(
            "import sys; print('Error: not in cache: minilm', file=sys.stderr);"
            "print('What to do: filmroom models pull minilm', file=sys.stderr); sys.exit(4)"
        )
        rereads = opened(lambda call: broken(call) if failing else command(space.root, call))
        swap(space, calls[0])
        rereads.ask(calls[0])
        state = finished(rereads, calls[0])
        assert (state.state, state.reason) == ("failed", "not in cache: minilm")
        assert state.hint == "filmroom models pull minilm"
        failing = False
        rereads.ask(calls[0])
        assert finished(rereads, calls[0]).state == "settled"

    def test_of_the_call_itself_has_its_reason(self, opened: Opened, space: Workspace, calls: list[str]) -> None:
        line = (
            '{"call": "%s", "path": "a.wav", "status": "failed", "reason": "observe: no memory", "hint": "close",'
            ' "seconds": 1.0}'
        )
        rereads = opened(lambda call: says(f"print('''{line % call}''')")(call))
        rereads.ask(calls[0])
        state = finished(rereads, calls[0])
        assert (state.state, state.reason, state.hint) == ("failed", "observe: no memory", "close")

    @pytest.mark.parametrize(
        ("code", "reason"),
        [
            ("raise ZeroDivisionError('by nought')", "ZeroDivisionError: by nought"),
            ("import os; os._exit(3)", "it ended with code 3 and said nothing"),
        ],
    )
    def test_without_words_says_how_it_ended(self, opened: Opened, calls: list[str], code: str, reason: str) -> None:
        rereads = opened(says(code))
        rereads.ask(calls[0])
        assert finished(rereads, calls[0]).reason == reason

    def test_of_starting_it_at_all_does_not_stop_the_next(
        self, opened: Opened, space: Workspace, calls: list[str]
    ) -> None:
        rereads = opened(lambda call: ("/nowhere/python",) if call == calls[0] else command(space.root, call))
        for call in calls:
            swap(space, call)
            rereads.ask(call)
        assert [finished(rereads, call).state for call in calls] == ["failed", "settled"]
        assert "FileNotFoundError" in rereads.state(calls[0]).reason


class TestClosing:
    def test_breaks_off_what_is_read_and_a_later_room_takes_it_up(
        self, opened: Opened, space: Workspace, calls: list[str], tmp_path: Path
    ) -> None:
        marker = tmp_path / "pid"
        rereads = opened(says(f"import os, time; open({str(marker)!r}, 'w').write(str(os.getpid())); time.sleep(600)"))
        for call in calls:
            swap(space, call)
            rereads.ask(call)
        until(lambda: marker.exists() and marker.read_text() != "")
        rereads.close()
        with pytest.raises(ProcessLookupError):
            os.kill(int(marker.read_text()), 0)
        rereads.ask(calls[0])
        assert rereads.state(calls[0]).state == "behind"

        later = opened(lambda call: command(space.root, call))
        later.resume()
        assert [finished(later, call).state for call in calls] == ["settled", "settled"]

    def test_a_later_room_asks_again_for_what_was_sent_back_and_for_nothing_else(
        self, rereads: Rereads, space: Workspace, calls: list[str]
    ) -> None:
        send_back(space, calls[0])
        rereads.resume(calls)
        assert finished(rereads, calls[0]).state == "same"
        assert rereads.state(calls[1]).state == "settled"


class TestTheCommand:
    def test_is_less_urgent_than_the_room(self, opened: Opened, calls: list[str], tmp_path: Path) -> None:
        told = tmp_path / "nice"
        look = "os.getpriority(os.PRIO_PROCESS, 0)"
        code = f"import os, time; time.sleep(0.5); open({str(told)!r}, 'w').write(str({look}))"
        rereads = opened(says(code))
        rereads.ask(calls[0])
        finished(rereads, calls[0])
        assert told.read_text() == "10"

    def test_passes_on_what_the_room_s_own_flags_say(self, tmp_path: Path) -> None:
        said = reread_command(Config(reader="similarity"), tmp_path, "c1")
        assert said[-4:] == ("--reader", "similarity", "--drafter", "template")
        assert said[4:6] == ("reread", "c1")
        asks = Config(reader="llm", llm=LanguageModel(model="m", url="http://localhost/v1"))
        assert reread_command(asks, tmp_path, "c1")[-4:] == ("--model", "m", "--url", "http://localhost/v1")

    def test_is_one_that_the_command_line_knows(self, tmp_path: Path) -> None:
        from tests.test_docs import parse

        said = reread_command(Config(), tmp_path, "c1")
        assert said[1:4] == ("-P", "-m", "cli")
        parse(list(said[4:]))
