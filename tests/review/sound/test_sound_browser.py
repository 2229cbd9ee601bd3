"""The player in a real Chromium at a real server: what is really heard, what is asked for, what is reported."""

import json
import random
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Page

from pipeline.domain.phrasing import clock
from pipeline.review.room import Room
from pipeline.review.sound.cache import Sounds
from pipeline.review.sound.listening import listened
from tests.review.live import PHONE, Live, axe, browser, live, serving, signed_in_page, until
from tests.review.rooms import call_of, make_room
from tests.review.sound.coded import long_room, time_heard
from tests.review.sound.gated import GatedAudio

__all__ = ["browser", "live"]
pytestmark = pytest.mark.slow

RATE = 16_000
RECORD = f"""
() => {{
  const audio = document.querySelector("#player-audio");
  const context = new AudioContext({{ sampleRate: {RATE} }});
  const tap = context.createScriptProcessor(1024, 1, 1);
  window.taped = [];
  tap.onaudioprocess = (event) => {{ window.taped.push(Float32Array.from(event.inputBuffer.getChannelData(0))); }};
  context.createMediaElementSource(audio).connect(tap);
  tap.connect(context.destination);
  return context.resume();
}}
"""
TAPE = "() => Array.from(window.taped.flatMap((part) => Array.from(part)))"
AUDIO = "document.querySelector('#player-audio')"


def hour() -> tuple[float, ...]:
    """Twenty places over an hour, none near the end of a block of the code."""
    chosen = random.Random(5)
    return tuple(180.0 * n + chosen.randrange(17) * 10 + chosen.uniform(0.5, 6.0) for n in range(20))


@pytest.fixture(scope="module")
def long(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    room = long_room(tmp_path_factory.mktemp("hour"), 3600, sorted(hour()))
    room.sounds.ask(room.workspace.record(call_of(room, "Anna"))).result(300)
    yield room
    room.close()


@pytest.fixture(scope="module")
def long_base(long: Room) -> Iterator[str]:
    with ExitStack() as stack:
        yield stack.enter_context(serving(long))


def now(page: Page) -> float:
    return float(page.evaluate(f"{AUDIO}.currentTime"))


def add_quotes(page: Page, starts: tuple[float, ...], seconds: float) -> None:
    """Quotes as any part of the page may have them."""
    page.evaluate(
        """([starts, seconds]) => { for (const start of starts) { const button = document.createElement("button");
        button.dataset.play = ""; button.dataset.start = start; button.dataset.end = start + seconds;
        button.className = "added"; button.textContent = "quote";
        document.querySelector("main").append(button); } }""",
        [list(starts), seconds],
    )


def test_twenty_quotes_over_an_hour_land_on_their_words(
    long: Room, long_base: str, browser: Browser, record_property: Callable[[str, object], None]
) -> None:
    starts = list(hour())
    random.Random(6).shuffle(starts)
    answers: list[tuple[int, str]] = []
    with signed_in_page(browser, long_base, long, "mark", expected=["ScriptProcessorNode"]) as page:
        page.on(
            "response",
            lambda r: (
                answers.append((r.status, r.headers.get("content-range", ""))) if r.url.endswith("/sound") else None
            ),
        )
        page.goto(f"/calls/{call_of(long, 'Anna')}")
        add_quotes(page, tuple(starts), 1.0)
        until(page, f"{AUDIO}.readyState >= 1")
        page.locator("#player-go").click()
        page.locator("#player-go").click()
        page.evaluate(RECORD)
        off, lengths = [], []
        for n, start in enumerate(starts):
            page.evaluate("() => { window.taped = []; }")
            page.locator(".added").nth(n).click()
            until(page, f"!{AUDIO}.paused")
            until(page, f"{AUDIO}.paused")
            page.wait_for_timeout(150)
            tape = np.array(page.evaluate(TAPE), np.float32)
            at = time_heard(tape, RATE)
            assert at is not None, f"nothing was heard at {start}"
            off.append(at - start)
            lengths.append(float((np.abs(tape) > 0.02).sum() / RATE))
    record_property("median_ms", round(1000 * float(np.median(np.abs(off)))))
    record_property("worst_ms", round(1000 * max(abs(o) for o in off)))
    record_property("answers", answers)
    assert max(abs(o) for o in off) < 0.3
    assert all(1.0 <= length <= 1.7 for length in lengths)  # a second, and 0.3 s of pad
    assert {status for status, _ in answers} == {206}
    assert len({content for _, content in answers}) > 5  # it asks for places in the file, not for the file


def test_a_quote_is_played_to_its_end_and_reported(tmp_path: Path, live: Live, browser: Browser) -> None:
    room = make_room(tmp_path, reps=("Anna",))
    call = call_of(room, "Anna")
    with signed_in_page(browser, live(room), room, "mark") as page:
        page.goto(f"/calls/{call}")
        page.evaluate(
            "() => { window.told = [];"
            " document.addEventListener('filmroom:played', (event) => window.told.push(event.detail)); }"
        )
        add_quotes(page, (8.0,), 1.5)
        page.locator(".added").click()
        until(page, f"!{AUDIO}.paused && {AUDIO}.currentTime > 8.5")
        until(page, f"{AUDIO}.paused")
        # 0.3 s of pad, and a frame or two of a busy machine.
        assert 9.8 <= now(page) <= 10.1
        until(page, "window.told.length > 0")
        (told,) = page.evaluate("window.told")
        (span,) = listened(room.workspace, call, "mark")
        assert span.start == pytest.approx(8.0, abs=0.01)
        assert span.end == pytest.approx(told["end"], abs=0.01)
        assert span.end == pytest.approx(now(page), abs=0.3)
        assert page.locator(".added.heard").count() == 1


def test_what_is_jumped_over_is_not_reported_as_played(tmp_path: Path, live: Live, browser: Browser) -> None:
    room = make_room(tmp_path, reps=("Anna",))
    call = call_of(room, "Anna")
    with signed_in_page(browser, live(room), room, "mark") as page:
        page.goto(f"/calls/{call}")
        until(page, f"{AUDIO}.readyState >= 1")
        page.keyboard.press("Space")
        until(page, f"{AUDIO}.currentTime > 1")
        page.evaluate("window.filmroom.player.seek(20)")
        until(page, f"{AUDIO}.currentTime > 21")
        page.keyboard.press("Space")
        until(page, f"{AUDIO}.paused")
        page.wait_for_timeout(300)
    first, second = listened(room.workspace, call, "mark")
    assert first.start == 0
    assert 0.9 <= first.end < 3
    assert second.start == pytest.approx(20, abs=0.05)
    assert 20.9 <= second.end < 23


def test_what_was_played_is_reported_when_the_page_is_left(tmp_path: Path, live: Live, browser: Browser) -> None:
    room = make_room(tmp_path, reps=("Anna",))
    call = call_of(room, "Anna")
    with signed_in_page(browser, live(room), room, "mark", expected=["favicon"]) as page:
        page.goto(f"/calls/{call}")
        until(page, f"{AUDIO}.readyState >= 1")
        page.locator("#player-go").click()
        until(page, f"{AUDIO}.currentTime > 1")
        page.goto("/static/room.css")
        page.wait_for_timeout(300)
    (span,) = listened(room.workspace, call, "mark")
    assert (span.start, span.end > 0.9) == (0, True)


def test_keys_and_speed(tmp_path: Path, live: Live, browser: Browser) -> None:
    room = make_room(tmp_path, reps=("Anna",))
    with signed_in_page(browser, live(room), room, "mark") as page:
        page.goto(f"/calls/{call_of(room, 'Anna')}")
        until(page, f"{AUDIO}.readyState >= 1")
        for key in ("ArrowRight", "ArrowRight", "ArrowLeft"):
            page.keyboard.press(key)
        until(page, f"!{AUDIO}.seeking && {AUDIO}.currentTime === 5")
        page.keyboard.press("]")
        page.keyboard.press("]")
        page.keyboard.press("Space")
        until(page, f"{AUDIO}.currentTime > 5.2 && {AUDIO}.playbackRate === 1.5")
        assert page.locator("#player-go").get_attribute("aria-label") == "Pause"
        page.keyboard.press("[")
        until(page, f"{AUDIO}.playbackRate === 1.25")
        page.locator("#player-speed").select_option("2")
        until(page, f"{AUDIO}.playbackRate === 2")


def test_the_slider_says_and_sets_the_place(tmp_path: Path, live: Live, browser: Browser) -> None:
    room = make_room(tmp_path, reps=("Anna",))
    with signed_in_page(browser, live(room), room, "mark") as page:
        page.goto(f"/calls/{call_of(room, 'Anna')}")
        until(page, f"{AUDIO}.readyState >= 1")
        length = float(page.locator("#player").get_attribute("data-duration") or "")
        box = page.locator("#player-axis").bounding_box()
        assert box is not None
        page.mouse.click(box["x"] + box["width"] / 4, box["y"] + 30)
        until(page, f"!{AUDIO}.seeking")
        assert now(page) == pytest.approx(length / 4, abs=0.3)
        assert page.locator("#player-seek").get_attribute("aria-valuetext") == f"{clock(now(page))} of {clock(length)}"
        page.locator("#player-seek").focus()
        page.keyboard.press("ArrowRight")
        until(page, f"{AUDIO}.currentTime > {length / 4 + 4.5}")
        until(page, "document.querySelector('.player.peaked') !== null")


def test_a_page_asked_for_before_the_sound_is_ready_goes_on_by_itself(
    tmp_path: Path, live: Live, browser: Browser
) -> None:
    made = make_room(tmp_path, reps=("Anna",))
    audio = GatedAudio()
    room = replace(made, sounds=Sounds(made.workspace, audio=audio))
    with signed_in_page(browser, live(room), room, "mark") as page:
        page.goto(f"/calls/{call_of(room, 'Anna')}")
        assert page.inner_text("#player-told") == "The sound is being prepared."
        add_quotes(page, (8.0,), 1.0)
        page.locator(".added").click()
        audio.gate.set()
        until(page, f"!{AUDIO}.paused && {AUDIO}.currentTime >= 8")
        assert page.locator("#player-told").count() == 0
        assert audio.n_reads == 1


def test_a_sound_that_is_gone_says_why_and_the_rest_goes_on(tmp_path: Path, live: Live, browser: Browser) -> None:
    room = make_room(tmp_path, reps=("Anna",))
    call = call_of(room, "Anna")
    room.workspace.record(call).files[0].unlink()
    with signed_in_page(browser, live(room), room, "mark") as page:
        page.goto(f"/calls/{call}")
        assert "00.wav cannot be read where it was reviewed" in page.inner_text(".player-told")
        assert page.locator("#player-svg").is_visible()
        assert page.locator("audio").count() == 0
        page.keyboard.press("Space")


def test_without_script_the_browser_s_own_controls_play(tmp_path: Path, live: Live, browser: Browser) -> None:
    room = make_room(tmp_path, reps=("Anna",))
    with signed_in_page(browser, live(room), room, "mark", script=False) as page:
        page.goto(f"/calls/{call_of(room, 'Anna')}")
        assert page.locator("#player-audio").is_visible()
        assert page.locator(".player-controls").is_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("user", ["mark", "anna"])
def test_axe_finds_nothing_in_the_player(tmp_path: Path, live: Live, browser: Browser, scheme: str, user: str) -> None:
    room = make_room(tmp_path, reps=("Anna",))
    with signed_in_page(browser, live(room), room, user, scheme=scheme, size=PHONE) as page:
        page.goto(f"/calls/{call_of(room, 'Anna')}")
        until(page, f"{AUDIO}.readyState >= 1")
        found = [(rule, html) for rule, nodes in axe(page) for html in nodes if "player" in html or "mark" in html]
        assert found == []
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE[0]
        assert json.loads(page.evaluate("JSON.stringify(window.filmroom.player.time())")) == 0
