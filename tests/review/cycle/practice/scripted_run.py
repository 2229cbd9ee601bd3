"""Runs a rehearsal as `filmroom run` would, with scripted models, in a process of its own."""

import json
import sys
import time
from pathlib import Path

from pipeline.commands.outcomes import print_outcome
from pipeline.config import Config
from pipeline.rubrics import find_rubric
from pipeline.run import Night, review_calls
from pipeline.stages.ingest import discover
from pipeline.store.workspace import Workspace
from tests.review.rooms import NOW, SALE
from tests.scripted import ScriptedEngine


def command(root: Path, recording: Path, *, seconds: float = 0.0) -> tuple[str, ...]:
    """What is run for a recording; it takes these seconds longer."""
    return (sys.executable, "-m", __name__, str(root), str(recording), json.dumps(seconds))


def main(root: str, recording: str, seconds: str) -> None:
    """Print what became of the recording."""
    time.sleep(float(seconds))
    night = Night(Workspace(Path(root)), Config(), ScriptedEngine(SALE), find_rubric("discovery"), now=lambda: NOW)
    for outcome in review_calls(night, discover([Path(recording)])):
        print_outcome(outcome, as_json=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
