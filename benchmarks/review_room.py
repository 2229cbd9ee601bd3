"""How long the review room's server takes for its pages, over a workspace of very many calls, while a batch writes.

`python -m benchmarks.review_room WORKSPACE [--requests N] [--rate R] [--rebuild]` prints a table. The server, the batch
that appends calls through the pipeline's own stores, and the browser that asks are three processes. Seconds are those
at the server, from the request to the end of its answer; beside them the processor time that the server's process spent
in between, its background thread included, which says more on a machine that does other work. WORKSPACE is one that
`benchmarks.review_calls` has filled; the batch adds calls to it.
"""

import argparse
import json
import random
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import httpx
from rich.console import Console
from rich.table import Table
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from benchmarks.review_calls import MANAGERS, RealCall, made_call, real_calls_of
from pipeline.domain.provenance import Provenance
from pipeline.domain.recording import Recording
from pipeline.store.objects import Work
from pipeline.store.workspace import Workspace

MEDIAN_MS, P99_MS = 150, 400
"""What the pages are to keep, on two cores."""
WARM_UP = 3
"""Requests to each page that are not counted: templates are read once in the life of a server."""
_PLACES = ("/inbox", "/api/inbox", "/calls", "/calls/{call}")


class Timed:
    """Says in a header of each answer how long it took, and the processor time of the process meanwhile, in ms."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer; the header goes with the body's first part, so the pages must not be streamed."""
        began, spent, start = time.perf_counter(), time.process_time(), None

        async def timed(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                start = message
                return
            if start is not None:
                took = f"{(time.perf_counter() - began) * 1000:.3f} {(time.process_time() - spent) * 1000:.3f}"
                MutableHeaders(scope=start)["X-Took"] = took
                await send(start)
                start = None
            await send(message)

        await self._app(scope, receive, timed)


def serve(workspace: Path) -> None:
    """Serve the room at a free port; prints the port and a session's cookie of each manager as one line."""
    import uvicorn

    from pipeline.config import Config
    from pipeline.review.app import make_app
    from pipeline.review.garbage import look_seldom
    from pipeline.review.pages import warm_up
    from pipeline.review.room import open_room

    room = open_room(Workspace(workspace), Config())
    room.index.watch()
    warm_up()
    look_seldom()
    cookies = [room.entrance.open_session(f"manager-{n}") for n in range(MANAGERS)]
    server = uvicorn.Server(uvicorn.Config(Timed(make_app(room)), host="127.0.0.1", port=0, log_level="error"))

    def told() -> None:
        while not (server.started and room.index.progress is None):
            time.sleep(0.1)
        print(json.dumps([server.servers[0].sockets[0].getsockname()[1], cookies]), flush=True)

    threading.Thread(target=told, daemon=True).start()
    server.run()
    room.close()


def write(workspace: Path, rate: float) -> None:
    """Append new calls, so many a second, as a run does; prints the id and the manager of each."""
    space = Workspace(workspace)
    people = {user.id: user for user in (space.users.last(i) for i in space.users.ids()) if user is not None}
    call = next(space.calls.ids())
    real: RealCall = real_calls_of(space, [call])[0]
    first = int(time.time() * 1000)
    for n in range(first, first + 1_000_000):
        began = time.monotonic()
        made = made_call(real, n, people, datetime.now(UTC))
        work = Work(stage="ingest", code=1, inputs=(made.ingest_key,))
        key = space.objects.put(work, made.recording, Provenance(stage="ingest", code_version="benchmark"))
        assert space.objects.get("ingest", key, Recording)
        record = made.record.model_copy(update={"results": {**made.record.results, "ingest": key}})
        space.calls.append(record.call, record)
        rep = people[record.path.parent.name]
        print(record.call, (rep.reports_to or "").removeprefix("manager-"), time.time(), flush=True)
        time.sleep(max(0.0, 1 / rate - (time.monotonic() - began)))


@contextmanager
def running(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    """This program again, with these arguments, until the block ends."""
    command = [sys.executable, "-m", "benchmarks.review_room", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.terminate()


class Client:
    """Browsers of all managers, one request after another."""

    def __init__(self, port: int, cookies: Sequence[str]) -> None:
        self._http = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60)
        self._cookies = cookies

    def get(self, path: str, manager: int) -> httpx.Response:
        """The answer to this manager."""
        return self._http.get(path, headers={"Cookie": f"filmroom={self._cookies[manager]}"})

    def waiting(self, manager: int) -> list[str]:
        """The calls on the first page of this manager's inbox."""
        return [row["call"] for row in self.get("/api/inbox", manager).raise_for_status().json()["rows"]]


def measured(client: Client, n_requests: int) -> dict[str, list[tuple[float, float]]]:
    """Milliseconds and milliseconds of processor time of each request, by place; places take turns."""
    chance = random.Random(1)
    waiting = {manager: client.waiting(manager) for manager in range(MANAGERS)}
    took: dict[str, list[tuple[float, float]]] = {place: [] for place in _PLACES}
    for _ in range(n_requests):
        for place in _PLACES:
            manager = chance.randrange(MANAGERS)
            answer = client.get(place.format(call=chance.choice(waiting[manager])), manager).raise_for_status()
            wall, processor = answer.headers["x-took"].split()
            took[place].append((float(wall), float(processor)))
    return took


def seen_after(client: Client, batch: subprocess.Popen[str], n_calls: int = 10) -> list[float]:
    """Seconds from the record of a new call to the first time that its manager can open it."""
    lines = batch.stdout
    assert lines is not None
    found = []
    newest: list[str] = []
    threading.Thread(target=lambda: newest.extend(lines), daemon=True).start()
    for _ in range(n_calls):
        before = len(newest)
        while len(newest) == before:
            time.sleep(0.01)
        call, manager, at = newest[-1].split()
        while client.get(f"/api/calls/{call}", int(manager)).status_code == 404:
            time.sleep(0.02)
        found.append(time.time() - float(at))
    return found


def table(took: dict[str, list[tuple[float, float]]]) -> Table:
    """Median and p99 of each place."""
    made = Table("page", "requests", "median ms", "p99 ms", "processor: median ms", "p99 ms")
    for place, found in took.items():
        cells = [f"{value:.0f}" for n in (0, 1) for value in _middle_and_p99([each[n] for each in found])]
        made.add_row(place, str(len(found)), *cells)
    return made


def _middle_and_p99(values: Sequence[float]) -> tuple[float, float]:
    return median(values), sorted(values)[min(len(values) - 1, round(0.99 * len(values)))]


def rebuilt(workspace: Path) -> str:
    """How fast the index is made anew."""
    began, spent = time.monotonic(), time.process_time()
    found = Workspace(workspace).rebuild_index()
    took, processor = time.monotonic() - began, time.process_time() - spent
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return (
        f"Index made anew: {found.changed:,} records in {took:.0f} s, {processor:.0f} s of processor time "
        f"({found.changed / took:.0f} a second); peak memory {memory:.0f} MB."
    )


def main() -> None:
    """Measure, and print what was found."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.review_room", description=main.__doc__)
    parser.add_argument("workspace", type=Path)
    parser.add_argument("--requests", type=int, default=300, help="requests to each page")
    parser.add_argument("--rate", type=float, default=3.0, help="calls a second that the batch appends; 0 for none")
    parser.add_argument("--rebuild", action="store_true", help="make the index anew first, and say how fast")
    parser.add_argument("--only", choices=("serve", "write"), help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.only == "serve":
        return serve(chosen.workspace)
    if chosen.only == "write":
        return write(chosen.workspace, chosen.rate)
    if chosen.rebuild:
        print(rebuilt(chosen.workspace))
    here = str(chosen.workspace)
    with running(here, "--only", "serve") as server:
        assert server.stdout is not None
        client = Client(*json.loads(server.stdout.readline()))
        client.waiting(0)
        if not chosen.rate:
            measured(client, WARM_UP)
            return Console(width=110).print(table(measured(client, chosen.requests)))
        with running(here, "--only", "write", "--rate", str(chosen.rate)) as batch:
            found = seen_after(client, batch)
            measured(client, WARM_UP)
            took = measured(client, chosen.requests)
    Console(width=110).print(table(took))
    print(f"A new call is there after {median(found):.1f} s at the median, {max(found):.1f} s at most.")
    return None


if __name__ == "__main__":
    main()
