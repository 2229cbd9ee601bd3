"""A night in numbers, and outcomes, as the tests of boards, journals and metrics give them."""

import os
import socket
from datetime import UTC, datetime
from pathlib import Path

from pipeline.domain.night import NightStart, NightState
from pipeline.domain.work import CallOutcome

BEGAN = datetime(2026, 3, 5, 22, 0, tzinfo=UTC)
START = NightStart(
    id="n20260305-220000-abcd",
    began=BEGAN,
    engine="local",
    settings="0" * 64,
    host=socket.gethostname(),
    pid=os.getpid(),
)


def night(**changes: object) -> NightState:
    """A night an hour old, with these changes."""
    told: dict[str, object] = {"start": START, "at": datetime(2026, 3, 5, 23, 0, tzinfo=UTC), "seconds": 3600.0}
    return NightState.model_validate({**told, **changes})


def outcome(status: str = "done", *, path: str = "calls/a.wav", **changes: object) -> CallOutcome:
    """What became of a call."""
    told = {"call": "c0ffee123456", "path": Path(path), "status": status, "seconds": 12.34}
    return CallOutcome.model_validate({**told, **changes})
