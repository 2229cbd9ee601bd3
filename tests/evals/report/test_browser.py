"""The report in a real Chromium with the network off: it asks for nothing, fits every screen, and prints whole."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from evals.comparing import Comparison
from evals.report import render
from evals.report.comparison import changes_page
from evals.running import EvaluationRun
from tests.evals.report.test_page import hostile_run
from tests.export.test_browser import ARGUMENTS, DESK, PHONE

pytestmark = pytest.mark.slow

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
def pages(page: str, before: EvaluationRun, run: EvaluationRun, comparison: Comparison) -> dict[str, str]:
    return {
        "report": page,
        "hostile": render(hostile_run()),
        "comparison": changes_page(before, run, comparison),
    }


@pytest.fixture
def opened(browser: Browser, pages: dict[str, str], tmp_path: Path) -> Iterator[Open]:
    """Opens a page from a file, offline; at the end nothing may have been logged, asked for or popped up."""
    trouble: list[str] = []

    def open_page(name: str = "report", *, size: tuple[int, int] = DESK, scheme: str = "light") -> Page:
        path = tmp_path / f"{name}.html"
        path.write_text(pages[name], encoding="utf-8")
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            color_scheme="dark" if scheme == "dark" else "light",
            offline=True,
        )
        shown = context.new_page()
        shown.on("console", lambda message: trouble.append(message.text))
        shown.on("pageerror", lambda error: trouble.append(str(error)))
        shown.on("dialog", lambda dialog: trouble.append(dialog.message))
        shown.on("request", lambda r: None if r.url.startswith(("file:", "data:")) else trouble.append(r.url))
        shown.goto(path.as_uri())
        return shown

    yield open_page
    for context in browser.contexts:
        context.close()
    assert trouble == []


@pytest.mark.parametrize("name", ["report", "hostile", "comparison"])
def test_the_page_loads_quietly(opened: Open, name: str) -> None:
    page = opened(name)
    page.wait_for_timeout(200)
    assert page.evaluate("window.pwned") is None
    assert page.locator("h1").is_visible()


@pytest.mark.parametrize("width", [320, 390, 800, 1280])
@pytest.mark.parametrize("name", ["report", "hostile", "comparison"])
def test_the_page_never_scrolls_sideways(opened: Open, name: str, width: int) -> None:
    page = opened(name, size=(width, 800))
    page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_plots_take_the_page_s_colours(opened: Open, scheme: str) -> None:
    page = opened(scheme=scheme)
    ink = "getComputedStyle(document.documentElement).getPropertyValue('--rep').trim()"
    fill = "getComputedStyle(document.querySelector('td.plot use[fill=\\'var(--rep)\\']')).fill"
    red, green, blue = (int(page.evaluate(ink)[n : n + 2], 16) for n in (1, 3, 5))
    assert page.evaluate(fill) == f"rgb({red}, {green}, {blue})"


def test_strips_lie_on_the_lines_of_their_axis(opened: Open) -> None:
    page = opened()
    for selector in ("td.plot svg.grid", "td.plot svg:not(.grid)", ".band td.plot svg"):
        boxes = page.eval_on_selector_all(
            selector, "all => all.map((one) => [one.getBoundingClientRect().left, one.getBoundingClientRect().width])"
        )
        assert len({(round(left), round(width)) for left, width in boxes}) == 1


def test_print_shows_what_is_folded_on_a_screen(opened: Open) -> None:
    page = opened()
    failure = page.locator("table.failures").first
    assert not failure.is_visible()
    page.emulate_media(media="print")
    assert failure.is_visible()
    assert len(page.pdf()) > 10_000


@pytest.mark.parametrize("size", [PHONE, DESK])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["report", "comparison"])
def test_axe_finds_nothing(opened: Open, name: str, size: tuple[int, int], scheme: str) -> None:
    page = opened(name, size=size, scheme=scheme)
    page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
    found = Axe().run(page).response["violations"]
    assert [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found] == []
