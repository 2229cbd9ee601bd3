"""A recorded one-to-one is the manager's to be coached on: theirs, and those above them; never the rep's."""

from pathlib import Path

from tests.review.rooms import add_calls, client, make_room


def test_who_sees_a_recorded_one_to_one(tmp_path: Path) -> None:
    room = make_room(tmp_path, ())
    (call,) = add_calls(room.workspace, tmp_path / "talks", ("Anna",), stated={"manager": "Mark", "stage": "coaching"})
    room.index.refresh()
    told = {user: client(room, user).get(f"/calls/{call}").status_code for user in ("vera", "mark", "nina", "anna")}
    assert told == {"vera": 200, "mark": 200, "nina": 404, "anna": 404}
    assert client(room, "vera").get(f"/api/calls/{call}/review").status_code == 200
    assert client(room, "mark").get(f"/api/calls/{call}/review").status_code == 404
    assert [row["call"] for row in client(room, "vera").get("/api/inbox").json()["rows"]] == [call]
    assert client(room, "mark").get("/api/inbox").json()["rows"] == []
