"""Owns the values of an erasure: what was asked for, what is to be done about which file, what was done in the end."""

from collections import Counter
from pathlib import Path
from typing import Literal, Self

from pydantic import AwareDatetime, Field, model_validator

from pipeline.domain.base import Value
from pipeline.domain.recording import CallId, Sha256

How = Literal["call", "rep", "customer", "expired"]
Act = Literal["remove", "object", "lines", "event", "user", "row"]
"""remove: the file goes; object: the result of this name, wherever results are kept; lines: those lines of it that are
about the calls or people; event: what an event of the cycle says; user: everything of a user but the id and the place
among others; row: a recording's row of calls.csv."""

Kind = Literal[
    "recording", "result", "exchange", "record", "correction", "review", "comment", "listening", "label", "cycle",
    "quarantine", "upload", "sound", "batch", "evaluation", "scratch", "reminder", "session", "user", "hint", "other",
]  # fmt: skip
"""hint: changes.log, which may be deleted at any time; other: a file that Filmroom does not put there by itself, as an
export that somebody wrote into the workspace."""


class Asked(Value):
    """Whose data is to go: one call, all calls of a rep, all with a customer, or those kept for long enough."""

    how: How
    name: str = ""
    recordings: bool = False

    @model_validator(mode="after")
    def _named(self) -> Self:
        if (self.how == "expired") is bool(self.name.strip()):
            raise ValueError("a call, a rep and a customer have a name, and what is expired has none")
        return self


class Step(Value):
    """One thing to do to one file, which doing again does no harm; `size` is what it held, in bytes.

    `path` is below the workspace; that of a recording is absolute, that of an object its name in the store.
    """

    kind: Kind
    act: Act = "remove"
    path: Path
    size: int = Field(default=0, ge=0)


class Plan(Value):
    """All that is to be done; written down before any of it is, and removed when all of it was.

    `scope` is a digest of what was asked for. It names calls, users, paths and recordings by their hash, and holds no
    words of a call. `refs` are the focuses, one-to-ones and clips of each person's stream that rest on the calls;
    `customer` is there only where calls were asked for by it.
    """

    id: str
    at: AwareDatetime
    by: str
    how: How
    scope: Sha256
    calls: tuple[CallId, ...] = ()
    users: tuple[str, ...] = ()
    hashes: tuple[Sha256, ...] = ()
    places: tuple[str, ...] = ()
    customer: str = ""
    refs: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    steps: tuple[Step, ...] = ()
    left: dict[str, int] = Field(default_factory=dict)
    recordings_left: tuple[Path, ...] = ()
    had_index: bool = False

    @property
    def counts(self) -> dict[str, int]:
        """How many files of each kind it is about, kinds sorted."""
        return dict(sorted(Counter(step.kind for step in self.steps).items()))

    @property
    def size(self) -> int:
        """Bytes of all files that go as a whole."""
        return sum(step.size for step in self.steps if step.act in ("remove", "object"))


class Receipt(Value):
    """What was erased, when and by whom: erasures/<id>.json. No names, no words, no paths.

    `scope` is the sha256 of how and of what was asked for (names as they are compared), so that whoever knows the
    request can tell that it was this one. `left` counts what stays, by reason.
    """

    id: str
    at: AwareDatetime
    finished_at: AwareDatetime
    by: str
    how: How
    scope: Sha256
    calls: int
    users: int
    counts: dict[str, int]
    megabytes: float
    left: dict[str, int]
    resumed: bool = False
