"""Owns the measurement of a night's throughput: the local engine against the same stages in a plain loop, in one run.

`python -m benchmarks.night [--calls N] [--reader NAME] [--rounds N] [--ways WAY,...]` cuts real calls, then carries the
same night out in each way in turn, each in a process of its own with an empty workspace, and prints hours of sound per
hour, the ratio to the loop of the same round, the peak memory of all processes of a way, and whether results are equal.
A way is `loop` (one stage after another), `pairs` (recognition beside diarization, as a loop without workers), `shift`,
or `shift:L,V,R,T` with so many workers of each station and threads of a reader.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import TypeVar

import psutil

from benchmarks.pieces import cut_night
from pipeline.config import Config
from pipeline.domain.work import CallOutcome
from pipeline.engines.local import LocalEngine
from pipeline.rubrics import find_rubric
from pipeline.run import Night, review_calls
from pipeline.shift.local import carry_out
from pipeline.shift.ports import Listed, Stop, Unboarded
from pipeline.shift.spec import NightSpec
from pipeline.stages.ingest import Candidate, discover
from pipeline.store.workspace import Workspace

_A = TypeVar("_A")
_B = TypeVar("_B")
MB = 1024**2
SECONDS = (20.0, 40.0)


class OneByOne(LocalEngine):
    """The local engine, hearing one part after the other."""

    def side_by_side(self, left: Callable[[], _A], right: Callable[[], _B]) -> tuple[_A, _B]:
        """Both results, the left one first."""
        return left(), right()


def outcomes(way: str, reader: str, calls: Path, workspace: Path) -> Iterator[CallOutcome]:
    """What came of each call, carried out in this way, in this process and those that it starts."""
    config = Config.model_validate({"consent": "assumed", "reader": reader, **_crew(way)})
    candidates: Sequence[Candidate] = discover([calls])
    if way in ("loop", "pairs"):
        engine = (OneByOne if way == "loop" else LocalEngine)(config)
        return review_calls(Night(Workspace(workspace), config, engine, find_rubric("discovery")), candidates)
    spec = NightSpec(workspace, config, find_rubric("discovery"))
    return carry_out(spec, Listed(candidates), board=Unboarded(), stop=Stop())


def _crew(way: str) -> dict[str, object]:
    if ":" not in way:
        return {}
    listening, voices, reading, threads = map(int, way.split(":")[1].split(","))
    return {"shift": {"listening": listening, "voices": voices, "reading": reading}, "reader_threads": threads}


def measured(way: str, reader: str, calls: Path, workspace: Path) -> dict[str, float]:
    """Seconds on the clock, seconds of processors and most memory of a night carried out by a process of its own."""
    command = [sys.executable, "-m", "benchmarks.night", "--one", way, "--reader", reader]
    started = time.perf_counter()
    process = subprocess.Popen([*command, "--folder", str(calls), "--workspace", str(workspace)])
    memory = Memory(process.pid)
    if process.wait() != 0:
        raise RuntimeError(f"the night by {way} ended with {process.returncode}")
    return {"seconds": time.perf_counter() - started, "peak": memory.end()}


class Memory:
    """The most memory that a process and all below it had together, looked at ten times a second.

    Shared pages are counted once: it is the sum of proportional set sizes.
    """

    def __init__(self, pid: int) -> None:
        self._pid, self._peak, self._over = pid, 0.0, threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def end(self) -> float:
        """MB at the peak."""
        self._over.set()
        self._thread.join()
        return self._peak

    def _watch(self) -> None:
        while not self._over.wait(0.5):
            self._peak = max(self._peak, sum(map(_proportional, _family(self._pid))) / MB)


def _family(pid: int) -> list[psutil.Process]:
    try:
        process = psutil.Process(pid)
        return [process, *process.children(recursive=True)]
    except psutil.Error:
        return []


def _proportional(process: psutil.Process) -> int:
    try:
        return int(process.memory_full_info().pss)
    except psutil.Error:
        return 0


def values_of(workspace: Path) -> dict[str, str]:
    """The values of all objects, by stage and key, as JSON."""
    root = workspace / "objects"
    found = {p.relative_to(root).as_posix(): json.loads(p.read_bytes()) for p in root.glob("*/??/*.json")}
    return {name: json.dumps(body["value"], sort_keys=True) for name, body in found.items()}


def compare(ways: Sequence[str], reader: str, *, n_calls: int, rounds: int) -> None:
    """Carry the night out in each way, round by round, and print what was measured."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        hours = cut_night(root / "calls", n_calls, seconds=SECONDS) / 3600
        print(f"{n_calls} calls, {3600 * hours:.0f} s of sound, reader {reader}", flush=True)
        found: dict[str, list[dict[str, float]]] = {way: [] for way in ways}
        values = {}
        for number in range(rounds):
            for way in ways if number % 2 == 0 else ways[::-1]:
                workspace = root / f"{number}-{way.replace(':', '-')}"
                found[way].append(measured(way, reader, root / "calls", workspace))
                values[way] = values_of(workspace)
                last = found[way][-1]
                print(f"  {way}: {last['seconds']:.1f} s, {last['peak']:.0f} MB", flush=True)
        show(found, values, hours)


def show(found: dict[str, list[dict[str, float]]], values: dict[str, dict[str, str]], hours: float) -> None:
    """Print a table."""
    first = next(iter(found))
    print("| way | hours of sound per hour | against the first, median (all) | peak MB | results as the first |")
    print("| --- | --- | --- | --- | --- |")
    for way, runs in found.items():
        rates = [hours * 3600 / run["seconds"] for run in runs]
        ratios = sorted(a["seconds"] / b["seconds"] for a, b in zip(found[first], runs, strict=True))
        said = ", ".join(f"{ratio:.2f}" for ratio in ratios)
        equal = "equal" if values[way] == values[first] else "NOT EQUAL"
        peak = max(run["peak"] for run in runs)
        print(f"| {way} | {median(rates):.1f} | {median(ratios):.2f} ({said}) | {peak:.0f} | {equal} |")


def main() -> None:
    """Measure, or carry one night out for a measurement."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--calls", type=int, default=12)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--reader", default="turnwise")
    parser.add_argument("--ways", default="loop pairs shift", help="separated by white space")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--workspace", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        for outcome in outcomes(given.one, given.reader, given.folder, given.workspace):
            if outcome.status != "done":
                print(outcome.path.name, outcome.status, outcome.reason, file=sys.stderr)
        return
    compare(given.ways.split(), given.reader, n_calls=given.calls, rounds=given.rounds)


if __name__ == "__main__":
    main()
