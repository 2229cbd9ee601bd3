"""The standalone page in a real Chromium: it plays, it follows, and it asks nothing of any network."""

import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from pipeline.domain.result import CallResult
from pipeline.export.html import to_html
from tests.export.call import DURATION, make_call
from tests.export.hostile import hostile_call
from tests.export.sound import tone

pytestmark = pytest.mark.slow

ARGUMENTS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
PHONE, DESK = (390, 844), (1280, 900)
Open = Callable[..., Page]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        pytest.skip("no Chromium is installed (Debian: apt-get install chromium)")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def sound() -> tuple[bytes, str]:
    return tone(DURATION)


@pytest.fixture
def opened(browser: Browser, sound: tuple[bytes, str], tmp_path: Path) -> Iterator[Open]:
    """Opens a call's page from a file; at the end nothing may have been logged, asked for or popped up."""
    trouble: list[str] = []
    pages: list[Page] = []

    def open_page(
        call: CallResult | None = None, *, size: tuple[int, int] = DESK, scheme: str = "light", silent: bool = False
    ) -> Page:
        path = tmp_path / "call.html"
        audio, mime = sound
        path.write_text(to_html(call or make_call(), audio=None if silent else audio, mime=mime), encoding="utf-8")
        page = browser.new_page(
            viewport={"width": size[0], "height": size[1]}, color_scheme="dark" if scheme == "dark" else "light"
        )
        page.on("console", lambda message: trouble.append(message.text))
        page.on("pageerror", lambda error: trouble.append(str(error)))
        page.on("dialog", lambda dialog: trouble.append(dialog.message))
        page.on("request", lambda r: None if r.url.startswith(("file:", "data:")) else trouble.append(r.url))
        page.goto(path.as_uri())
        pages.append(page)
        return page

    yield open_page
    for page in pages:
        page.close()
    assert trouble == []


def now(page: Page) -> float:
    return float(page.evaluate("document.querySelector('#audio').currentTime"))


def paused(page: Page) -> bool:
    return bool(page.evaluate("document.querySelector('#audio').paused"))


def until(page: Page, condition: str) -> None:
    """Wait for a condition on `audio` or the page. Playwright's own waiting needs eval, which the policy forbids."""
    deadline = time.monotonic() + 15
    while not page.evaluate(f"(() => {{ const audio = document.querySelector('#audio'); return {condition}; }})()"):
        assert time.monotonic() < deadline, f"never came: {condition}"
        page.wait_for_timeout(20)


def wait_for_end(page: Page) -> None:
    until(page, "audio.paused")


def test_the_page_loads_quietly_and_knows_the_call_s_length(opened: Open) -> None:
    page = opened()
    until(page, "audio.readyState >= 1")
    assert page.evaluate("document.querySelector('#audio').duration") == pytest.approx(DURATION, abs=0.1)
    assert page.inner_text(".clock") == "00:00 / 01:36"


@pytest.mark.parametrize("place", ["#draft .quote.missed .play", "#m001 .play", "#o003 .play"])
def test_a_quote_plays_from_its_start_and_stops_after_its_end(opened: Open, place: str) -> None:
    page = opened()
    button = page.locator(place)
    start, end = (float(button.get_attribute(f"data-{side}") or "") for side in ("start", "end"))
    button.click()
    until(page, "!audio.paused")
    assert start - 0.01 <= now(page) <= start + 0.3
    assert page.inner_text("#playing") == page.locator(place).locator("..").locator("blockquote, .say").inner_text()
    wait_for_end(page)
    # The pad is 0.3 s; a frame or a timer of a busy machine may come a little late.
    assert end <= now(page) <= end + 0.3 + 0.3


def test_clicking_a_playing_quote_pauses_it_and_its_button_says_so(opened: Open) -> None:
    page = opened()
    button = page.locator("#o003 .play")
    button.click()
    page.wait_for_selector("#o003 .play.on")
    button.click()
    wait_for_end(page)
    assert page.locator(".play.on").count() == 0


def test_space_plays_and_pauses_and_arrows_jump(opened: Open) -> None:
    page = opened()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowLeft")
    until(page, "!audio.seeking && audio.currentTime === 5")
    page.keyboard.press("Space")
    until(page, "audio.currentTime > 5.2")
    page.keyboard.press("Space")
    assert paused(page)
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    until(page, "audio.currentTime === 0")


def test_quick_jumps_while_it_plays_do_not_stall_the_sound(opened: Open) -> None:
    # Chromium's decoder stalled in one of eight tries when a seek overtook another.
    page = opened()
    page.keyboard.press("Space")
    for _ in range(8):
        page.keyboard.press("ArrowRight")
    until(page, "!audio.seeking && audio.currentTime > 40")
    arrived = now(page)
    until(page, f"audio.currentTime > {arrived + 0.5}")


def test_space_on_a_button_presses_that_button_only(opened: Open) -> None:
    page = opened()
    page.locator("#o003 .play").focus()
    page.keyboard.press("Space")
    until(page, "!audio.paused")
    assert 32 <= now(page) <= 32.6


def test_everything_that_plays_is_reached_by_tab(opened: Open) -> None:
    page = opened()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    seen: list[str] = []
    for _ in range(14):
        page.keyboard.press("Tab")
        seen.append(page.evaluate("document.activeElement.id || document.activeElement.getAttribute('class') || ''"))
    assert seen[:2] == ["play", "speed"]
    assert sum(name.startswith("moment") for name in seen) == 6
    assert "seek" in seen
    assert "play" in seen[9:]


def test_the_transcript_follows_and_a_turn_seeks(opened: Open) -> None:
    page = opened()
    page.keyboard.press("ArrowRight")
    assert page.locator(".turn.now").get_attribute("id") == "t0002"
    page.locator("#t0009 .words").click()
    until(page, "audio.currentTime === 45.3")
    # The customer is still speaking at 45.3 s: both turns are current.
    assert page.locator(".turn.now").count() == 2
    before = page.evaluate("window.scrollY")
    page.locator("#seek").fill("90")
    until(page, "document.querySelector('#turns').scrollTop > 100")
    assert page.evaluate("window.scrollY") == before
    assert page.locator(".turn.now").get_attribute("id") == "t0012"


def test_a_click_in_the_lanes_seeks_there(opened: Open) -> None:
    page = opened()
    box = page.locator("#line").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + 30)
    assert now(page) == pytest.approx(DURATION / 2, abs=0.2)
    # Both ends in one reading: the decoder settles the time by microseconds after the seek.
    ends = page.eval_on_selector("#head", "head => [head.getAttribute('x1'), head.getAttribute('x2')]")
    assert ends[0] == ends[1]
    assert float(ends[0].rstrip("%")) == pytest.approx(50, abs=0.3)


def test_a_mark_on_the_timeline_plays_its_quote(opened: Open) -> None:
    page = opened()
    page.locator(".moment.missed").click()
    until(page, "!audio.paused")
    assert 43 <= now(page) <= 44.5
    assert page.evaluate("location.hash") == ""


def test_after_a_quote_play_goes_on_past_its_end(opened: Open) -> None:
    page = opened()
    page.locator("#m001 .play").click()
    until(page, "!audio.paused")
    wait_for_end(page)
    stopped = now(page)
    page.locator("#play").click()
    until(page, f"audio.currentTime > {stopped + 0.5}")
    assert not paused(page)


def test_without_sound_a_mark_leads_to_its_place_in_the_scorecard(opened: Open) -> None:
    page = opened(silent=True)
    assert page.locator(".play").count() == 0
    # Next step is closed at first, since the draft does not speak of it.
    assert not page.locator("#o005").is_visible()
    page.locator(".moment[href='#o005']").click()
    page.locator("#o005").wait_for(state="visible")
    assert page.inner_text("#now") == "01:16"


@pytest.mark.parametrize("silent", [True, False])
def test_a_hostile_call_runs_nothing(opened: Open, silent: bool) -> None:
    page = opened(hostile_call(), silent=silent)
    page.wait_for_timeout(300)
    assert page.evaluate("window.pwned") is None
    assert page.locator("img").count() == 0


@pytest.mark.parametrize("width", [320, 390, 800, 1280])
def test_the_page_never_scrolls_sideways(opened: Open, width: int) -> None:
    for call in (make_call(), hostile_call()):
        page = opened(call, size=(width, 800))
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_print_opens_everything_and_hides_what_only_a_screen_can_do(opened: Open) -> None:
    page = opened()
    assert page.locator("details:not([open])").count() > 0
    assert len(page.pdf()) > 10_000
    assert page.locator("details:not([open])").count() == 0
    page.emulate_media(media="print")
    assert page.locator("#play").is_hidden()
    assert page.locator("#line").is_visible()
    turns = "document.querySelector('#turns')"
    hidden = page.evaluate(f"{turns}.scrollHeight - {turns}.clientHeight")
    assert hidden <= 1


@pytest.mark.parametrize("size", [PHONE, DESK])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(opened: Open, size: tuple[int, int], scheme: str) -> None:
    page = opened(size=size, scheme=scheme)
    page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
    page.keyboard.press("ArrowRight")
    found = Axe().run(page).response["violations"]
    assert [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found] == []
