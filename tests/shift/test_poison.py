"""A night of 1,000 scripted calls, one in twenty of them hostile: the others are done, and memory does not grow."""

import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from pipeline.domain.work import QuarantineRecord
from pipeline.shift.local import carry_out
from pipeline.shift.ports import Listed, Stop, Unboarded
from pipeline.stages.ingest import discover
from pipeline.store.workspace import Workspace
from tests.shift.scripted_nights import scripted_night, sounds

N_CALLS = 1000
HOSTILE = {"refused": 23, "bare": 23, "kills": 4}
"""50 of 1,000. A call that kills costs six workers, three at each hearing station."""
MB = 1024**2
MOST_GROWTH_MB = 6.0
"""From call 200 to call 1,000: a kept outcome, path or future for each would already be some MB."""


def names() -> list[str]:
    hostile = [f"{what}-{n}" for what, count in HOSTILE.items() for n in range(count)]
    return hostile + [f"plain-{n}" for n in range(N_CALLS - len(hostile))]


def is_explained(record: QuarantineRecord) -> bool:
    """Whether a person is told where it failed, why, and what to do."""
    return bool(record.stage and record.reason and record.hint)


@pytest.mark.slow
def test_of_1000_calls_50_hostile_ones_are_set_aside_and_950_done_in_flat_memory(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    candidates = list(discover([sounds(tmp_path / "calls", *names())]))
    random.Random(7).shuffle(candidates)
    statuses: Counter[str] = Counter()
    memory: dict[int, float] = {}
    this = psutil.Process()
    for outcome in carry_out(scripted_night(tmp_path / "w"), Listed(candidates), board=Unboarded(), stop=Stop()):
        statuses[outcome.status] += 1
        if (n := statuses.total()) in (200, N_CALLS):
            memory[n] = this.memory_info().rss / MB
    growth = memory[N_CALLS] - memory[200]
    record_property("memory", f"{memory[200]:.1f} MB after 200 calls, {memory[N_CALLS]:.1f} MB after {N_CALLS}")
    assert statuses == {"done": 950, "quarantined": 50}
    aside = list(Workspace(tmp_path / "w").quarantined())
    assert Counter(record.path.name.split("-")[0] for record in aside) == HOSTILE
    assert all(map(is_explained, aside))
    assert growth < MOST_GROWTH_MB, memory
