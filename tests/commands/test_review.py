"""`filmroom review`: open for this machine alone unless there are users; it says where; what waits is taken up."""

import re
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pipeline.domain.review import Review
from pipeline.review.room import Room
from pipeline.reviewing.standing import state_of
from pipeline.store.index import Index
from pipeline.store.workspace import Workspace
from tests.conftest import CHECKOUT
from tests.review.live import wait_until
from tests.review.rooms import NOW, add_calls, add_people, call_of, make_room

Started = subprocess.Popen[str]


@contextmanager
def opened(workspace: Path, *flags: str, cwd: Path) -> Iterator[tuple[Started, str]]:
    """The command at work, and the line that says where the room is."""
    command = [sys.executable, "-m", "cli", "review", "--workspace", str(workspace), "--port", "0", *flags]
    env = {"PYTHONPATH": str(CHECKOUT), "PATH": "/usr/bin:/bin"}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=cwd, env=env)
    try:
        assert process.stdout is not None
        yield process, process.stdout.readline()
    finally:
        process.kill()
        process.wait()


def status_of(address: str) -> int:
    try:
        with urllib.request.urlopen(address, timeout=20) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def test_without_users_a_link_opens_the_room_once(tmp_path: Path) -> None:
    add_calls(Workspace(tmp_path / "w"), tmp_path / "calls", ("Anna",))
    with opened(tmp_path / "w", cwd=tmp_path) as (_, said):
        link = re.fullmatch(r"Open (http://127\.0\.0\.1:\d+/open\?token=\S+)\n", said)
        assert link, said
        answers = [status_of(link.group(1)) for _ in range(2)]
    # The first leads to the room, which asks a client without cookies to sign in; the second finds nothing.
    assert answers == [200, 404]


@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM])
def test_stopping_it_leaves_the_index_closed(tmp_path: Path, by: signal.Signals) -> None:
    """Ctrl-C, or a service manager: nothing is left to be replayed, and others may have the index."""
    add_calls(Workspace(tmp_path / "w"), tmp_path / "calls", ("Anna",))
    with opened(tmp_path / "w", cwd=tmp_path) as (process, said):
        assert said.startswith("Open ")
        process.send_signal(by)
        _, told = process.communicate(timeout=60)
    assert process.returncode == 0
    assert "Closed. Everything that was saved is kept." in told
    assert not (tmp_path / "w" / "index.duckdb.wal").exists()
    with Index(tmp_path / "w" / "index.duckdb", wait_s=0.1):
        pass  # nobody has it


def test_with_users_people_sign_in(tmp_path: Path) -> None:
    space = Workspace(tmp_path / "w")
    add_calls(space, tmp_path / "calls", ("Anna",))
    add_people(space)
    with opened(tmp_path / "w", cwd=tmp_path) as (_, said):
        assert re.fullmatch(r"Open http://127\.0\.0\.1:\d+\n", said)
        assert status_of(said.split()[1]) == 200


@pytest.mark.parametrize("flags", [("--host", "0.0.0.0"), ("--host", "0.0.0.0", "--local")])
def test_it_is_never_open_to_others_without_users(tmp_path: Path, flags: tuple[str, ...]) -> None:
    add_calls(Workspace(tmp_path / "w"), tmp_path / "calls", ("Anna",))
    with opened(tmp_path / "w", *flags, cwd=tmp_path) as (process, said):
        _, told = process.communicate(timeout=60)
    assert (said, process.returncode) == ("", 2)
    assert "What to do:" in told


def sent_back(room: Room) -> str:
    call = call_of(room, "Anna")
    standing = state_of(room.workspace, call)
    review = Review(
        call=call, action="sent_back", state="sent_back", author="mark", at=NOW, record=1, draft=standing.draft_key,
        reason="the roles are wrong",
    )  # fmt: skip
    room.workspace.reviews.append(call, review)
    return call


def test_a_call_that_was_sent_back_is_taken_up_when_the_room_opens(tmp_path: Path) -> None:
    room = make_room(tmp_path, ("Anna",))
    call = sent_back(room)
    room.index.refresh()
    assert room.rereads.state(call).state == "behind"
    room.start()
    wait_until(lambda: room.rereads.state(call).state in ("waiting", "reading"), "it is taken up")
    room.close()
