"""The three stations of a night: plain classes that load their models once and do one part of each call.

What a station makes is kept by its work key before it says so; the same call given again costs a look at each key. So
a station that dies, on whatever machine, is replaced by another, and nothing that was kept is made again.
"""

from collections.abc import Callable
from typing import Literal, Protocol

from pipeline.callwork import Facts
from pipeline.domain.addresses import is_address
from pipeline.ports import ChatModel, Watcher
from pipeline.run import Attempt, attempt, hear, if_kept
from pipeline.shift.spec import NightSpec
from pipeline.stages.ingest import Candidate

StationName = Literal["listening", "voices", "reading"]
HEARING: tuple[StationName, ...] = ("listening", "voices")
"""Stations that a recording passes, in any order or at once, before it is read; a transcript is only read."""


class Station(Protocol):
    """One part of the work on a call."""

    def run(self, candidate: Candidate, watcher: Watcher) -> Attempt | None:
        """What there is to settle for this call; None when another station goes on with it.

        Idempotent. Raises: BudgetError, which ends the night.
        """
        ...


class Listening:
    """Ingests a recording and writes down its words."""

    def __init__(self, spec: NightSpec, *, facts: Facts | None = None) -> None:
        self._night = spec.open(facts=facts)

    def run(self, candidate: Candidate, watcher: Watcher) -> Attempt | None:
        """None once the words are kept, else why they cannot be had."""
        return hear(self._night, candidate, watcher, part="transcribe")


class Voices:
    """Ingests a recording and tells its speakers apart."""

    def __init__(self, spec: NightSpec, *, facts: Facts | None = None) -> None:
        self._night = spec.open(facts=facts)

    def run(self, candidate: Candidate, watcher: Watcher) -> Attempt | None:
        """None once it is kept who speaks when, else why it cannot be had."""
        return hear(self._night, candidate, watcher, part="diarize")


class Reading:
    """Does what is left once a call was heard: measures, reads against the rubric, scores and drafts."""

    def __init__(self, spec: NightSpec, *, chat: ChatModel | None = None, facts: Facts | None = None) -> None:
        self._night = spec.open(chat=chat, facts=facts)

    def run(self, candidate: Candidate, watcher: Watcher) -> Attempt | None:
        """What came of the call."""
        return attempt(self._night, candidate, watcher)


def looker(
    spec: NightSpec, *, chat: ChatModel | None = None, facts: Facts | None = None
) -> Callable[[Candidate], Attempt | None]:
    """Tells, in this process and with no model loaded, what there is to settle of a call of which everything is kept.

    None of any other call, and of one in a bucket: it would have to be fetched first, which is a worker's work.
    """
    night = spec.open(chat=chat, facts=facts)

    def looked(candidate: Candidate) -> Attempt | None:
        return None if is_address(candidate.path) else if_kept(night, candidate)

    return looked
