"""The page of a call in a real Chromium: its parts, its transcript in step with the sound, search, comments, keys."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from pipeline.review.room import Room
from tests.review.call.pages import add_call, approve
from tests.review.live import PHONE, Live, axe, browser, live, signed_in_page, until
from tests.review.rooms import call_of, make_room
from tests.scripted import Script

pytestmark = pytest.mark.slow

__all__ = ["browser", "live"]

LONG: Script = tuple(
    (f"S{1 + n % 2}", n * 4.0, n * 4.0 + 3.8, f"Number {n} " + "so we plan the week by hand and it takes long " * 2)
    for n in range(500)
)
"""500 turns of 22 words each."""
MIDDLE_OF_COST = """(() => {
  const words = document.querySelector('#t0005 .words'), range = document.createRange();
  const walker = document.createTreeWalker(words, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const at = node.data.indexOf('cost');
    if (at >= 0) { range.setStart(node, at); range.setEnd(node, at + 4); }
  }
  words.scrollIntoView({block: 'center'});
  const box = range.getBoundingClientRect();
  return [box.x + box.width / 2, box.y + box.height / 2];
})()"""
"""Where on the screen the word "cost" of the fifth turn is."""
FRAMES_OF_10_S = """(() => {
  const start = performance.now();
  for (let n = 0; n < 600; n += 1) {
    document.dispatchEvent(new CustomEvent('filmroom:time', {detail: {time: 900 + n / 60, playing: true}}));
  }
  return performance.now() - start;
})()"""
"""How many milliseconds it takes to follow 10 s of playing, 60 times a second."""
SHOWN = "[...document.querySelectorAll('.call-work > .pane')].filter((pane) => !pane.hidden).map((pane) => pane.id)"


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return make_room(tmp_path, ("Anna",))


def says(page: Page, time: float, *, playing: bool = True) -> None:
    """Have the player say where it is."""
    detail = f"{{time: {time}, playing: {str(playing).lower()}}}"
    page.evaluate(f"document.dispatchEvent(new CustomEvent('filmroom:time', {{detail: {detail}}}))")


def spoken(page: Page) -> str:
    """The word that is marked as being said."""
    return str(page.evaluate("[...(CSS.highlights.get('said') || [])].map(String).join(' ')"))


def test_one_part_at_a_time_stands_beside_the_transcript(browser: Browser, live: Live, room: Room) -> None:
    call = call_of(room, "Anna")
    with signed_in_page(browser, live(room), room, "mark") as page:
        page.goto(f"/calls/{call}")
        until(page, f"{SHOWN}.join() === 'draft'")
        page.get_by_role("link", name="Scorecard").click()
        until(page, f"{SHOWN}.join() === 'scorecard'")
        assert page.locator("#transcript").is_visible()
        page.keyboard.press("3")
        until(page, f"{SHOWN}.join() === 'measures'")
        page.goto(f"/calls/{call}#comments")
        until(page, f"{SHOWN}.join() === 'comments'")


def test_on_a_phone_the_transcript_is_a_part_of_its_own(browser: Browser, live: Live, room: Room) -> None:
    with signed_in_page(browser, live(room), room, "mark", size=PHONE) as page:
        page.goto(f"/calls/{call_of(room, 'Anna')}")
        until(page, f"{SHOWN}.join() === 'draft'")
        assert not page.locator("#transcript").is_visible()
        page.get_by_role("link", name="Transcript", exact=True).click()
        until(page, f"{SHOWN}.length === 0")
        assert page.locator("#transcript").is_visible()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_without_script_all_parts_follow_each_other(browser: Browser, live: Live, room: Room) -> None:
    call = call_of(room, "Anna")
    with signed_in_page(browser, live(room), room, "mark", script=False) as page:
        page.goto(f"/calls/{call}")
        for part in ("draft", "scorecard", "measures", "comments", "about", "transcript"):
            assert page.locator(f"#{part}").is_visible()
        page.get_by_label("Your comment").fill("Well asked.")
        page.get_by_label("At", exact=True).fill("0:26")
        page.locator("#comments").get_by_role("button", name="Comment", exact=True).click()
        assert page.url.endswith(f"/calls/{call}#c1")
        assert page.locator("#c1 .text").inner_text() == "Well asked."


def test_the_transcript_shows_turn_and_word_that_are_said(browser: Browser, live: Live, room: Room) -> None:
    # The fifth turn, 25 to 29 s, has nine words of 4/9 s each: "cost", the fifth, from 26.78 s.
    with signed_in_page(browser, live(room), room, "mark") as page:
        page.goto(f"/calls/{call_of(room, 'Anna')}")
        until(page, "document.querySelector('.tabbed') !== null")
        for time, word in ((25.1, "And"), (27.0, "cost"), (28.9, "month?"), (12.5, "We")):
            says(page, time)
            assert spoken(page) == word
        assert page.locator(".turn.now").get_attribute("id") == "t0004"
        says(page, 59.5)
        assert page.locator(".turn.now").count() == 0


def test_the_transcript_follows_until_its_reader_goes_elsewhere(
    browser: Browser, live: Live, room: Room, tmp_path: Path
) -> None:
    call = add_call(room, tmp_path / "long", "Anna", seed=9, script=LONG)
    top = "document.getElementById('turns').scrollTop"
    with signed_in_page(browser, live(room), room, "mark") as page:
        page.goto(f"/calls/{call}")
        until(page, "document.querySelector('.tabbed') !== null")
        says(page, 1000.5)
        until(page, f"{top} > 5000")
        assert page.evaluate("scrollY") == 0, "only the transcript's own box moves"
        page.locator("#turns").hover()
        page.mouse.wheel(0, -2000)
        until(page, "!document.getElementById('follow').hidden")
        page.wait_for_timeout(1000)
        here = page.evaluate(top)
        says(page, 1400.5)
        page.wait_for_timeout(200)
        assert page.evaluate(top) == here, "nobody is pulled away from what they read"
        page.get_by_role("button", name="Back to what is being said").click()
        until(page, f"{top} > {here} + 2000")


def test_following_a_long_call_costs_next_to_nothing(browser: Browser, live: Live, room: Room, tmp_path: Path) -> None:
    call = add_call(room, tmp_path / "long", "Anna", seed=9, script=LONG)
    with signed_in_page(browser, live(room), room, "mark") as page:
        page.goto(f"/calls/{call}")
        until(page, "document.querySelector('.tabbed') !== null")
        took = float(page.evaluate(FRAMES_OF_10_S))
    assert took / 600 < 8, f"{took / 600:.1f} ms of the 16 ms that a frame has"


def test_a_click_on_a_word_goes_to_that_word(browser: Browser, live: Live, room: Room) -> None:
    with signed_in_page(browser, live(room), room, "mark") as page:
        page.goto(f"/calls/{call_of(room, 'Anna')}")
        until(page, "Boolean(window.filmroom?.player)")
        page.evaluate("window.filmroom.player.seek = (time) => { window.sought = time; }")
        place = page.evaluate(MIDDLE_OF_COST)
        page.mouse.click(*place)
        assert page.evaluate("window.sought") == pytest.approx(26.78, abs=0.01)


def test_search_finds_words_across_marks_and_goes_round(browser: Browser, live: Live, room: Room) -> None:
    with signed_in_page(browser, live(room), room, "mark") as page:
        page.goto(f"/calls/{call_of(room, 'Anna')}")
        until(page, "document.querySelector('.tabbed') !== null")
        page.keyboard.press("t")
        page.keyboard.type("Four HOURS")
        until(page, "document.getElementById('found').textContent === '1 of 2'")
        found = "[...CSS.highlights.get('found-here')].map(String).join()"
        assert page.evaluate(found) == "four hours"
        page.keyboard.press("Enter")
        assert page.locator("#found").inner_text() == "2 of 2"
        page.get_by_role("button", name="Next find").click()
        assert page.locator("#found").inner_text() == "1 of 2"
        page.get_by_label("Search the transcript").fill("no such words")
        assert page.locator("#found").inner_text() == "none"


def test_a_comment_at_a_turn_appears_in_both_places(browser: Browser, live: Live, room: Room) -> None:
    with signed_in_page(browser, live(room), room, "mark") as page:
        page.goto(f"/calls/{call_of(room, 'Anna')}")
        until(page, "document.querySelector('.tabbed') !== null")
        page.locator("#t0005").hover()
        page.locator("#t0005 .note-at").click()
        assert page.locator("#comment-at").input_value() == "00:25"
        page.keyboard.type("Well asked.")
        page.locator("#comments").get_by_role("button", name="Comment", exact=True).click()
        until(page, "document.querySelector('#t0005 .noted')?.textContent === '1 comment'")
        assert page.locator("#c1 .text").inner_text() == "Well asked."
        assert page.locator(".call-parts a[href='#comments'] .count").inner_text() == "1"
        assert page.get_by_label("Your comment").input_value() == ""
        page.locator("#c1").get_by_role("button", name="Withdraw").click()
        until(page, "document.querySelector('.noted') === null")


def test_a_refused_comment_keeps_its_words(browser: Browser, live: Live, room: Room) -> None:
    with signed_in_page(browser, live(room), room, "mark", expected=("400",)) as page:
        page.goto(f"/calls/{call_of(room, 'Anna')}#comments")
        page.get_by_label("Your comment").fill("Too late")
        page.get_by_label("At", exact=True).fill("9:00")
        page.locator("#comments").get_by_role("button", name="Comment", exact=True).click()
        until(page, "document.querySelector('#comments .notice.error') !== null")
        assert "after the end of the call" in page.locator("#comments .notice.error").inner_text()
        assert page.get_by_label("Your comment").input_value() == "Too late"
        page.get_by_label("Your comment").fill("")
        page.get_by_label("At", exact=True).fill("")


def test_keys_play_quote_after_quote(browser: Browser, live: Live, room: Room) -> None:
    with signed_in_page(browser, live(room), room, "mark") as page:
        page.goto(f"/calls/{call_of(room, 'Anna')}#scorecard")
        until(page, f"{SHOWN}.join() === 'scorecard'")
        page.evaluate(
            "window.played = []; document.addEventListener('click', (event) => { const quote = "
            "event.target.closest('[data-play]'); if (quote) window.played.push(quote.dataset.start); }, true)"
        )
        wanted = page.locator("#scorecard [data-play]:visible").evaluate_all(
            "all => all.map((one) => one.dataset.start)"
        )
        for key in ("j", "j", "k"):
            page.keyboard.press(key)
        assert page.evaluate("window.played") == [wanted[0], wanted[1 % len(wanted)], wanted[0]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("part", ["scorecard", "measures", "comments", "about", "transcript"])
def test_every_part_can_be_used_by_everybody(browser: Browser, live: Live, room: Room, part: str, scheme: str) -> None:
    call = call_of(room, "Anna")
    size = PHONE if part == "transcript" else (1280, 900)
    with signed_in_page(browser, live(room), room, "mark", size=size, scheme=scheme) as page:
        page.goto(f"/calls/{call}#{part}")
        until(page, "document.querySelector('.tabbed') !== null")
        assert axe(page) == []


def test_a_reps_page_says_when_feedback_opens(browser: Browser, live: Live, room: Room) -> None:
    call = call_of(room, "Anna")
    with signed_in_page(browser, live(room), room, "anna") as page:
        page.goto(f"/calls/{call}")
        until(page, f"{SHOWN}.join() === 'measures'")
        assert "open to you once" in page.locator(".sealed").inner_text()
        assert axe(page) == []
        approve(room, call)
        page.goto(f"/calls/{call}")
        until(page, f"{SHOWN}.join() === 'draft'")
