"""The pages of the lists as they are served: none, one, hostile names, the chart without script."""

import json
import re
from pathlib import Path

import pytest

from pipeline.config import Config
from pipeline.review.room import Room, open_room
from pipeline.rubrics import find_rubric
from pipeline.run import Night, review_calls
from pipeline.stages.ingest import discover
from pipeline.store.workspace import Workspace
from tests.review.inbox.reviewed import review
from tests.review.rooms import NOW, Clock, add_people, call_of, client, make_room, sound
from tests.scripted import ScriptedEngine

HOSTILE = '<script>alert(1)</script>\u202e ![x](http://evil.example/x.png) " onload=alert(1) ' + "long" * 200


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Room:
    return make_room(tmp_path_factory.mktemp("room"), ("Anna", "Bert"))


def text_of(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_an_empty_inbox_says_what_will_come(room: Room) -> None:
    page = text_of(client(room, "nina").get("/inbox").text)
    assert "Nothing waits for you" in page
    assert "usually overnight" in page


def test_a_full_inbox_counts_and_leads_to_the_calls(room: Room) -> None:
    page = client(room, "mark").get("/inbox").text
    assert "2 drafts wait for you." in text_of(page)
    assert f'href="/calls/{call_of(room, "Anna")}"' in page


def test_filters_that_leave_nothing_say_how_to_go_on(room: Room) -> None:
    page = text_of(client(room, "mark").get("/inbox?age=older").text)
    assert "No draft is like that" in page
    assert "2 drafts wait without these filters." in page


def test_the_chart_is_a_page_without_script_and_a_part_with_it(room: Room) -> None:
    browser = client(room, "mark")
    whole, part = browser.get("/inbox/chart"), browser.get("/inbox/chart", headers={"HX-Request": "true"})
    assert "<!doctype html>" in whole.text
    assert part.text.lstrip().startswith("<figure>")
    assert "Drafts by rep: Anna 1, Bert 1" in part.text


def test_names_that_would_harm_render_as_text(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path / "w")
    add_people(workspace)
    path = sound(tmp_path / "a.wav")
    fields = {"consent": "yes", "rep": "Anna", "customer": HOSTILE, "deal": HOSTILE, "stage": "discovery"}
    path.with_suffix(".json").write_text(json.dumps(fields))
    night = Night(workspace, Config(), ScriptedEngine(), find_rubric("discovery"), now=lambda: NOW)
    assert [o.status for o in review_calls(night, discover([path]))] == ["done"]
    room = open_room(workspace, Config(), now=Clock())
    room.index.refresh()
    review(room, call_of(room, "Anna"), "edited")
    for user, path_ in (("mark", "/inbox"), ("mark", "/calls"), ("anna", "/calls"), ("mark", f"/calls?q={'<b>' * 9}")):
        page = client(room, user).get(path_).text
        assert "<script>alert" not in page
        assert "<b><b>" not in page
        assert "\u202e" not in page
    assert "&lt;script&gt;" in client(room, "mark").get("/inbox").text
