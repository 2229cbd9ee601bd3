"""Prospecting activity in the room: from the calls' own metadata, for the rep and those above, by name and no rank."""

from collections.abc import Iterator

import pytest

from pipeline.cycle.contact_calls import answered
from pipeline.review.room import Room
from tests.review.rooms import add_calls, client, make_room
from tests.scripted import Script

NOBODY: Script = (
    ("S1", 0.0, 6.0, "Hi, this is Ann from Heron Lane, I wanted to ask how you plan your week today."),
    ("S1", 8.0, 12.0, "I will call you again on Monday, thank you and goodbye."),
)
"""A message on a machine."""


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    folder = tmp_path_factory.mktemp("prospecting")
    room = make_room(folder, ("Anna",))
    stated = {"stage": "prospecting", "direction": "outbound", "customer": "Kite"}
    for n, day in enumerate(("2026-02-01", "2026-02-03", "2026-02-10")):
        more = {**stated, "started_at": f"{day}T10:00:00+00:00", "customer": ("Kite", "KITE", " kite ")[n]}
        add_calls(room.workspace, folder / f"a{n}", ["Bert"], script=NOBODY, stated=more)
    inbound = {**stated, "started_at": "2026-02-20T10:00:00+00:00", "direction": "inbound", "customer": "Loon <b>"}
    add_calls(room.workspace, folder / "in", ["Bert"], stated=inbound)
    out = {**stated, "started_at": "2026-03-02T10:00:00+00:00", "customer": "Loon <b>"}
    add_calls(room.workspace, folder / "out", ["Bert"], stated=out)
    room.index.refresh()
    yield room
    room.close()


def test_attempts_their_spacing_and_how_each_contact_stands(room: Room) -> None:
    found = client(room, "mark").get("/api/people/bert/prospecting").json()
    contacts = {c["customer"]: c for group in found["groups"] for c in group["contacts"]}
    assert set(contacts) == {"kite", "Loon <b>"}
    # 1, 3 and 10 February; on 5 March the last is 23 days ago, and three of six attempts were made.
    assert (contacts["kite"]["spacing"], contacts["kite"]["spaced"]) == ([2, 7], "2 and 7 days apart")
    assert (len(contacts["kite"]["attempts"]), contacts["kite"]["state"]) == (3, "given_up")
    # Loon called in on 20 February, which is no attempt; the one of 2 March is, and was answered.
    assert (len(contacts["Loon <b>"]["attempts"]), contacts["Loon <b>"]["state"]) == (1, "reached")
    assert found["n_attempts"] == 4


@pytest.mark.parametrize(
    ("turns", "seconds", "told"),
    [
        ((2, 0, 2, 2), 60.0, True),  # the customer's side speaks twice
        ((1, 0, 1, 2), 60.0, False),  # once: an answering machine
        ((0, 0, 0, 1), 600.0, False),  # the rep's voice alone, known as such
        ((0, 3, 0, 1), 60.0, False),  # one voice of nobody's, a minute: a message that was left
        ((0, 3, 0, 1), 90.1, None),  # one voice for longer: perhaps two that were not told apart
        ((0, 9, 4, 2), 600.0, True),  # two voices talk, whoever is who
        ((0, 9, 1, 2), 600.0, False),  # one of them spoke once
        ((0, 0, 0, 0), 20.0, False),  # nobody spoke
    ],
)
def test_whether_somebody_answered_goes_by_turns(
    turns: tuple[int, int, int, int], seconds: float, told: bool | None
) -> None:
    assert answered(*turns, seconds=seconds) is told


def test_the_rep_and_those_above_see_it_and_nobody_else(room: Room) -> None:
    for place in ("/people/bert/prospecting", "/api/people/bert/prospecting"):
        told = {user: client(room, user).get(place).status_code for user in ("bert", "mark", "vera", "anna", "nina")}
        assert told == {"bert": 200, "mark": 200, "vera": 200, "anna": 404, "nina": 404}


def test_the_teams_page_is_for_coaches_and_goes_by_names_alone(room: Room) -> None:
    assert [r["name"] for r in client(room, "vera").get("/api/prospecting").json()["reps"]] == ["Anna", "Bert", "Carl"]
    assert [r["name"] for r in client(room, "mark").get("/api/prospecting").json()["reps"]] == ["Anna", "Bert"]
    assert {client(room, user).get("/prospecting").status_code for user in ("anna", "otto", "adam")} == {404}


def test_pages_say_that_it_is_no_quota_and_escape_what_people_named(room: Room) -> None:
    page = client(room, "bert").get("/people/bert/prospecting").text
    assert "It is no quota" in page
    assert "Loon &lt;b&gt;" in page
    assert "<b>" not in page
    assert "It is no quota" in client(room, "mark").get("/prospecting").text


def test_a_rep_without_attempts_is_told_what_will_stand_there(room: Room) -> None:
    assert "No attempts in these weeks" in client(room, "anna").get("/people/anna/prospecting").text
    assert "No calls in these weeks" in client(room, "carl").get("/people/carl/prospecting").text
