"""A real recording, cut short, handed in as a rehearsal: the room's own command, real models, a process of its own."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from pipeline.adapters.audio import PyAvAudio
from pipeline.adapters.flac import write_flac
from pipeline.review.room import Room
from tests.conftest import CHECKOUT
from tests.review.cycle.practice.rooms import hand_in
from tests.review.rooms import client, make_room

pytestmark = pytest.mark.slow
PATIENCE_S = 900.0
SECONDS = 40


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    room = make_room(tmp_path, ("Anna",))
    yield room
    room.close()


def short(target: Path) -> bytes:
    """The first forty seconds of the bundled call."""
    source = CHECKOUT / "demo" / "calls" / "discovery-call.opus"
    rate = PyAvAudio().probe(source).sample_rate
    sound = np.concatenate([b.mean(axis=0, keepdims=True) for b in PyAvAudio().blocks(source)], axis=1)
    write_flac(target, [sound[:, : SECONDS * rate]], rate)
    return target.read_bytes()


def test_it_is_heard_and_stands_as_practice(room: Room, tmp_path: Path) -> None:
    assert hand_in(room, short(tmp_path / "cut.flac"), name="cut.flac", with_whom="Bert")[0] == 303
    assert room.rehearsals.wait(PATIENCE_S)
    (found,) = client(room, "anna").get("/api/people/anna/practice").json()["rehearsals"]
    assert (found["state"], found["reason"]) == ("done", "")
    record = room.workspace.record(found["call"])
    result = room.workspace.result(record)
    assert result.recording.metadata.mode == "simulated"
    assert result.recording.duration == pytest.approx(SECONDS, abs=0.1)
    assert len(" ".join(turn.text for turn in result.conversation.turns).split()) > 40
    assert "Rehearsal" in client(room, "anna").get(f"/calls/{found['call']}").text


def test_a_recording_that_was_cut_off_in_the_middle_is_told(room: Room, tmp_path: Path) -> None:
    whole = short(tmp_path / "whole.flac")
    hand_in(room, whole[: len(whole) // 2], name="torn.flac")
    assert room.rehearsals.wait(PATIENCE_S)
    (found,) = client(room, "anna").get("/api/people/anna/practice").json()["rehearsals"]
    assert found["state"] == "set_aside"
    assert "cut short" in found["reason"]
    assert found["hint"]
