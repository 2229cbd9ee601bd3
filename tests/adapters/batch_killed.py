"""Processes that hand requests over in a batch, and end at the place that they are told, as if they were killed there.

`python -m tests.adapters.batch_killed` reads lines of address, workspace and place, and has a child for each, so that
the libraries are loaded once. A place is a state, before or after its record ("before submitted"), or "keep 3" for the
moment after the third answer is kept.
"""

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from pipeline.adapters.batch import BatchClient
from pipeline.adapters.batch_lines import Bodies
from pipeline.domain.batch import BatchRecord
from pipeline.domain.chat import ChatRequest, Exchange, Price
from pipeline.ports import Exchanges
from pipeline.store.batches import Batches
from pipeline.store.exchanges import KeptExchanges
from pipeline.store.objects import ObjectStore
from tests.adapters.chatting import ENVIRONMENT, FakeTime, question, settings
from tests.fault_server import MODEL

KILLED = 9
REQUESTS = tuple(question(text=f"Colour {n}?") for n in range(7))


def exchanges_in(workspace: Path) -> KeptExchanges:
    return KeptExchanges(ObjectStore(workspace / "objects"))


class MortalLedger:
    """A ledger whose process ends at a place."""

    def __init__(self, root: Path, place: str) -> None:
        self._batches = Batches(root)
        self._place = place

    def prepare(self, batch: str, requests: tuple[ChatRequest, ...], record: BatchRecord) -> None:
        self._end_if("before prepared")
        self._batches.prepare(batch, requests, record)
        self._end_if("after prepared")

    def append(self, batch: str, record: BatchRecord) -> None:
        self._end_if(f"before {record.state}")
        self._batches.append(batch, record)
        self._end_if(f"after {record.state}")

    def all(self) -> Iterator[tuple[str, BatchRecord]]:
        return self._batches.all()

    def requests(self, batch: str) -> tuple[ChatRequest, ...]:
        return self._batches.requests(batch)

    def _end_if(self, place: str) -> None:
        if place == self._place:
            os._exit(KILLED)


class MortalExchanges:
    """Exchanges whose process ends after so many were kept."""

    def __init__(self, kept: Exchanges, place: str) -> None:
        self._kept = kept
        self._left = int(place.removeprefix("keep ")) if place.startswith("keep ") else -1

    def recall(self, model: str, request: ChatRequest) -> Exchange | None:
        return self._kept.recall(model, request)

    def keep(self, exchange: Exchange) -> None:
        self._kept.keep(exchange)
        self._left -= 1
        if self._left == 0:
            os._exit(KILLED)


def client(url: str, workspace: Path, place: str = "") -> BatchClient:
    named = settings(url, prices={MODEL: Price(input=2.0, output=10.0)})
    ledger = MortalLedger(workspace / "batches", place)
    return BatchClient(named, ledger, environment=ENVIRONMENT, clock=FakeTime().clock, limits=(4, 10**9))


def night(url: str, workspace: Path, place: str = "") -> int:
    """Hands over, waits and collects; the number of requests that were new."""
    batches, exchanges = client(url, workspace, place), MortalExchanges(exchanges_in(workspace), place)
    missing = [request for request in REQUESTS if exchanges.recall(batches.identity, request) is None]
    submitted = batches.submit(missing)
    while batches.poll().n_waiting:
        time.sleep(0.01)
    batches.collect(exchanges)
    return submitted.n_requests


def main() -> None:
    """For each line of input: a child that does it, its process id, and its exit code when it has ended."""
    Bodies(settings("http://127.0.0.1:9/v1"), ENVIRONMENT).of(REQUESTS[0])
    for line in sys.stdin:
        url, workspace, place = line.rstrip("\n").split("\t")
        pid = os.fork()
        if pid == 0:
            night(url, Path(workspace), place)
            os._exit(0)
        _tell(pid)
        _tell(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))


def _tell(number: int) -> None:
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
