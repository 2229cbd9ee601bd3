"""The pages of one-to-ones: from the proposal to what was agreed, without script, and nothing typed is lost."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from icalendar import Calendar

from pipeline.review.room import Room
from tests.review.cycle.sessions.planned import BASE, HELD, PLAN, clip, plan, sessions_room, started
from tests.review.rooms import add_calls, call_of, client

OURS = """\
id: ours
version: 1
title: Our way
about: ours
minutes: 15
steps:
  - {title: You first, part: rep, minutes: 3, questions: [Well?]}
fields:
  - {id: mood, title: What to remember}
"""


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    room = sessions_room(tmp_path)
    yield room
    room.close()


def test_the_form_proposes_an_agenda_that_fits_from_what_was_approved_and_commented(room: Room) -> None:
    """Steps 13 min; Anna's comment at 27 s is played from 22 to 47 s, two minutes of talk after each of three."""
    page = client(room, "mark").get(f"{BASE}/new?call={call_of(room, 'Anna')}").text
    assert re.search(r"Fits|: fits: ", page)
    assert 'value="0:22"' in page
    assert 'value="0:47"' in page
    assert "I lost the thread here." in page
    chosen = re.findall(r'<option value="(rep|positive|improvement)" selected>', page)
    assert chosen == ["rep", "positive", "improvement"]


def test_nothing_of_an_unapproved_draft_is_proposed(room: Room) -> None:
    page = client(room, "mark").get("/people/bert/one-to-ones/new").text
    assert "No moment is proposed" in page
    assert not re.findall(r'<option value="(?:positive|improvement)" selected>', page)


def test_a_rep_plans_nothing_and_says_why_it_matters(room: Room) -> None:
    session = plan(room)
    anna = client(room, "anna")
    assert anna.get(f"{BASE}/new").status_code == 404
    assert anna.post(f"{BASE}/{session}/start").status_code == 404
    assert anna.post(f"{BASE}/{session}", data=PLAN).status_code == 404
    assert anna.post(f"{BASE}/{session}/importance", data={"text": "I lose calls there"}).status_code == 303
    assert "I lose calls there" in client(room, "mark").get(f"{BASE}/{session}").text


def test_it_cannot_start_and_the_page_names_what_is_missing(room: Room) -> None:
    session = plan(room, purpose="", reason="", minutes="", nature="")
    answer = client(room, "mark").post(f"{BASE}/{session}/start")
    assert answer.status_code == 400
    told = re.search(r"cannot start without: ([^<]*)\.", answer.text)
    assert told is not None
    assert told[1].replace("&#39;", "'") == (
        "purpose, reason, importance, in the rep's words, minutes, whether it is strategic or tactical"
    )


def test_words_written_down_for_the_rep_are_marked_as_such(room: Room) -> None:
    session = plan(room)
    client(room, "mark").post(f"{BASE}/{session}/importance", data={"text": "she wants to win these"})
    page = client(room, "anna").get(f"{BASE}/{session}").text
    assert "Written down by <bdi>Mark</bdi>" in page
    client(room, "anna").post(f"{BASE}/{session}/importance", data={"text": "I want to win these"})
    assert "Written down by" not in client(room, "mark").get(f"{BASE}/{session}").text


def test_an_agenda_over_its_minutes_says_by_how_much(room: Room) -> None:
    """13 min of steps, 20 s and 10 min of talk: 3 min 20 s more than 20."""
    session = plan(room, **clip(call_of(room, "Anna"), "positive", "0:10", "0:30", "10"))
    page = client(room, "mark").get(f"{BASE}/{session}").text
    assert "does not fit: 3 min 20 s over" in page


def test_a_clip_is_of_the_person_s_own_calls_and_within_them(room: Room) -> None:
    mark = client(room, "mark")
    for call, end, told in (
        (call_of(room, "Bert"), "0:30", "no call of this person"),
        (call_of(room, "Anna"), "9:30", "ends after its call"),
        (call_of(room, "Anna"), "0:05", "has no length"),
        (call_of(room, "Anna"), "soon", "no time in a call"),
    ):
        answer = mark.post(BASE, data={**PLAN, **clip(call, "positive", "0:10", end)})
        assert answer.status_code == 400
        assert told in answer.text
        assert "The worry about the price got no question" in answer.text, "what was typed stays"
    assert "No one-to-one is planned" in mark.get(BASE).text


def test_a_moment_of_a_call_that_waits_for_its_rep_is_not_played(room: Room) -> None:
    (call,) = add_calls(room.workspace, room.workspace.root.parent / "more", ("Anna",))
    room.index.refresh()
    picked = client(room, "anna").post("/api/people/anna/self-review/picks", json={"call": call, "why": "struggled"})
    assert picked.status_code == 200, picked.text
    answer = client(room, "mark").post(BASE, data={**PLAN, **clip(call, "positive", "0:10", "0:20")})
    assert answer.status_code == 400
    assert "has not spoken of it yet" in answer.text


def test_two_things_to_change_are_refused_with_the_form(room: Room) -> None:
    call = call_of(room, "Anna")
    two = {name: values * 2 for name, values in clip(call, "improvement", "0:10", "0:20").items()}
    answer = client(room, "mark").post(BASE, data={**PLAN, **two})
    assert answer.status_code == 400
    assert "one thing at a time" in answer.text


def test_both_texts_are_shown_where_somebody_saved_in_between(room: Room) -> None:
    session = plan(room)
    vera, mark = client(room, "vera"), client(room, "mark")
    assert vera.post(f"{BASE}/{session}", data={**PLAN, "seen": "1", "purpose": "What Vera wants"}).status_code == 303
    late = mark.post(f"{BASE}/{session}", data={**PLAN, "seen": "1", "purpose": "What Mark wants"})
    assert late.status_code == 409
    assert "What Mark wants</textarea>" in late.text
    assert "What Vera wants</dd>" in late.text
    assert "<bdi>Vera</bdi> saved this plan" in late.text
    seen = re.search(r'name="seen" value="(\d+)"', late.text)
    assert seen is not None
    again = mark.post(f"{BASE}/{session}", data={**PLAN, "seen": seen[1], "purpose": "What both want"})
    assert again.status_code == 303
    assert "What both want" in vera.get(f"{BASE}/{session}").text


def test_what_was_agreed_is_written_down_with_who_and_by_when(room: Room) -> None:
    session = started(room)
    mark = client(room, "mark")
    lacking = mark.post(f"{BASE}/{session}/hold", data={**HELD, "follow_up": ""})
    assert lacking.status_code == 400
    assert "Ask one question about the worry" in lacking.text, "what was typed stays"
    assert mark.post(f"{BASE}/{session}/hold", data=dict(HELD)).status_code == 303
    page = client(room, "anna").get(f"{BASE}/{session}").text
    for words in ("Ask one question about the worry", "Thursday, 12 March 2026", "Thursday, 19 March 2026"):
        assert words in page
    assert "Look again 19 March 2026" in mark.get(BASE).text


def test_a_cancelled_one_says_why_and_asks_for_nothing_more(room: Room) -> None:
    session = plan(room)
    mark = client(room, "mark")
    assert mark.post(f"{BASE}/{session}/cancel", data={"reason": " "}).status_code == 400
    assert mark.post(f"{BASE}/{session}/cancel", data={"reason": "Anna is ill"}).status_code == 303
    page = client(room, "anna").get(f"{BASE}/{session}").text
    assert "Anna is ill" in page
    assert "/importance" not in page


def test_a_recorded_one_is_linked_to_a_talk_of_its_coach(room: Room) -> None:
    session = started(room)
    (talk,) = add_calls(
        room.workspace,
        room.workspace.root.parent / "talks",
        ("Anna",),
        stated={"stage": "coaching", "manager": "Mark"},
    )
    room.index.refresh()
    mark, anna = client(room, "mark"), client(room, "anna")
    assert mark.post(f"{BASE}/{session}/recorded", data={"call": call_of(room, "Anna")}).status_code == 400
    assert mark.post(f"{BASE}/{session}/recorded", data={"call": talk}).status_code == 303
    assert f"/calls/{talk}" in mark.get(f"{BASE}/{session}").text
    assert talk not in anna.get(f"{BASE}/{session}").text, "it is a call that she does not see"


def test_the_calendar_file_has_the_talk_and_the_day_to_look_again(room: Room) -> None:
    """RFC 5545: lines of 75 bytes at most, commas and semicolons escaped, times in UTC, whole days as dates."""
    session = started(room, purpose="Worry; price, " + "long, " * 40)
    client(room, "mark").post(f"{BASE}/{session}/hold", data=dict(HELD))
    answer = client(room, "anna").get(f"{BASE}/{session}/calendar.ics")
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert all(len(line) <= 75 for line in answer.content.split(b"\r\n"))
    talk, again = Calendar.from_ical(answer.content).walk("VEVENT")
    assert (talk.decoded("dtstart").isoformat(), talk.decoded("dtend").isoformat()) == (
        "2026-03-10T09:00:00+00:00",
        "2026-03-10T09:20:00+00:00",
    )
    assert str(talk["description"]).startswith("Worry; price, long, long")
    assert str(talk["summary"]) == "One-to-one: Anna and Mark"
    assert again.decoded("dtstart").isoformat() == "2026-03-19"
    assert b"I lose calls there" not in answer.content, "nothing that the rep said goes to other companies' servers"


def test_a_cancelled_one_is_cancelled_in_the_calendar_under_its_id(room: Room) -> None:
    session = plan(room)
    mark = client(room, "mark")
    before = Calendar.from_ical(mark.get(f"{BASE}/{session}/calendar.ics").content).walk("VEVENT")[0]
    mark.post(f"{BASE}/{session}/cancel", data={"reason": "ill"})
    after = Calendar.from_ical(mark.get(f"{BASE}/{session}/calendar.ics").content).walk("VEVENT")[0]
    assert (str(before["uid"]), str(before["status"])) == (f"anna-{session}@filmroom", "CONFIRMED")
    assert (str(after["uid"]), str(after["status"])) == (f"anna-{session}@filmroom", "CANCELLED")


def test_one_that_nobody_planned_is_not_there(room: Room) -> None:
    mark = client(room, "mark")
    for path in ("", "/edit", "/sheet", "/calendar.ics"):
        assert mark.get(f"{BASE}/s77{path}").status_code == 404
    for path in ("", "/importance", "/start", "/hold", "/looked", "/cancel", "/recorded", "/trust"):
        assert mark.post(f"{BASE}/s77{path}", data={}).status_code == 404


def test_what_was_agreed_is_looked_at_again_once_for_each_day(room: Room) -> None:
    mark, session = client(room, "mark"), started(room)
    mark.post(f"{BASE}/{session}/hold", data=HELD)
    assert (
        mark.post(f"{BASE}/{session}/looked", data={"text": "She asks now", "again": "2026-03-26"}).status_code == 303
    )
    held = client(room, "anna").get(f"/api{BASE}/{session}").json()["held"]
    assert [(look["on"], look["state"], look["said"]) for look in held["looked"]] == [
        ("2026-03-19", "kept", "She asks now")
    ]
    assert held["look"]["on"] == "2026-03-26"
    assert client(room, "anna").post(f"{BASE}/{session}/looked", data={}).status_code == 404
    assert mark.post(f"/api{BASE}/{session}/looked", json={}).json()["held"]["look"] is None
    assert mark.post(f"{BASE}/{session}/looked", data={}).status_code == 404


def test_markup_and_direction_marks_are_text(room: Room) -> None:
    bad = "<script>x</script>\u202egnp"
    session = started(room, purpose=bad, reason=bad, positive=bad, question=bad)
    for path in ("", "/sheet", "/edit"):
        if path == "/edit":
            client(room, "mark").post(f"{BASE}/{session}", data={**PLAN, "seen": "1", "purpose": bad})
        page = client(room, "mark").get(f"{BASE}/{session}{path}").text
        assert "<script>x" not in page
        assert "\u202e" not in page


def test_a_bad_template_is_told_on_the_page_and_the_others_can_be_used(tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    (own / "bad.yaml").write_text("id: bad\nversion: 1\ntitle: T\nabout: a\nminutes: 20\nsteps: []\n")
    (own / "ours.yaml").write_text(OURS)
    room = sessions_room(tmp_path / "r", templates=own)
    mark = client(room, "mark")
    assert re.search(r"bad\.yaml:6:\d+: steps", mark.get(BASE).text)
    assert "bad.yaml" not in client(room, "anna").get(BASE).text
    form = mark.get(f"{BASE}/new?template=ours").text
    assert "What to remember" in form
    session = plan(room, template="ours", minutes="15", field_id=["mood"], field_text=["the map"])
    (own / "ours.yaml").unlink()
    page = client(room, "anna").get(f"{BASE}/{session}").text
    for words in ("Our way", "You first", "Well?", "What to remember", "the map"):
        assert words in page, "a plan stays as it was planned when its template's file is gone"
    room.close()
