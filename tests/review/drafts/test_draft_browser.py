"""The draft in a real Chromium: saved in place, nothing lost, approved on purpose only."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from pipeline.domain.review import ReviewState
from pipeline.review.room import Room
from pipeline.reviewing.standing import state_of
from tests.review.drafts.typing_in import fields_of, listen
from tests.review.live import DESK, PHONE, Live, axe, browser, live, powered, signed_in_page, wait_until
from tests.review.rooms import call_of, client, make_room

__all__ = ["browser", "live"]
pytestmark = pytest.mark.slow


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    made = make_room(tmp_path, ("Anna", "Bert"))
    yield made
    made.close()


@pytest.fixture
def call(room: Room) -> str:
    return call_of(room, "Anna")


@pytest.fixture
def page(browser: Browser, live: Live, room: Room, call: str) -> Iterator[Page]:
    with signed_in_page(browser, live(room), room, "mark", expected=("400", "409")) as opened:
        opened.goto(f"/calls/{call}")
        powered(opened)
        yield opened


def state(room: Room, call: str) -> ReviewState:
    return state_of(room.workspace, call).state


def shown(page: Page, text: str) -> None:
    page.locator("#draft-part").get_by_text(text).first.wait_for()


def others_save(room: Room, call: str, **changed: str) -> None:
    vera = client(room, "vera")
    fields = fields_of(vera.get(f"/calls/{call}/draft/edit").text, "save")
    assert vera.post(f"/calls/{call}/draft/save", data={**fields, **changed}).status_code == 303


def test_an_edit_is_saved_in_place_by_ctrl_enter(page: Page, room: Room, call: str) -> None:
    page.keyboard.press("e")
    page.locator("#f-strength").fill("You asked for a date.")
    page.keyboard.press("Control+Enter")
    shown(page, "Edited by Mark")
    assert state_of(room.workspace, call).feedback.strength == "You asked for a date."
    assert page.url.endswith(f"/calls/{call}")


def test_a_further_step_has_a_row_as_soon_as_it_is_written(page: Page, room: Room, call: str) -> None:
    page.locator("#draft-part").get_by_text("Edit", exact=True).click()
    rows = page.locator(".step-row")
    rows.nth(4).locator("textarea").fill("Send me the recording.")
    rows.nth(5).locator("textarea").fill("And listen to it.")
    page.locator(".save-bar button").click()
    shown(page, "And listen to it.")
    assert [step.text for step in state_of(room.workspace, call).feedback.activity][4:] == [
        "Send me the recording.",
        "And listen to it.",
    ]


def test_what_was_typed_stays_in_the_form_where_somebody_saved_first(page: Page, room: Room, call: str) -> None:
    page.keyboard.press("e")
    page.locator("#f-practice").fill("Mark’s practice.")
    others_save(room, call, practice="Vera’s practice.")
    page.locator(".save-bar button").click()
    shown(page, "Vera edited while you were at it")
    assert page.locator("#f-practice").input_value() == "Mark’s practice."
    page.get_by_role("button", name="Save on top of theirs").click()
    shown(page, "Edited by Mark")
    assert state_of(room.workspace, call).feedback.practice == "Mark’s practice."


def test_another_improvement_over_own_words_asks_in_place(page: Page, room: Room, call: str) -> None:
    others_save(room, call, practice="Vera’s practice.")
    page.reload()
    page.get_by_text("Choose another improvement").click()
    page.locator("input[value=patience]").check()
    page.get_by_role("button", name="Put this one in the draft").click()
    shown(page, "Whose words stay?")
    page.get_by_text("Keep what was written").click()
    page.get_by_role("button", name="Go on").click()
    page.locator("#part-improvement").wait_for()
    standing = state_of(room.workspace, call)
    assert (standing.improvement, standing.feedback.practice) == ("patience", "Vera’s practice.")


def test_what_plays_is_marked_heard_and_a_jump_is_not(page: Page) -> None:
    def plays(*times: float) -> None:
        for time in times:
            page.evaluate(
                "time => document.dispatchEvent(new CustomEvent('filmroom:time', {detail: {time, playing: true}}))",
                time,
            )

    mark = page.locator("#part-strength .heard")
    assert mark.inner_text() == "Not heard yet"
    plays(32.5, 38.9)  # a jump over the moment, 33 to 39 s
    assert mark.inner_text() == "Not heard yet"
    plays(*(33 + n / 4 for n in range(20)))  # 33.00 to 37.75 s: 4.75 of 6 s, 79%
    assert mark.inner_text() in ("79% heard", "80% heard")
    plays(38.0, 38.5)
    assert mark.inner_text() == "Heard"
    assert page.locator("[data-unheard]").count() == 1


def test_no_key_approves_from_elsewhere(page: Page, room: Room, call: str) -> None:
    listen(room, call, "mark")
    page.reload()
    for keys in ("Control+Enter", "Enter", "a", "Meta+Enter"):
        page.keyboard.press(keys)
        page.wait_for_timeout(100)
    assert state(room, call) == "waiting"
    # "a" led to the bar; inside it, Control+Enter is meant.
    page.keyboard.press("Tab")
    page.keyboard.press("Control+Enter")
    wait_until(lambda: state(room, call) == "approved", "approved", pause=lambda: page.wait_for_timeout(50))


def test_unheard_it_says_so_in_place_and_a_reason_lets_it_pass(page: Page, room: Room, call: str) -> None:
    page.get_by_role("button", name="Approve", exact=True).click()
    shown(page, "2 of the moments that this feedback rests on were not heard")
    assert state(room, call) == "waiting"
    page.locator("#override").fill("I was on the call.")
    page.get_by_role("button", name="Approve", exact=True).click()
    shown(page, "the rep sees it now")
    assert state(room, call) == "approved"


def test_approve_and_next_opens_the_next_call(page: Page, room: Room, call: str) -> None:
    listen(room, call, "mark")
    page.reload()
    page.get_by_role("button", name="Approve and next").click()
    other = call_of(room, "Bert")
    page.wait_for_url(f"**/calls/{other}")
    assert (state(room, call), state(room, other)) == ("approved", "waiting")


def test_all_of_it_works_without_script(browser: Browser, live: Live, room: Room, call: str) -> None:
    with signed_in_page(browser, live(room), room, "mark", script=False, expected=("400", "409")) as page:
        page.goto(f"/calls/{call}/draft/edit")
        page.locator("#f-practice").fill("Mark’s practice.")
        page.locator(".save-bar button").click()
        assert page.url.endswith(f"/calls/{call}#draft")
        page.get_by_text("Choose another improvement").click()
        page.locator("input[value=patience]").check()
        page.get_by_role("button", name="Put this one in the draft").click()
        page.locator("input[name=keep_practice][value=mine]").check()
        page.get_by_role("button", name="Go on").click()
        page.locator(".other-ways summary").click()
        page.locator("#override").fill("I was on the call.")
        page.get_by_role("button", name="Approve", exact=True).click()
    standing = state_of(room.workspace, call)
    assert (standing.state, standing.improvement, standing.feedback.practice) == (
        "approved",
        "patience",
        "Mark’s practice.",
    )


@pytest.mark.parametrize("size", [DESK, PHONE])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(
    browser: Browser, live: Live, room: Room, call: str, size: tuple[int, int], scheme: str
) -> None:
    others_save(room, call, practice="Try “what else?” You never wait. " + "x" * 300, reason_practice="y" * 300)
    base = live(room)
    with signed_in_page(browser, base, room, "mark", size=size, scheme=scheme) as page:
        for place in ("draft", "draft/edit"):
            page.goto(f"/calls/{call}/{place}")
            page.evaluate("document.querySelectorAll('#draft-part details').forEach(d => { d.open = true; })")
            page.evaluate("window.scrollTo(0, document.body.scrollHeight)")  # what lies under the bar is in reach below
            assert axe(page) == []
            assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
