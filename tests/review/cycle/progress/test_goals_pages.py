"""The page of goals: who writes what, what is refused, and the gap map."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from pipeline.cycle.desk import history_of
from pipeline.cycle.goals import goals, targets
from pipeline.review.room import Room
from tests.review.cycle.progress.levels import BEGAN, add_levels
from tests.review.rooms import call_of, client, make_room

DEPTH = {"rubric": "discovery", "capability": "depth"}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    room = make_room(tmp_path_factory.mktemp("goals"), ("Anna", "Bert", "Carl"))
    yield room
    room.close()


@pytest.fixture
def room(made: Room) -> Room:
    return made


def texts(room: Room, person: str = "anna") -> list[str]:
    """The open goals of a person as the files have them."""
    return [goal.text for goal in goals(history_of(room.workspace, person)) if goal.is_open]


def posted(browser: TestClient, path: str, **fields: str) -> int:
    """The status of a form that is sent."""
    return browser.post(path, data=fields).status_code


def test_a_rep_sets_rewords_and_ends_a_goal_without_script(room: Room) -> None:
    carl = client(room, "carl")
    assert posted(carl, "/people/carl/goals", text="ask more", what="discovery/depth", by="2026-05-01") == 303
    page = carl.get("/people/carl/goals").text
    assert "ask more" in page
    assert "by 1 May 2026" in page
    assert posted(carl, "/people/carl/goals/g1", text="ask twice", what="", by="") == 303
    assert texts(room, "carl") == ["ask twice"]
    assert posted(carl, "/people/carl/goals/g1/end", reached="true", text="it sticks") == 303
    page = carl.get("/people/carl/goals").text
    assert "1 goal that ended" in page
    assert "it sticks" in page
    assert texts(room, "carl") == []


@pytest.mark.parametrize("user", ["mark", "vera", "bert"])
def test_nobody_but_the_rep_writes_their_goals(room: Room, user: str) -> None:
    other = client(room, user)
    before = texts(room)
    assert posted(other, "/people/anna/goals", text="sell more") == 404
    assert other.post("/api/people/anna/goals", json={"text": "sell more"}).status_code == 404
    assert texts(room) == before


def test_the_page_of_a_coach_has_no_form_for_goals_and_that_of_a_rep_none_for_targets(room: Room) -> None:
    assert 'action="/people/anna/goals"' not in client(room, "mark").get("/people/anna/goals").text
    assert 'action="/people/anna/targets"' not in client(room, "anna").get("/people/anna/goals").text


def test_a_coach_writes_the_target_that_both_agreed_and_the_rep_sees_it(room: Room) -> None:
    mark = client(room, "mark")
    sent = {"what": "discovery/depth", "level": "3", "next_step": "ask what happens if nothing changes"}
    assert posted(mark, "/people/anna/targets", **sent) == 303
    page = client(room, "anna").get("/people/anna/goals").text
    assert "ask what happens if nothing changes" in page
    assert "written by Mark" in page
    assert client(room, "anna").post("/people/anna/targets", data=sent).status_code == 404


@pytest.mark.parametrize(
    "fields",
    [
        {"what": "", "level": "3"},
        {"what": "discovery/depth", "level": ""},
        {"what": "discovery/depth", "level": "5"},
        {"what": "discovery/charm", "level": "2"},
        {"what": "closing/value", "level": "2"},
    ],
)
def test_a_target_that_is_none_is_refused_with_what_was_typed(room: Room, fields: dict[str, str]) -> None:
    before = targets(history_of(room.workspace, "anna"))
    answer = client(room, "mark").post("/people/anna/targets", data={**fields, "next_step": "kept <words>"})
    assert answer.status_code == 400
    assert "This was not saved" in answer.text
    assert "kept &lt;words&gt;" in answer.text
    assert targets(history_of(room.workspace, "anna")) == before


@pytest.mark.parametrize(
    "fields",
    [
        {"text": "  "},
        {"text": "ask", "by": "2020-01-01"},
        {"text": "ask", "by": "soon"},
        {"text": "ask", "what": "closing/value"},
    ],
)
def test_a_goal_that_is_none_is_refused_on_the_page(room: Room, fields: dict[str, str]) -> None:
    before = texts(room)
    answer = client(room, "anna").post("/people/anna/goals", data=fields)
    assert answer.status_code == 400
    assert "This was not saved" in answer.text
    assert texts(room) == before


def test_a_goal_that_is_not_there_cannot_be_ended(room: Room) -> None:
    assert posted(client(room, "anna"), "/people/anna/goals/g99/end", reached="true") == 400


def test_hostile_words_are_only_words(room: Room) -> None:
    posted(client(room, "bert"), "/people/bert/goals", text="<img src=x onerror=alert(1)>\u202eevil")
    page = client(room, "mark").get("/people/bert/goals").text
    assert "<img src=x" not in page
    assert "\u202e" not in page


def test_a_program_does_the_same_as_the_forms(room: Room) -> None:
    anna, mark = client(room, "anna"), client(room, "mark")
    set_ = anna.post("/api/people/anna/goals", json={"text": "hear the reason", **DEPTH}).json()
    (goal,) = [g for g in set_["open"] if g["text"] == "hear the reason"]
    assert goal["about"] == "Going below the surface"
    changed = anna.put(f"/api/people/anna/goals/{goal['id']}", json={"text": "hear the real reason", **DEPTH}).json()
    assert [g["text"] for g in changed["open"] if g["id"] == goal["id"]] == ["hear the real reason"]
    agreed = mark.post("/api/people/anna/targets", json={**DEPTH, "level": 4, "next_step": "why"}).json()
    (row,) = [r for r in agreed["map"]["rows"] if r["capability"] == "depth"]
    assert (row["target"]["level"], row["goals"][0]["text"]) == (4, "hear the real reason")
    ended = anna.post(f"/api/people/anna/goals/{goal['id']}/end", json={"reached": False}).json()
    assert goal["id"] in [g["id"] for g in ended["ended"]]
    assert mark.post("/api/people/anna/targets", json={**DEPTH, "level": 5}).status_code == 400


def test_the_rep_s_gap_map_has_levels_of_approved_calls_only(room: Room) -> None:
    add_levels(room, call_of(room, "Anna"), {"depth": [1, 1]})
    add_levels(room, call_of(room, "Anna"), {"depth": [2]}, approved=True, version=1, started=BEGAN.replace(month=11))
    rows = {
        user: next(
            r
            for r in client(room, user).get("/api/people/anna/goals").json()["map"]["rows"]
            if r["capability"] == "depth"
        )
        for user in ("anna", "mark")
    }
    assert (rows["anna"]["now"]["level"], rows["anna"]["now"]["n"]) == (2, 1)
    assert rows["mark"]["now"]["n"] >= 3
