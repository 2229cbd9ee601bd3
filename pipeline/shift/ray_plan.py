"""Owns which workers a machine of a cluster has, and what share of it Ray sets aside for each: numbers only."""

import math
from dataclasses import dataclass

from pipeline.config import Config
from pipeline.shift.crew import crew_for
from pipeline.shift.ray_cluster import Machine
from pipeline.shift.stations import HEARING, StationName

STATIONS: tuple[StationName, ...] = (*HEARING, "reading")
_ASKING_CORES = 0.25
"""Of a core, what a worker needs that mostly waits for a language model elsewhere."""
_FINEST = 10_000
"""Ray counts shares in ten-thousandths."""


@dataclass(frozen=True)
class Place:
    """Room for `count` workers of a station on a machine: cores and GPUs of each."""

    station: StationName
    count: int
    cores: float
    gpus: float


def places_on(machine: Machine, config: Config) -> tuple[Place, ...]:
    """The workers of one machine: every machine has all stations, so that a night goes on with any one of them.

    The numbers of [shift] are for each machine, else they follow from its cores and memory. Where the models want more
    cores than there are, the shares shrink in proportion: a share that no machine has would wait for ever. A station
    whose GPU share does not fit has no worker there; a machine without cores to give has none at all.
    """
    if machine.cores <= 0:
        return ()
    crew = crew_for(config, max(1, int(machine.cores)), machine.memory)
    counts, left = {station: crew.of(station) for station in STATIONS}, machine.gpus
    for station, share in _gpus(config).items():
        if share:
            counts[station] = min(counts[station], int(left / share + 1e-9))
            left -= counts[station] * share
    cores = _cores(config)
    wanted = sum(cores[station] * count for station, count in counts.items())
    scale = min(1.0, machine.cores / wanted) if wanted else 1.0
    shares = {station: _countable(cores[station] * scale) for station in STATIONS}
    gpus = _gpus(config)
    return tuple(Place(s, counts[s], shares[s], gpus[s]) for s in STATIONS if counts[s])


def _cores(config: Config) -> dict[StationName, float]:
    """What a worker of each station keeps busy."""
    reading = _ASKING_CORES if config.reader == "llm" else float(config.reader_threads)
    return {"listening": float(config.threads), "voices": float(config.threads), "reading": reading}


def _gpus(config: Config) -> dict[StationName, float]:
    ray = config.ray
    return {"listening": ray.listening_gpus, "voices": ray.voices_gpus, "reading": ray.reading_gpus}


def _countable(share: float) -> float:
    """Rounded down to what Ray can count: a whole number above 1."""
    return float(int(share)) if share > 1 else math.floor(share * _FINEST) / _FINEST
