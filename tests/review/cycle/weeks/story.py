"""Four weeks in one room: who acts in which browser at what time, and the calls that arrive meanwhile."""

import re
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from pipeline.config import Coaching, Config
from pipeline.review.cycle.reminders.rounds import Round
from pipeline.review.room import Room, open_room
from pipeline.store.workspace import Workspace
from tests.review.cycle.focus.calls import NOT_SHOWN, SHOWN
from tests.review.live import PATIENCE_S, axe, powered, serving, signed_in_page
from tests.review.rooms import Clock, add_calls, add_people, client

CONFIG = Config(coaching=Coaching(shown=2, of=3))
"""A habit once it showed in 2 of the last 3 calls: the weeks are shorter than with the usual 3 of 5."""

SESSION_TOKEN = re.compile(r'name="csrf" (?:value|content)="[^"]*"')


def march(day: int, hour: int = 9, minute: int = 0) -> datetime:
    """A moment of March 2026, which began on a Sunday."""
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC)


@dataclass
class Story:
    """The room, where it stands, and what happened by now.

    `calls` are Anna's by customer, `session` is the path of her one-to-one, `broken` the test that failed, if one did.
    """

    folder: Path
    browser: Browser
    room: Room
    base: str
    clock: Clock
    closing: ExitStack
    session: str = ""
    broken: str = ""
    calls: dict[str, str] = field(default_factory=dict)

    def call_comes(self, customer: str, day: int, *, shows: bool) -> str:
        """The id of a call of Anna's on this day of March: a worry about the price, which she explores or does not."""
        stated = {"customer": customer, "started_at": march(day, 10).isoformat()}
        script = SHOWN if shows else NOT_SHOWN
        (call,) = add_calls(self.room.workspace, self.folder / customer, ["Anna"], script=script, stated=stated)
        self.room.index.refresh()
        self.calls[customer] = call
        return call

    @contextmanager
    def at(self, when: datetime, user: str, *, expected: Sequence[str] = ()) -> Iterator[Page]:
        """A page of this user, who signs in at this moment; the clock stands there."""
        assert when >= self.clock.at, "nobody goes back in time"
        self.clock.at = when
        with signed_in_page(self.browser, self.base, self.room, user, expected=expected) as page:
            yield page

    def reads(self, user: str, path: str) -> str:
        """A page or an answer of the API as this user gets it, its status first, without the token of their session."""
        answer = client(self.room, user).get(path)
        return f"{answer.status_code}\n{SESSION_TOKEN.sub('', answer.text)}"

    def reminded(self, user: str) -> str:
        """The mail that a round of reminding writes for this user at this moment, as text; empty for none."""
        out = self.folder / f"mails-{self.clock.at:%d}"
        place = Round(
            self.room.people, self.room.index.rows, self.clock.at, out, "https://room.example.org", b"k" * 32, _no_post
        )
        made = [told for told in place.go() if told.user == user and told.way == "mail" and told.n]
        return "\n".join(Path(told.where).read_text(encoding="utf-8") for told in made)

    def open_again(self) -> None:
        """Close the room, lose its index, and open a room over the same files."""
        self.closing.close()
        self.room.workspace.index_path.unlink()
        self.room, self.base = _opened(self.room.workspace, self.clock, self.closing)


def visit(page: Page, path: str) -> None:
    """Go there, and wait until the page's own script has taken up its forms."""
    page.goto(path)
    powered(page)


def accessible(page: Page) -> None:
    """Hold the page against WCAG A and AA."""
    assert axe(page) == [], page.url


@contextmanager
def begun(folder: Path, browser: Browser) -> Iterator[Story]:
    """The room on Thursday 5 March: Anna had a call on Tuesday and one on Wednesday."""
    workspace, clock = Workspace(folder / "w"), Clock(march(5, 8))
    add_people(workspace)
    mark = workspace.users.last("mark")
    assert mark is not None
    workspace.users.append("mark", mark.model_copy(update={"email": "mark@example.org"}))
    expect.set_options(timeout=PATIENCE_S * 1000)
    with ExitStack() as closing:
        room, base = _opened(workspace, clock, closing)
        story = Story(folder, browser, room, base, clock, closing)
        story.call_comes("Oak and Sons", 3, shows=False)
        story.call_comes("Birch Dental", 4, shows=False)
        yield story


def _no_post(url: str, body: bytes, secret: str) -> None:
    raise AssertionError(f"nobody wants to be told at {url}")


def _opened(workspace: Workspace, clock: Clock, closing: ExitStack) -> tuple[Room, str]:
    room = open_room(workspace, CONFIG, now=clock)
    closing.callback(room.close)
    room.index.refresh()
    return room, closing.enter_context(serving(room))
