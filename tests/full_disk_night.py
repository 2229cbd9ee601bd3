"""A program: a night of scripted models on a disk that runs full, and the night after room was made."""

import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

from pipeline.config import Config
from pipeline.errors import UnavailableError
from pipeline.rubrics import find_rubric
from pipeline.run import Night, review_calls
from pipeline.stages.ingest import discover
from pipeline.store.workspace import Workspace
from tests.scripted import ScriptedEngine

ROOM = 40_000
"""Bytes: for a few results of the first call."""
NOW = datetime(2026, 3, 5, 7, 0, tzinfo=UTC)


def main() -> None:
    """`full_disk_night DISK RECORDINGS`: one JSON object on stdout."""
    disk, recordings = Path(sys.argv[1]), Path(sys.argv[2])
    ballast = disk / "ballast"
    free = os.statvfs(disk)
    ballast.write_bytes(bytes(free.f_bavail * free.f_bsize - ROOM))

    engine = ScriptedEngine()
    night = Night(Workspace(disk / "w"), Config(), engine, find_rubric("discovery"), now=lambda: NOW)
    told = None
    first = []
    try:
        first = [outcome.status for outcome in review_calls(night, discover([recordings]))]
    except UnavailableError as error:
        told = error.message
    kept = len(list(night.workspace.objects.keys("ingest")))
    aside = len(list(night.workspace.quarantined()))
    ballast.unlink()
    second = [outcome.status for outcome in review_calls(night, discover([recordings]))]
    heard, calls = engine.transcriber.n_calls, len(list(night.workspace.calls.ids()))
    report = {
        "told": told,
        "first": first,
        "kept": kept,
        "aside": aside,
        "second": second,
        "heard": heard,
        "calls": calls,
    }
    sys.stdout.write(json.dumps(report))


if __name__ == "__main__":
    main()
