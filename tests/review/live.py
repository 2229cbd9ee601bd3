"""Rooms for browser tests: a real server on a port of this machine, a real Chromium, pages that are signed in.

Import the fixtures `browser` and `live` where they are used. Pages fail the test at their end for anything that the
browser complains of: errors on the console, errors of scripts, requests to any other host.
"""

import shutil
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from pipeline.review.app import make_app
from pipeline.review.entrance import COOKIE
from pipeline.review.room import Room

ARGUMENTS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
PHONE, DESK = (390, 844), (1280, 900)
WCAG = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
PATIENCE_S = 15.0
Live = Callable[[Room], str]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium; the test is skipped where there is none."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        pytest.skip("no Chromium is installed (Debian: apt-get install chromium)")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield chromium
        chromium.close()


@pytest.fixture
def live() -> Iterator[Live]:
    """Opens a room to browsers until the test ends: the address it is at, without a slash at the end."""
    with ExitStack() as open_rooms:
        yield lambda room: open_rooms.enter_context(serving(room))


@contextmanager
def serving(room: Room) -> Iterator[str]:
    """The address at which a real server serves this room, until the block ends."""
    server = uvicorn.Server(
        uvicorn.Config(make_app(room), host="127.0.0.1", port=0, log_level="warning", timeout_graceful_shutdown=1)
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    wait_until(lambda: server.started or not thread.is_alive(), "the server started")
    assert server.started, "the server did not start: its reason is above"
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(PATIENCE_S)


@contextmanager
def signed_in_page(
    browser: Browser,
    base: str,
    room: Room,
    user: str | None,
    *,
    size: tuple[int, int] = DESK,
    scheme: str = "light",
    script: bool = True,
    expected: Sequence[str] = (),
) -> Iterator[Page]:
    """A page of a browser of its own, signed in as this user (None: as nobody), at the room's own address.

    `expected` are parts of complaints that this test provokes, such as "409". With `script=False` the browser runs
    no scripts of the page.
    """
    trouble: list[str] = []
    context = browser.new_context(
        base_url=base,
        viewport={"width": size[0], "height": size[1]},
        color_scheme="dark" if scheme == "dark" else "light",
        java_script_enabled=script,
        reduced_motion="reduce",
    )
    if user is not None:
        context.add_cookies([{"name": COOKIE, "value": room.entrance.open_session(user), "url": base}])
    page = context.new_page()
    page.on("console", lambda m: trouble.append(_told(m)) if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.on("request", lambda r: None if r.url.startswith((base, "data:", "blob:")) else trouble.append(r.url))
    page.set_default_timeout(PATIENCE_S * 1000)
    try:
        yield page
    finally:
        context.close()
    left = [line for line in trouble if not any(part in line for part in expected)]
    assert not left, f"the browser complained: {left}"


def _told(message: ConsoleMessage) -> str:
    return f"{message.text} ({message.location.get('url', '')})"


def axe(page: Page) -> list[tuple[str, list[str]]]:
    """What axe-core finds against WCAG A and AA: the rule, and the elements that break it."""
    options = {"resultTypes": ["violations"], "runOnly": {"type": "tag", "values": list(WCAG)}}
    found = Axe().run(page, options=options).response["violations"]
    return [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found]


def powered(page: Page) -> None:
    """Wait until htmx has taken up every part of the page: before that, a link is only a link."""
    until(page, "!document.querySelector('[hx-get]:not([data-htmx-powered]), [hx-post]:not([data-htmx-powered])')")


def until(page: Page, condition: str) -> None:
    """Wait for a condition in the page's script. Playwright's own waiting needs eval, which the policy forbids."""
    wait_until(lambda: bool(page.evaluate(condition)), condition, pause=lambda: page.wait_for_timeout(20))


def wait_until(
    condition: Callable[[], bool],
    name: str,
    *,
    pause: Callable[[], None] = lambda: time.sleep(0.02),
    patience_s: float = PATIENCE_S,
) -> None:
    """Wait for a condition. Raises: AssertionError with its name when it does not come."""
    deadline = time.monotonic() + patience_s
    while not condition():
        assert time.monotonic() < deadline, f"never came: {name}"
        pause()
