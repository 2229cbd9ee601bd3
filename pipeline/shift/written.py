"""Listeners that write a night down: its journal in the workspace, and its events in the log."""

import threading
from collections.abc import Callable
from pathlib import Path

from pipeline.domain.addresses import shown
from pipeline.domain.night import NightState
from pipeline.domain.work import STAGES, CallOutcome, StageName
from pipeline.errors import StoreError
from pipeline.log import event, get_logger
from pipeline.shift.boards import Listener, Silent
from pipeline.shift.stations import StationName
from pipeline.store.night_journal import Nights

_log = get_logger(__name__)
HEARTBEAT_S = 5.0


class Journal(Silent):
    """Keeps the night's heartbeat and its end; fulfils `Listener`."""

    def __init__(self, nights: Nights) -> None:
        self._nights = nights

    def stands(self, night: NightState) -> None:
        """See `Listener`. A heartbeat that cannot be written is told in the log and stops no night."""
        try:
            self._nights.beat(night)
        except StoreError:
            event(_log, "journal.not_written", {"night": night.start.id}, warning=True)

    def ended(self, night: NightState) -> None:
        """See `Listener`."""
        try:
            self._nights.end(night)
        except StoreError:
            event(_log, "journal.not_written", {"night": night.start.id}, warning=True)


class EventLog(Silent):
    """Tells the log what happens to which call; no name of a file unless `names` allows it; fulfils `Listener`."""

    def __init__(self, *, names: bool = False) -> None:
        self._names = names

    def began(self, number: int, path: Path, station: StationName) -> None:
        """See `Board`."""
        event(_log, "call.began", {"number": number, "station": station, **self._path(path)})

    def stage_at(self, number: int, stage: StageName, share: float) -> None:
        """See `Board`; only what is finished is told."""
        if share >= 1:
            event(_log, "stage.done", {"number": number, "stage": stage})

    def died(self, number: int, station: StationName, why: str) -> None:  # noqa: ARG002 - why may quote a file
        """See `Board`."""
        event(_log, "worker.died", {"number": number, "station": station}, warning=True)

    def finished(self, number: int, outcome: CallOutcome) -> None:
        """See `Board`. Of a reason only its stage is told: its words may quote a file."""
        stage = (outcome.reason or "").partition(":")[0]
        failed = {"stage": stage} if outcome.status == "quarantined" and stage in (*STAGES, "import") else {}
        seconds = round(outcome.seconds, 3)
        told = {"number": number, "call": outcome.call, "seconds": seconds, **failed, **self._path(outcome.path)}
        event(_log, f"call.{outcome.status}", told)

    def ended(self, night: NightState) -> None:
        """See `Listener`."""
        told = {"night": night.start.id, "how": night.ended, "exit_code": night.exit_code}
        event(_log, "run.ended", {**told, **night.counts.model_dump()})

    def _path(self, path: Path) -> dict[str, str]:
        return {"path": shown(path)} if self._names else {}


class Heart:
    """Tells a listener every few seconds how the night stands; a context manager."""

    def __init__(self, listener: Listener, state: Callable[[], NightState], *, every_s: float = HEARTBEAT_S) -> None:
        self._listener, self._state, self._every_s = listener, state, every_s
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="heart", daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join(timeout=10)

    def _beat(self) -> None:
        while not self._over.wait(self._every_s):
            self._listener.stands(self._state())
