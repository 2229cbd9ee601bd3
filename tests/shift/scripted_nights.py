"""Nights of scripted models that worker processes can make: what happens to a call is written at the head of its name.

`plain`: it is done. `refused`: it cannot be decoded. `bare`: a bare exception. `kills`: its worker dies each time.
`once`: its worker dies the first time. `slow`: it takes two seconds to decode. `starts`: as `slow`, and says so.
"""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from pipeline.config import Config
from pipeline.domain.recording import Probe, Recording
from pipeline.errors import RecordingError
from pipeline.ports import ChatModel, Engine, Samples
from pipeline.rubrics import find_rubric
from pipeline.shift.spec import NightSpec
from tests.scripted import ScriptedEngine

RATE = 8000
SLOW_S = 2.0


class ScriptedAudio:
    """Noise of a second for every file, or what its name says."""

    def probe(self, path: Path, *, sha256: str | None = None) -> Probe:
        if path.name.startswith("refused"):
            raise RecordingError("is scripted to be refused", hint="rename it", path=path)
        return Probe(container="wav", codec="pcm", sample_rate=RATE, n_channels=1, declared_duration=1.0)

    def blocks(self, path: Path, *, sha256: str | None = None) -> Iterator[Samples]:
        yield np.full((1, RATE), 0.1, np.float32)

    def read(self, recording: Recording, *, sample_rate: int) -> Samples:
        path = recording.files[0].path
        self._happen(path, path.name.split("-")[0])
        return np.full((1, sample_rate), 0.1, np.float32)

    def _happen(self, path: Path, what: str) -> None:
        if what == "bare":
            raise RuntimeError("scripted to go wrong")
        mark = path.with_suffix(".died")
        if what == "kills" or (what == "once" and not mark.exists()):
            mark.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        if what in ("slow", "starts"):
            path.with_suffix(".begun").touch()
            time.sleep(SLOW_S)


def scripted_engine(config: Config, chat: ChatModel | None) -> Engine:
    """Scripted models, in whatever process."""
    engine = ScriptedEngine()
    engine.audio = ScriptedAudio()
    return engine


def scripted_night(root: Path, config: Config | None = None) -> NightSpec:
    """A night of scripted models, one worker of each station."""
    return NightSpec(root, config or small(), find_rubric("discovery"), engine=scripted_engine)


def small(**shift: float) -> Config:
    """A configuration with one worker of each station."""
    table = {"listening": 1, "voices": 1, "reading": 1, **shift}
    return Config.model_validate({"consent": "assumed", "reader": "similarity", "shift": table})


def sounds(folder: Path, *names: str) -> Path:
    """The folder, with a file of each name that no other file is equal to."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        (folder / f"{name}.wav").write_text(f"scripted sound {name}", encoding="utf-8")
    return folder
