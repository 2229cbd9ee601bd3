"""Owns what has to hold after a disturbed night, each promise as one number that has to be 0."""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from benchmarks.crash_night import Disturbed, Kill, NightPlace
from pipeline.domain.work import CallRecord
from pipeline.store.workspace import Workspace


@dataclass(frozen=True)
class Made:
    """What the count of a night tells: results by key, how often each was kept, and makes that no kill explains."""

    n_keys: int
    n_twice: int
    n_in_flight: int
    n_unexplained: int


def made(count: Path, kills: list[Kill]) -> Made:
    """How often what was made.

    A result that was begun and not kept is explained when its process, or the run's own, was killed after that.
    """
    kept: Counter[str] = Counter()
    begun: dict[tuple[str, str], float] = {}
    n_in_flight = n_unexplained = 0
    lines = count.read_text(encoding="ascii").splitlines()
    keys = set()
    for line in lines:
        what, time_of, pid, _, key = line.split()
        keys.add(key)
        if what == "begin":
            begun[pid, key] = float(time_of)
        else:
            begun.pop((pid, key), None)
            kept[key] += 1
    for (pid, _), at in begun.items():
        killed = any(kill.at >= at and (kill.main or kill.pid == int(pid)) for kill in kills)
        n_in_flight, n_unexplained = n_in_flight + killed, n_unexplained + (not killed)
    return Made(len(keys), sum(n > 1 for n in kept.values()), n_in_flight, n_unexplained)


def broken_promises(where: NightPlace, found: Disturbed, calm: NightPlace) -> Mapping[str, int]:
    """How often each promise was broken; all are 0 after a night that kept them."""
    counted = made(where.count, found.kills)
    values, expected = _values(where.workspace), _values(calm.workspace)
    records, calm_records = _records(where.workspace), _records(calm.workspace)
    return {
        "seen before a kill, later gone or changed": _changed(where.workspace, found.seen),
        "acknowledged, and not in the records": len(found.acknowledged - records.keys()),
        "objects torn": sum(value is None for value in values.values()),
        "results kept twice": counted.n_twice,
        "results begun again without a kill": counted.n_unexplained,
        "objects missing or too many, against the undisturbed night": len(values.keys() ^ expected.keys()),
        "objects of another value": sum(values.get(name) != value for name, value in expected.items()),
        "calls without exactly one record, or of other results": _unlike(records, calm_records),
        "calls set aside": sum(1 for _ in Workspace(where.workspace).quarantined()),
        "processes that outlived their run": found.n_orphans,
        "nights that ended badly": int(found.code != 0),
    }


def _changed(workspace: Path, seen: Mapping[str, str]) -> int:
    return sum(_digest(workspace / "objects" / name) != digest for name, digest in seen.items())


def _digest(path: Path) -> str | None:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else None


def _values(workspace: Path) -> dict[str, str | None]:
    """The values of all objects as JSON; None for one that is torn. Who made it when is left out."""
    root = workspace / "objects"
    found: dict[str, str | None] = {}
    for path in root.glob("*/??/*.json"):
        if path.name.startswith("."):
            continue
        name = path.relative_to(root).as_posix()
        found[name] = None
        with suppress(ValueError, KeyError):
            found[name] = json.dumps(json.loads(path.read_bytes())["value"], sort_keys=True)
    return found


def _records(workspace: Path) -> dict[str, tuple[CallRecord, ...]]:
    space = Workspace(workspace)
    return {call: space.calls.all(call) for call in space.calls.ids()}


def _unlike(found: dict[str, tuple[CallRecord, ...]], calm: dict[str, tuple[CallRecord, ...]]) -> int:
    wrong = len(found.keys() ^ calm.keys())
    for call in found.keys() & calm.keys():
        wrong += len(found[call]) != 1 or found[call][-1].results != calm[call][-1].results
    return wrong
