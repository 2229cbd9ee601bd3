"""The page of a call: who sees what of it, which reading it shows, what is written down of a look at it."""

import re
from pathlib import Path

import pytest

from pipeline.review.call.seeing import sees_judgement, sees_judgement_of
from pipeline.review.room import Room
from tests.review.call.pages import add_call, approve, entry_of, events_of, read_again
from tests.review.rooms import call_of, client, make_room

JUDGED = "Asks whether the plan or the time suits the customer"
"""A behaviour of the rubric: it stands on the scorecard and nowhere else."""
EMPTY: dict[str, object] = {"observations": [], "rejected": [], "verdicts": [], "scores": [], "draft": None}


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return make_room(tmp_path, ("Anna",))


def looks_at(room: Room) -> list[tuple[str, str | None, str]]:
    return [(e.user, e.call, e.detail) for e in events_of(room) if e.action == "viewed"]


def test_who_coaches_sees_draft_scorecard_and_quotes(room: Room) -> None:
    text = client(room, "mark").get(f"/calls/{call_of(room, 'Anna')}").text
    assert JUDGED in text
    assert 'id="draft-part"' in text
    assert '<mark class="effective">' in text
    assert "four hours every Sunday night." in text


def test_a_rep_sees_no_judgement_before_the_approval(room: Room) -> None:
    text = client(room, "anna").get(f"/calls/{call_of(room, 'Anna')}").text
    assert "four hours every Sunday night." in text
    assert "open to you once your manager has approved" in text
    for word in (JUDGED, "<mark", 'id="scorecard"', "Level 1 of", "did not stand up", 'class="mark '):
        assert word not in text


def test_a_rep_sees_the_scorecard_after_the_approval(room: Room) -> None:
    call = call_of(room, "Anna")
    approve(room, call)
    text = client(room, "anna").get(f"/calls/{call}").text
    assert JUDGED in text
    assert '<mark class="effective">' in text


def test_the_page_leads_to_the_pack_and_coaches_to_labelling(room: Room) -> None:
    call = call_of(room, "Anna")
    pack, labelling, marked = f'href="/calls/{call}/pack.pdf"', f'href="/calls/{call}/labelling"', "marked as a draft"

    def offered(user: str) -> list[bool]:
        text = client(room, user).get(f"/calls/{call}").text
        return [words in text for words in (pack, marked, labelling)]

    assert (offered("mark"), offered("anna")) == ([True, True, True], [False, False, False])
    approve(room, call)
    assert (offered("mark"), offered("anna")) == ([True, False, True], [True, False, False])


def test_the_head_says_where_the_review_stands_and_nothing_says_it_again(room: Room) -> None:
    call = call_of(room, "Anna")
    for user, before in (("mark", "Draft"), ("anna", "Not approved yet")):
        assert re.findall(r'class="badge[^"]*">([^<]+)', client(room, user).get(f"/calls/{call}").text)[0] == before
    assert 'class="badge' not in client(room, "mark").get(f"/calls/{call}/draft").text
    approve(room, call)
    for user in ("mark", "anna"):
        assert '<span class="badge good">Approved</span>' in client(room, user).get(f"/calls/{call}").text


def test_to_a_rep_the_api_says_why_it_gives_no_judgement(room: Room) -> None:
    call = call_of(room, "Anna")
    sealed = client(room, "anna").get(f"/api/calls/{call}").json()
    assert {name: sealed[name] for name in EMPTY} == EMPTY
    assert "approved" in sealed["sealed"]
    assert len(sealed["turns"]) == 11
    approve(room, call)
    given = client(room, "anna").get(f"/api/calls/{call}").json()
    assert given["sealed"] is None
    assert given["observations"]
    assert given["draft"]
    assert given["review"] == "approved"


def test_the_api_gives_coaches_what_the_command_shows(room: Room) -> None:
    from pipeline.export.contract import call_fields

    call = call_of(room, "Anna")
    given = client(room, "mark").get(f"/api/calls/{call}").json()
    shown = call_fields(room.result(room.record(call)[1])).model_dump(mode="json")
    assert {name: given[name] for name in shown} == shown


def test_a_later_reading_opens_to_a_rep_with_its_own_approval_only(room: Room) -> None:
    call = call_of(room, "Anna")
    approve(room, call, record=1)
    assert read_again(room, call) == 2
    anna = entry_of(room, "anna", call)
    assert sees_judgement(anna)
    assert [sees_judgement_of(anna, n) for n in (1, 2)] == [True, False]
    browser = client(room, "anna")
    assert browser.get(f"/api/calls/{call}").json()["record"] == 1
    assert JUDGED in browser.get(f"/calls/{call}").text
    newer = browser.get(f"/api/calls/{call}?record=2").json()
    assert newer["sealed"]
    assert {name: newer[name] for name in EMPTY} == EMPTY
    assert JUDGED not in browser.get(f"/calls/{call}?record=2").text


def test_the_latest_reading_is_shown_and_an_earlier_one_on_request(room: Room) -> None:
    call = call_of(room, "Anna")
    approve(room, call, record=1)
    read_again(room, call)
    browser = client(room, "mark")
    latest = browser.get(f"/calls/{call}").text
    assert f'href="/calls/{call}?record=1"' in latest
    assert "of reading 1" in latest
    assert "You see reading 1 of 2" in browser.get(f"/calls/{call}?record=1").text


@pytest.mark.parametrize("number", ["0", "2", "-1", "999999999"])
def test_a_reading_that_is_not_there_is_not_found(room: Room, number: str) -> None:
    call, browser = call_of(room, "Anna"), client(room, "mark")
    for path in (f"/calls/{call}", f"/api/calls/{call}", f"/api/calls/{call}/measures"):
        assert browser.get(f"{path}?record={number}").status_code == 404


@pytest.mark.parametrize("path", ["/calls/{}", "/api/calls/{}", "/api/calls/{}/measures", "/api/calls/{}/comments"])
def test_an_outsider_finds_nothing(room: Room, path: str) -> None:
    call = call_of(room, "Anna")
    assert [client(room, user).get(path.format(call)).status_code for user in ("nina", "bert", "otto")] == [404] * 3


def test_each_look_at_the_page_is_written_down_and_its_parts_are_not(room: Room) -> None:
    call, browser = call_of(room, "Anna"), client(room, "mark")
    browser.get(f"/calls/{call}")
    browser.get(f"/api/calls/{call}/measures")
    browser.post(f"/calls/{call}/comments", data={"text": "Well heard."}, headers={"HX-Request": "true"})
    browser.get(f"/api/calls/{call}")
    assert looks_at(room) == [("mark", call, ""), ("mark", call, "by the API")]


def test_a_page_that_was_not_found_was_not_looked_at(room: Room) -> None:
    client(room, "mark").get(f"/calls/{call_of(room, 'Anna')}?record=7")
    assert looks_at(room) == []


def test_names_and_words_of_others_are_inert(room: Room, tmp_path: Path) -> None:
    script = (
        ("S1", 0.0, 9.0, "Is now a good time, <script>alert(1)</script> or {{ 7*7 }} later?"),
        ("S2", 9.0, 20.0, "Sure \u202ego\u202c ahead <img src=x onerror=alert(2)> please."),
    )
    call = add_call(room, tmp_path / "hostile", "Anna", seed=7, script=script, customer="<b onload=x>Bold</b>\u202e")
    text = client(room, "mark").get(f"/calls/{call}").text
    assert "<script>alert" not in text
    assert "<img src=x" not in text
    assert "<b onload" not in text
    assert "\u202e" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "{{ 7*7 }}" in text
