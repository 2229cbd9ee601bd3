"""Listening in a real browser: what its player plays is what the page counts, and a pledge needs no script."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from pipeline.review.room import Room
from tests.review.live import DESK, PHONE, Live, axe, browser, live, signed_in_page, wait_until
from tests.review.rooms import call_of, client, make_room

__all__ = ["browser", "live"]
pytestmark = pytest.mark.slow


def seconds(room: Room, user: str) -> float:
    return float(client(room, user).get("/api/listening").json()["own"]["weeks"][-1]["seconds"])


def test_what_the_player_plays_stands_on_the_page(tmp_path: Path, browser: Browser, live: Live) -> None:
    room = make_room(tmp_path, ("Anna",))
    base = live(room)
    call = call_of(room, "Anna")
    with signed_in_page(browser, base, room, "mark", expected=("202",)) as page:
        page.goto(f"/calls/{call}")
        wait_until(lambda: client(room, "mark").get(f"/calls/{call}/sound").status_code == 200, "the sound was made")
        page.goto(f"/calls/{call}")
        page.evaluate("window.filmroom.player.play(0, 3)")
        wait_until(
            lambda: seconds(room, "mark") >= 2.5, "three seconds were counted", pause=lambda: page.wait_for_timeout(100)
        )
        assert seconds(room, "mark") <= 4.0  # three, and what was played before it stopped
        page.goto("/listening")
        assert "Less than a minute played so far this week." in page.inner_text("main")
    assert seconds(room, "anna") == 0.0
    room.close()


@pytest.mark.parametrize("size", [DESK, PHONE])
def test_a_pledge_needs_no_script_and_the_page_is_accessible(
    tmp_path: Path, browser: Browser, live: Live, size: tuple[int, int]
) -> None:
    room = make_room(tmp_path, ("Anna",))
    base = live(room)
    with signed_in_page(browser, base, room, "mark", size=size, script=False) as page:
        page.goto("/listening")
        page.get_by_label("Minutes of calls a week").fill("45")
        page.get_by_role("button", name="Pledge it").click()
        assert "45 more to the 45 pledged" in page.inner_text("main")
    with signed_in_page(browser, base, room, "mark", size=size) as page:
        page.goto("/listening")
        assert axe(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
        assert page.locator("svg.weeks line.pledge").count() == 1
    room.close()
