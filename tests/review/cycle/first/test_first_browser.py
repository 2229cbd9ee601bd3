"""The rep's way through a week in a real browser: pick, listen and answer, comment; then the coaching opens."""

import pytest
from playwright.sync_api import Browser

from pipeline.review.room import Room
from tests.review.cycle.first.prepared import made, room
from tests.review.live import DESK, PHONE, Live, axe, browser, live, signed_in_page
from tests.review.rooms import call_of

__all__ = ["browser", "live", "made", "room"]
ROOT = "/people/anna/self-review"


@pytest.mark.slow
@pytest.mark.parametrize("size", [DESK, PHONE])
@pytest.mark.parametrize("script", [True, False])
def test_a_rep_goes_first(browser: Browser, live: Live, room: Room, size: tuple[int, int], script: bool) -> None:
    base, call = live(room), call_of(room, "Anna")
    with signed_in_page(browser, base, room, "anna", size=size, script=script) as page:
        page.goto(ROOT)
        page.locator("li", has_text="Customer 0").get_by_role("button", name="Struggled").first.click()
        page.get_by_role("link", name="Go first").click()
        assert page.url == f"{base}{ROOT}/{call}"
        assert page.locator("textarea[name=text]:visible").count() == 1
        page.get_by_label("Your answer").fill("I was nervous")
        page.get_by_role("button", name="Save").click()
        page.get_by_text("Something you disliked?").last.click()
        page.get_by_label("What you disliked").last.fill("I gave the price too early")
        page.get_by_role("button", name="Put it aside").last.click()
        page.get_by_label("Your answer to: What did you do well?").fill("I asked about Sundays")
        page.get_by_role("button", name="Save").last.click()
        last = page.get_by_label("Your answer to: What, if anything, would you change?")
        assert last.input_value() == "I gave the price too early"
        page.get_by_role("button", name="I wouldn’t change anything").click()
        page.get_by_label("Your answer").last.fill("That I know a lot")
        page.locator("form[action$=prompts]").get_by_role("button", name="Save").click()
        assert page.get_by_text("That I know a lot").is_visible()
        if script:
            assert axe(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth") if script else True


@pytest.mark.slow
def test_a_coach_waits_and_reads_once_the_rep_has_commented(browser: Browser, live: Live, room: Room) -> None:
    base, call = live(room), call_of(room, "Anna")
    with signed_in_page(browser, base, room, "anna") as page:
        page.goto(ROOT)
        page.locator("li", has_text="Customer 0").get_by_role("button", name="Went well").first.click()
        with signed_in_page(browser, base, room, "mark") as coach:
            coach.goto(f"/calls/{call}")
            assert coach.locator("#scorecard").count() == 0
            assert coach.get_by_text("Anna picked this call and has not commented on it yet").is_visible()
            assert axe(coach) == []
            page.goto(f"/calls/{call}#comments")
            page.get_by_label("Your comment").fill("Here I talked too long")
            page.get_by_role("button", name="Comment", exact=True).last.click()
            page.get_by_text("Here I talked too long").wait_for()
            coach.goto(f"/calls/{call}")
            assert coach.locator("#scorecard").count() == 1


@pytest.mark.slow
def test_a_coach_opens_it_with_a_reason_from_the_page_of_the_call(browser: Browser, live: Live, room: Room) -> None:
    base, call = live(room), call_of(room, "Anna")
    with signed_in_page(browser, base, room, "anna") as page:
        page.goto(ROOT)
        page.locator("li", has_text="Customer 0").get_by_role("button", name="Went well").first.click()
    with signed_in_page(browser, base, room, "mark") as coach:
        coach.goto(f"/calls/{call}")
        coach.get_by_text("Where it cannot wait").click()
        coach.get_by_label("Why it cannot wait").fill("the customer decides today")
        coach.get_by_role("button", name="Open the coaching now").click()
        assert coach.locator("#scorecard").count() == 1
