"""One-to-ones by the API: the same rules, both states after a clash, a proposal that fits."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipeline.review.room import Room
from tests.review.cycle.sessions.planned import BASE, sessions_room
from tests.review.rooms import call_of, client

API = f"/api{BASE}"


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    room = sessions_room(tmp_path)
    yield room
    room.close()


def body(room: Room, **changes: object) -> dict[str, Any]:
    clips = client(room, "mark").get(f"{API}/proposal?call={call_of(room, 'Anna')}").json()["clips"]
    return {
        "starts_at": "2026-03-10T09:00:00Z", "minutes": 20, "template": "tactical", "purpose": "p", "reason": "r",
        "clips": clips, **changes,
    }  # fmt: skip


def test_a_proposal_fits_and_is_in_order(room: Room) -> None:
    found = client(room, "mark").get(f"{API}/proposal").json()
    assert found["fits"] is True
    assert (found["template"], found["minutes"]) == ("tactical", 20)
    assert [clip["part"] for clip in found["clips"]] == ["rep", "positive", "improvement"]
    assert client(room, "anna").get(f"{API}/proposal").status_code == 404
    other = call_of(room, "Bert")
    assert client(room, "mark").get(f"{API}/proposal?call={other}").status_code == 400


def test_from_plan_to_what_was_agreed(room: Room) -> None:
    mark, anna = client(room, "mark"), client(room, "anna")
    made = mark.post(API, json=body(room))
    assert made.status_code == 201
    assert [need["need"] for need in made.json()["missing"]] == ["importance"]
    session = made.json()["id"]
    early = mark.post(f"{API}/{session}/start")
    assert early.status_code == 400
    assert "importance" in early.json()["error"]
    assert anna.post(f"{API}/{session}/importance", json={"text": "mine"}).json()["importance"]["by_rep"] is True
    assert mark.post(f"{API}/{session}/start").json()["state"] == "started"
    step = {"text": "ask one question", "who": "rep", "by": "2026-03-12"}
    held = mark.post(f"{API}/{session}/hold", json={"steps": [step], "follow_up": "2026-03-19"})
    assert held.json()["held"]["steps"][0]["told"] == "Rep"
    listed = anna.get(API).json()
    assert [(row["id"], row["state"]) for row in listed["past"]] == [(session, "held")]
    assert [(each["on"], each["state"]) for each in listed["follow_ups"]] == [("2026-03-19", "later")]


def test_seconds_of_the_agenda_add_up(room: Room) -> None:
    agenda = client(room, "mark").post(API, json=body(room)).json()["agenda"]
    assert agenda["total_s"] == pytest.approx(sum(item["length_s"] for item in agenda["items"]), abs=1e-9)
    assert agenda["total_s"] + agenda["remaining_s"] == 20 * 60


def test_a_clash_gives_both_plans(room: Room) -> None:
    mark, vera = client(room, "mark"), client(room, "vera")
    made = mark.post(API, json=body(room)).json()
    place, seen = f"{API}/{made['id']}", made["seen"]
    changed = vera.put(place, json=body(room, purpose="hers", seen=seen))
    assert changed.status_code == 200
    late = mark.put(place, json=body(room, purpose="his", seen=seen))
    assert late.status_code == 409
    assert (late.json()["theirs"]["purpose"], late.json()["yours"]["purpose"]) == ("hers", "his")
    assert mark.put(place, json=body(room, purpose="his", seen=changed.json()["seen"])).json()["purpose"] == "his"


def test_cancelling_and_linking_take_what_the_rules_ask(room: Room) -> None:
    mark = client(room, "mark")
    session = mark.post(API, json=body(room)).json()["id"]
    assert mark.post(f"{API}/{session}/recorded", json={"call": call_of(room, "Anna")}).status_code == 400
    assert mark.post(f"{API}/{session}/cancel", json={"reason": "ill"}).json()["state"] == "cancelled"
    assert mark.post(f"{API}/{session}/start").status_code == 400
    assert mark.get(f"{API}/{session}/calendar.ics").headers["content-type"].startswith("text/calendar")


def test_an_unknown_template_is_not_found_and_says_which_are_known(room: Room) -> None:
    answer = client(room, "mark").post(API, json=body(room, template="none"))
    assert answer.status_code == 404
    assert "tactical" in answer.json()["hint"]
