"""Owns what somebody really played of a call: reports of browsers, believed as far as they can be true, and how much of
a moment they cover."""

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from pydantic import AwareDatetime, Field

from pipeline.cycle.promises import PlayedOf
from pipeline.domain.base import Value
from pipeline.domain.review import Played
from pipeline.domain.span import Span, shared, total, union
from pipeline.errors import UsageError
from pipeline.review.sound.listened import Listened
from pipeline.store.journal import Journal
from pipeline.store.workspace import Workspace

FASTEST = 2.2
"""The player's fastest is 2; a browser's own controls and clocks may go a little beyond."""
SLACK_S = 3.0
MOST_ELAPSED_S = 600.0
"""A report never covers more time than this: a page that was left open for a day has not been played for a day."""
_BEYOND_S = 2.0
"""A browser may take a call for a little longer than it is."""


class Stretch(Value):
    """Seconds of the call, start to end, that were played without a jump."""

    start: float = Field(ge=0)
    end: float = Field(ge=0)


class PlayedReport(Value):
    """What a browser played since its last report, in order of playing; what was played twice is there twice."""

    stretches: tuple[Stretch, ...] = Field(min_length=1, max_length=200)


class Heard(Value):
    """All that a user has played of a call by now: spans in order that neither overlap nor touch, and their seconds."""

    call: str
    user: str
    spans: tuple[Span, ...]
    heard_s: float


def heard(spans: Iterable[Span], moment: Span) -> float:
    """How much of the moment the spans cover, 0 to 1, each instant counted once.

    A moment without length is heard, 1, when a span covers its instant, ends included.
    """
    if moment.duration == 0:
        return float(any(s.start <= moment.start <= s.end for s in spans))
    return min(1.0, total(shared(spans, (moment,))) / moment.duration)


def listened(workspace: Workspace, call: str, user: str) -> tuple[Span, ...]:
    """What this user has played of the call: spans in order that neither overlap nor touch. Raises: StoreError."""
    lines = _journal(workspace, call).all()
    return union(Span(start=line.start, end=line.end) for line in lines if line.user == user)


def heard_ratio(workspace: Workspace, call: str, user: str, span: Span) -> float:
    """How much of this moment of the call the user has played, 0 to 1. Raises: StoreError."""
    return heard(listened(workspace, call, user), span)


def clipped(stretches: Sequence[Stretch], duration: float) -> tuple[Span, ...]:
    """The stretches within a call of this length, in the given order; what has no length is left out.

    Raises: UsageError for one that ends before it starts, or lies beyond the call.
    """
    found: list[Span] = []
    for stretch in stretches:
        if stretch.end < stretch.start:
            raise UsageError(
                f"a stretch from {stretch.start} to {stretch.end} ends before it starts", hint="send start, then end"
            )
        if stretch.end > duration + _BEYOND_S:
            raise UsageError(
                f"a stretch to {stretch.end} s was not played: the call lasts {duration:.1f} s",
                hint="open the call's page again",
            )
        span = Span(start=min(stretch.start, duration), end=min(stretch.end, duration))
        if span.duration > 0:
            found.append(span)
    return tuple(found)


def most_played(elapsed: float) -> float:
    """How many seconds of a call can have been played in so many seconds of the day."""
    return min(max(0.0, elapsed), MOST_ELAPSED_S) * FASTEST + SLACK_S


class Listening:
    """Takes reports of what was played, one after the other."""

    def __init__(self, workspace: Workspace, *, ticks: Callable[[], float] = time.monotonic) -> None:
        self.listened = Listened(workspace)
        self._workspace = workspace
        self._ticks = ticks
        self._began = ticks()
        self._last: dict[tuple[str, str], float] = {}
        self._lock = threading.Lock()

    def opened(self, call: str, user: str) -> None:
        """Somebody was given the sound: from now on they may have played it."""
        with self._lock:
            self._last.setdefault((call, user), self._ticks())

    def take(
        self, call: str, user: str, report: PlayedReport, *, duration: float, at: AwareDatetime
    ) -> tuple[Span, ...]:
        """What of the report was written down. `duration` is the call's.

        Raises: UsageError when it cannot be true, StoreError when it cannot be written; nothing is kept then.
        """
        spans = clipped(report.stretches, duration)
        with self._lock:
            now = self._ticks()
            most = most_played(now - self._last.get((call, user), self._began))
            played = sum(span.duration for span in spans)
            if played > most:
                raise UsageError(
                    f"{played:.1f} s cannot have been played since the last report: {most:.1f} s at most",
                    hint="play it from the call's page",
                )
            journal = _journal(self._workspace, call)
            for span in spans:
                journal.append(Played(user=user, at=at, start=span.start, end=span.end))
            self.listened.add(user, [PlayedOf(call=call, at=at, start=s.start, end=s.end) for s in spans])
            self._last[call, user] = now
        return spans


def _journal(workspace: Workspace, call: str) -> Journal[Played]:
    folder: Path = workspace.root / "listening"
    return Journal(folder / f"{call}.jsonl", Played)
