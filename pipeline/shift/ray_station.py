"""Owns what runs inside a worker of a cluster: one station, its models loaded once, and its line to the run."""

import logging
import time
from dataclasses import dataclass

from pipeline import __version__
from pipeline.engines.local import require_models, require_reading
from pipeline.errors import FilmroomError, StageError, UsageError
from pipeline.run import Attempt
from pipeline.shift.ray_cluster import import_ray
from pipeline.shift.ray_endpoint import RemoteChat
from pipeline.shift.ray_records import ForwardedLog, Hand, May, RemoteFacts, unpacked
from pipeline.shift.seldom import Seldom
from pipeline.shift.spec import NightSpec, local_engine
from pipeline.shift.stations import Listening, Reading, Station, StationName, Voices
from pipeline.shift.unasked import UnaskedChat
from pipeline.stages.ingest import Candidate
from pipeline.store.exchanges import KeptExchanges
from pipeline.store.workspace import Workspace

_EVERY_S = 0.5
"""Progress within a stage is told this often at most."""


@dataclass(frozen=True)
class Lines:
    """Whom a worker talks to: the names of the actors beside the run and of itself; who the language model is, if any.

    Names, since an actor that is given a handle might not be made again once the handle is lost.
    """

    records: str
    endpoint: str | None = None
    identity: str = ""
    worker: str = ""
    version: str = __version__


@dataclass(frozen=True)
class Back:
    """What a worker says of a call that it was handed; with `may` other than go it has not begun it."""

    hand: Hand
    may: May = "go"
    attempt: Attempt | None = None
    error: FilmroomError | None = None
    seconds: float = 0.0


class StationActor:
    """A worker: what making the station raises is kept for `ready`, since Ray hides why an actor could not be made."""

    def __init__(self, told: bytes, station: StationName, lines: Lines) -> None:
        self._ray = import_ray()
        self._machine: str = self._ray.get_runtime_context().get_node_id()
        self._lines = lines
        self._records = self._ray.get_actor(lines.records)
        self._stations: dict[bool, Station] = {}
        self._failed: FilmroomError | None = None
        root = logging.getLogger("filmroom")
        root.handlers[:], root.propagate = [ForwardedLog(self._records)], False
        try:
            self._make(unpacked(told), station)
        except FilmroomError as error:
            self._failed = error
        self._records.made.remote(lines.worker)

    def ready(self) -> FilmroomError | None:
        """None once the models are here, else why not."""
        return self._failed

    def run(self, candidate: Candidate, hand: Hand, asks: bool) -> Back:
        """What came of the call. Idempotent; Ray tries it again when this worker dies."""
        may: May = self._ray.get(self._records.begin.remote(hand, self._machine))
        if may != "go":
            return Back(hand, may)
        tell = self._records.stage_at.remote  # and waits for no answer
        seldom = Seldom(lambda stage, share: tell(hand.number, stage, share), every_s=_EVERY_S)
        started = time.perf_counter()
        try:
            attempt = self._stations[asks].run(candidate, seldom)
        except FilmroomError as error:
            return Back(hand, error=error, seconds=time.perf_counter() - started)
        finally:
            self._records.end.remote(hand)
        return Back(hand, attempt=attempt, seconds=time.perf_counter() - started)

    def _make(self, spec: NightSpec, station: StationName) -> None:
        if not self._ray.get(self._records.making.remote(self._lines.worker)):
            hint = "look at the memory of the cluster's machines and at Ray's log of deaths; what was finished is kept"
            raise StageError(station, "its workers die before they can work", hint=hint)
        if self._lines.version != __version__:
            raise UsageError(
                f"this machine has Filmroom {__version__}, the run has {self._lines.version}",
                hint="install the same version on every machine of the cluster",
            )
        if spec.engine is local_engine:
            require_reading(spec.config) if station == "reading" else require_models(spec.config)
        facts = RemoteFacts(self._ray, self._records)
        if station == "reading":
            self._stations[True] = Reading(spec, chat=self._chat(spec), facts=facts)
            self._stations[False] = self._stations[True]
            if self._lines.endpoint is not None:
                kept = KeptExchanges(Workspace(spec.root, store=spec.config.store).objects)
                self._stations[False] = Reading(spec, chat=UnaskedChat(self._lines.identity, kept), facts=facts)
        else:
            kind = Listening if station == "listening" else Voices
            self._stations[True] = kind(spec, facts=facts)

    def _chat(self, spec: NightSpec) -> RemoteChat | None:
        if self._lines.endpoint is None:
            return None
        endpoint, parallel = self._ray.get_actor(self._lines.endpoint), spec.config.llm.parallel
        return RemoteChat(self._ray, endpoint, identity=self._lines.identity, parallel=parallel)
