"""Owns what a check says: well, worth knowing, or in the way of a night; what it found, and what to do about it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pipeline.config import Config
from pipeline.domain.base import Value

State = Literal["ok", "warning", "problem"]
"""ok: nothing to do. warning: a night works, and somebody should know. problem: a night, or a promise, would fail."""


class Finding(Value):
    """What one check found; `hint` says what to do, and is empty where nothing is to be done."""

    check: str
    state: State
    found: str
    hint: str = ""


@dataclass(frozen=True)
class House:
    """What is looked at. `deep` reads every byte of the models; `online` asks what is outside this machine."""

    root: Path
    config: Config
    models: Path
    deep: bool = False
    online: bool = False


def ok(check: str, found: str) -> Finding:
    """Nothing to do."""
    return Finding(check=check, state="ok", found=found)


def warning(check: str, found: str, hint: str) -> Finding:
    """A night works, and somebody should know."""
    return Finding(check=check, state="warning", found=found, hint=hint)


def problem(check: str, found: str, hint: str) -> Finding:
    """A night, or a promise, would fail."""
    return Finding(check=check, state="problem", found=found, hint=hint)
