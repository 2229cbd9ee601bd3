"""The places of a call's sound: parts of it, its loudness, reports of what was played, and who may."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from pipeline.review.audit import Wanted
from pipeline.review.room import Room
from pipeline.review.sound.listening import listened
from tests.review.rooms import call_of, client, make_room


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    made = make_room(tmp_path, reps=("Anna",))
    yield made
    made.close()


@pytest.fixture
def call(room: Room) -> str:
    return call_of(room, "Anna")


@pytest.fixture
def mark(room: Room) -> TestClient:
    return client(room, "mark")


@pytest.mark.parametrize("base", ["", "/api"])
def test_the_whole_sound_and_parts_of_it(mark: TestClient, call: str, base: str) -> None:
    place = f"{base}/calls/{call}/sound"
    whole = mark.get(place)
    size = len(whole.content)
    assert (whole.status_code, whole.content[:4]) == (200, b"fLaC")
    assert whole.headers["content-type"] == "audio/flac"
    assert whole.headers["accept-ranges"] == "bytes"
    part = mark.get(place, headers={"Range": "bytes=1000-1999"})
    assert (part.status_code, part.content) == (206, whole.content[1000:2000])
    assert part.headers["content-range"] == f"bytes 1000-1999/{size}"
    last = mark.get(place, headers={"Range": "bytes=-10"})
    assert last.content == whole.content[-10:]
    beyond = mark.get(place, headers={"Range": f"bytes={size}-"})
    assert (beyond.status_code, beyond.headers["content-range"]) == (416, f"bytes */{size}")
    several = mark.get(place, headers={"Range": "bytes=0-1,4-5"})
    assert (several.status_code, len(several.content)) == (200, size)


def test_a_part_of_another_version_is_answered_with_the_whole(mark: TestClient, call: str) -> None:
    place = f"/calls/{call}/sound"
    etag = mark.get(place).headers["etag"]
    same = mark.get(place, headers={"Range": "bytes=0-9", "If-Range": etag})
    other = mark.get(place, headers={"Range": "bytes=0-9", "If-Range": '"another"'})
    assert (same.status_code, other.status_code) == (206, 200)
    assert mark.get(place, headers={"If-None-Match": etag}).status_code == 304


def test_head_says_how_long_it_is_and_sends_nothing(mark: TestClient, call: str) -> None:
    place = f"/calls/{call}/sound"
    told = mark.head(place)
    assert (told.status_code, told.content) == (200, b"")
    assert int(told.headers["content-length"]) == len(mark.get(place).content)
    assert mark.head(place, headers={"Range": "bytes=0-9"}).headers["content-length"] == "10"


def test_the_sound_is_kept_nowhere_on_the_way(mark: TestClient, call: str) -> None:
    assert mark.get(f"/calls/{call}/sound").headers["cache-control"] == "no-store"


@pytest.mark.parametrize("user", ["nina", "carl", "bert", "otto", "adam"])
@pytest.mark.parametrize("place", ["sound", "peaks", "player"])
def test_to_outsiders_there_is_nothing(room: Room, call: str, user: str, place: str) -> None:
    assert client(room, user).get(f"/api/calls/{call}/{place}").status_code == 404


def test_an_outsider_reports_nothing(room: Room, call: str) -> None:
    told = {"stretches": [{"start": 0, "end": 1}]}
    assert client(room, "nina").post(f"/api/calls/{call}/played", json=told).status_code == 404
    assert client(room).post(f"/api/calls/{call}/played", json=told).status_code == 401
    assert listened(room.workspace, call, "nina") == ()


def test_the_loudness_of_both_sides(mark: TestClient, call: str) -> None:
    found = mark.get(f"/calls/{call}/peaks").json()
    assert found == mark.get(f"/api/calls/{call}/peaks").json()
    # 60 s are 3000 frames, two for each of 1500 bins.
    assert len(found["rep"]) == len(found["customer"]) == 1500
    assert found["bin_s"] == pytest.approx(60 / 1500)
    lanes = {lane["role"]: lane["spans"] for lane in mark.get(f"/api/calls/{call}/player").json()["timeline"]["lanes"]}
    for role in ("rep", "customer"):
        for n, loud in enumerate(found[role]):
            start, end = n * 60 / 1500, (n + 1) * 60 / 1500
            if any(s["start"] <= start and end <= s["end"] for s in lanes[role]):
                assert loud > 0
            elif not any(s["start"] < end and start < s["end"] for s in lanes[role]):
                assert loud == 0


def test_a_recording_that_is_gone_is_told_as_such(room: Room, mark: TestClient, call: str) -> None:
    room.workspace.record(call).files[0].unlink()
    for place in ("sound", "peaks"):
        told = mark.get(f"/api/calls/{call}/{place}")
        assert told.status_code == 404
        assert "00.wav cannot be read where it was reviewed" in told.json()["error"]
    player = mark.get(f"/api/calls/{call}/player").json()
    assert (player["state"], player["hint"]) == ("none", "put the recording back where it was")
    assert player["timeline"]["lanes"]


def test_what_was_played_is_taken_and_told(room: Room, mark: TestClient, call: str) -> None:
    mark.get(f"/calls/{call}/sound")
    told = mark.post(f"/calls/{call}/played", json={"stretches": [{"start": 1, "end": 2}, {"start": 1.5, "end": 3}]})
    assert told.status_code == 200
    assert told.json() == {"call": call, "user": "mark", "spans": [{"start": 1.0, "end": 3.0}], "heard_s": 2.0}
    assert [s.model_dump() for s in listened(room.workspace, call, "mark")] == told.json()["spans"]
    assert mark.get(f"/api/calls/{call}/player").json()["heard"] == told.json()["spans"]


def test_listening_is_in_the_trail_once(room: Room, mark: TestClient, call: str) -> None:
    for start in (0, 1):
        mark.post(f"/api/calls/{call}/played", json={"stretches": [{"start": start, "end": start + 0.5}]})
    found = room.audit.find(Wanted(action="listened")).events
    assert [(e.user, e.call) for e in found] == [("mark", call)]


@pytest.mark.parametrize(
    ("stretches", "status"),
    [
        ([{"start": 0, "end": 59}], 400),  # nobody plays 59 s in no time
        ([{"start": 5, "end": 4}], 400),
        ([{"start": 0, "end": 400}], 400),
        ([{"start": -1, "end": 1}], 422),
        ([], 422),
        ([{"start": 0, "end": 1, "more": 1}], 422),
        ("all", 422),
    ],
)
def test_what_cannot_be_true_is_refused(
    room: Room, mark: TestClient, call: str, stretches: object, status: int
) -> None:
    assert mark.post(f"/api/calls/{call}/played", json={"stretches": stretches}).status_code == status
    assert listened(room.workspace, call, "mark") == ()


def test_a_rep_sees_no_marked_moment_before_an_approval(room: Room, mark: TestClient, call: str) -> None:
    assert mark.get(f"/api/calls/{call}/player").json()["marks"]
    found = client(room, "anna").get(f"/api/calls/{call}/player").json()
    assert found["marks"] == []
    assert found["timeline"]["lanes"]
