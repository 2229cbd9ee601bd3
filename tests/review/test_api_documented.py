"""What docs/api.md says holds: its places are the API's own, and its two programs run against a room."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.config import load_config
from pipeline.review.api import described
from pipeline.review.app import make_app
from pipeline.review.audit import Wanted
from pipeline.review.room import Room
from pipeline.reviewing.standing import state_of
from tests.conftest import CHECKOUT
from tests.review.live import serving
from tests.review.rooms import approve, call_of, make_room, token_of

GUIDE = (CHECKOUT / "docs" / "api.md").read_text(encoding="utf-8")
SET_UP = (CHECKOUT / "docs" / "review-room.md").read_text(encoding="utf-8")
FETCHING, COMMENTING = re.findall(r"^```python\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL)
PLACE = re.compile(r"^\| `(GET|POST|PUT|DELETE) (/api/\S+)` \|", re.MULTILINE)


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    room = make_room(tmp_path_factory.mktemp("documented"), ("Anna", "Bert"))
    yield room
    room.close()


@pytest.fixture(scope="module")
def address(room: Room) -> Iterator[str]:
    with serving(room) as address:
        yield address


def run(program: str, **named: str) -> subprocess.CompletedProcess[str]:
    """A program of the guide, run as a person would: by itself, told the room by its environment."""
    told = {f"FILMROOM_{name.upper()}": value for name, value in named.items()}
    command = [sys.executable, "-c", program]
    return subprocess.run(command, env={**os.environ, **told}, capture_output=True, text=True, timeout=60, check=False)


def test_every_place_of_the_api_is_in_the_guide_and_no_other_is(room: Room) -> None:
    places = described(make_app(room))["paths"]
    own = {(method.upper(), path) for path, methods in places.items() for method in methods}
    assert set(PLACE.findall(GUIDE)) == own
    assert len(PLACE.findall(GUIDE)) == len(own)


def test_a_crm_is_given_approved_feedback_and_none_of_a_draft(room: Room, address: str) -> None:
    call = call_of(room, "Anna")
    approve(room, call)
    done = run(FETCHING, room=address, token=token_of(room, "mark"))
    assert done.returncode == 0, done.stderr
    assert done.stdout.count(" | Mark 2026-03-05T08:00:00Z") == 1
    assert state_of(room.workspace, call).feedback.improvement in done.stdout
    looked = room.audit.find(Wanted(user="mark", action="viewed")).events
    assert {event.call for event in looked} == {call}


def test_a_token_of_somebody_else_fetches_nothing(room: Room, address: str) -> None:
    approve(room, call_of(room, "Anna"))
    done = run(FETCHING, room=address, token=token_of(room, "nina"))
    assert (done.returncode, done.stdout) == (0, "")


def test_a_bot_comments_at_a_moment_under_its_user_s_name(room: Room, address: str) -> None:
    call = call_of(room, "Bert")
    done = run(COMMENTING, room=address, token=token_of(room, "mark"), call=call)
    assert done.stdout == "201 c1 00:42\n", done.stderr
    comment = room.workspace.comments.last(call)
    assert comment is not None
    assert (comment.author, comment.moment, comment.parent) == ("mark", 42.5, None)


def test_a_bot_that_does_not_see_the_call_is_told_404_and_writes_nothing(room: Room, address: str) -> None:
    call = call_of(room, "Anna")
    done = run(COMMENTING, room=address, token=token_of(room, "nina"), call=call)
    assert "HTTP Error 404" in done.stderr
    assert room.workspace.comments.last(call) is None


def test_the_settings_for_a_proxy_are_valid(tmp_path: Path) -> None:
    (block,) = re.findall(r"^```toml\n(.*?)^```", SET_UP, re.MULTILINE | re.DOTALL)
    (tmp_path / "filmroom.toml").write_text(block)
    settings = load_config(tmp_path).review
    assert settings.https
    assert settings.hosts == ("filmroom.example.org",)
    assert settings.proxy.from_ == ("127.0.0.1",)
