"""Owns how the time of store and index grows with the calls of a workspace: from 1,000 to 100,000 made ones.

`python -m benchmarks.scale REAL SCRATCH [--calls 1000,10000,100000]`. REAL is a workspace that `filmroom run` filled;
SCRATCH is filled and emptied. For each number of calls a workspace of so many is made and indexed; then, on top of it,
one object is put, looked for and read, one record appended, and a night of new calls taken into the index. Ratios of
one run count; times are of the machine it ran on.
"""

import argparse
import json
import shutil
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import partial
from itertools import islice
from pathlib import Path

from benchmarks.review_calls import Writer, fill, made_calls, real_calls_of, staff
from pipeline.domain.provenance import Provenance
from pipeline.domain.span import Span
from pipeline.store.index import Index
from pipeline.store.looked import SETTLED_S
from pipeline.store.objects import ObjectStore, Work
from pipeline.store.workspace import Workspace

NIGHT = 60
"""New calls of a night."""
SAMPLES = 300
MADE = Provenance(stage="measure", code_version="benchmark")


@dataclass(frozen=True)
class Times:
    """Milliseconds on top of so many calls: medians of one act, and of a whole night where it says so.

    `refresh_ms`: bringing the index up to date with a night's new calls, opening it included; `idle_ms`: with none.
    `first_index_ms_per_call`: making the index from nothing, on the wall; `first_index_cpu_ms_per_call`: of the
    processor, which other work on the machine disturbs least.
    """

    calls: int
    put_ms: float
    has_ms: float
    get_ms: float
    append_ms: float
    refresh_ms: float
    idle_ms: float
    first_index_ms_per_call: float
    first_index_cpu_ms_per_call: float


def measured(real: Workspace, folder: Path, n_calls: int) -> Times:
    """The times on top of so many calls; the folder is emptied afterwards."""
    space, until = Workspace(folder), datetime.now(UTC).replace(microsecond=0)
    try:
        fill(real, space, n_calls, until)
        began, worked = time.perf_counter(), time.process_time()
        _refresh(space)
        first, first_cpu = (time.perf_counter() - began) / n_calls, (time.process_time() - worked) / n_calls
        put, has, get = _objects(space.objects)
        nights = [_night(real, space, n_calls, n) for n in range(5)]
        time.sleep(SETTLED_S + 0.5)
        _refresh(space)  # a folder is listed again as long as it changed a moment ago
        idle = [_timed(lambda: _refresh(space)) for _ in range(5)]
        return Times(
            calls=n_calls,
            put_ms=put,
            has_ms=has,
            get_ms=get,
            append_ms=_appends(space),
            refresh_ms=statistics.median(nights),
            idle_ms=statistics.median(idle),
            first_index_ms_per_call=round(1000 * first, 3),
            first_index_cpu_ms_per_call=round(1000 * first_cpu, 3),
        )
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _objects(objects: ObjectStore) -> tuple[float, float, float]:
    works = [Work(stage="measure", code=n, inputs=("benchmark",)) for n in range(SAMPLES)]
    value = Span(start=0, end=1)
    put = [_timed(partial(objects.put, work, value, MADE)) for work in works]
    has = [_timed(partial(objects.has, work)) for work in works]
    get = [_timed(partial(objects.get, "measure", work.key, Span)) for work in works]
    return statistics.median(put), statistics.median(has), statistics.median(get)


def _appends(space: Workspace) -> float:
    """The median of appending a second record to calls from all over the workspace."""
    calls = list(space.calls.ids())
    some = calls[:: max(1, len(calls) // SAMPLES)][:SAMPLES]
    records = [space.record(call) for call in some]
    return statistics.median(_timed(partial(space.calls.append, record.call, record)) for record in records)


def _night(real: Workspace, space: Workspace, n_calls: int, n_night: int) -> float:
    """Milliseconds that the index takes for a night's new calls, which are announced as a run announces them."""
    reals = real_calls_of(real, real.calls.ids())
    people = {user.id: user for user in staff(datetime(2024, 1, 1, tzinfo=UTC))}
    total = n_calls + NIGHT * (n_night + 1)
    made = islice(made_calls(reals, people, total, datetime.now(UTC)), total - NIGHT, None)
    writer = Writer(space)
    for n, call in enumerate(made, start=total - NIGHT):
        writer.call(call, reals[n % len(reals)])
        space.changes.announce("calls", call.record.call, 1)
    return _timed(lambda: _refresh(space))


def _refresh(space: Workspace) -> None:
    with Index(space.index_path) as index:
        space.refresh_index(index)


def _timed(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return round(1000 * (time.perf_counter() - began), 4)


def report(found: list[Times]) -> Iterator[str]:
    """The figures as a table, and the ratio of the last to the first."""
    names = [name for name in asdict(found[0]) if name != "calls"]
    yield "| calls | " + " | ".join(names) + " |"
    yield "| --- |" + " --- |" * len(names)
    for times in found:
        yield f"| {times.calls:,} | " + " | ".join(f"{asdict(times)[name]:.3f}" for name in names) + " |"
    first, last = asdict(found[0]), asdict(found[-1])
    yield "| ratio | " + " | ".join(f"{last[name] / first[name]:.2f}" for name in names) + " |"


def main() -> None:
    """Measure and say; the smallest number once before, uncounted, so that it does not pay for loading everything."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale", description=main.__doc__)
    parser.add_argument("real", type=Path, help="a workspace that filmroom run has filled")
    parser.add_argument("scratch", type=Path, help="a folder that may be filled; must not be there")
    parser.add_argument("--calls", default="1000,10000,100000")
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    if chosen.scratch.exists():
        parser.error(f"{chosen.scratch} is there already")
    numbers = [int(n) for n in chosen.calls.split(",")]
    measured(Workspace(chosen.real), chosen.scratch, min(100, *numbers))
    found = []
    for n in numbers:
        found.append(measured(Workspace(chosen.real), chosen.scratch, n))
        sys.stderr.write(f"{found[-1]}\n")
    if chosen.json:
        sys.stdout.write(json.dumps([asdict(times) for times in found]) + "\n")
        return
    sys.stdout.write("\n".join(report(found)) + "\n")


if __name__ == "__main__":
    main()
