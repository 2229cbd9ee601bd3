"""Practice and library in a real browser: an attempt, a rehearsal, a consent, a moment played, its withdrawal."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from pipeline.cycle.desk import CycleDesk
from pipeline.domain.cycle.focus import FocusOpened
from pipeline.review.room import Room
from tests.review.cycle.practice.rooms import PATIENCE_S, approved_call, practising, recording
from tests.review.live import PHONE, Live, axe, browser, live, signed_in_page, until
from tests.review.rooms import NOW, call_of

__all__ = ["browser", "live"]

pytestmark = pytest.mark.slow
EXPECTED = ("202", "Failed to load resource")


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    room = practising(tmp_path, ("Anna", "Bert"))
    call = approved_call(room)
    opened = FocusOpened(
        rubric="discovery", capability="concerns", behaviour="concern_explored", shown=3, of=5, call=call
    )
    CycleDesk(room.workspace, NOW, "mark").add("anna", lambda _: opened)
    room.index.pick_up("cycle", "anna")
    yield room
    room.rehearsals.close()
    room.close()


@pytest.mark.parametrize("script", [True, False])
def test_from_the_card_to_the_library_and_out_again(
    room: Room,
    browser: Browser,
    live: Live,
    tmp_path: Path,
    script: bool,
) -> None:
    base = live(room)
    file = tmp_path / "our-try.wav"
    file.write_bytes(recording(tmp_path))
    with signed_in_page(browser, base, room, "anna", script=script, expected=EXPECTED) as page:
        page.goto("/people/anna/practice")
        page.locator(".tried summary").first.click()
        page.get_by_label("With whom?").first.fill("Bert")
        page.get_by_label("What did you notice?").first.fill("I asked once and waited.")
        page.get_by_role("button", name="Write it down").first.click()
        assert "I asked once and waited." in page.locator("#attempts").inner_text()
        page.get_by_label("The recording", exact=True).set_input_files(file)
        page.get_by_label("Which card was it?").select_option(index=1)
        page.get_by_label("Everybody in it agreed to the recording").check()
        page.get_by_role("button", name="Hand it in").click()
        assert room.rehearsals.wait(PATIENCE_S)
        page.goto("/people/anna/practice")
        assert "2 attempts at this card" in page.locator(".practice-card").first.inner_text()
        page.get_by_role("link", name="Open the rehearsal").click()
        assert "Rehearsal" in page.locator(".headline").inner_text()
    with signed_in_page(browser, base, room, "mark", script=script, expected=EXPECTED) as page:
        page.goto(f"/calls/{call_of(room, 'Anna')}#scorecard")
        page.locator(".propose summary").first.click()
        page.get_by_label("What can others learn from it?").first.fill("How she opens")
        page.get_by_role("button", name="Ask the rep").first.click()
        assert "Waits for an answer" in page.locator("#library").inner_text()
    with signed_in_page(browser, base, room, "anna", script=script, expected=EXPECTED) as page:
        page.goto("/people/anna/practice")
        page.get_by_role("button", name="Yes, they may hear it").click()
        assert "The team may hear it" in page.locator("#library").inner_text()
    with signed_in_page(browser, base, room, "bert", script=script, expected=EXPECTED) as page:
        page.goto("/library")
        assert "How she opens" in page.locator(".library").inner_text()
        assert page.locator(".library audio").count() == 1
        if script:
            until(page, "document.readyState === 'complete'")
            page.evaluate("document.querySelector('.library audio').load()")
            page.evaluate("document.querySelector('.library audio').preload = 'auto'")
            until(page, "document.querySelector('.library audio').duration > 0")
            assert page.evaluate("document.querySelector('.library audio').duration") < 20
    with signed_in_page(browser, base, room, "anna", script=script, expected=EXPECTED) as page:
        page.goto("/library")
        page.get_by_role("button", name="Take it back").click()
    with signed_in_page(browser, base, room, "bert", script=script, expected=EXPECTED) as page:
        page.goto("/library")
        assert "No moments yet" in page.content()


@pytest.mark.parametrize("user", ["anna", "mark"])
def test_the_pages_have_nothing_that_axe_finds(
    room: Room,
    browser: Browser,
    live: Live,
    user: str,
) -> None:
    base = live(room)
    for size in (PHONE, (1280, 900)):
        with signed_in_page(browser, base, room, user, size=size) as page:
            for place in ("/people/anna/practice", "/library"):
                page.goto(place)
                assert axe(page) == []
                assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
