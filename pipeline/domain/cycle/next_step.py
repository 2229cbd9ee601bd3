"""What is to be done next in somebody's coaching, and by whom: computed from what happened, never stored."""

from datetime import date
from typing import Literal

from pydantic import AwareDatetime

from pipeline.domain.base import Value

Side = Literal["own", "coach"]
"""own: what the person does themselves; coach: what those above them do about them."""

StepKind = Literal[
    "pick", "comment", "answer", "feedback", "step", "importance", "consent", "praise", "relapse", "follow_up",
    "session", "plan", "write_down", "drafts", "appeal", "focus", "met",
]  # fmt: skip
"""pick: choose the week's calls; comment: listen to a picked call and comment; answer: the three power questions;
feedback: read what was approved; step: do a step of the focus; importance: say why the one-to-one matters; consent: to
a moment for the library; praise: read it, or give it; relapse: a habit shows too seldom again; follow_up: look again;
session: a one-to-one is near; plan: none is planned; write_down: it was begun, and nothing of it is written down;
drafts: they wait; appeal: an answer to an observation waits; focus: there is none; met: the focus may be closed."""


class NextStep(Value):
    """One thing to do. `on` is its day, None where it has none; `overdue` once that has passed.

    `title` has no words of people or of calls in it, so that it may be mailed; `about` may (which call, which step).
    `link` is an address within the room. `mark` tells this one from the next of its kind at the same place. Of a
    one-to-one `starts_at` and `minutes` are when and how long.
    """

    kind: StepKind
    title: str
    link: str
    about: str = ""
    on: date | None = None
    overdue: bool = False
    mark: str = ""
    starts_at: AwareDatetime | None = None
    minutes: int = 0

    @property
    def key(self) -> str:
        """What it is told by once: told again when its day has passed."""
        parts = (self.kind, self.link, str(self.on or ""), self.mark, "overdue" if self.overdue else "")
        return " ".join(part for part in parts if part)


def in_order(steps: list[NextStep]) -> tuple[NextStep, ...]:
    """Praise first, to give or to read; what is overdue; what has a day, earliest first; the rest as it came."""
    return tuple(sorted(steps, key=lambda s: (s.kind != "praise", not s.overdue, s.on is None, s.on or date.max)))
