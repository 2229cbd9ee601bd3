"""A one-to-one in a real Chromium: planned, started, its clips played one after the other, held; on a phone, too."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from pipeline.review.room import Room
from pipeline.review.sound.listening import listened
from tests.review.cycle.sessions.planned import BASE, clip, plan, sessions_room, started
from tests.review.live import PHONE, Live, axe, browser, live, signed_in_page, until, wait_until
from tests.review.rooms import call_of, client

__all__ = ["browser", "live"]
pytestmark = pytest.mark.slow


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    room = sessions_room(tmp_path)
    yield room
    room.close()


def planned_in(page: Page, room: Room) -> str:
    """The path of a one-to-one that is planned on the page, with two clips of a few seconds."""
    page.goto(f"{BASE}/new?call={call_of(room, 'Anna')}")
    page.fill("#f-purpose", "Stay with a worry")
    page.fill("#f-reason", "It got no question")
    page.select_option("#clip-part-1", "")
    page.fill("#clip-end-2", "0:34")
    page.fill("#clip-end-3", "0:40.5")
    # 13 min of steps, 1 s and 1.5 s of clips, 2 minutes of talk about each: 17 min 2.5 s of 20.
    assert page.inner_text("[data-sum]") == "17 min 3 s of 20 min: fits: 2 min 58 s left"
    page.fill("#clip-talk-2", "9")
    assert "does not fit: 4 min 3 s over" in page.inner_text("[data-sum]")
    page.fill("#clip-talk-2", "2")
    page.click("text=Plan it")
    page.wait_for_url("**/one-to-ones/s*")
    return page.url.rsplit("/", 1)[1]


def test_from_plan_to_what_was_agreed(room: Room, browser: Browser, live: Live) -> None:
    base, call = live(room), call_of(room, "Anna")
    with signed_in_page(browser, base, room, "mark") as page:
        session = planned_in(page, room)
        assert "Missing: importance" in page.inner_text(".before")
        client(room, "anna").post(f"{BASE}/{session}/importance", data={"text": "I lose calls there"})
        page.reload()
        page.click(".before button")
        until(page, "document.querySelector('#hold') !== null")
        page.click("[data-play-all]")
        until(page, "document.querySelectorAll('.clip.on').length === 1")
        until(page, "[...document.querySelectorAll('[data-told]')].every((e) => e.textContent === 'Played.')")
        wait_until(lambda: len(listened(room.workspace, call, "mark")) == 2, "both clips are told as played")
        heard = listened(room.workspace, call, "mark")
        assert [(round(span.start), round(span.end)) for span in heard] == [(33, 34), (39, 40)]
        page.fill("#step-0", "Ask one question about the worry")
        page.fill("#by-0", "2026-03-12")
        page.fill("#f-follow_up", "2026-03-19")
        page.click("text=It was held")
        until(page, "document.querySelector('#agreed-h') !== null")
        assert "Thursday, 19 March 2026" in page.inner_text(".agreed-card")


def test_a_clip_stops_where_it_ends_and_when_it_is_stopped(room: Room, browser: Browser, live: Live) -> None:
    session = plan(room, **clip(call_of(room, "Anna"), "positive", "0:10", "0:40"))
    with signed_in_page(browser, live(room), room, "anna") as page:
        page.goto(f"{BASE}/{session}")
        page.click("[data-play-clip]")
        until(page, "document.querySelector('.clip audio').currentTime > 10.3")
        page.click("[data-play-clip]")
        assert page.evaluate("document.querySelector('.clip audio').paused")
        assert page.inner_text("[data-play-clip]") == "Play"
        wait_until(lambda: len(listened(room.workspace, call_of(room, "Anna"), "anna")) == 1, "what was heard is told")


def test_the_start_is_in_the_reader_s_zone_and_kept_in_utc(room: Room, browser: Browser, live: Live) -> None:
    """Berlin is an hour ahead of UTC in early March: 9:00 UTC is shown as 10:00, and 11:30 there is 10:30 UTC."""
    session = plan(room)
    base = live(room)
    with signed_in_page(browser, base, room, "mark") as page:
        page.context.new_cdp_session(page).send("Emulation.setTimezoneOverride", {"timezoneId": "Europe/Berlin"})
        page.goto(f"{BASE}/{session}/edit")
        assert page.input_value("#f-starts_at") == "2026-03-10T10:00"
        page.fill("#f-starts_at", "2026-03-10T11:30")
        page.click("text=Save the plan")
        page.wait_for_url(f"**/{session}")
    found = client(room, "mark").get(f"/api{BASE}/{session}").json()
    assert found["starts_at"] == "2026-03-10T10:30:00Z"


def test_without_script_it_is_planned_started_and_held(room: Room, browser: Browser, live: Live) -> None:
    with signed_in_page(browser, live(room), room, "mark", script=False) as page:
        page.goto(f"{BASE}/new?call={call_of(room, 'Anna')}")
        page.fill("#f-purpose", "Stay with a worry")
        page.fill("#f-reason", "It got no question")
        page.click("text=Plan it")
        page.fill("#f-text", "She wants to win these")
        page.click("text=Write it down")
        assert page.locator(".clip audio").first.is_visible()
        page.locator(".before button").click()
        page.fill("#step-0", "Ask one question about the worry")
        page.fill("#f-follow_up", "2026-03-19")
        page.click("text=It was held")
        assert "Ask one question" in page.inner_text(".agreed-card")


@pytest.mark.parametrize("user", ["mark", "anna"])
def test_nothing_stands_in_the_way_of_reading_it(room: Room, browser: Browser, live: Live, user: str) -> None:
    """WCAG A and AA on every page of it, on a phone; nothing wider than the phone."""
    session = started(room, **clip(call_of(room, "Anna"), "positive", "0:10", "0:20"))
    paths = [BASE, f"{BASE}/{session}", f"{BASE}/{session}/sheet"]
    paths += [f"{BASE}/new", f"{BASE}/{session}/edit"] if user == "mark" else []
    with signed_in_page(browser, live(room), room, user, size=PHONE) as page:
        for path in paths:
            page.goto(path)
            assert axe(page) == [], path
            assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0], path
