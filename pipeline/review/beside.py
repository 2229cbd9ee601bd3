"""Owns commands that run beside the room, each in a process of its own: how one is started, ended, and what it said."""

import os
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from pydantic import ValidationError

import pipeline
from pipeline.domain.work import CallOutcome

_NICE = 10
PATIENCE_S = 5.0
"""Seconds that a process is given to end by itself."""


def started(command: Sequence[str]) -> "subprocess.Popen[str]":
    """The process, less urgent than the room, and out of reach of a Ctrl-C that is meant for it."""
    home = str(Path(pipeline.__file__).resolve().parent.parent)
    paths = [home, *filter(None, [os.environ.get("PYTHONPATH")])]
    process = subprocess.Popen(
        list(command),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        errors="replace",
        env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
        start_new_session=True,
    )
    with suppress(OSError):  # it may have ended already
        os.setpriority(os.PRIO_PROCESS, process.pid, _NICE)
    return process


def end(process: "subprocess.Popen[str]") -> None:
    """Ask the process to end, and after `PATIENCE_S` end it."""
    process.terminate()
    try:
        process.wait(PATIENCE_S)
    except subprocess.TimeoutExpired:
        process.kill()


def outcome_of(out: str) -> CallOutcome | None:
    """The outcome that the command printed; None where it ended before there was one."""
    for line in reversed(out.splitlines()):
        with suppress(ValidationError):
            return CallOutcome.model_validate_json(line)
    return None


def last_words(err: str, code: int) -> tuple[str, str]:
    """Reason and hint as the command tells an error; else its last line, or how it ended."""
    lines = [line.strip() for line in err.splitlines() if line.strip()]
    told = {
        key: line[len(key) :].strip() for line in lines for key in ("Error:", "What to do:") if line.startswith(key)
    }
    if "Error:" in told:
        return told["Error:"], told.get("What to do:", "try again")
    reason = lines[-1] if lines else f"it ended with code {code} and said nothing"
    return reason, "try again; if it happens again, please report it with the log"
