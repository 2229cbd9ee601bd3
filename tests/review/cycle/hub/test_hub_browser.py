"""The overview, the team and the reminders in a real browser: nothing overflows, and axe finds nothing."""

import pytest
from playwright.sync_api import Browser

from pipeline.domain.people import LOCAL_USER
from pipeline.review.room import Room
from tests.review.cycle.filled_cycle import fill
from tests.review.live import DESK, PHONE, Live, axe, browser, live, signed_in_page
from tests.review.rooms import make_room

__all__ = ["browser", "live"]
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Room:
    room = make_room(tmp_path_factory.mktemp("hub-browser"))
    fill(room)
    return room


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    ("user", "path"),
    [
        ("anna", "/people/anna"),
        ("mark", "/people/anna"),
        ("carl", "/people/carl"),
        ("mark", "/people/mark"),
        ("vera", "/team"),
        ("mark", "/reminders"),
        (LOCAL_USER, "/team"),
    ],
)
def test_pages_fit_and_are_accessible(
    browser: Browser, live: Live, room: Room, user: str, path: str, size: tuple[int, int], scheme: str
) -> None:
    with signed_in_page(browser, live(room), room, user, size=size, scheme=scheme) as page:
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
        assert axe(page) == []


def test_the_open_tab_is_in_sight_on_a_phone(browser: Browser, live: Live, room: Room) -> None:
    with signed_in_page(browser, live(room), room, "anna", size=PHONE) as page:
        page.goto("/people/anna/practice")
        box = page.locator(".tabs a[aria-current]").bounding_box()
        assert box is not None
        assert 0 <= box["x"] <= box["x"] + box["width"] <= PHONE[0]
