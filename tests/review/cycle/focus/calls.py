"""Calls in which the behaviour of a focus shows, does not show, or had no opportunity; and a room of them."""

import shutil
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from pipeline.config import Config
from pipeline.review.room import Room, open_room
from pipeline.store.workspace import Workspace
from tests.review.rooms import SALE, Clock, add_calls, add_people
from tests.scripted import Script

START = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
FOCUS = {"rubric": "discovery", "behaviour": "concern_explored"}
QUESTION = "What would make it worth that to you?"


def _turns(*left_out: str, after: str = "", asks: str = "") -> Script:
    """The sale without the turns that have these words, and with a question in place of what follows the worry."""
    kept = [turn for turn in SALE if not any(words in turn[3] for words in left_out)]
    return tuple((who, start, end, asks if after and after in said else said) for who, start, end, said in kept)


NOT_SHOWN = SALE
"""A worry about the price, and nobody asks about it."""
SHOWN = _turns(after="Our planner does all of that", asks=QUESTION)
NO_OPPORTUNITY = _turns("too expensive to change")
SCRIPTS = {"+": SHOWN, "-": NOT_SHOWN, "o": NO_OPPORTUNITY}
CUSTOMERS = ("Brightwater Dental", "Corvid & Sons", "Eastgate Veterinary", "Larkspur Homes", "Millbrook", "Northway")


def add_day(
    workspace: Workspace, folder: Path, sign: str, *, of_march: int, rep: str = "Anna", mode: str = "live"
) -> str:
    """The id of a call of that day: + shown, - not shown, o no opportunity."""
    stated = {
        "customer": CUSTOMERS[of_march % len(CUSTOMERS)],
        "started_at": f"2026-03-{of_march:02d}T10:00:00+00:00",
        "mode": mode,
    }
    folder = folder / f"{rep}-{of_march}-{mode}"
    return add_calls(workspace, folder, [rep], script=SCRIPTS[sign], stated=stated)[0]


def fill(folder: Path, signs: Sequence[str] = "") -> tuple[str, ...]:
    """Anna's calls, put into the new workspace w of this folder: one at 10 on each day from 2 March on, by these signs;
    that of the 2nd, before all others, shows nothing."""
    workspace = Workspace(folder / "w")
    add_people(workspace)
    return tuple(add_day(workspace, folder, sign, of_march=2 + n) for n, sign in enumerate(("-", *signs)))


def open_copy(filled: Path, folder: Path, clock: Clock | None = None) -> Room:
    """A room over a copy of that workspace, at noon of 2 March."""
    workspace = Workspace(Path(shutil.copytree(filled, folder / "w")))
    room = open_room(workspace, Config(), now=clock or Clock(START))
    room.index.refresh()
    return room
