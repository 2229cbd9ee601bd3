"""Listening commitments in the room: who sees whose minutes, what a pledge does, and what really counts as played."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from pipeline.config import Config
from pipeline.review.room import Room, open_room
from pipeline.review.sound.listening import PlayedReport, Stretch
from tests.review.rooms import Clock, call_of, client, make_room, token_of


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def room(tmp_path: Path, clock: Clock) -> Iterator[Room]:
    room = make_room(tmp_path, ("Anna",), clock)
    yield room
    room.close()


def play(room: Room, user: str, start: float, end: float) -> None:
    stretches = PlayedReport(stretches=(Stretch(start=start, end=end),))
    listening = room.sounds.listening
    listening.take(call_of(room, "Anna"), user, stretches, duration=60, at=room.now())


def names(room: Room, user: str) -> list[str]:
    return [p["name"] for p in client(room, user).get("/api/listening").json()["people"]]


def test_everybody_sees_their_own_and_coaches_those_below_them_by_name(room: Room) -> None:
    assert names(room, "anna") == []
    assert names(room, "mark") == ["Anna", "Bert"]
    assert names(room, "nina") == ["Carl"]
    assert names(room, "vera") == ["Anna", "Bert", "Carl", "Mark", "Nina"]
    for user in ("otto", "adam"):
        assert names(room, user) == []
        assert client(room, user).get("/api/listening").json()["own"]["person"] == user


def test_nobody_reads_the_minutes_of_whoever_is_beside_or_above_them(room: Room) -> None:
    client(room, "mark").post("/listening", data={"minutes": "77"})
    for user in ("anna", "nina", "carl", "adam"):
        page = client(room, user).get("/listening").text
        assert "77 pledged" not in page
        assert "Mark" not in page
    assert "77 pledged" in client(room, "vera").get("/listening").text


def test_what_was_played_stands_beside_what_was_pledged(room: Room) -> None:
    mark = client(room, "mark")
    assert mark.post("/listening", data={"minutes": "2"}).status_code == 303
    play(room, "mark", 0, 2.5)
    play(room, "mark", 1, 2.9)
    week = mark.get("/api/listening").json()["own"]["weeks"][-1]
    assert (week["pledged"], week["seconds"], week["minutes"]) == (2, 2.9, 0)  # 0 to 2.5 and 1 to 2.9 are 2.9 s
    assert "Less than a minute played so far this week, 2 more to the 2 pledged." in mark.get("/listening").text
    assert client(room, "vera").get("/api/listening").json()["people"][3]["weeks"][-1] == week


def test_the_next_week_begins_anew_and_the_pledge_stays(room: Room, clock: Clock) -> None:
    mark = client(room, "mark")
    mark.put("/api/listening/pledge", json={"minutes": 30})
    play(room, "mark", 0, 2)
    clock.at += timedelta(hours=1)
    mark = client(room, "mark")
    clock.at += timedelta(weeks=1) - timedelta(hours=1)
    weeks = client(room, "mark").get("/api/listening").json()["own"]["weeks"]
    assert [(w["seconds"], w["pledged"]) for w in weeks[-3:]] == [(0.0, None), (2.0, 30), (0.0, 30)]


def test_a_pledge_is_kept_in_ones_own_stream_and_once(room: Room) -> None:
    mark = client(room, "mark")
    for _ in range(2):
        assert mark.post("/listening", data={"minutes": "30"}).status_code == 303
    found = room.index.rows("SELECT call, kind, author FROM happened")
    assert found == [("mark", "listening_pledged", "mark")]
    mark.post("/listening", data={"minutes": ""})
    assert mark.get("/api/listening").json()["own"]["pledged"] is None


@pytest.mark.parametrize("typed", ["-5", "2401", "many", "1e3", "²", "999999999"])
def test_what_is_no_number_of_minutes_comes_back_as_it_was_typed(room: Room, typed: str) -> None:
    answer = client(room, "mark").post("/listening", data={"minutes": typed})
    assert answer.status_code == 400
    assert f'value="{typed}"' in answer.text
    assert "from 0 to 2400" in answer.text
    assert room.index.rows("SELECT count(*) FROM happened") == [(0,)]


def test_an_empty_index_gives_the_same_page_again(room: Room, tmp_path: Path) -> None:
    mark = client(room, "mark")
    mark.post("/listening", data={"minutes": "30"})
    play(room, "mark", 0, 2)
    before = mark.get("/api/listening").json()
    room.index.close()
    room.workspace.rebuild_index()
    again = open_room(room.workspace, Config(), now=room.now)
    assert client(again, "mark").get("/api/listening").json() == before
    again.close()


def test_a_token_that_may_write_pledges(room: Room) -> None:
    program = client(room)
    program.headers["Authorization"] = f"Bearer {token_of(room, 'anna')}"
    assert program.put("/api/listening/pledge", json={"minutes": 15}).json()["own"]["pledged"] == 15
    assert program.put("/api/listening/pledge", json={"minutes": -1}).status_code == 422
