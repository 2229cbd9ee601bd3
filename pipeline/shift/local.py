"""Owns a night on one machine: workers at three stations, those that die replaced, every call settled here."""

import time
from collections.abc import Iterator
from dataclasses import replace
from multiprocessing.connection import Connection, wait

from pipeline.callwork import Facts, KnownFacts
from pipeline.config import usable_cores
from pipeline.domain.work import CallOutcome
from pipeline.errors import BudgetError, StageError
from pipeline.log import get_logger
from pipeline.ports import ChatModel
from pipeline.run import Attempt, settle
from pipeline.shift.crew import Crew, crew_for, free_memory
from pipeline.shift.flow import READING_FIRST, Flow, Ticket
from pipeline.shift.ports import Board, Source, Stop
from pipeline.shift.spec import NightSpec
from pipeline.shift.stations import HEARING, Reading, Station, StationName, looker
from pipeline.shift.unasked import UnaskedChat
from pipeline.shift.workers import At, Ended, ProcessWorker, Raised, ThreadWorker, Worker, quieten_tracker
from pipeline.store.exchanges import KeptExchanges
from pipeline.store.workspace import Workspace

_log = get_logger(__name__)
_LOOK_S = 0.25
"""How often it is looked whether the night is to end, or a new file has come, when nothing else happens."""
_MOST_UNREADY = 10
"""So many workers of a station in a row that die before they can work, and the night ends: no call is at fault."""


def carry_out(
    spec: NightSpec, source: Source, *, board: Board, stop: Stop, chat: ChatModel | None = None
) -> Iterator[CallOutcome]:
    """What became of each call, in the order in which that is known; see `pipeline.shift.ports.ShiftEngine`.

    Workers are started when there is work for them: a night of transcripts loads no recogniser, and one in which all is
    kept starts none. Closing the iterator ends every worker. Raises: BudgetError; StoreError; StageError when workers
    of a station die before they can work; UsageError and WeightsError as making the models.
    """
    quieten_tracker()
    crew = crew_for(spec.config, usable_cores(), free_memory())
    facts = KnownFacts(Workspace(spec.root, store=spec.config.store))
    if_kept = looker(spec, chat=chat, facts=facts)
    flow = Flow(source, most_under_way=crew.most_under_way, deaths=spec.config.shift.deaths, if_kept=if_kept)
    shift = _Shift(spec, crew, flow, board, facts)
    shift.chat = chat
    try:
        yield from shift.night(stop)
    finally:
        shift.dismiss()


class _Shift:
    """One night of one machine."""

    def __init__(self, spec: NightSpec, crew: Crew, flow: Flow, board: Board, facts: Facts) -> None:
        self.chat: ChatModel | None = None
        self._spec, self._crew, self._flow, self._board = spec, crew, flow, board
        self._workspace = Workspace(spec.root, store=spec.config.store)
        self._facts = facts
        self._workers: list[Worker] = []
        self._unready: dict[StationName, int] = {}
        self._budget: BudgetError | None = None

    def night(self, stop: Stop) -> Iterator[CallOutcome]:
        """What became of each call, until the source has ended or the night is to."""
        until: float | None = None
        while not self._flow.ended:
            if until is None and stop.asked:
                until = time.monotonic() + self._spec.config.shift.grace_s
                self._flow.close()
            self._hand_out()
            kept = False
            for number, attempt in self._flow.kept():
                kept = True
                yield self._settle(number, attempt)
            if until is not None and time.monotonic() >= until:
                return
            yield from self._come_back(0.0 if kept else _LOOK_S)
        if self._budget is not None:
            raise self._budget

    def dismiss(self) -> None:
        """End every worker, whatever it does."""
        while self._workers:
            self._workers.pop().kill()

    def _hand_out(self) -> None:
        for station in READING_FIRST:
            while (worker := self._free(station)) is not None or self._may_start(station):
                if (ticket := self._flow.next(station)) is None:
                    break
                worker = worker or self._start(station)
                worker.give(ticket)
                self._board.began(ticket.number, ticket.candidate.path, station)

    def _free(self, station: StationName) -> Worker | None:
        return next((w for w in self._workers if w.station == station and w.ticket is None), None)

    def _may_start(self, station: StationName) -> bool:
        return sum(w.station == station for w in self._workers) < self._crew.of(station)

    def _start(self, station: StationName) -> Worker:
        worker: Worker
        if station == "reading" and self._crew.reads_here:
            worker = ThreadWorker(station, self._reading)
        else:
            worker = ProcessWorker(replace(self._spec, config=self._crew.config_for(self._spec.config)), station)
        self._workers.append(worker)
        return worker

    def _reading(self, asks: bool) -> Station:
        chat = self.chat
        if chat is not None and not asks:
            chat = UnaskedChat(chat.identity, KeptExchanges(self._workspace.objects))
        return Reading(self._spec, chat=chat, facts=self._facts)

    def _come_back(self, patience: float) -> Iterator[CallOutcome]:
        """What was settled after waiting so many seconds at most for any worker."""
        waited: list[Connection | int] = [handle for worker in self._workers for handle in worker.waitables]
        if not waited:
            time.sleep(patience)
            return
        found = set(wait(waited, timeout=patience))
        for worker in [w for w in self._workers if not found.isdisjoint(w.waitables)]:
            death = worker.death  # asked first: whatever it said before it died is heard then
            yield from self._heard_of(worker)
            if death is not None:
                yield from self._lost(worker, death)

    def _heard_of(self, worker: Worker) -> Iterator[CallOutcome]:
        for message in worker.heard():
            self._unready.pop(worker.station, None)
            ticket = worker.ticket
            if isinstance(message, Raised):
                self._failed(worker, message.error)
                return
            if ticket is not None and isinstance(message, At):
                if message.stage == "ingest" and message.share >= 1 and worker.station in HEARING:
                    self._flow.ingested(ticket.number)
                self._board.stage_at(ticket.number, message.stage, message.share)
            elif ticket is not None and isinstance(message, Ended):
                worker.ticket = None
                yield from self._settled(ticket, self._flow.done(ticket, message.attempt, seconds=message.seconds))

    def _failed(self, worker: Worker, error: Exception) -> None:
        """An empty purse lets the others finish what they have; whatever else a station raises ends the night now."""
        self._leave(worker)
        if not isinstance(error, BudgetError):
            raise error
        self._budget = self._budget or error
        self._flow.close()
        if worker.ticket is not None:
            self._flow.put_back(worker.ticket)

    def _lost(self, worker: Worker, death: str) -> Iterator[CallOutcome]:
        """What was settled after a worker died; the next call for its station starts another."""
        self._leave(worker)
        ticket, station = worker.ticket, worker.station
        _log.warning("a worker of %s died: %s", station, death)
        if not worker.ready:
            self._unready[station] = self._unready.get(station, 0) + 1
            if self._unready[station] >= _MOST_UNREADY:
                hint = "look at the machine's memory and at the log; what was finished is kept"
                raise StageError(station, f"its workers die before they can work: {death}", hint=hint)
        if ticket is None:
            return
        self._board.died(ticket.number, station, death)
        if worker.ready:
            yield from self._settled(ticket, self._flow.died(ticket, death, stage=worker.stage))
        else:
            self._flow.put_back(ticket)

    def _leave(self, worker: Worker) -> None:
        self._workers.remove(worker)
        worker.kill()

    def _settled(self, ticket: Ticket, attempt: Attempt | None) -> Iterator[CallOutcome]:
        if attempt is None:
            return
        yield self._settle(ticket.number, attempt)

    def _settle(self, number: int, attempt: Attempt) -> CallOutcome:
        """The outcome, once the records say it and the board was told."""
        outcome = settle(self._workspace, attempt)
        self._board.finished(number, outcome)
        return outcome
