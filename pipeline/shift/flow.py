"""Owns which call goes to which station next, and when a call is to be settled: no thread, no process and no clock.

A call of which everything is kept goes to no station. Both engines of the night shift drive one `Flow`; they only
carry tickets to stations and bring back what came of them.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from pipeline.domain.work import STAGES, CallOutcome, QuarantineRecord, StageName
from pipeline.run import Attempt
from pipeline.shift.asking import Asking
from pipeline.shift.ports import Source
from pipeline.shift.stations import HEARING, StationName
from pipeline.stages.ingest import Candidate

READING_FIRST: tuple[StationName, ...] = ("reading", "voices", "listening")
"""The order in which an engine should offer free workers: calls are finished before more are half heard."""
_STAGE_OF: dict[StationName, StageName] = {"listening": "transcribe", "voices": "diarize", "reading": "observe"}
_BEFORE_HEARING: tuple[StageName, ...] = ("ingest", "import")
_MOST_KEPT = 20
"""Calls with nothing to do that are looked up in a row before they are settled, so that the night can be seen to go on
and can be stopped."""

IfKept = Callable[[Candidate], Attempt | None]
"""What there is to settle of a call of which everything is kept; None for any other."""


def _never_kept(_: Candidate) -> Attempt | None:
    return None


@dataclass(frozen=True)
class Ticket:
    """One call to be carried to one station; `asks` says whether a language model may be asked there."""

    number: int
    candidate: Candidate
    station: StationName
    asks: bool = True


@dataclass
class _Call:
    """Where one call stands: stations it has before it, those it is at, and what could not be done."""

    number: int
    candidate: Candidate
    todo: set[StationName]
    at: set[StationName] = field(default_factory=set)
    ingested: bool = False
    deaths: Counter[StationName] = field(default_factory=Counter)
    failures: list[Attempt] = field(default_factory=list)
    seconds: float = 0.0

    def may_go_to(self, station: StationName) -> bool:
        """Two stations have a call at once only after its ingest is kept, since both would make it."""
        return station in self.todo and (not self.at or self.ingested)


class Flow:
    """The calls of a night on their way through its stations, at most `most_under_way` of them at a time.

    A recording is read once both hearing stations are done with it; when one fails the other still has its turn, so
    that its result is kept, and then the failure of the earlier stage is what is settled. A transcript is only read.
    Of several calls that could go to a station the first of the night goes first. One thread may use it.
    """

    def __init__(
        self,
        source: Source,
        *,
        most_under_way: int,
        deaths: int,
        if_kept: IfKept = _never_kept,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._source = source
        self._most, self._deaths, self._now = max(1, most_under_way), deaths, now
        self._if_kept = if_kept
        self._kept: list[tuple[int, Attempt]] = []
        self._calls: dict[int, _Call] = {}
        self._taken = 0
        self._closed = False
        self._asking = Asking()

    def next(self, station: StationName) -> Ticket | None:
        """What this station can do now; None while there is nothing. Takes calls from the source as far as allowed."""
        if self._closed or (station == "reading" and self._asking.holds):
            return None
        while (call := self._first_for(station)) is None:
            if not self._take():
                return None
        call.todo.remove(station)
        call.at.add(station)
        asks = self._asking.begin() if station == "reading" else True
        return Ticket(call.number, call.candidate, station, asks)

    def kept(self) -> Iterator[tuple[int, Attempt]]:
        """What there is to settle of calls that were taken since and need no station, with their numbers."""
        while self._kept:
            yield self._kept.pop(0)

    def ingested(self, number: int) -> None:
        """The recording's ingest is kept: the other hearing station may have it too. Saying so is not required."""
        if number in self._calls:
            self._calls[number].ingested = True

    def done(self, ticket: Ticket, attempt: Attempt | None, *, seconds: float = 0.0) -> Attempt | None:
        """What there is to settle now that the station has said what came of it; None when the call goes on.

        `seconds` is how long the station had it; the sum over stations becomes the outcome's.
        Raises: ValueError for a ticket that is not out, or no attempt from reading.
        """
        call = self._back(ticket)
        call.seconds += seconds
        if ticket.station == "reading":
            self._asking.ended(attempt, asked=ticket.asks)
            if attempt is None:
                raise ValueError(f"call {ticket.number} was read, and nothing came of it")
            return self._settled(call, attempt)
        return self._heard(call, attempt)

    def died(self, ticket: Ticket, why: str, *, stage: StageName | None = None) -> Attempt | None:
        """What there is to settle after a worker was lost over the call; None when it is tried again, before others.

        `why` says how it died, `stage` what it was at if that is known. After as many deaths at one station as are
        allowed the call is set aside. Raises: ValueError for a ticket that is not out.
        """
        call = self._back(ticket)
        if ticket.station == "reading":
            self._asking.ended(None, asked=ticket.asks)
        call.deaths[ticket.station] += 1
        if call.deaths[ticket.station] < self._deaths:
            call.todo.add(ticket.station)
            return None
        aside = self._killed(ticket, why, stage or _STAGE_OF[ticket.station])
        return self._settled(call, aside) if ticket.station == "reading" else self._heard(call, aside)

    def put_back(self, ticket: Ticket) -> None:
        """The call was not done through nobody's fault of its own; it may go to the station again.

        Raises: ValueError for a ticket that is not out.
        """
        self._back(ticket).todo.add(ticket.station)
        if ticket.station == "reading":
            self._asking.ended(None, asked=ticket.asks)

    def close(self) -> None:
        """From now on nothing is handed out; what is out may still come back."""
        self._closed = True

    @property
    def under_way(self) -> int:
        """Calls taken and not settled."""
        return len(self._calls)

    @property
    def idle(self) -> bool:
        """Whether no ticket is out."""
        return not any(call.at for call in self._calls.values())

    @property
    def ended(self) -> bool:
        """Whether nothing is out and nothing will be handed out any more."""
        return self.idle and not self._kept and (self._closed or (self._source.ended and not self._calls))

    @property
    def waiting(self) -> bool:
        """Whether everything taken is settled and more may come: a watched folder with nothing new in it."""
        return not self._calls and not self._kept and not self.ended

    @property
    def endpoint_silent(self) -> bool:
        """Whether the language model's endpoint gives no answers, so that calls are not asked about."""
        return self._asking.silent

    def _first_for(self, station: StationName) -> _Call | None:
        return next((call for call in self._calls.values() if call.may_go_to(station)), None)

    def _take(self) -> bool:
        """Whether one more call is under way."""
        while len(self._calls) < self._most and len(self._kept) < _MOST_KEPT:
            if self._source.ended or (candidate := self._source.take()) is None:
                return False
            self._taken += 1
            if (attempt := self._if_kept(candidate)) is not None:
                self._kept.append((self._taken, attempt))
                continue
            todo: set[StationName] = {"reading"} if candidate.is_transcript else set(HEARING)
            self._calls[self._taken] = _Call(self._taken, candidate, todo)
            return True
        return False

    def _back(self, ticket: Ticket) -> _Call:
        call = self._calls.get(ticket.number)
        if call is None or ticket.station not in call.at:
            raise ValueError(f"call {ticket.number} is not at {ticket.station}")
        call.at.remove(ticket.station)
        return call

    def _heard(self, call: _Call, failed: Attempt | None) -> Attempt | None:
        """What there is to settle after one hearing station let go of the call."""
        if failed is not None:
            call.failures.append(failed)
            if _stage(failed) in _BEFORE_HEARING:
                call.todo.clear()  # the other station would fail at the same, or has it now and is waited for
        else:
            call.ingested = True
        if call.at or call.todo:
            return None
        if call.failures:
            return self._settled(call, min(call.failures, key=lambda found: _order(_stage(found))))
        call.todo.add("reading")
        return None

    def _settled(self, call: _Call, attempt: Attempt) -> Attempt:
        del self._calls[call.number]
        if not call.seconds:
            return attempt
        return replace(attempt, outcome=attempt.outcome.model_copy(update={"seconds": call.seconds}))

    def _killed(self, ticket: Ticket, why: str, stage: StageName) -> Attempt:
        path, place = ticket.candidate.path, ticket.candidate.place
        reason = f"its worker died {self._deaths} times in a row: {why}" if self._deaths > 1 else f"worker died: {why}"
        hint = "listen to the recording and look at the machine's memory, then run again: what was kept stays"
        aside = QuarantineRecord(path=place, stage=stage, reason=reason, hint=hint, at=self._now())
        outcome = CallOutcome(
            call=None, path=path, status="quarantined", reason=f"{stage}: {reason}", hint=hint, seconds=0.0
        )
        return Attempt(outcome, aside=aside)


def _stage(attempt: Attempt) -> StageName:
    return attempt.aside.stage if attempt.aside is not None else "ingest"


def _order(stage: StageName) -> int:
    return STAGES.index(stage) if stage in STAGES else 0
