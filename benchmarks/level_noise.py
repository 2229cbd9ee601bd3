"""Owns how much levels vary from call to call without anybody having changed: read off conversations of others.

`python -m benchmarks.level_noise [--data ../shared/data]` prints, for each rubric and capability, the standard
deviation of levels within a person (donation pitches: people who made several) and over all conversations of a
collection, which holds the differences between people too and so is more than the noise of one.
"""

import argparse
import csv
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from evals.collections.catalogue import load
from evals.collections.conversations import call_id
from evals.judging import judge, reader_of
from evals.labelled import LabelledCall
from pipeline.ports import Reader
from pipeline.rubrics import find_rubric

RUBRICS = ("prospecting", "discovery", "closing")
PERSUADER = "0"


@dataclass(frozen=True)
class Spread:
    """The standard deviation of levels, and of how many conversations; `within` is absent with no person twice."""

    n: int
    overall: float
    within: float | None
    freedom: int


def spread_of(levels: Sequence[tuple[str, int]]) -> Spread:
    """How levels vary: (person, level) of each conversation. Within: pooled over people, n - 1 of each."""
    values = np.array([level for _, level in levels], dtype=float)
    by_person: defaultdict[str, list[int]] = defaultdict(list)
    for person, level in levels:
        by_person[person].append(level)
    repeated = [np.array(own, dtype=float) for own in by_person.values() if len(own) > 1]
    freedom = sum(len(own) - 1 for own in repeated)
    squares = sum(float(((own - own.mean()) ** 2).sum()) for own in repeated)
    overall = float(values.std(ddof=1)) if len(values) > 1 else 0.0
    return Spread(len(values), overall, (squares / freedom) ** 0.5 if freedom else None, freedom)


def persuaders(data: Path) -> dict[str, str]:
    """Who made each donation pitch, by the call's id."""
    with (data / "labelled" / "donation-pitches" / "participants.csv").open(newline="") as file:
        return {call_id("pitches", row["B2"]): row["B3"] for row in csv.DictReader(file) if row["B4"] == PERSUADER}


def levels_of(
    calls: Iterable[LabelledCall], rubric: str, reader: Reader, who: Mapping[str, str]
) -> dict[str, list[tuple[str, int]]]:
    """The levels of conversations, by capability; each with the person whose call it is, else the call itself."""
    loaded = find_rubric(rubric).rubric
    found: defaultdict[str, list[tuple[str, int]]] = defaultdict(list)
    for call in calls:
        if call.conversation is None:
            continue
        for score in judge(call.conversation, loaded, reader).assessment.scores:
            if score.level is not None:
                found[score.capability].append((who.get(call.id, call.id), score.level))
    return dict(found)


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--reader", default="similarity")
    parser.add_argument("--collections", nargs="+", default=["pitches", "counselling"])
    parser.set_defaults(threads=1, llm_url=None, llm_model=None, kept=Path("workspace/evals"))
    given = parser.parse_args(arguments)
    reader, who = reader_of(given), persuaders(given.data)
    for collection in given.collections:
        calls = load(collection, given.data)
        for rubric in RUBRICS:
            for capability, levels in levels_of(calls, rubric, reader, who).items():
                spread = spread_of(levels)
                within = "-" if spread.within is None else f"{spread.within:.2f} ({spread.freedom} df)"
                sys.stdout.write(
                    f"{collection} {rubric} {capability} n={spread.n} overall={spread.overall:.2f} within={within}\n"
                )
                sys.stdout.flush()


if __name__ == "__main__":
    main()
