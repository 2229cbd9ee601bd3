"""Owns nights that are disturbed: the real command on real calls, kill -9 at random times to any of its processes."""

import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from benchmarks.pieces import CHECKOUT, cut_night

SECONDS = (6.0, 12.0)
_COUNTING = CHECKOUT / "benchmarks" / "counting"
_ORPHAN_S = 10.0
"""What is killed with the run ends at once; a loaded machine may take its time over it."""
SETTINGS = """consent = "assumed"
reader = "similarity"
whisper = "{whisper}"

[shift]
deaths = 100
"""
"""Kills that are no call's fault must not set one aside, as three deaths in a row otherwise would."""


@dataclass(frozen=True)
class Kill:
    """A process that was killed: when, which, and whether it was the run's own process."""

    at: float
    pid: int
    main: bool


@dataclass
class Disturbed:
    """What was done to a night, and what was seen of it. `seen`: objects that were there before a kill, by digest."""

    kills: list[Kill] = field(default_factory=list)
    seen: dict[str, str] = field(default_factory=dict)
    acknowledged: set[str] = field(default_factory=set)
    n_starts: int = 0
    n_orphans: int = 0
    code: int | None = None
    """How the run that ended by itself ended."""


@dataclass(frozen=True)
class NightPlace:
    """Where a night is carried out: a folder with its settings, calls, workspace, output and count of what was made."""

    folder: Path
    calls: Path
    engine: str

    @property
    def workspace(self) -> Path:
        """Its workspace."""
        return self.folder / "workspace"

    @property
    def count(self) -> Path:
        """What was made, by which process (see `benchmarks/counting`)."""
        return self.folder / "made.txt"

    @property
    def said(self) -> Path:
        """What all its runs printed on stdout."""
        return self.folder / "said.jsonl"


def calls_of(root: Path, n_calls: int, seed: int) -> Path:
    """The folder of so many real short calls."""
    cut_night(root / "calls", n_calls, seconds=SECONDS, seed=seed)
    return root / "calls"


def place(root: Path, name: str, *, engine: str) -> NightPlace:
    """A folder for one night, with its settings: the smallest recogniser that is there, the cheapest reader."""
    folder = root / name
    folder.mkdir(parents=True)
    (folder / "filmroom.toml").write_text(SETTINGS.format(whisper=_recogniser()), encoding="utf-8")
    return NightPlace(folder, root / "calls", engine)


def _recogniser() -> str:
    from pipeline.adapters import weights

    cache = weights.default_cache()
    names = ("whisper-tiny.en", "whisper-base")
    return next((name for name in names if weights.is_present(name, cache)), names[-1])


def started(where: NightPlace) -> subprocess.Popen[bytes]:
    """The command at work on the night, its output going to the ends of files."""
    command = [sys.executable, "-m", "cli", "run", str(where.calls), "--workspace", str(where.workspace), "--json"]
    paths = os.pathsep.join([str(_COUNTING), str(CHECKOUT)])
    environment = {**os.environ, "PYTHONPATH": paths, "FILMROOM_COUNT": str(where.count)}
    with where.said.open("ab") as out, (where.folder / "log.txt").open("ab") as log:
        return subprocess.Popen(
            [*command, "--engine", where.engine], cwd=where.folder, env=environment, stdout=out, stderr=log
        )


def undisturbed(where: NightPlace) -> float:
    """Seconds that the night took by itself. Raises: RuntimeError when it does not end well."""
    began = time.perf_counter()
    if code := started(where).wait():
        raise RuntimeError(f"the undisturbed night ended with {code}: see {where.folder / 'log.txt'}")
    return time.perf_counter() - began


def disturb(
    where: NightPlace, n_kills: int, *, pause_s: float, chance: random.Random, family: "Family | None" = None
) -> Disturbed:
    """What was done to the night until it ended by itself; no more kills are sent once there were so many."""
    found, family = Disturbed(), family or processes_of
    while found.code is None:
        run = started(where)
        found.n_starts += 1
        while run.poll() is None:
            until = time.monotonic() + chance.uniform(0, 2 * pause_s)
            while run.poll() is None and time.monotonic() < until:
                time.sleep(0.01)
            if len(found.kills) < n_kills and run.poll() is None:
                _kill_one(run, where, found, chance, family)
        found.acknowledged |= acknowledged(where)
        if run.returncode != -signal.SIGKILL:
            found.code = run.returncode
    return found


Family = Callable[[int], list[psutil.Process]]


def processes_of(pid: int) -> list[psutil.Process]:
    """The run's own process and its workers; not those that a worker decodes by, whose end is the recording's fault."""
    try:
        main = psutil.Process(pid)
        return [main, *(process for process in main.children() if _works(process))]
    except psutil.Error:
        return []


def _works(process: psutil.Process) -> bool:
    """Whether it is none of Python's own, which clears up after the others."""
    try:
        return process.status() != psutil.STATUS_ZOMBIE and "resource_tracker" not in " ".join(process.cmdline())
    except psutil.Error:
        return False


def _kill_one(
    run: subprocess.Popen[bytes], where: NightPlace, found: Disturbed, chance: random.Random, family: Family
) -> None:
    """One process of the night is killed; when it is the run's own, none of the others may outlive it."""
    there = family(run.pid)
    if not there:
        return
    found.seen |= dict(objects(where.workspace, known=found.seen))
    found.acknowledged |= acknowledged(where)
    below = _all_below(run.pid)
    victim = chance.choice(there)
    with suppress(psutil.Error):
        victim.kill()
        found.kills.append(Kill(time.time(), victim.pid, main=victim.pid == run.pid))
    if victim.pid == run.pid:
        run.wait()
        found.n_orphans += _end_those_left(below)


def _end_those_left(below: list[psutil.Process]) -> int:
    """How many of these processes still lived after their time; each is told of, and ended."""
    deadline = time.monotonic() + _ORPHAN_S
    while (left := [process for process in below if lives(process)]) and time.monotonic() < deadline:
        time.sleep(0.02)
    for process in left:
        with suppress(psutil.Error):
            told = f"{process.pid} ({process.status()}): {' '.join(process.cmdline())}"
            print(f"outlived its run by {_ORPHAN_S:.0f} s: {told}", file=sys.stderr, flush=True)
            process.kill()
    return len(left)


def lives(process: psutil.Process) -> bool:
    """Whether it can still do anything. One that has ended stays listed until the machine's first process takes note of
    it, which may look every few seconds only."""
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.Error:
        return False


def _all_below(pid: int) -> list[psutil.Process]:
    try:
        found: list[psutil.Process] = psutil.Process(pid).children(recursive=True)
    except psutil.Error:
        return []
    return found


def objects(workspace: Path, *, known: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Objects that are not known yet, by name, with the digest of their bytes."""
    root = workspace / "objects"
    for path in root.glob("*/??/*.json"):
        name = path.relative_to(root).as_posix()
        if not path.name.startswith(".") and name not in known:
            yield name, hashlib.sha256(path.read_bytes()).hexdigest()


def acknowledged(where: NightPlace) -> set[str]:
    """Calls whose whole line says that they are done. A line that was cut off acknowledges nothing."""
    found = set()
    for line in where.said.read_text(encoding="utf-8").splitlines():
        with suppress(json.JSONDecodeError):
            said = json.loads(line)
            if isinstance(said, dict) and said.get("status") in ("done", "skipped"):
                found.add(said["call"])
    return found
