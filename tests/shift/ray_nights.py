"""Nights of scripted models on clusters that tests make on this machine.

What happens to a call is written at the head of its name. `plain`: it is done. `long`: decoding takes a second.
`refused`: it cannot be decoded. `kills`: its worker dies each time. `once`: its worker dies the first time.
"""

import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from pipeline.config import Config
from pipeline.domain.recording import Probe, Recording
from pipeline.domain.work import CallOutcome
from pipeline.errors import RecordingError
from pipeline.ports import ChatModel, Engine, Samples
from pipeline.rubrics import find_rubric
from pipeline.run import review_calls
from pipeline.shift.on_ray import carry_out
from pipeline.shift.ports import Board, Listed, Stop, Unboarded
from pipeline.shift.ray_cluster import import_ray
from pipeline.shift.spec import NightSpec
from pipeline.stages.ingest import discover
from tests.scripted import ScriptedEngine

RATE = 8000
LONG_S = 1.0


class ScriptedAudio:
    """A second of one value for every file, or what its name says."""

    def probe(self, path: Path, *, sha256: str | None = None) -> Probe:
        if path.name.startswith("refused"):
            raise RecordingError("is scripted to be refused", hint="rename it", path=path)
        return Probe(container="wav", codec="pcm", sample_rate=RATE, n_channels=1, declared_duration=1.0)

    def blocks(self, path: Path, *, sha256: str | None = None) -> Iterator[Samples]:
        yield np.full((1, RATE), 0.1, np.float32)

    def read(self, recording: Recording, *, sample_rate: int) -> Samples:
        path = recording.files[0].path
        what, mark = path.name.split("-")[0], path.with_suffix(".died")
        if what == "kills" or (what == "once" and not mark.exists()):
            with mark.open("a", encoding="utf-8") as file:
                file.write("x")
            os.kill(os.getpid(), signal.SIGKILL)
        if what == "long":
            path.with_suffix(".begun").write_text(_machine(), encoding="utf-8")
            time.sleep(LONG_S)
        return np.full((1, sample_rate), 0.1, np.float32)


def _machine() -> str:
    """The id of the machine of the cluster on which this is; empty outside one."""
    if "ray" not in sys.modules:
        return ""
    ray = import_ray()
    found: str = ray.get_runtime_context().get_node_id() if ray.is_initialized() else ""
    return found


def machines_of(folder: Path) -> set[str]:
    """The machines that had calls of this folder."""
    return {path.read_text(encoding="utf-8") for path in folder.glob("*.begun")} - {""}


def scripted_engine(config: Config, chat: ChatModel | None) -> Engine:
    """Scripted models, in whatever process."""
    engine = ScriptedEngine()
    engine.audio = ScriptedAudio()
    return engine


def ray_config(address: str, **shift: float) -> Config:
    """One worker of each station on each machine of the cluster at this address."""
    table = {"listening": 1, "voices": 1, "reading": 1, "grace_s": 5, **shift}
    settings = {"consent": "assumed", "reader": "similarity", "shift": table, "ray": {"address": address}}
    return Config.model_validate(settings)


def scripted_night(root: Path, config: Config) -> NightSpec:
    """A night of scripted models."""
    return NightSpec(root, config, find_rubric("discovery"), engine=scripted_engine)


def sounds(folder: Path, *names: str) -> Path:
    """The folder, with a file of each name that no other file is equal to."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        (folder / f"{name}.wav").write_text(f"scripted sound {name}", encoding="utf-8")
    return folder


def on_ray(
    spec: NightSpec, folder: Path, *, board: Board | None = None, stop: Stop | None = None
) -> Iterator[CallOutcome]:
    """What becomes of each call of the folder."""
    return carry_out(spec, Listed(discover([folder])), board=board or Unboarded(), stop=stop or Stop())


def in_a_loop(spec: NightSpec, folder: Path) -> dict[str, str]:
    """The statuses that a plain loop over the same calls gives, by name."""
    return {o.path.stem: o.status for o in review_calls(spec.open(), discover([folder]))}


def objects(root: Path) -> dict[str, bytes]:
    """The value of each result by its place, less its provenance, which has the time it took."""
    found = sorted((root / "objects").glob("*/??/*.json"))
    return {str(path.relative_to(root)): path.read_bytes().split(b'"value":', 1)[1] for path in found}


@contextmanager
def two_machines(cores: int = 2) -> Iterator[Any]:
    """A cluster of two machines that are both this one; a lost one is noticed after some seconds, not after fifteen."""
    import_ray(alone=True)
    from ray.cluster_utils import Cluster

    noticed = {"health_check_initial_delay_ms": 0, "health_check_period_ms": 1000, "health_check_timeout_ms": 2000}
    system = {**noticed, "health_check_failure_threshold": 3}
    room: dict[str, Any] = {"num_cpus": cores, "object_store_memory": 80 * 1024**2}
    head = {**room, "include_dashboard": False, "_system_config": system}
    cluster = Cluster(initialize_head=True, head_node_args=head)
    cluster.add_node(**room)
    try:
        yield cluster
    finally:
        cluster.shutdown()  # type: ignore[no-untyped-call]
