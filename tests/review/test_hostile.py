"""What people and recordings say is shown and never obeyed: names, metadata, transcripts, comments, edits."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from pipeline.domain.people import User
from pipeline.review.app import make_app
from pipeline.review.guards import routes_of
from pipeline.review.room import Room
from pipeline.reviewing.standing import state_of
from tests.review.live import Live, browser, live, signed_in_page, until
from tests.review.rooms import SALE, add_calls, call_of, client, make_room

__all__ = ["browser", "live"]

PAYLOADS = (
    "<script>window.pwned=1</script>",
    "</textarea><img src=x onerror=window.pwned=1>",
    '"><svg/onload=window.pwned=1>',
    "![x](https://evil.test/p.png)",
    "[click](javascript:alert(1))",
    "{{7*7}}",
    "\u202egnp.exe\u2066",
)
TEXT = " ".join(PAYLOADS)
LONG = "x" * 2_000_000


def hostile(script: tuple[tuple[str, float, float, str], ...]) -> tuple[tuple[str, float, float, str], ...]:
    return tuple((speaker, start, end, f"{text} {TEXT}") for speaker, start, end, text in script)


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    folder = tmp_path_factory.mktemp("hostile")
    room = make_room(folder, ("Bert",))
    stated = {"customer": TEXT, "deal": TEXT, "team": TEXT, "manager": TEXT}
    add_calls(room.workspace, folder / "hostile", ("Anna",), script=hostile(SALE), stated=stated)
    anna = room.workspace.users.last("anna")
    assert anna is not None
    room.workspace.users.append("anna", User.model_validate({**anna.model_dump(), "known_as": ("Anna", TEXT[:100])}))
    room.index.refresh()
    call = call_of(room, "Anna")
    api = client(room, "mark")
    assert api.post(f"/api/calls/{call}/comments", json={"text": TEXT, "moment": 3.0}).status_code in (200, 201)
    yield room
    room.close()


def pages(room: Room, call: str) -> list[str]:
    """Every page of the room that a manager, a rep, an author or an admin may open."""
    found = []
    for route in routes_of(make_app(room)):
        others = set(route.param_convertors) - {"call"}
        if "GET" in (route.methods or ()) and not others and not route.path.startswith(("/api/", "/open")):
            found.append(route.path_format.format(call=call))
    return found


@pytest.mark.parametrize("user", ["mark", "anna", "otto", "adam"])
def test_markup_is_text_on_every_page(room: Room, user: str) -> None:
    call = call_of(room, "Anna")
    asked = client(room, user)
    for path in pages(room, call):
        text = asked.get(path).text
        assert "<script>window.pwned" not in text, path
        assert "<img src=x" not in text, path
        assert "<svg/onload" not in text, path
        assert "\u202e" not in text, path


def test_what_is_too_long_is_refused_with_words(room: Room) -> None:
    call = call_of(room, "Anna")
    api = client(room, "mark")
    answer = api.post(f"/api/calls/{call}/comments", json={"text": LONG, "moment": 1.0})
    assert answer.status_code in (400, 413, 422)
    assert answer.json()["hint"]
    page = api.post(f"/calls/{call}/comments", data={"text": LONG, "csrf": ""})
    assert page.status_code in (400, 413, 422)
    standing = state_of(room.workspace, call)
    seen = {"after": standing.number, "record": standing.record}
    edited = api.put(f"/api/calls/{call}/review/feedback", json={**seen, "feedback": {"strength": LONG}})
    assert edited.status_code in (400, 413, 422)


def test_the_longest_comment_is_kept_and_shown(room: Room) -> None:
    call = call_of(room, "Bert")
    words = "word " * 3_900
    assert client(room, "mark").post(f"/api/calls/{call}/comments", json={"text": words}).status_code in (200, 201)
    assert client(room, "mark").get(f"/calls/{call}").text.count("word word") > 1000


@pytest.mark.slow
def test_a_browser_runs_nothing_of_it(room: Room, browser: Browser, live: Live) -> None:
    base, call = live(room), call_of(room, "Anna")
    for user in ("mark", "adam"):
        with signed_in_page(browser, base, room, user, expected=("404", "403")) as page:
            page.on("dialog", lambda dialog: pytest.fail(f"a dialog: {dialog.message}"))
            for path in pages(room, call):
                if path.endswith(("/sound", "/peaks", ".ics")) or "/pack" in path:  # what is no page is downloaded
                    continue
                page.goto(path)
                until(page, "document.readyState === 'complete'")
                assert page.evaluate("window.pwned === undefined"), path


@pytest.mark.slow
def test_two_megabytes_in_a_transcript_stay_a_page(room: Room, tmp_path: Path) -> None:
    """400,000 words in one turn, and words of 100,000 letters."""
    long_words = ("S1", 0.0, 50.0, " ".join(["talk"] * 300_000 + ["y" * 100_000] * 5))
    add_calls(room.workspace, tmp_path / "long", ("Carl",), script=(long_words, *SALE[1:2]))
    room.index.refresh()
    answer = client(room, "nina").get(f"/calls/{call_of(room, 'Carl')}")
    assert answer.status_code == 200
    assert "y" * 100_000 in answer.text
