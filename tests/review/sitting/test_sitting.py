"""A manager's whole sitting, an admin's and a labeller's, in a real browser, over calls of the real pipeline."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from pipeline.config import Config
from pipeline.review.room import Room, open_room
from pipeline.reviewing.standing import state_of
from tests.conftest import CHECKOUT
from tests.review.filled import PASSWORD, demo_call, fill
from tests.review.live import PHONE, axe, browser, serving, signed_in_page, until, wait_until

__all__ = ["browser"]
pytestmark = [pytest.mark.slow, pytest.mark.timeout(3600)]


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    """The demo call, and others' recordings where they are: the sitting is the same without them, with less to do."""
    audio = Path(os.environ.get("FILMROOM_SHARED", CHECKOUT.parent / "shared")) / "data" / "audio"
    space = fill(tmp_path_factory.mktemp("sitting"), audio if audio.is_dir() else None)
    room = open_room(space, Config(reader="similarity"))
    room.index.refresh()
    yield room
    room.close()


@pytest.fixture(scope="module")
def base(room: Room) -> Iterator[str]:
    with serving(room) as address:
        yield address


def play(page: Page, button: str) -> None:
    """Press a play button and wait until its stretch is over."""
    page.locator(button).first.click()
    until(page, "!document.querySelector('#player-audio').paused")
    until(page, "document.querySelector('#player-audio').paused")


def test_a_manager_signs_in_by_password_and_finds_the_drafts(browser: Browser, base: str, room: Room) -> None:
    with signed_in_page(browser, base, room, None) as page:
        page.goto("/")
        page.get_by_label(re.compile("name|mail|user", re.I)).first.fill("joan")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("heading", name="Inbox")).to_be_visible()
        expect(page.get_by_text("Tallow Creek Heating")).to_be_visible()
        assert axe(page) == []


def test_a_managers_sitting(browser: Browser, base: str, room: Room) -> None:
    """Inbox, listen, read, correct a speaker, edit, choose another improvement, approve, next."""
    call = demo_call(room.workspace)
    with signed_in_page(browser, base, room, "joan") as page:
        page.goto("/inbox")
        page.get_by_role("link", name="Tallow Creek Heating").click()
        until(page, "document.querySelector('#player').dataset.state === 'ready'")
        assert axe(page) == []

        play(page, "#part-strength [data-play]")
        _name_the_rep(page)
        _edit_the_strength(page)
        assert state_of(room.workspace, call).feedback.strength.endswith("That was well asked.")
        before = state_of(room.workspace, call).improvement
        _choose_another_improvement(page)
        after = state_of(room.workspace, call)
        assert after.improvement != before
        assert after.feedback.strength.endswith("That was well asked.")

        _hear_what_is_left(page)
        page.get_by_role("button", name="Approve and next").click()
        page.wait_for_url(lambda url: call not in url)
        done = state_of(room.workspace, call)
        assert (done.state, done.review and done.review.author) == ("approved", "joan")
        assert done.review is not None
        assert all(moment.heard >= 0.8 for moment in done.review.listened)
        assert done.review.override == ""

    with signed_in_page(browser, base, room, "maya") as page:
        page.goto(f"/calls/{call}")
        expect(page.get_by_text("That was well asked.").first).to_be_visible()


def _hear_what_is_left(page: Page) -> None:
    """Play each cited moment that is still unheard, until the page says that none is."""
    while page.locator("[data-unheard]:visible").count():
        left = page.locator("[data-unheard]:visible").count()
        page.evaluate("document.querySelector('[data-unheard] [data-play]').click()")
        until(page, f"document.querySelectorAll('[data-unheard]:not([hidden])').length < {left}")


def _name_the_rep(page: Page) -> None:
    page.locator(
        "[href='#who'], [href='#speakers'], a:has-text('Who is who'), button:has-text('Who is who')"
    ).first.click()
    names = page.locator("#speakers input[name=name]")
    names.first.fill("Maya Olsen")
    page.get_by_role("button", name="Save who is who").click()
    expect(page.locator("#speakers input[name=name]").first).to_have_value("Maya Olsen")


def _edit_the_strength(page: Page) -> None:
    page.locator("a:has-text('Draft'), button:has-text('Draft')").first.click()
    page.get_by_role("link", name="Edit", exact=True).click()
    field = page.locator("textarea[name=strength]")
    field.fill(field.input_value() + " That was well asked.")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#part-strength .say").last).to_contain_text("That was well asked.")


def _choose_another_improvement(page: Page) -> None:
    page.get_by_text("Choose another improvement").click()
    chosen = page.locator(".ranked:not(.now) input[type=radio]").first
    behaviour = chosen.get_attribute("value")
    chosen.check()
    page.get_by_role("button", name="Put this one in the draft").click()
    until(page, f"document.querySelector('.ranked.now input').value === '{behaviour}'")


def test_swapping_rep_and_customer_has_the_call_read_again(browser: Browser, base: str, room: Room) -> None:
    """The customer's words become the rep's: the talk ratio is mirrored, once the call was read again."""
    call = (
        str(room.index.rows("SELECT call FROM calls WHERE rep = 'Theo Brandt' ORDER BY duration DESC")[0][0])
        if (room.index.rows("SELECT 1 FROM calls WHERE rep = 'Theo Brandt'"))
        else demo_call(room.workspace)
    )
    number, record = room.record(call)
    before = room.result(record).metrics.get("rep_talk_ratio").value
    assert before is not None
    with signed_in_page(browser, base, room, "joan") as page:
        page.goto(f"/calls/{call}")
        page.locator("a:has-text('Who is who'), button:has-text('Who is who')").first.click()
        page.get_by_role("button", name="Swap rep and customer").click()
        expect(page.locator("#speakers")).to_contain_text("Set by hand")
        wait_until(lambda: room.record(call)[0] > number, "the new reading", patience_s=300)
        page.goto(f"/calls/{call}")
        expect(page.locator("#player-svg")).to_have_attribute("aria-label", re.compile("Rep speaks"))
    again, record = room.record(call)
    assert again == number + 1
    after = room.result(record).metrics.get("rep_talk_ratio").value
    assert after == pytest.approx(1 - before, abs=0.005)


def test_an_admins_sitting(browser: Browser, base: str, room: Room) -> None:
    """Add a user, read the trail, find no call."""
    call = demo_call(room.workspace)
    with signed_in_page(browser, base, room, "adam", expected=("404",)) as page:
        page.goto("/")
        expect(page).to_have_url(re.compile("/admin/users"))
        assert axe(page) == []
        page.goto("/admin/audit")
        expect(page.get_by_role("cell", name="Joan", exact=True).first).to_be_visible()
        assert axe(page) == []
        page.goto(f"/calls/{call}")
        expect(page.get_by_role("heading", level=1)).to_contain_text(re.compile("nothing here", re.I))


def test_a_labellers_sitting(browser: Browser, base: str, room: Room) -> None:
    """Asked by a manager, label blind with turns picked in the transcript, then see the comparison."""
    call = demo_call(room.workspace)
    with signed_in_page(browser, base, room, "joan") as page:
        page.goto(f"/calls/{call}/labelling")
        page.get_by_label("Paul Ekman").check()
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_label("Paul Ekman")).to_be_checked()
    with signed_in_page(browser, base, room, "paul") as page:
        page.goto("/label")
        assert axe(page) == []
        page.get_by_role("link", name="Label", exact=True).last.click()
        expect(page.get_by_role("heading", name="Label a call")).to_be_visible()
        assert page.locator("mark, .mark, [data-play]").count() == 0
        assert axe(page) == []
        page.get_by_role("button", name="Pick in the transcript").first.click()
        page.locator("[data-add='4']").click()
        expect(page.locator("input[name^='turns.']").first).to_have_value("4")
        expect(page.locator("input[name^='state.'][value=shown]").first).to_be_checked()
        page.locator("input[name^='state.'][value=not_shown]").nth(1).check()
        page.get_by_role("button", name="Save my label and compare").click()
        expect(page.get_by_role("heading", name="Your label beside others")).to_be_visible()
        assert axe(page) == []
        page.goto("/disagreements")
        assert axe(page) == []
    labels = room.workspace.labels.all(call)
    assert [(label.rater, len(label.verdicts)) for label in labels] == [("paul", 2)]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_fits_a_phone_and_is_accessible(browser: Browser, base: str, room: Room, scheme: str) -> None:
    call = demo_call(room.workspace)
    seen = {
        "joan": ("/inbox", "/calls", f"/calls/{call}", f"/calls/{call}/labelling", "/account"),
        "adam": ("/admin/users", "/admin/audit", "/admin/state"),
        "paul": ("/label", "/disagreements"),
    }
    for user, paths in seen.items():
        with signed_in_page(browser, base, room, user, size=PHONE, scheme=scheme) as page:
            for path in paths:
                page.goto(path)
                until(page, "document.readyState === 'complete'")
                width = page.evaluate("document.documentElement.scrollWidth")
                assert width <= PHONE[0], f"{path} is {width} px wide"
                assert axe(page) == [], path
