"""Owns a night on the machines of a Ray cluster: the same flow, stations and results as on one machine.

The run hands out one call for each worker and waits for whichever comes back first, so what is under way is bounded by
the workers there are. It alone writes records; everything else about a call travels by the store of results.
"""

import time
from collections.abc import Iterator

from pipeline.domain.work import CallOutcome, StageName
from pipeline.errors import BudgetError, FilmroomError
from pipeline.log import get_logger
from pipeline.ports import ChatModel
from pipeline.run import Attempt, settle
from pipeline.shift.flow import READING_FIRST, Flow, Ticket
from pipeline.shift.ports import Board, Source, Stop
from pipeline.shift.ray_cluster import joined
from pipeline.shift.ray_crew import RayCrew, Returned
from pipeline.shift.ray_records import Told
from pipeline.shift.spec import NightSpec
from pipeline.shift.stations import StationName, looker
from pipeline.store.workspace import Workspace

_log = get_logger(__name__)
_LOOK_S = 0.2
"""How long is waited for a worker, before it is looked whether the night is to end or a new file has come."""
_MACHINES_S = 1.0
"""How often it is looked which machines there are."""
_LOST = "its process was lost: killed, out of memory, or crashed"


def carry_out(
    spec: NightSpec, source: Source, *, board: Board, stop: Stop, chat: ChatModel | None = None
) -> Iterator[CallOutcome]:
    """What became of each call, in the order in which that is known; see `pipeline.shift.ports.ShiftEngine`.

    The cluster is that of [ray]. `chat` answers in this process, for workers wherever they are. Closing the iterator
    ends every worker. Raises: BudgetError; StoreError; UsageError without Ray, a cluster, or room for a station;
    WeightsError when no machine has the models.
    """
    with joined(spec.config.ray) as cluster:
        crew = RayCrew(cluster, spec, chat)
        try:
            deaths, if_kept = spec.config.shift.deaths, looker(spec, chat=chat)
            flow = Flow(source, most_under_way=crew.most_under_way, deaths=deaths, if_kept=if_kept)
            yield from _Shift(spec, crew, flow, board).night(stop)
        finally:
            crew.dismiss()


class _Shift:
    """One night of one cluster."""

    def __init__(self, spec: NightSpec, crew: RayCrew, flow: Flow, board: Board) -> None:
        self._spec, self._crew, self._flow, self._board = spec, crew, flow, board
        self._workspace = Workspace(spec.root, store=spec.config.store)
        self._held: dict[StationName, Ticket] = {}
        self._stages: dict[int, StageName] = {}
        self._looked = 0.0
        self._ending: FilmroomError | None = None

    def night(self, stop: Stop) -> Iterator[CallOutcome]:
        """What became of each call, until the source has ended or the night is to."""
        until: float | None = None
        while not self._flow.ended:
            if until is None and stop.asked:
                until = time.monotonic() + self._spec.config.shift.grace_s
                self._close()
            self._hand_out()
            if until is not None and time.monotonic() >= until:
                return
            kept = False
            for number, attempt in self._flow.kept():
                kept = True
                yield self._settle(number, attempt)
            for returned in self._returned(0.0 if kept else _LOOK_S):
                yield from self._settled(returned.ticket, self._came_back(returned))
        if self._ending is not None:
            raise self._ending

    def _close(self) -> None:
        """Nothing more is begun; a call that waits for a worker to be made is not begun either."""
        self._flow.close()
        for ticket in self._held.values():
            self._flow.put_back(ticket)
        self._held.clear()

    def _hand_out(self) -> None:
        for station in READING_FIRST:
            while (ticket := self._next(station)) is not None:
                self._crew.open(station)
                if not self._crew.hand(ticket):
                    self._held[station] = ticket
                    break
                self._board.began(ticket.number, ticket.candidate.path, station)

    def _next(self, station: StationName) -> Ticket | None:
        """The call that waits for this station, else one from the flow, when somebody could have it."""
        if not self._crew.may_take(station):
            return None
        if station in self._held:
            return self._held.pop(station)
        try:
            return self._flow.next(station)
        except FilmroomError as error:  # the source's: what is under way is finished first
            self._end_with(error)
            return None

    def _end_with(self, error: FilmroomError) -> None:
        self._ending = self._ending or error
        self._close()

    def _returned(self, patience: float) -> Iterator[Returned]:
        yield from self._crew.returned(patience)
        self._note(self._crew.told())
        if time.monotonic() - self._looked > _MACHINES_S:
            self._looked = time.monotonic()
            self._crew.look()

    def _note(self, told: Told) -> None:
        for number, stage, share in told.stages:
            if share < 1:
                self._stages[number] = stage
            elif self._stages.get(number) == stage:
                del self._stages[number]
            if stage == "ingest" and share >= 1:
                self._flow.ingested(number)
            self._board.stage_at(number, stage, share)
        for hand in told.deaths:
            _log.warning("a worker of %s died", hand.station)
            self._board.died(hand.number, hand.station, _LOST)

    def _came_back(self, returned: Returned) -> Attempt | None:
        """What there is to settle. An empty purse lets the others finish; any other error ends the night now."""
        ticket, back = returned.ticket, returned.back
        if back is None:
            self._flow.put_back(ticket)
            return None
        if back.may == "deadly":
            return self._flow.died(ticket, _LOST, stage=self._stage_of(ticket))
        if back.error is None:
            return self._flow.done(ticket, back.attempt, seconds=back.seconds)
        if not isinstance(back.error, BudgetError):
            raise back.error
        self._flow.put_back(ticket)
        self._end_with(back.error)
        return None

    def _stage_of(self, ticket: Ticket) -> StageName | None:
        """What the station was at when it was last heard of; None where that may have been the other's word."""
        stage = self._stages.get(ticket.number)
        return stage if ticket.station == "reading" or stage == "ingest" else None

    def _settled(self, ticket: Ticket, attempt: Attempt | None) -> Iterator[CallOutcome]:
        if attempt is None:
            return
        self._stages.pop(ticket.number, None)
        yield self._settle(ticket.number, attempt)

    def _settle(self, number: int, attempt: Attempt) -> CallOutcome:
        """The outcome, once the records say it and the board was told."""
        outcome = settle(self._workspace, attempt)
        self._board.finished(number, outcome)
        return outcome
