"""A manager's recorded one-to-ones in the room: theirs and those above them; what was found opens with the approval."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from pipeline.domain.review import Review
from pipeline.review.room import Room
from pipeline.reviewing.standing import state_of
from tests.review.cycle.deals.test_deal_pages import read
from tests.review.rooms import NOW, client, make_room

PLACES = ("/people/mark/coached", "/api/people/mark/coached")


@pytest.fixture
def talk(tmp_path: Path) -> Iterator[tuple[Room, str]]:
    room = make_room(tmp_path, ())
    stated = {"manager": "Mark", "rep": "Anna", "stage": "coaching", "started_at": "2026-03-02T10:00:00+00:00"}
    call = read(room, tmp_path / "t", "talk", "coaching", **stated)
    room.index.refresh()
    yield room, call
    room.close()


def approve(room: Room, call: str) -> None:
    standing = state_of(room.workspace, call)
    review = Review(
        call=call, action="approved", state="approved", author="vera", at=NOW + timedelta(hours=1),
        record=standing.record, draft=standing.draft_key, feedback=standing.feedback,
    )  # fmt: skip
    room.workspace.reviews.append(call, review)
    room.index.refresh()


def test_only_the_manager_and_those_above_come_in(talk: tuple[Room, str]) -> None:
    room, _ = talk
    for place in PLACES:
        users = ("mark", "vera", "nina", "anna", "bert", "adam", "otto")
        told = {user: client(room, user).get(place).status_code for user in users}
        assert told == dict.fromkeys(users, 404) | {"mark": 200, "vera": 200}


def test_the_rep_in_it_finds_it_nowhere(talk: tuple[Room, str]) -> None:
    room, call = talk
    anna = client(room, "anna")
    assert anna.get(f"/calls/{call}").status_code == 404
    assert call not in anna.get("/api/calls").text
    assert anna.get("/api/people/anna/coached").json()["talks"] == []


def test_who_coaches_the_manager_sees_six_things_with_their_quotes(talk: tuple[Room, str]) -> None:
    room, call = talk
    (found,) = client(room, "vera").get(PLACES[1]).json()["talks"]
    assert (found["call"], found["rep"], found["closed"]) == (call, "Anna", "")
    assert [sign["title"] for sign in found["signs"]] == [
        "The rep’s view first", "Asks against tells", "“Tell me more”", "Positive first", "One thing to change",
        "Next step with a date",
    ]  # fmt: skip
    said = {str(text) for (text,) in room.index.rows("SELECT quote FROM observations WHERE call = ?", [call])}
    quotes = [quote for sign in found["signs"] for quote in sign["quotes"]]
    assert quotes
    assert {" ".join(quote["text"].split()) for quote in quotes} <= said
    assert all(quote["address"].startswith(f"/calls/{call}#t") for quote in quotes)


def test_the_manager_has_the_measures_at_once_and_what_was_found_after_the_approval(talk: tuple[Room, str]) -> None:
    room, call = talk
    (found,) = client(room, "mark").get(PLACES[1]).json()["talks"]
    assert found["signs"] == []
    assert "opens to you once" in found["closed"]
    assert found["share"].startswith("Manager spoke")
    page = client(room, "mark").get(PLACES[0]).text
    for (text,) in room.index.rows("SELECT quote FROM observations WHERE call = ?", [call]):
        assert str(text) not in page
    approve(room, call)
    (found,) = client(room, "mark").get(PLACES[1]).json()["talks"]
    assert len(found["signs"]) == 6


def test_a_rep_is_told_whom_the_page_is_about(talk: tuple[Room, str]) -> None:
    room, _ = talk
    assert "No recorded one-to-ones" in client(room, "anna").get("/people/anna/coached").text
    assert "--rubric by-stage" in client(room, "nina").get("/people/nina/coached").text
