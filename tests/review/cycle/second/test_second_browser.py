"""The second level's pages and the papers in a real Chromium: a note by hand, WCAG, and nothing wider than a phone."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from pipeline.review.room import Room
from tests.review.cycle.second.coached_team import coached_team
from tests.review.live import DESK, PHONE, Live, axe, browser, live, signed_in_page

pytestmark = pytest.mark.slow
__all__ = ["browser", "live"]

SAMPLE = "/coaching/samples?since=2026-02-02&until=2026-03-05&seed=monday"
VISITS = (
    ("vera", "/coaching"), ("vera", SAMPLE), ("vera", "/coaching/samples?seed=x&until=2025-01-01"),
    ("vera", "/people/mark/coaching"), ("mark", "/people/mark/coaching"), ("anna", "/people/anna/papers"),
    ("mark", "/people/anna/papers/report.html"), ("anna", "/people/anna/papers/plan.html"), ("mark", "/team/planner"),
)  # fmt: skip


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    room = coached_team(tmp_path_factory.mktemp("second"))
    yield room
    room.close()


@pytest.mark.parametrize(("size", "scheme"), [(DESK, "light"), (DESK, "dark"), (PHONE, "light")])
def test_no_page_breaks_wcag_or_is_wider_than_its_window(
    browser: Browser, live: Live, room: Room, size: tuple[int, int], scheme: str
) -> None:
    base, found = live(room), {}
    for user, path in VISITS:
        with signed_in_page(browser, base, room, user, size=size, scheme=scheme) as page:
            page.goto(path)
            if broken := axe(page):
                found[path] = broken
            assert page.evaluate("document.documentElement.scrollWidth") <= size[0], path
    assert found == {}


def test_a_note_is_written_without_script_and_read_by_its_manager(browser: Browser, live: Live, room: Room) -> None:
    base = live(room)
    with signed_in_page(browser, base, room, "vera", script=False) as page:
        page.goto(SAMPLE)
        draft = page.locator("details.sampled").first
        draft.get_by_label("Yes").first.check()
        draft.get_by_role("textbox").fill("It asks before it tells.")
        draft.get_by_role("button", name="Save").click()
        assert "seed=monday" in page.url
        assert "looked at" in page.locator("details.sampled").first.inner_text()
    with signed_in_page(browser, base, room, "mark") as page:
        page.goto("/people/mark/coaching")
        assert "It asks before it tells." in page.locator(".noted").inner_text()


def test_a_paper_prints_without_the_bar(browser: Browser, live: Live, room: Room) -> None:
    with signed_in_page(browser, live(room), room, "mark") as page:
        page.goto("/people/anna/papers/plan.html")
        assert page.get_by_role("button", name="Print").is_visible()
        page.emulate_media(media="print")
        assert not page.locator(".bar").is_visible()
        assert not page.get_by_role("button", name="Print").is_visible()
        assert page.locator(".paper").is_visible()
