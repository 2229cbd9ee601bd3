"""Comments at moments of a call: writing, answering, taking back, and what is told where that cannot be."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.phrasing import clock
from pipeline.domain.review import MOST_TEXT
from pipeline.errors import UsageError
from pipeline.review.call.comments import moment_given
from pipeline.review.room import Room
from tests.review.call.pages import events_of
from tests.review.rooms import call_of, client, make_room

PART = {"HX-Request": "true"}


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return make_room(tmp_path, ("Anna",))


def test_comments_stand_in_order_of_their_moments_and_the_whole_call_last(room: Room) -> None:
    call, browser = call_of(room, "Anna"), client(room, "mark")
    for text, at in (("whole", ""), ("late", "0:30"), ("early", "0:09"), ("also early", "9")):
        assert browser.post(f"/calls/{call}/comments", data={"text": text, "at": at}).status_code == 303
    found = browser.get(f"/api/calls/{call}/comments").json()
    assert found["n"] == 4
    assert [(c["text"], c["moment"], c["turn_id"]) for c in found["threads"]] == [
        ("early", 9.0, "t0003"),  # the third turn of the script speaks from 8 to 12 s
        ("also early", 9.0, "t0003"),
        ("late", 30.0, "t0006"),
        ("whole", None, ""),
    ]


def test_after_a_comment_the_page_comes_back_at_it(room: Room) -> None:
    call, browser = call_of(room, "Anna"), client(room, "anna")
    answer = browser.post(f"/calls/{call}/comments", data={"text": "My own idea", "at": "0:05"})
    assert answer.headers["location"] == f"/calls/{call}#c1"
    text = browser.get(f"/calls/{call}").text
    assert 'id="c1"' in text
    assert '<a class="noted" href="#c1">1 comment</a>' in text


def test_with_htmx_the_comments_alone_come_back(room: Room) -> None:
    call = call_of(room, "Anna")
    part = client(room, "mark").post(f"/calls/{call}/comments", data={"text": "Good"}, headers=PART)
    assert part.status_code == 200
    assert part.text.lstrip().startswith('<div id="comments-part" data-n="1">')


def test_answers_stand_under_what_they_answer(room: Room) -> None:
    call = call_of(room, "Anna")
    mark, anna = client(room, "mark"), client(room, "anna")
    first = mark.post(f"/api/calls/{call}/comments", json={"text": "What did you hear?", "moment": 30.5}).json()
    answer = anna.post(f"/api/calls/{call}/comments", json={"text": "A guess.", "parent": first["id"], "moment": 1})
    assert answer.status_code == 201
    assert anna.post(f"/calls/{call}/comments", data={"text": "And a worry.", "parent": "c2"}).status_code == 303
    (thread,) = anna.get(f"/api/calls/{call}/comments").json()["threads"]
    assert thread["author"] == "Mark"
    assert [(a["author"], a["text"], a["moment"]) for a in thread["answers"]] == [
        ("Anna", "A guess.", 30.5),  # an answer is at the moment of what it answers
        ("Anna", "And a worry.", 30.5),
    ]


def test_only_its_author_takes_a_comment_back(room: Room) -> None:
    call = call_of(room, "Anna")
    mark, anna = client(room, "mark"), client(room, "anna")
    mark.post(f"/api/calls/{call}/comments", json={"text": "Mine"})
    assert anna.delete(f"/api/calls/{call}/comments/c1").status_code == 404
    assert anna.post(f"/calls/{call}/comments/c1/withdraw").status_code == 404
    assert mark.get(f"/api/calls/{call}/comments").json()["n"] == 1
    assert mark.delete(f"/api/calls/{call}/comments/c1").json() == {"call": call, "n": 0, "timed": True, "threads": []}
    assert mark.post(f"/calls/{call}/comments/c1/withdraw").status_code == 303
    assert len(room.workspace.comments.all(call)) == 2, "taking it back twice is written down once"


def test_answers_outlive_what_they_answered(room: Room) -> None:
    call, mark = call_of(room, "Anna"), client(room, "mark")
    mark.post(f"/api/calls/{call}/comments", json={"text": "A secret"})
    mark.post(f"/api/calls/{call}/comments", json={"text": "An answer", "parent": "c1"})
    mark.delete(f"/api/calls/{call}/comments/c1")
    found = mark.get(f"/api/calls/{call}/comments").json()
    assert found["n"] == 1
    assert [(t["withdrawn"], t["text"], len(t["answers"])) for t in found["threads"]] == [(True, "", 1)]
    page = mark.get(f"/calls/{call}").text
    assert "This comment was withdrawn." in page
    assert "A secret" not in page


def test_nobody_answers_a_comment_that_is_gone(room: Room) -> None:
    call, mark = call_of(room, "Anna"), client(room, "mark")
    mark.post(f"/api/calls/{call}/comments", json={"text": "Soon gone"})
    mark.delete(f"/api/calls/{call}/comments/c1")
    for parent in ("c1", "c2", "c9", "x"):  # withdrawn; a withdrawal; none; no id
        assert mark.post(f"/api/calls/{call}/comments", json={"text": "?", "parent": parent}).status_code == 404


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"text": " \n ", "at": "0:10"}, "The comment is empty"),
        ({"text": "Late words", "at": "1:01"}, "01:01 is after the end of the call: the call is 01:00 long"),
        ({"text": "Odd words", "at": "soon"}, "is no time in a call"),
        ({"text": "x" * (MOST_TEXT + 1), "at": ""}, "20,001 characters, and 20,000 is the most"),
    ],
)
def test_a_comment_that_cannot_be_saved_comes_back_with_all_that_was_typed(
    room: Room, fields: dict[str, str], told: str
) -> None:
    call, browser = call_of(room, "Anna"), client(room, "mark")
    answer = browser.post(f"/calls/{call}/comments", data=fields)
    assert answer.status_code == 400
    assert told in answer.text
    assert fields["text"].strip() in answer.text
    assert f'value="{fields["at"]}"' in answer.text
    assert room.workspace.comments.all(call) == ()
    assert browser.post(f"/calls/{call}/comments", data=fields, headers=PART).status_code == 400


@pytest.mark.parametrize(
    "body", [{"text": "a", "moment": -1}, {"text": "a" * 20_001}, {"moment": 1}, {"text": "a", "more": 1}]
)
def test_the_api_refuses_what_is_no_comment(room: Room, body: dict[str, object]) -> None:
    call = call_of(room, "Anna")
    assert client(room, "mark").post(f"/api/calls/{call}/comments", json=body).status_code == 422


def test_comments_are_written_down_without_their_words(room: Room) -> None:
    call, browser = call_of(room, "Anna"), client(room, "mark")
    browser.post(f"/api/calls/{call}/comments", json={"text": "Between us"})
    browser.delete(f"/api/calls/{call}/comments/c1")
    events = [e for e in events_of(room) if e.action != "viewed"]
    assert [(e.user, e.action, e.call, e.detail) for e in events] == [
        ("mark", "commented", call, "c1"),
        ("mark", "comment_withdrawn", call, "c1"),
    ]


def test_comments_are_in_the_index_at_once(room: Room) -> None:
    call = call_of(room, "Anna")
    client(room, "mark").post(f"/api/calls/{call}/comments", json={"text": "Seen", "moment": 2})
    assert room.index.rows("SELECT call, id, author, moment FROM comments") == [(call, "c1", "mark", 2.0)]


def test_hostile_comments_are_inert(room: Room) -> None:
    call, browser = call_of(room, "Anna"), client(room, "mark")
    text = "<script>alert(1)</script>\n\u202eback\u202c ![](http://evil.example/x.png) {{ csrf }}"
    browser.post(f"/api/calls/{call}/comments", json={"text": text})
    page = browser.get(f"/calls/{call}").text
    assert "<script>alert" not in page
    assert "\u202e" not in page
    assert "![](http://evil.example/x.png) {{ csrf }}" in page
    assert "evil.example" not in page.replace("![](http://evil.example/x.png)", "")


@given(st.integers(0, 500_000))
def test_a_time_that_the_page_shows_can_be_typed(seconds: int) -> None:
    assert moment_given(clock(seconds)) == seconds


@pytest.mark.parametrize(
    ("typed", "seconds"),
    [("", None), (" 2:45 ", 165), ("1:02:03", 3723), ("65", 65), ("0:07,5", 7.5), ("90.25", 90.25)],
)
def test_times_as_people_type_them(typed: str, seconds: float | None) -> None:
    assert moment_given(typed) == seconds


@pytest.mark.parametrize("typed", ["-1", "1:", ":30", "1:2:3:4", "1e3", "nan", "inf", "\u0661:\u0662x", "12:34 am"])
def test_what_is_no_time_is_told(typed: str) -> None:
    with pytest.raises(UsageError, match="no time in a call"):
        moment_given(typed)
