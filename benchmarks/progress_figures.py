"""Owns how often the rule of `pipeline.cycle.noticing` is wrong: histories of known truth, made by dice.

`python -m benchmarks.progress_figures` prints the tables of docs/progress.md: how many of 1,000 reps who do not change
are called improved within 40 calls, looked at after every call, and how many of those who go up by one level in one
capability are noticed within 6 calls of it. `--limits` prints what `limit` rests on.

A level is a rep's ability (anything between the levels) plus normal noise, rounded and kept within the scale. A rep who
stands between two levels so gets either, by turns. `lopsided` draws levels as they are on a scale's lowest step: most
alike, a few higher.
"""

import argparse
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np
import numpy.typing as npt

from pipeline.cycle.noticing import AGREEING, Look, follow, limit

Levels = npt.NDArray[np.int64]
"""(histories, calls, capabilities), from 1."""

HISTORIES, CALLS, WITHIN = 1000, 40, 6
CAPABILITIES = (5, 8)
NOISES = (0.0, 0.1, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5, 0.6)
STARTS = (12, 16, 20, 30)


@dataclass(frozen=True)
class Dice:
    """What makes histories: seeded, so that the same figures come again; `of` is how many levels there are."""

    seed: int = 1
    of: int = 4
    capabilities: int = 5
    calls: int = CALLS
    memory: float = 0.0
    """How much of a call's noise is left in the next (0 none): a good day that lasts."""
    draw: np.random.Generator = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "draw", np.random.default_rng(self.seed))

    def abilities(self, n: int, *, room: float = 0.0) -> npt.NDArray[np.float64]:
        """(n, capabilities): anywhere on the scale, at least `room` below its top."""
        return self.draw.uniform(1.0, self.of - room, (n, self.capabilities))

    def levels(self, ability: npt.NDArray[np.float64], noise: float | npt.NDArray[np.float64]) -> Levels:
        """Levels around abilities of (n, capabilities) or (n, calls, capabilities)."""
        around = ability if ability.ndim == 3 else np.repeat(ability[:, None], self.calls, axis=1)
        shocks = self.draw.standard_normal(around.shape)
        for call in range(1, around.shape[1]) if self.memory else ():
            shocks[:, call] = self.memory * shocks[:, call - 1] + (1 - self.memory**2) ** 0.5 * shocks[:, call]
        spread = noise if isinstance(noise, float) else noise[:, None]
        return np.clip(np.rint(around + spread * shocks), 1, self.of).astype(np.int64)

    def unchanged(self, noise: float, n: int = HISTORIES) -> Levels:
        """Reps who do not change, alike in noise."""
        return self.levels(self.abilities(n), noise)

    def uneven(self, n: int = HISTORIES) -> Levels:
        """Reps who do not change, with capabilities of very different noise."""
        return self.levels(self.abilities(n), self.draw.choice([0.2, 0.35, 0.5, 0.65, 0.8], (n, self.capabilities)))

    def one_noisy(self, n: int = HISTORIES) -> Levels:
        """Reps who do not change: one capability swings, the others stand still."""
        noise = np.full((n, self.capabilities), 0.25)
        noise[:, 0] = 0.8
        return self.levels(np.full((n, self.capabilities), 2.0), noise)

    def lopsided(self, chances: Sequence[float], n: int = HISTORIES) -> Levels:
        """Reps who do not change: each level has this chance, in every call and capability."""
        return 1 + self.draw.choice(len(chances), size=(n, self.calls, self.capabilities), p=chances)

    def changed(self, noise: float, start: int, n: int = HISTORIES) -> tuple[Levels, float]:
        """Reps whose first capability is one level higher from call `start` on (counted from 0), and the standard
        deviation that their levels had before."""
        ability = np.repeat(self.abilities(n)[:, None], start + WITHIN, axis=1)
        ability[:, :, 0] = self.draw.uniform(1.0, self.of - 1.0, n)[:, None]
        ability[:, start:, 0] += 1.0
        levels = self.levels(ability, noise)
        return levels, float(np.sqrt(levels[:, :start, 0].var(axis=1, ddof=1).mean()))


def looks_of(history: Levels) -> list[list[Look | None]]:
    """The looks after each call of one history, (calls, capabilities), by the rule as it is."""
    names = [str(c) for c in range(history.shape[1])]
    found = follow((dict(zip(names, map(int, call), strict=True)) for call in history), len(names))
    return [[looks[name] for name in names] for looks in found]


def improved(history: Levels) -> list[bool]:
    """Which capabilities were called improved at any look."""
    looks = looks_of(history)
    return [
        any(look is not None and look.change == "improved" for look in of_one) for of_one in zip(*looks, strict=True)
    ]


def false_alarms(histories: Levels) -> tuple[float, float]:
    """The share of reps called improved in anything, and of capabilities called improved."""
    found = np.array([improved(history) for history in histories])
    return float(found.any(axis=1).mean()), float(found.mean())


def noticed(histories: Levels, start: int) -> float:
    """The share of reps whose first capability was called improved at a look from call `start` on."""
    found = [any(look is not None and look.change == "improved" for look, *_ in looks_of(h)[start:]) for h in histories]
    return sum(found) / len(found)


def nulls(dice: Dice, n: int = HISTORIES) -> dict[str, Callable[[], Levels]]:
    """All the ways of not changing that the limit has to bear, by name."""
    low = (0.0,) * (dice.of - 3)
    return {
        **{f"noise {noise}": partial(dice.unchanged, noise, n) for noise in (0.2, 0.35, 0.5, 0.65, 0.8)},
        "uneven noise": lambda: dice.uneven(n),
        "one capability noisy": lambda: dice.one_noisy(n),
        "9 in 10 at the lowest": lambda: dice.lopsided((0.9, 0.1, 0.0, *low), n),
        "8 in 10 at the lowest": lambda: dice.lopsided((0.8, 0.2, 0.0, *low), n),
        "1 in 20 jumps by two": lambda: dice.lopsided((0.95, 0.0, 0.05, *low), n),
    }


def highest(history: Levels) -> float:
    """The most standard errors that a rep who agrees with themselves stood above a baseline, whatever the limit."""
    at = limit(history.shape[1])
    heights = [
        at * look.difference / look.smallest
        for looks in looks_of(history)
        for look in looks
        if look is not None and look.agreeing >= AGREEING * look.n_recent - 1e-9
    ]
    return max(heights, default=0.0)


def _limits() -> Iterable[str]:
    yield "capabilities, limit, the 95.5% quantile of the highest look of each way of not changing"
    for n in (1, 2, 3, 5, 6, 8, 10, 20):
        for name, made in nulls(Dice(capabilities=n, seed=7), 2000).items():
            yield f"{n} {limit(n):.2f} {np.quantile([highest(h) for h in made()], 0.955):.2f} {name}"


def _figures() -> Iterable[str]:
    for n in CAPABILITIES:
        yield f"\n{n} capabilities, {CALLS} calls: called improved, of reps / of capabilities"
        for name, made in nulls(Dice(capabilities=n)).items():
            reps, capabilities = false_alarms(made())
            yield f"  {name}: {reps:.1%} / {capabilities:.2%}"
        for name, dice in _others(n).items():
            reps, capabilities = false_alarms(dice.unchanged(0.35))
            yield f"  noise 0.35, {name}: {reps:.1%} / {capabilities:.2%}"
        yield f"{n} capabilities: up by one level, noticed within {WITHIN} calls, by the calls before it {STARTS}"
        for noise in NOISES:
            made_up = [(start, *Dice(capabilities=n, seed=start).changed(noise, start)) for start in STARTS]
            shares = [f"{noticed(levels, start):.1%}" for start, levels, _ in made_up]
            yield f"  noise {noise} (levels vary by {np.mean([sd for *_, sd in made_up]):.2f}): {' '.join(shares)}"


def _others(n: int) -> dict[str, Dice]:
    return {
        "3 levels": Dice(capabilities=n, of=3),
        "5 levels": Dice(capabilities=n, of=5),
        "80 calls": Dice(capabilities=n, calls=80),
        "160 calls": Dice(capabilities=n, calls=160),
        "memory 0.2": Dice(capabilities=n, memory=0.2),
        "memory 0.4": Dice(capabilities=n, memory=0.4),
    }


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--limits", action="store_true")
    given = parser.parse_args(arguments)
    for line in _limits() if given.limits else _figures():
        sys.stdout.write(line + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
