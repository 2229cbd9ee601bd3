"""The sign-in page in a real browser: with and without script, in the dark, on a phone, against WCAG."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from pipeline.config import OidcProvider, ReviewRoom
from tests.review.live import DESK, PHONE, Live, axe, browser, live, signed_in_page
from tests.review.rooms import Clock
from tests.review.sign_in.provider_server import CLIENT, provider
from tests.review.sign_in.rooms import PASSWORD, room_with_passwords

__all__ = ["browser", "live"]
pytestmark = pytest.mark.slow


@pytest.mark.parametrize("script", [True, False])
def test_a_person_signs_in_and_out(tmp_path: Path, browser: Browser, live: Live, script: bool) -> None:
    room = room_with_passwords(tmp_path)
    base = live(room)
    with signed_in_page(browser, base, room, None, script=script, expected=("401",)) as page:
        page.goto("/account")
        assert page.url == f"{base}/sign-in?next=/account"
        page.get_by_label("E-mail address or user id").fill("mark")
        page.get_by_label("Password").fill("wrong")
        page.get_by_role("button", name="Sign in").click()
        page.get_by_role("alert").filter(has_text="do not go together").wait_for()
        assert page.get_by_label("E-mail address or user id").input_value() == "mark"
        page.get_by_label("Password").fill(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(f"{base}/account")
        page.get_by_role("button", name="Sign out", exact=True).click()
        page.get_by_role("status").filter(has_text="You are signed out.").wait_for()
        page.go_back()
        page.goto("/account")
        assert page.url == f"{base}/sign-in?next=/account"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESK, PHONE])
def test_the_page_meets_wcag_and_fits(
    tmp_path: Path, browser: Browser, live: Live, size: tuple[int, int], scheme: str
) -> None:
    with provider(Clock()) as served:
        settings = ReviewRoom(oidc=OidcProvider(issuer=served.issuer, client_id=CLIENT, name="Example Ltd"))
        room = room_with_passwords(tmp_path, settings=settings)
        base = live(room)
        with signed_in_page(browser, base, room, None, size=size, scheme=scheme, expected=("401",)) as page:
            page.goto("/sign-in")
            page.get_by_label("Password").fill("wrong")
            page.get_by_label("E-mail address or user id").fill("mark")
            page.keyboard.press("Enter")
            page.get_by_role("alert").filter(has_text="do not go together").wait_for()
            assert axe(page) == []
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
            assert page.evaluate("document.activeElement.id") == "password"


def test_the_provider_is_reached_by_a_link_that_the_policy_allows(tmp_path: Path, browser: Browser, live: Live) -> None:
    clock = Clock()
    with provider(clock) as served:
        settings = ReviewRoom(oidc=OidcProvider(issuer=served.issuer, client_id=CLIENT, name="Example Ltd"))
        served.error = "access_denied"
        room = room_with_passwords(tmp_path, clock, settings)
        base = live(room)
        with signed_in_page(browser, base, room, None, expected=("403", served.issuer)) as page:
            page.goto("/sign-in?next=/account")
            page.get_by_role("link", name="Sign in with Example Ltd").click()
            page.get_by_role("alert").filter(has_text="did not let you in").wait_for()
            assert page.url.startswith(f"{base}/sign-in/provider/back?")
