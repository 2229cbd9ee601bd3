"""How long it takes to erase one call of many, and what is found of it: `python -m benchmarks.erasing [N]`.

The first call is a made-up transcript of 80 turns, read by a scripted reader; the others are copies of its results. The
index is made anew in each erasure, and timed apart.
"""

import sys
import tempfile
import time
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from pipeline.config import Config
from pipeline.erasing.carrying_out import carry_out
from pipeline.erasing.finding import plan_of
from pipeline.erasing.plan import Asked
from pipeline.erasing.scope import scope_of
from pipeline.rubrics import find_rubric
from pipeline.run import Night, review_calls
from pipeline.stages.ingest import discover
from pipeline.store.workspace import Workspace
from tests.scripted import ScriptedEngine

AT = datetime(2026, 3, 9, tzinfo=UTC)


def filled(root: Path, n: int) -> Workspace:
    """A workspace with n calls: one that was read, and copies of its results in which every key and id is another."""
    recording = root / "call.txt"
    recording.write_text(
        "\n".join(f"Rep: How do you plan week {k} today?\nCustomer: We use a sheet." for k in range(40))
    )
    space = Workspace(root / "workspace")
    night = Night(space, Config(consent="assumed"), ScriptedEngine(), find_rubric("discovery"))
    (outcome,) = review_calls(night, discover([recording]))
    assert outcome.call is not None
    record = space.root / "calls" / outcome.call / "r.000001.json"
    stages = [path for path in (space.root / "objects").glob("*/??/*.json") if path.parts[-3] != "rubric"]
    texts = {path: path.read_text() for path in (*stages, record)}
    keys = [path.stem for path in stages]
    for number in range(1, n):
        _copy(space, texts, [*keys, sha256(recording.read_bytes()).hexdigest()], number)
    return space


def _copy(space: Workspace, texts: dict[Path, str], keys: list[str], number: int) -> None:
    other = {key: sha256(f"{key} {number}".encode()).hexdigest() for key in keys}
    first = keys[-1]
    other[f"c{first[:12]}"] = f"c{other[first][:12]}"
    for path, written in texts.items():
        name, text = str(path.relative_to(space.root)), written
        for known, new in other.items():
            text, name = text.replace(known, new), name.replace(known, new)
        stage, *rest = name.split("/")
        if stage == "objects":
            rest[1] = rest[2][:2]
        to = space.root.joinpath(stage, *rest)
        to.parent.mkdir(parents=True, exist_ok=True)
        to.write_text(text)


def main(n: int) -> None:
    """Prints a line of a table: calls, files found of one, seconds to find, to erase, of which the index."""
    with tempfile.TemporaryDirectory() as place:
        space = filled(Path(place), n)
        space.rebuild_index()
        call = next(iter(space.calls.ids()))
        begun = time.perf_counter()
        asked = Asked(how="call", name=call)
        plan = plan_of(space, scope_of(space, asked, now=AT), at=AT, by="benchmark")
        found = time.perf_counter()
        carry_out(space, plan, now=lambda: AT)
        erased = time.perf_counter()
        space.rebuild_index()
        index = time.perf_counter() - erased
    sys.stdout.write(
        f"| {n} | {sum(plan.counts.values())} | {plan.counts} | {found - begun:.2f} | {erased - found:.2f} | "
        f"{index:.2f} |\n"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
