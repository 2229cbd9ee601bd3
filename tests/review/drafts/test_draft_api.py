"""The review of a call for other programs: the same rules, and both states where somebody saved in between."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from pipeline.review.room import Room
from pipeline.reviewing.standing import state_of
from tests.review.drafts.typing_in import listen
from tests.review.rooms import call_of, client, make_room
from tests.reviewed import score_again


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    made = make_room(tmp_path, ("Anna",))
    yield made
    made.close()


@pytest.fixture
def call(room: Room) -> str:
    return call_of(room, "Anna")


@pytest.fixture
def mark(room: Room) -> TestClient:
    return client(room, "mark")


SEEN = {"after": 0, "record": 1}


def test_the_review_tells_state_words_ranking_and_what_is_unheard(mark: TestClient, call: str) -> None:
    review = mark.get(f"/api/calls/{call}/review").json()
    assert (review["state"], review["number"], review["record"]) == ("waiting", 0, 1)
    assert review["feedback"] == review["original"]
    assert [choice["behaviour"] for choice in review["choices"]][:2] == ["concern_explored", "answer_checked"]
    assert [(m["ref"], m["start"], m["heard"]) for m in review["unheard"]] == [
        ("o018", 33.0, 0.0),
        ("concern_explored", 39.0, 0.0),
    ]


def test_a_review_is_for_coaches_alone(room: Room, call: str) -> None:
    for user in ("anna", "nina", "bert", "adam"):
        assert client(room, user).get(f"/api/calls/{call}/review").status_code == 404


def test_words_are_saved_with_reasons_and_the_original_stays(mark: TestClient, call: str) -> None:
    review = mark.get(f"/api/calls/{call}/review").json()
    words = {**review["feedback"], "strength": "You asked for a date.\r\n\r\nAnd got one."}
    sent = {**SEEN, "feedback": words, "reasons": {"strength": "Shorter."}}
    saved = mark.put(f"/api/calls/{call}/review/feedback", json=sent).json()
    assert (saved["state"], saved["number"]) == ("edited", 1)
    assert saved["feedback"]["strength"] == "You asked for a date.\n\nAnd got one."
    assert saved["original"] == review["original"]
    part = saved["parts"][0]
    assert (part["edited"], part["reason"], part["by"]) == (True, "Shorter.", "Mark")


def test_a_stale_save_gets_both_states(room: Room, mark: TestClient, call: str) -> None:
    words = mark.get(f"/api/calls/{call}/review").json()["feedback"]
    client(room, "vera").put(
        f"/api/calls/{call}/review/feedback", json={**SEEN, "feedback": {**words, "strength": "Vera’s."}}
    )
    answer = mark.put(f"/api/calls/{call}/review/feedback", json={**SEEN, "feedback": {**words, "strength": "Mark’s."}})
    assert answer.status_code == 409
    both = answer.json()
    assert both["theirs"]["feedback"]["strength"] == "Vera’s."
    assert both["yours"]["strength"] == "Mark’s."


@pytest.mark.parametrize(
    ("act", "body"),
    [
        ("improvement", {"behaviour": "patience"}),
        ("approve", {"override": "I was on the call."}),
        ("send-back", {"reason": "Wrong speaker."}),
        ("reopen", {"reason": "Wrong date."}),
        ("take-new", {"reading": 2}),
    ],
)
def test_every_act_is_refused_when_stale(
    room: Room, mark: TestClient, call: str, act: str, body: dict[str, object]
) -> None:
    words = mark.get(f"/api/calls/{call}/review").json()["feedback"]
    saved = {**SEEN, "feedback": {**words, "strength": "Vera’s."}}
    client(room, "vera").put(f"/api/calls/{call}/review/feedback", json=saved)
    answer = mark.post(f"/api/calls/{call}/review/{act}", json={**SEEN, **body})
    assert answer.status_code == 409
    assert answer.json()["theirs"]["number"] == 1
    assert state_of(room.workspace, call).number == 1


def test_feedback_is_fetched_once_it_is_approved_and_no_earlier(room: Room, mark: TestClient, call: str) -> None:
    anna = client(room, "anna")
    for browser in (mark, anna):
        assert browser.get(f"/api/calls/{call}/feedback").status_code == 404
    assert mark.post(f"/api/calls/{call}/review/approve", json=SEEN).status_code == 400
    listen(room, call, "mark")
    assert mark.post(f"/api/calls/{call}/review/approve", json=SEEN).json()["state"] == "approved"
    for browser in (mark, anna):
        found = browser.get(f"/api/calls/{call}/feedback").json()
        assert found["approved_by"] == "Mark"
        assert found["feedback"]["strength"].startswith("You proposed a concrete next step.")
        assert set(found) == {"call", "approved_by", "approved_at", "feedback", "moments"}
    mark.post(f"/api/calls/{call}/review/reopen", json={"after": 1, "record": 1, "reason": "Wrong date."})
    assert anna.get(f"/api/calls/{call}/feedback").status_code == 404


def test_another_improvement_asks_whose_words_stay(room: Room, mark: TestClient, call: str) -> None:
    words = mark.get(f"/api/calls/{call}/review").json()["feedback"]
    mark.put(f"/api/calls/{call}/review/feedback", json={**SEEN, "feedback": {**words, "practice": "Mine."}})
    sent = {"after": 1, "record": 1, "behaviour": "patience"}
    asked = mark.post(f"/api/calls/{call}/review/improvement", json=sent)
    assert asked.status_code == 400
    assert "practice" in asked.json()["error"]
    made = mark.post(f"/api/calls/{call}/review/improvement", json={**sent, "keep": {"practice": "mine"}}).json()
    assert made["feedback"]["practice"] == "Mine."
    assert [choice["behaviour"] for choice in made["choices"] if choice["chosen"]] == ["patience"]


def test_a_new_reading_is_told_and_taken(room: Room, mark: TestClient, call: str) -> None:
    words = mark.get(f"/api/calls/{call}/review").json()["feedback"]
    mark.put(f"/api/calls/{call}/review/feedback", json={**SEEN, "feedback": {**words, "facts": "Mine."}})
    score_again(room.workspace)
    review = mark.get(f"/api/calls/{call}/review").json()
    assert review["newer"]["record"] == 2
    assert "improvement" in [part["part"] for part in review["newer"]["parts"]]
    sent = {"after": 1, "record": 1, "reading": 2, "keep": {"facts": "mine"}}
    taken = mark.post(f"/api/calls/{call}/review/take-new", json=sent).json()
    assert (taken["record"], taken["feedback"]["facts"], taken["newer"]) == (2, "Mine.", None)


@pytest.mark.parametrize("seen", [{"after": 0, "record": 7}, {"after": 9, "record": 1}, {"after": 0}])
def test_a_state_that_never_was_is_an_answer_and_no_crash(mark: TestClient, call: str, seen: dict[str, int]) -> None:
    words = mark.get(f"/api/calls/{call}/review").json()["feedback"]
    answer = mark.put(f"/api/calls/{call}/review/feedback", json={**seen, "feedback": words})
    assert answer.status_code in (404, 409, 422)
