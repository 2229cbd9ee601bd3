"""A manager who puts speakers right, in a real Chromium: one click, read again beside the server, shown by itself."""

import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from pipeline.review.rereads import Rereads
from pipeline.review.room import Room
from tests.review.live import DESK, PHONE, Live, axe, browser, live, signed_in_page
from tests.review.rooms import call_of, make_room
from tests.review.speakers.scripted_reading import command

__all__ = ["browser", "live"]
pytestmark = pytest.mark.slow

PATIENCE_MS = 60_000


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    made = make_room(tmp_path, ("Anna",))
    scripted = Rereads(made.workspace, now=made.now, command=lambda call: command(made.workspace.root, call, seconds=1))
    with ExitStack() as stack:
        stack.callback(made.close)
        stack.callback(scripted.close)
        yield replace(made, rereads=scripted)


@pytest.fixture
def call(room: Room) -> str:
    return call_of(room, "Anna")


def roles_in_form(page: Page) -> list[str]:
    return [str(select.input_value()) for select in page.locator("#speakers select[name=role]").all()]


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without"])
def test_one_click_swaps_rep_and_customer(browser: Browser, live: Live, room: Room, call: str, script: bool) -> None:
    base = live(room)
    with signed_in_page(browser, base, room, "mark", script=script) as page:
        page.goto(f"/calls/{call}#speakers")
        assert roles_in_form(page) == ["rep", "customer"]
        page.get_by_role("button", name="Swap rep and customer").click()
        page.locator("#reading").get_by_text(re.compile("Reading again|Waiting")).wait_for()
        assert roles_in_form(page) == ["customer", "rep"]
        assert room.rereads.wait(PATIENCE_MS / 1000)
        if script:  # the page loads itself again, since nothing is typed and nothing plays
            page.locator("#reading .notice").wait_for(state="detached", timeout=PATIENCE_MS)
        else:
            page.get_by_role("link", name="See whether it is done").click()
        assert page.locator("#reading .notice").count() == 0
        assert "Reading 2 of 2" in (page.locator("#about").text_content() or "")


def test_a_page_with_typed_words_is_not_loaded_again(browser: Browser, live: Live, room: Room, call: str) -> None:
    base = live(room)
    with signed_in_page(browser, base, room, "mark") as page:
        page.goto(f"/calls/{call}#speakers")
        page.get_by_role("button", name="Swap rep and customer").click()
        page.locator("#speakers fieldset.customer #name-1").fill("Tom Reyes")
        page.get_by_role("link", name="Show the new reading").wait_for(timeout=PATIENCE_MS)
        assert page.locator("#name-1").input_value() == "Tom Reyes"


def test_a_name_is_shown_where_its_voice_speaks(browser: Browser, live: Live, room: Room, call: str) -> None:
    base = live(room)
    with signed_in_page(browser, base, room, "mark") as page:
        page.goto(f"/calls/{call}#speakers")
        page.locator("#name-2").fill("Tom Reyes")
        page.get_by_role("button", name="Save who is who").click()
        page.locator("#speakers input[value='Tom Reyes']").wait_for()
        page.goto(f"/calls/{call}")
        assert "Tom Reyes" in (page.locator("#transcript").text_content() or "")
        assert room.workspace.calls.last_number(call) == 1


def test_who_is_later_gets_both_and_keeps_what_was_typed(browser: Browser, live: Live, room: Room, call: str) -> None:
    base = live(room)
    with ExitStack() as stack:
        mark = stack.enter_context(signed_in_page(browser, base, room, "mark", expected=("409",)))
        vera = stack.enter_context(signed_in_page(browser, base, room, "vera"))
        mark.goto(f"/calls/{call}#speakers")
        vera.goto(f"/calls/{call}#speakers")
        vera.locator("#name-1").fill("Theirs")
        vera.get_by_role("button", name="Save who is who").click()
        vera.locator("#speakers input[value='Theirs']").wait_for()
        mark.locator("#name-1").fill("Mine")
        mark.get_by_role("button", name="Save who is who").click()
        mark.get_by_text("Now: Theirs").wait_for()
        assert mark.locator("#name-1").input_value() == "Mine"
        mark.get_by_role("button", name="Save who is who").click()
        mark.locator("#speakers .notice.error").wait_for(state="detached")
        assert mark.locator("#name-1").input_value() == "Mine"


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everybody_can_use_it(
    browser: Browser, live: Live, room: Room, call: str, size: tuple[int, int], scheme: str
) -> None:
    base = live(room)
    with signed_in_page(browser, base, room, "mark", size=size, scheme=scheme) as page:
        page.goto(f"/calls/{call}#speakers")
        page.locator("#speakers").scroll_into_view_if_needed()
        assert [(rule, html) for rule, html in axe(page) if "speaker" in str(html)] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
