"""The frame in a real Chromium: shortcuts, lists by keys, unsaved words, errors in place, the reader's own time."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Dialog, Page

from pipeline.review.room import Room
from tests.review.inbox.reviewed import review
from tests.review.live import DESK, PHONE, Live, axe, browser, live, signed_in_page, until
from tests.review.rooms import call_of, make_room

pytestmark = pytest.mark.slow
__all__ = ["browser", "live"]

FORM = """document.querySelector('#main').innerHTML =
  '<form id="f" method="post" action="/sign-out" data-guard><label>Words <input name="w" value="as it was"></label>'
  + '<p data-unsaved hidden>Not saved</p><button>Send</button></form>';
  document.querySelector('#main input')"""


VISITS = (
    ("mark", "/inbox"), ("nina", "/inbox"), ("mark", "/inbox?rep=anna&sort=date"), ("mark", "/inbox/chart"),
    ("mark", "/calls"), ("mark", "/calls?q=none"), ("anna", "/calls"), ("otto", "/"),
)  # fmt: skip


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Room:
    return make_room(tmp_path_factory.mktemp("room"), ("Anna", "Bert", "Anna"))


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.textContent.trim()"))


def test_j_and_k_move_through_the_inbox_and_enter_opens(browser: Browser, live: Live, room: Room) -> None:
    with signed_in_page(browser, live(room), room, "mark") as page:
        page.goto("/inbox")
        titles = page.locator("[data-row] h3").all_inner_texts()
        seen = []
        for key in "jnkpjjjj":
            page.keyboard.press(key)
            seen.append(focused(page))
        # First, second, first, first (it is the first), then down to the third and no further.
        first, second, third = titles
        assert seen == [first, second, first, first, second, third, third, third]
        address = page.locator("[data-row] h3 a").nth(2).get_attribute("href")
        page.keyboard.press("Enter")
        page.wait_for_url("**/calls/**", wait_until="commit")
        assert page.url.endswith(str(address))


def test_the_help_lists_the_keys_and_can_switch_them_off(browser: Browser, live: Live, room: Room) -> None:
    with signed_in_page(browser, live(room), room, "mark") as page:
        page.goto("/calls")
        page.keyboard.press("?")
        dialog = page.locator("dialog[open]")
        assert dialog.locator("dt").all_inner_texts()[:2] == ["j or n", "k or p"]
        assert "Search" in dialog.inner_text()
        assert axe(page) == []
        dialog.get_by_role("checkbox").uncheck()
        page.keyboard.press("Escape")
        page.keyboard.press("j")
        assert page.evaluate("document.activeElement.tagName") != "A"
        page.keyboard.press("?")
        page.locator("dialog[open]").get_by_role("checkbox").check()
        page.keyboard.press("Escape")
        page.keyboard.press("/")
        assert page.evaluate("document.activeElement.id") == "q"
        page.keyboard.type("j?")
        assert page.input_value("#q") == "j?"


def test_leaving_unsaved_words_is_asked_about_and_sending_them_is_not(browser: Browser, live: Live, room: Room) -> None:
    with signed_in_page(browser, live(room), room, "mark", expected=("403",)) as page:
        asked: list[str] = []

        def stay(dialog: Dialog) -> None:
            asked.append(dialog.type)
            dialog.dismiss()

        page.on("dialog", stay)
        page.goto("/inbox")
        page.evaluate(FORM)
        assert page.locator("[data-unsaved]").is_hidden()
        page.fill("input[name=w]", "as it is")
        assert page.locator("[data-unsaved]").is_visible()
        page.evaluate("location.assign('/calls')")
        page.wait_for_timeout(300)
        assert asked == ["beforeunload"]
        page.fill("input[name=w]", "as it was")
        assert page.locator("[data-unsaved]").is_hidden()
        page.fill("input[name=w]", "as it is")
        page.click("#f button")
        page.wait_for_timeout(300)
        assert asked == ["beforeunload"]


def test_an_error_of_a_part_is_told_where_it_happened(browser: Browser, live: Live, room: Room) -> None:
    with signed_in_page(browser, live(room), room, "mark", expected=("404",)) as page:
        page.goto("/inbox")
        page.evaluate(
            "document.querySelector('#main').insertAdjacentHTML('beforeend', "
            '\'<form id="f" hx-get="/calls/c-nothing" hx-target="#f"><button>Go</button></form>\');'
            "htmx.process(document.querySelector('#f'))"
        )
        page.click("#f button")
        page.wait_for_selector("#f .notice.error")
        assert page.inner_text("#f .notice.error").startswith("Nothing here")
        assert "What to do:" in page.inner_text("#f .notice.error")
        assert page.locator("#f button").is_visible()


def test_when_the_server_is_away_nothing_is_lost(browser: Browser, live: Live, room: Room) -> None:
    with signed_in_page(browser, live(room), room, "mark", expected=("ERR_", "Failed")) as page:
        page.goto("/calls")
        page.route("**/calls?*", lambda route: route.abort())
        page.fill("#q", "Customer")
        page.wait_for_selector(".search .notice.error")
        assert "cannot be reached" in page.inner_text(".search .notice.error")
        assert page.input_value("#q") == "Customer"


def test_the_chart_comes_by_itself_and_the_search_narrows_as_one_types(
    browser: Browser, live: Live, room: Room
) -> None:
    with signed_in_page(browser, live(room), room, "mark") as page:
        page.goto("/inbox")
        page.wait_for_selector("#drawings svg")
        assert "Drafts by age: 3 of less than a day" in str(
            page.locator("#drawings svg").first.get_attribute("aria-label")
        )
        page.goto("/calls")
        assert page.locator("[data-row]").count() == 3
        page.fill("#q", "Customer 1")
        until(page, "document.querySelectorAll('[data-row]').length === 1")
        assert "q=Customer+1" in page.url
        until(page, "document.querySelector('#live').textContent.startsWith('1 call found')")
        assert page.evaluate("document.activeElement.id") == "q"


def test_times_are_in_the_reader_s_own_zone(browser: Browser, live: Live, room: Room) -> None:
    base = live(room)
    with signed_in_page(browser, base, room, "vera") as page:
        cookies = page.context.cookies()
        context = browser.new_context(base_url=base, timezone_id="Asia/Tokyo")
        context.add_cookies(cookies)  # type: ignore[arg-type] # what it gave it takes
        other = context.new_page()
        other.goto("/calls")
        # Held on the 3rd at 10:00 UTC; Tokyo is nine hours ahead.
        assert other.locator("time").first.inner_text() == "3 March 2026, 19:00"
        context.close()


def test_filters_open_as_menus_and_close_again(browser: Browser, live: Live, room: Room) -> None:
    with signed_in_page(browser, live(room), room, "mark") as page:
        page.goto("/inbox")
        page.click("summary:has-text('Rep')")
        assert page.get_by_role("link", name="Anna 2").is_visible()
        page.keyboard.press("Escape")
        assert page.get_by_role("link", name="Anna 2").is_hidden()
        page.click("summary:has-text('Rep')")
        page.get_by_role("link", name="Anna 2").click()
        page.wait_for_url("**/inbox?rep=anna")
        assert page.locator("[data-row]").count() == 2
        page.click(".chip")
        page.wait_for_url("**/inbox")


@pytest.mark.parametrize("path", ["/inbox", "/calls?q=Customer", "/inbox/chart"])
def test_lists_work_without_script(browser: Browser, live: Live, room: Room, path: str) -> None:
    with signed_in_page(browser, live(room), room, "mark", script=False) as page:
        page.goto(path)
        assert page.locator("[data-row], figure svg").count() >= 1
        assert page.locator("[data-help]").is_hidden()
        if path == "/inbox":
            page.click("text=See it as a chart")
            assert page.locator("h1").inner_text() == "What waits"


@pytest.mark.parametrize("size", [PHONE, DESK])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(
    browser: Browser, live: Live, tmp_path: Path, size: tuple[int, int], scheme: str
) -> None:
    room = make_room(tmp_path, ("Anna", "Bert", "Anna"))
    review(room, call_of(room, "Anna"), "sent_back")
    review(room, call_of(room, "Bert"), "edited")
    base = live(room)
    for user, path in VISITS:
        with signed_in_page(browser, base, room, user, size=size, scheme=scheme) as page:
            page.goto(path)
            if path.startswith("/inbox") and page.locator("#drawings").count():
                page.wait_for_selector("#drawings svg")
            assert axe(page) == [], (user, path)
            assert page.evaluate("document.documentElement.scrollWidth") <= size[0], (user, path)
