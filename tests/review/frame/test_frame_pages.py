"""What every page has: the places of whoever looks, times, errors in the house style."""

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from pipeline.domain.people import LOCAL_USER
from pipeline.errors import UsageError
from pipeline.review.pages import HEADINGS, environment, instant, places_of, sentence, told
from pipeline.review.room import Room
from tests.review.rooms import call_of, client, make_room

AT = datetime(2026, 3, 4, 23, 30, tzinfo=timezone(-timedelta(hours=2)))
"""In UTC the 5th, half past one in the morning."""


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Room:
    return make_room(tmp_path_factory.mktemp("room"), ("Anna",))


@pytest.mark.parametrize(
    ("user", "titles"),
    [
        ("vera", ["Inbox", "Calls", "Team", "Library", "Coaching"]),
        ("mark", ["Inbox", "Calls", "Team", "Library"]),
        ("anna", ["Calls", "My coaching", "Library"]),
        ("otto", ["Disagreements"]),
        ("adam", ["Admin"]),
        (LOCAL_USER, ["Inbox", "Calls", "Team", "Library", "Coaching", "Disagreements", "Admin"]),
    ],
)
def test_the_bar_has_the_places_of_each_role(room: Room, user: str, titles: list[str]) -> None:
    viewer = room.entrance.viewer_of(room.entrance.open_session(user))
    assert viewer
    assert [place.title for place in places_of(room, viewer, "/")] == titles


@pytest.mark.parametrize(
    ("here", "marked"),
    [
        ("/calls", ["Calls"]),
        ("/calls/c1", ["Calls"]),
        ("/callsign", []),
        ("/admin/audit", ["Admin"]),
        ("/inbox", ["Inbox"]),
        ("/people/anna/focus", ["Team"]),
        ("/library/anna/k3", ["Library"]),
    ],
)
def test_the_bar_marks_where_one_is(room: Room, here: str, marked: list[str]) -> None:
    viewer = room.entrance.viewer_of(room.entrance.open_session(LOCAL_USER))
    assert viewer
    assert [place.title for place in places_of(room, viewer, here) if place.here] == marked


def test_a_moment_is_told_in_utc_until_a_script_knows_better() -> None:
    assert instant(AT) == "2026-03-05T01:30:00Z"
    assert instant(datetime(2026, 3, 5, 1, 30)) == instant(AT)
    assert told(AT) == "5 March 2026, 01:30 UTC"
    assert told(AT, "day") == "5 March 2026"


@pytest.mark.parametrize(
    ("text", "shown"),
    [("no call 'x'", "No call 'x'."), ("Is it?", "Is it?"), ("", ""), ("a\u202eb", "Ab.")],
)
def test_messages_read_as_sentences(text: str, shown: str) -> None:
    assert sentence(text) == shown


def error_page(code: int, *, partial: bool) -> str:
    """The page of an error, as the application makes it of its template."""

    class Request:
        headers = {"hx-request": "true"} if partial else {}

    return environment().get_template("error.html.j2").render(
        request=Request(), code=code, error=UsageError("too <many>", hint="wait a minute"),
        heading=HEADINGS.get(code, "Something went wrong"), onward=None, viewer=None, csrf="", places=tuple, here="/",
    )  # fmt: skip


@pytest.mark.parametrize("code", [*HEADINGS, 418])
def test_every_error_says_what_happened_and_what_to_do(code: int) -> None:
    page = error_page(code, partial=False)
    assert f'<h1 dir="auto">{HEADINGS.get(code, "Something went wrong")}</h1>' in page
    assert "Too &lt;many&gt;." in page
    assert "Wait a minute." in page
    assert page.startswith("<!doctype html>")


def test_an_error_of_a_part_is_a_part() -> None:
    part = error_page(409, partial=True)
    assert part.startswith('<div class="problem')
    assert "<html" not in part


def test_strangers_and_nothing_are_told_the_same(room: Room) -> None:
    call = call_of(room, "Anna")
    told_of = {
        path: client(room, "nina").get(path).text.replace(path, "")
        for path in (f"/calls/{call}", "/calls/c-nothing", "/no/such/place")
    }
    texts = {path: text[text.index("<main") : text.index("</main>")] for path, text in told_of.items()}
    assert len(set(texts.values())) == 1


def test_errors_keep_the_bar_of_whoever_is_signed_in(room: Room) -> None:
    page = client(room, "mark").get("/calls/c-nothing").text
    assert 'href="/inbox"' in page
    assert "Sign out" in page
    assert "Sign out" not in client(room).get("/open?token=x").text


def test_every_form_of_the_frame_carries_the_session_s_token(room: Room) -> None:
    browser = client(room, "mark")
    token = browser.headers["X-CSRF-Token"]
    page = browser.get("/inbox").text
    assert f'<meta name="csrf" content="{token}">' in page
    assert page.count('<form method="post"') == page.count(f'<input type="hidden" name="csrf" value="{token}">')


FORBIDDEN = (" style=", "<style", " onclick=", " hx-on", "javascript:", "|safe", "| safe", "https://", "http://")


def test_no_page_has_inline_script_or_style_or_leads_away() -> None:
    folder = Path(__file__).parents[3] / "pipeline" / "review" / "templates"
    pages = [path for path in folder.glob("*.j2") if not path.name.startswith("pack")]  # a pack is a file of its own
    assert len(pages) > 10
    for path in pages:
        text = path.read_text(encoding="utf-8")
        assert [word for word in FORBIDDEN if word in text] == [], path.name
        assert all("src=" in tag.partition(">")[0] for tag in text.split("<script")[1:]), path.name


def test_the_clock_of_pages_is_utc() -> None:
    assert instant(datetime(2026, 1, 1, tzinfo=UTC)) == "2026-01-01T00:00:00Z"
