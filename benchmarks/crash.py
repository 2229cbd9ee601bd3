"""Owns the campaign of crashes: nights of real calls under random kill -9, compared with one that nobody disturbed.

`python -m benchmarks.crash [--engine local] [--calls 60] [--kills 200] [--seed 1] [--pause S]` carries the night out
undisturbed, and then again, each time in another workspace, until so many processes were killed and every night has
ended by itself. It prints what was done and how often each promise was broken, and ends with 1 when one was.
"""

import argparse
import random
import sys
import tempfile
from collections import Counter
from pathlib import Path

from benchmarks.crash_checks import broken_promises, made
from benchmarks.crash_night import Disturbed, calls_of, disturb, place, processes_of, undisturbed
from benchmarks.crash_ray import processes_on_ray

_KILLS_IN_A_CALM_NIGHT = 40


def campaign(
    root: Path, engine: str, *, n_calls: int, n_kills: int, seed: int = 1, pause_s: float | None = None
) -> bool:
    """Whether every promise was kept; prints what was done and seen."""
    calls_of(root, n_calls, seed)
    calm = place(root, "calm", engine=engine)
    seconds = undisturbed(calm)
    pause_s = pause_s or max(0.5, seconds / _KILLS_IN_A_CALM_NIGHT)
    _say(f"engine {engine}, {n_calls} calls; undisturbed: {seconds:.0f} s; a kill every {pause_s:.1f} s at the mean")
    chance, family = random.Random(seed), processes_on_ray if engine == "ray" else processes_of
    nights: list[Disturbed] = []
    broken: Counter[str] = Counter()
    n_in_flight = 0
    while (n_sent := sum(len(night.kills) for night in nights)) < n_kills:
        where = place(root, f"night-{len(nights) + 1}", engine=engine)
        found = disturb(where, n_kills - n_sent, pause_s=pause_s, chance=chance, family=family)
        nights.append(found)
        broken.update(broken_promises(where, found, calm))
        n_in_flight += made(where.count, found.kills).n_in_flight
        _say(f"night {len(nights)}: {len(found.kills)} kills in {found.n_starts} runs, ended with {found.code}")
    _show(nights, broken, n_in_flight)
    return not any(broken.values())


def _say(words: str) -> None:
    print(words, flush=True)


def _show(nights: list[Disturbed], broken: Counter[str], n_in_flight: int) -> None:
    kills = [kill for night in nights for kill in night.kills]
    rows: dict[str, int] = {
        "nights": len(nights),
        "kill -9": len(kills),
        "of them the run's own process": sum(kill.main for kill in kills),
        "objects seen before a kill": sum(len(night.seen) for night in nights),
        "calls acknowledged": sum(len(night.acknowledged) for night in nights),
        "results in flight at a kill, and made again": n_in_flight,
        **broken,
    }
    _say("| what | how many |\n| --- | --- |")
    for what, number in rows.items():
        _say(f"| {what} | {number} |")


def main() -> None:
    """Carry the campaign out."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--engine", default="local")
    parser.add_argument("--calls", type=int, default=60)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--pause", type=float, help="mean seconds from kill to kill; else a 40th of the calm night")
    parser.add_argument("--folder", type=Path, help="kept afterwards; without it a temporary one is used")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        root = given.folder or Path(temporary)
        kept = campaign(
            root, given.engine, n_calls=given.calls, n_kills=given.kills, seed=given.seed, pause_s=given.pause
        )
    sys.exit(0 if kept else 1)


if __name__ == "__main__":
    main()
