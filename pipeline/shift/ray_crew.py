"""Owns the workers of a night on a cluster as the run sees them: who is free, who has which call, which were lost."""

import itertools
import logging
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from pipeline.errors import FilmroomError, StageError, UsageError
from pipeline.log import get_logger
from pipeline.ports import ChatModel
from pipeline.shift.flow import Ticket
from pipeline.shift.ray_cluster import Cluster, Machine
from pipeline.shift.ray_endpoint import Answering, Endpoint
from pipeline.shift.ray_plan import STATIONS, Place, places_on
from pipeline.shift.ray_records import Hand, Records, Told, packed
from pipeline.shift.ray_station import Back, Lines, StationActor
from pipeline.shift.spec import NightSpec
from pipeline.shift.stations import StationName

_log = get_logger(__name__)


@dataclass
class RayWorker:
    """A worker as the run sees it: what it has, and the one reference that is waited for, if any."""

    station: StationName
    actor: Any
    machine: str
    waited: Any = None
    ready: bool = False
    ticket: Ticket | None = None


@dataclass(frozen=True)
class Returned:
    """A call that a worker has no longer: with what it said of it, or None when its machine was lost meanwhile."""

    ticket: Ticket
    back: Back | None = None


class RayCrew:
    """All workers of a night. Those of a station are made when it first has work: transcripts load no recogniser."""

    def __init__(self, cluster: Cluster, spec: NightSpec, chat: ChatModel | None) -> None:
        self._cluster, self._spec, self._ray = cluster, spec, cluster.ray
        self._machines = cluster.machines()
        self._plans = {machine.id: places_on(machine, spec.config) for machine in self._machines.values()}
        require_places(self._plans, self._machines)
        self.workers: list[RayWorker] = []
        self._opened: set[StationName] = set()
        self._serials = itertools.count(1)
        self._told = packed(spec)
        self._lines = Lines(f"filmroom records {uuid.uuid4()}")
        self._beside = [cluster.beside(Records, self._told, name=self._lines.records)]
        self._answering: Answering | None = None
        if chat is not None:
            parallel = spec.config.llm.parallel
            name = f"filmroom endpoint {uuid.uuid4()}"
            self._beside.append(endpoint := cluster.beside(Endpoint, parallel, name=name))
            self._lines = Lines(self._lines.records, name, chat.identity)
            self._answering = Answering(self._ray, endpoint, chat, parallel=parallel)

    @property
    def most_under_way(self) -> int:
        """Calls taken and not settled: one at each worker and one before each."""
        return 2 * sum(place.count for places in self._plans.values() for place in places)

    def may_take(self, station: StationName) -> bool:
        """Whether somebody could have a call there now; also when the station's workers are yet to be made."""
        return station not in self._opened or self._free(station) is not None

    def open(self, station: StationName) -> None:
        """Have the station's workers made, on every machine; nothing for one that has them."""
        if station not in self._opened:
            self._opened.add(station)
            for machine in self._machines:
                self._place(station, machine)

    def hand(self, ticket: Ticket) -> bool:
        """Whether a free worker has the call now."""
        worker = self._free(ticket.station)
        if worker is None:
            return False
        worker.ticket = ticket
        worker.waited = worker.actor.run.remote(ticket.candidate, Hand(ticket.number, ticket.station), ticket.asks)
        return True

    def returned(self, timeout_s: float) -> Iterator[Returned]:
        """What came back within this time, as soon as anything did. Raises: why a station has no worker."""
        waited = {worker.waited: worker for worker in self.workers if worker.waited is not None}
        if not waited:
            time.sleep(timeout_s)
            return
        found, _ = self._ray.wait(list(waited), num_returns=1, timeout=timeout_s, fetch_local=True)
        for reference in found:
            worker, worker.waited = waited[reference], None
            yield from self._heard(worker, reference)

    def told(self) -> Told:
        """What workers told since the last time; their log records are passed on here."""
        told: Told = self._ray.get(self._records.told.remote())
        for record in told.logged:
            logger = logging.getLogger(record["name"])
            if logger.isEnabledFor(record["levelno"]):
                logger.handle(logging.makeLogRecord(record))
        return told

    def look(self) -> None:
        """Machines that joined get workers; an idle worker of a machine that was lost is no longer counted on."""
        up = self._cluster.machines()
        for machine in up.keys() - self._machines.keys():
            _log.info("a machine joined")
            self._machines[machine], self._plans[machine] = up[machine], places_on(up[machine], self._spec.config)
            for station in self._opened:
                self._place(station, machine)
        for machine in self._machines.keys() - up.keys():
            _log.warning("a machine was lost")
            del self._machines[machine], self._plans[machine]
            for worker in self.workers:
                if worker.machine == machine and worker.waited is None:
                    worker.ready, worker.waited = False, worker.actor.ready.remote()  # Ray says at once that it is gone

    def dismiss(self) -> None:
        """End every worker, whatever it does, and the actors beside the run."""
        if self._answering is not None:
            self._answering.end()
        for actor in (*(worker.actor for worker in self.workers), *self._beside):
            self._ray.kill(actor)
        if self._answering is not None:
            self._answering.wait()
        self.workers.clear()

    @property
    def _records(self) -> Any:
        return self._beside[0]

    def _free(self, station: StationName) -> RayWorker | None:
        return next((w for w in self.workers if w.station == station and w.ready and w.ticket is None), None)

    def _place(self, station: StationName, machine: str) -> None:
        for place in self._plans[machine]:
            if place.station == station:
                for _ in range(place.count):
                    self.workers.append(self._made(place, machine))

    def _made(self, place: Place, machine: str) -> RayWorker:
        lines = replace(self._lines, worker=f"{place.station}-{next(self._serials)}")
        told = (self._told, place.station, lines)
        actor = self._cluster.actor(StationActor, *told, at=machine, cores=place.cores, gpus=place.gpus)
        return RayWorker(place.station, actor, machine, waited=actor.ready.remote())

    def _heard(self, worker: RayWorker, reference: Any) -> Iterator[Returned]:
        ticket, worker.ticket = worker.ticket, None
        try:
            said = self._ray.get(reference)
        except self._ray.exceptions.RayError as error:
            hint = "look at the cluster: ray status; run again to go on, what was finished is kept"
            said = StageError(worker.station, f"its last worker was lost: {type(error).__name__}", hint=hint)
        if isinstance(said, FilmroomError):
            if ticket is not None:
                yield Returned(ticket)
            self._dropped(worker, said)
            return
        worker.ready = True
        if ticket is not None:
            yield Returned(ticket, said)

    def _dropped(self, worker: RayWorker, error: FilmroomError) -> None:
        """One worker fewer. Raises: the error, when it was the station's last."""
        self.workers.remove(worker)
        self._ray.kill(worker.actor)
        if not any(other.station == worker.station for other in self.workers):
            raise error
        _log.warning("a worker of %s cannot work: %s", worker.station, type(error).__name__)


def require_places(plans: dict[str, tuple[Place, ...]], machines: dict[str, Machine]) -> None:
    """Passes when every station has a place somewhere. Raises: UsageError naming what nobody has."""
    has = {place.station for places in plans.values() for place in places}
    missing = [station for station in STATIONS if station not in has]
    if missing:
        cores, gpus = sum(m.cores for m in machines.values()), sum(m.gpus for m in machines.values())
        raise UsageError(
            f"no machine of the cluster has room for {', '.join(missing)}: {cores:g} cores and {gpus:g} GPUs in all",
            hint="see the shares of GPUs in [ray] of filmroom.toml, and: ray status",
        )
