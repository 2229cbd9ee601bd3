"""Progress and goals in a real browser: nothing sticks out, axe finds nothing, drawings are where their data is."""

from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser

from pipeline.domain.cycle.focus import FocusOpened
from pipeline.domain.cycle.goals import GoalEnded, GoalSet, TargetAgreed
from pipeline.review.room import Room
from tests.review.cycle.filled_cycle import happens
from tests.review.cycle.progress.levels import BEGAN, add_levels
from tests.review.live import DESK, PHONE, Live, axe, browser, live, signed_in_page
from tests.review.rooms import call_of, make_room

__all__ = ["browser", "live"]
CAPABILITIES = ("opening", "situation", "depth", "listening", "impact", "concerns", "decision", "next_step")


def fill_levels(room: Room) -> None:
    """A year of Anna's calls: a break of versions, practice, a focus under which depth went up by one level."""
    call, draw = call_of(room, "Anna"), np.random.default_rng(4)
    around = {name: 1.3 + 0.25 * n for n, name in enumerate(CAPABILITIES)}

    def levels(n: int, more: float = 0.0) -> dict[str, list[int | None]]:
        drawn = {name: draw.normal(level, 0.25, n) for name, level in around.items()}
        drawn["depth"] = drawn["depth"] + np.where(np.arange(n) >= 14, more, 0.0)
        found = {name: [int(v) for v in np.clip(np.rint(d), 1, 4)] for name, d in drawn.items()}
        return {
            name: [None if n % 5 == 2 and name == "concerns" else v for n, v in enumerate(each)]
            for name, each in found.items()
        }

    add_levels(room, call, levels(8), version=0, approved=True, started=BEGAN)
    add_levels(room, call, levels(24, 1.2), approved=True, started=BEGAN.replace(month=11))
    practice = {name: each for name, each in levels(3).items() if name == "depth"}
    add_levels(room, call, practice, mode="simulated", approved=True, started=BEGAN.replace(month=12, day=10))
    focus = FocusOpened(rubric="discovery", capability="depth", behaviour="reason_asked", shown=3, of=5)
    happens(room, "anna", "mark", "2025-11-29T09:00", focus)
    happens(
        room,
        "anna",
        "anna",
        "2025-11-30T09:00",
        GoalSet(text="I want to hear the real reason before I show anything", rubric="discovery", capability="depth"),
    )
    happens(room, "anna", "anna", "2025-12-01T09:00", GoalSet(text="Leave every call with a dated next step"))
    happens(room, "anna", "anna", "2025-10-01T09:00", GoalSet(text="Speak slower"))
    happens(
        room,
        "anna",
        "anna",
        "2025-12-20T09:00",
        GoalEnded(goal="g4", reached=True, text="My last five calls were fine"),
    )
    target = TargetAgreed(
        rubric="discovery",
        capability="depth",
        level=3,
        next_step="Ask what happens if nothing changes, before the first slide",
    )
    happens(room, "anna", "mark", "2025-12-02T09:00", target)
    happens(
        room,
        "anna",
        "mark",
        "2025-12-02T09:10",
        target.model_copy(update={"capability": "next_step", "level": 4, "next_step": ""}),
    )
    room.index.pick_up("cycle", "anna")


@pytest.fixture
def room(tmp_path: Path) -> Room:
    room = make_room(tmp_path, ("Anna",))
    fill_levels(room)
    return room


@pytest.mark.slow
@pytest.mark.parametrize("user", ["anna", "mark"])
@pytest.mark.parametrize("size", [DESK, PHONE])
@pytest.mark.parametrize("part", ["progress", "goals"])
def test_nothing_sticks_out_and_axe_finds_nothing(
    room: Room, browser: Browser, live: Live, user: str, size: tuple[int, int], part: str
) -> None:
    with signed_in_page(browser, live(room), room, user, size=size) as page:
        page.goto(f"/people/anna/{part}")
        for each in page.locator("summary").all():
            each.click()
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        assert axe(page) == []
    room.close()


@pytest.mark.slow
def test_a_dot_of_the_drawing_leads_to_its_call_and_practice_is_hollow(
    room: Room, browser: Browser, live: Live
) -> None:
    with signed_in_page(browser, live(room), room, "mark") as page:
        page.goto("/people/anna/progress")
        hollow = page.locator(".multiple circle.practice")
        assert hollow.count() == 3
        assert hollow.first.evaluate("e => getComputedStyle(e).fill") != page.locator(
            ".multiple circle.dot"
        ).first.evaluate("e => getComputedStyle(e).fill")
        page.locator(f'.multiple a[href="/calls/{call_of(room, "Anna")}"]').first.locator(".reach").click()
        assert page.url.endswith(f"/calls/{call_of(room, 'Anna')}")
    room.close()
