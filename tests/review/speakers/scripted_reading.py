"""Reads a call of a test's room again as `filmroom reread` would, with scripted models, in a process of its own."""

import json
import sys
import time
from pathlib import Path

from pipeline.commands.outcomes import print_outcome
from pipeline.config import Config
from pipeline.reread import reread
from pipeline.rubrics import find_rubric
from pipeline.run import Night
from pipeline.store.workspace import Workspace
from tests.review.rooms import NOW
from tests.scripted import ScriptedEngine


def command(root: Path, call: str, *, seconds: float = 0.0) -> tuple[str, ...]:
    """What is run for a call; it takes these seconds longer."""
    return (sys.executable, "-m", __name__, str(root), call, json.dumps(seconds))


def main(root: str, call: str, seconds: str) -> None:
    """Print what became of the call."""
    time.sleep(float(seconds))
    space = Workspace(Path(root))
    night = Night(space, Config(), ScriptedEngine(), find_rubric("discovery"), now=lambda: NOW)
    for outcome in reread(night, [space.record(call)]):
        print_outcome(outcome, as_json=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
