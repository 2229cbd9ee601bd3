"""The focus in a real Chromium: ticked in place, without script as well, on a phone, and to whoever uses a reader."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from pipeline.cycle.desk import history_of
from pipeline.cycle.focus import FocusState, focuses
from pipeline.review.room import Room
from tests.review.cycle.focus.calls import FOCUS, START, fill, open_copy
from tests.review.live import DESK, PHONE, Live, axe, browser, live, powered, signed_in_page, until, wait_until
from tests.review.rooms import Clock, client

__all__ = ["browser", "live"]
pytestmark = pytest.mark.slow

HERE = "/people/anna/focus"
STEPS = [{"text": "Write down two questions", "who": "rep"}, {"text": "Ask one in the next call", "who": "rep"}]


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("focus")
    fill(folder, "+-o+")
    return folder / "w"


@pytest.fixture
def room(filled: Path, tmp_path: Path) -> Iterator[Room]:
    """A focus that is met, two of the last three, on the evening of its day to look again."""
    clock = Clock(START)
    made = open_copy(filled, tmp_path, clock)
    body = {**FOCUS, "shown": 2, "of": 3, "steps": STEPS, "follow_up": "2026-03-06"}
    assert client(made, "mark").post(f"/api{HERE}", json=body).status_code == 200
    clock.at = datetime(2026, 3, 6, 18, tzinfo=UTC)
    yield made
    made.close()


def of_anna(room: Room) -> FocusState:
    return focuses(history_of(room.workspace, "anna"))[0]


def tick(page: Page, step: int, words: str) -> None:
    page.get_by_role("form", name=f"Step {step}").get_by_role("button", name=words).click()


def test_a_step_is_ticked_in_place(browser: Browser, live: Live, room: Room) -> None:
    with signed_in_page(browser, live(room), room, "anna") as page:
        page.goto(HERE)
        powered(page)
        page.evaluate("window.sameDocument = true")
        tick(page, 1, "Tried")
        until(page, "document.querySelector('.steps > li').classList.contains('tried')")
        assert page.evaluate("window.sameDocument") is True
        assert [s.status for s in of_anna(room).steps] == ["tried", "open"]
        tick(page, 1, "Done")
        until(page, "document.querySelector('.steps > li').classList.contains('done')")
        assert of_anna(room).steps[0].author == "anna"


def test_everything_goes_without_script(browser: Browser, live: Live, room: Room) -> None:
    base = live(room)
    with signed_in_page(browser, base, room, "anna", script=False) as page:
        page.goto(HERE)
        tick(page, 2, "Done")
        expect(page.locator(".steps > li").nth(1)).to_have_class("done")
    with signed_in_page(browser, base, room, "mark", script=False) as page:
        page.goto(HERE)
        page.get_by_role("button", name="Give this praise").first.click()
        expect(page.locator(".praise > li")).to_have_count(1)
        page.get_by_label("What did you see together?").fill("It comes by itself.")
        page.get_by_role("button", name="We looked at it").click()
        expect(page.get_by_text("Looked at again on Friday, 6 March 2026, as agreed.")).to_be_visible()
        page.get_by_role("button", name="It is a habit").click()
        expect(page.get_by_text("No focus is open")).to_be_visible()
    assert of_anna(room).is_habit


def test_a_coach_opens_a_second_focus_with_a_reason(browser: Browser, live: Live, room: Room) -> None:
    with signed_in_page(browser, live(room), room, "mark") as page:
        page.goto(HERE)
        powered(page)
        page.get_by_text("Add a second focus").click()
        page.get_by_label("Behaviour").select_option("discovery/answer_checked")
        page.get_by_label("Have a second beside it").check()
        page.get_by_label("Why two?").fill("They belong together.")
        page.get_by_role("button", name="Open the second focus").click()
        page.get_by_text("The second focus:").wait_for()
    assert [s.opened.second for s in focuses(history_of(room.workspace, "anna"))] == [False, True]


def test_a_refusal_is_told_in_place(browser: Browser, live: Live, room: Room) -> None:
    """Somebody else has ended it since: what is told says so, and the page is as things are now."""
    with signed_in_page(browser, live(room), room, "mark", expected=("400",)) as page:
        page.goto(HERE)
        powered(page)
        assert client(room, "vera").post(f"/api{HERE}/f1/close", json={"how": "habit"}).status_code == 200
        page.get_by_role("button", name="It is a habit").click()
        page.get_by_text("This focus has ended already.").wait_for()
        expect(page.get_by_text("No focus is open")).to_be_visible()


def test_the_quote_of_a_praise_is_played_where_it_is(browser: Browser, live: Live, room: Room) -> None:
    base = live(room)
    with signed_in_page(browser, base, room, "mark") as page:
        page.goto(HERE)
        powered(page)
        page.get_by_role("button", name="Give this praise").first.click()
        page.locator(".praise audio").wait_for()
    with signed_in_page(browser, base, room, "anna") as page:
        page.goto(HERE)
        page.evaluate("document.querySelector('.praise audio').muted = true")
        page.evaluate("document.querySelector('.praise audio').play().catch(() => {}); null")
        # The question is said from 45 to 53 s of the call.
        until(page, "document.querySelector('.praise audio').currentTime >= 45")
        assert page.evaluate("document.querySelector('.praise audio').currentTime") < 53


@pytest.mark.parametrize("user", ["anna", "mark"])
@pytest.mark.parametrize("size", [DESK, PHONE])
def test_no_page_breaks_a_rule_of_accessibility_or_is_wider_than_its_window(
    browser: Browser, live: Live, room: Room, user: str, size: tuple[int, int]
) -> None:
    with signed_in_page(
        browser, live(room), room, user, size=size, scheme="dark" if size == PHONE else "light"
    ) as page:
        page.goto(HERE)
        powered(page)
        page.evaluate("document.querySelectorAll('.focus-part details').forEach((part) => { part.open = true; })")
        assert axe(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0]


def test_the_first_focus_is_opened_from_the_empty_page(browser: Browser, live: Live, room: Room) -> None:
    with signed_in_page(browser, live(room), room, "mark") as page:
        page.goto("/people/bert/focus")
        expect(page.get_by_text("No focus is open")).to_be_visible()
        expect(page.get_by_text("there is no live call of Bert yet")).to_be_visible()
        client(room, "mark").post(f"/api{HERE}/f1/close", json={"how": "set_aside", "reason": "a new role"})
        page.goto(HERE)
        powered(page)
        page.get_by_label("Behaviour").select_option("discovery/concern_explored")
        page.get_by_label("Step 1", exact=True).fill("Write down two questions")
        page.get_by_role("button", name="Open this focus").click()
        page.locator(".focus-card").wait_for()
    wait_until(lambda: focuses(history_of(room.workspace, "anna"))[-1].is_open, "the focus is open")
