"""Blind labelling: the machine's opinion is unseen until one's own label stands, and one's label then stays."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from evals.blind import load_blind
from pipeline.review.room import Room
from pipeline.rubrics import find_rubric
from tests.review.rooms import call_of, client, make_room

BEHAVIOURS = [b.id for b in find_rubric("discovery").rubric.behaviours if b.measure is None]
FIRST, SECOND = BEHAVIOURS[:2]


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    room = make_room(tmp_path, ("Anna",))
    yield room
    room.close()


def put_up(room: Room, *raters: str) -> str:
    call = call_of(room, "Anna")
    answer = client(room, "mark").post(f"/calls/{call}/labelling", data={"rater": list(raters)})
    assert answer.status_code == 303
    return call


def label(browser: TestClient, call: str, **states: str) -> int:
    return browser.post(f"/label/{call}", data={f"state.{b}": s for b, s in states.items()}).status_code


def test_who_is_asked_sees_the_words_and_nothing_else_of_the_call(room: Room) -> None:
    call = put_up(room, "otto")
    otto = client(room, "otto")
    sheet = otto.get(f"/label/{call}").text
    assert "one large spreadsheet" in sheet
    assert "data-play" not in sheet
    assert "Customer 0<" not in sheet
    assert "Anna" not in sheet
    assert otto.get(f"/calls/{call}").status_code == 404
    assert otto.get(f"/api/calls/{call}").status_code == 404
    assert otto.get(f"/label/{call}/sound").status_code in (200, 202, 206)


def test_who_is_not_asked_sees_nothing(room: Room) -> None:
    call = put_up(room, "otto")
    for user in ("carl", "nina", "adam"):
        assert client(room, user).get(f"/label/{call}").status_code == 404


def test_the_comparison_opens_with_ones_own_label(room: Room) -> None:
    call = put_up(room, "otto", "nina")
    otto = client(room, "otto")
    assert otto.get(f"/label/{call}/compare").status_code == 303
    assert otto.get(f"/api/labelling/{call}/comparison").status_code == 400
    assert label(otto, call, **{FIRST: "shown", SECOND: "not_shown"}) == 303
    rows = otto.get(f"/api/labelling/{call}/comparison").json()["rows"]
    own = {row["own"]["state"] for row in rows if row["own"]}
    assert own == {"Shown", "Not shown"}
    assert all(row["software"] for row in rows)
    assert all(not row["others"] for row in rows)
    assert label(client(room, "nina"), call, **{FIRST: "not_shown"}) == 303
    others = [row["others"] for row in otto.get(f"/api/labelling/{call}/comparison").json()["rows"] if row["others"]]
    assert [(o["by"], o["state"], o["agrees"]) for o in others[0]] == [("Nina", "Not shown", False)]


def test_a_label_stays_as_it_is(room: Room) -> None:
    call = put_up(room, "otto")
    otto = client(room, "otto")
    assert label(otto, call, **{FIRST: "shown"}) == 303
    assert label(otto, call, **{FIRST: "not_shown"}) == 409
    assert len(room.workspace.labels.all(call)) == 1


def test_who_saw_the_call_page_cannot_label_it_blind(room: Room) -> None:
    call = put_up(room, "mark", "otto")
    mark = client(room, "mark")
    assert mark.get(f"/calls/{call}").status_code == 200
    assert mark.get(f"/label/{call}").status_code == 403
    assert label(mark, call, **{FIRST: "shown"}) == 400
    assert "has seen what the software says" in mark.get(f"/calls/{call}/labelling").text


def test_a_form_with_a_mistake_comes_back_as_it_was_filled_in(room: Room) -> None:
    call = put_up(room, "otto")
    fields = {f"state.{FIRST}": "shown", f"turns.{FIRST}": "1, 99"}
    answer = client(room, "otto").post(f"/label/{call}", data=fields)
    assert answer.status_code == 400
    assert 'value="1, 99"' in answer.text
    assert "there is no turn 99" in answer.text
    assert not room.workspace.labels.all(call)


def test_labels_are_what_the_evaluation_reads(room: Room) -> None:
    call = put_up(room, "otto")
    answer = client(room, "otto").put(
        f"/api/labelling/{call}", json={"fields": {f"state.{FIRST}": "shown", f"turns.{FIRST}": "3"}}
    )
    assert answer.status_code == 200
    found, skipped = load_blind(room.workspace)
    assert skipped == ()
    assert [(c.id, c.raters) for c in found] == [(call, ("otto",))]
    assert [t.turn_id for t in found[0].turns if FIRST in t.behaviours] == ["t0003"]


def test_disagreements_come_first_and_calls_still_to_label_are_left_out(room: Room) -> None:
    call = put_up(room, "otto", "nina", "carl")
    assert label(client(room, "nina"), call, **{FIRST: "shown", SECOND: "shown"}) == 303
    assert label(client(room, "carl"), call, **{FIRST: "no_opportunity", SECOND: "shown"}) == 303
    before = client(room, "otto").get("/api/disagreements").json()
    assert (before["n_calls"], before["hidden"]) == (0, 1)
    assert label(client(room, "otto"), call, **{SECOND: "shown"}) == 303
    after = client(room, "otto").get("/api/disagreements").json()
    assert (after["n_calls"], after["n_raters"], after["hidden"]) == (1, 3, 0)
    rows = {row["behaviour"]: row for row in after["behaviours"]}
    # Of FIRST two people say different things; of SECOND three say the same: 3 pairs, all agreeing.
    assert (rows[FIRST]["n_pairs"], rows[FIRST]["n_agreeing"]) == (1, 0)
    assert (rows[SECOND]["n_pairs"], rows[SECOND]["n_agreeing"]) == (3, 3)
    assert rows[FIRST]["splits"][0]["call"] == call


def test_taking_a_call_back_ends_its_labelling(room: Room) -> None:
    call = put_up(room, "otto")
    assert client(room, "mark").post(f"/calls/{call}/labelling", data={}).status_code == 303
    assert client(room, "otto").get(f"/label/{call}").status_code == 404


def test_what_raters_do_is_in_the_trail(room: Room) -> None:
    call = put_up(room, "otto")
    otto = client(room, "otto")
    otto.get(f"/label/{call}")
    label(otto, call, **{FIRST: "shown"})
    events = client(room, "adam").get("/api/audit", params={"call": call}).json()["events"]
    assert [(e["user"], e["action"]) for e in reversed(events)] == [
        ("mark", "put_up_for_labelling"),
        ("otto", "viewed"),
        ("otto", "labelled"),
    ]
