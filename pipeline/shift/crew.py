"""Owns how many workers a night has on a machine, and with how many threads each."""

from dataclasses import dataclass
from pathlib import Path

from pipeline.config import Config
from pipeline.shift.stations import StationName

_GB = 1024**3
_HEARING_GB = 1.5
_READING_GB = {"similarity": 0.7, "turnwise": 2.5, "llm": 0.7}
"""What a worker is reckoned to need, rather too much than too little, by station and reader."""
_SHARE = 0.7
"""Of the memory that is free, what workers may take: the rest is for calls longer than those measured."""
_ASKING = 2
"""Calls that ask a language model at once; each asks for its behaviours side by side, in the pace of [llm]."""
_READER_THREADS = 1
"""Hearing has the other cores; a reader's threads wait for each other by turning round and round."""


@dataclass(frozen=True)
class Crew:
    """The workers of a night on one machine, and how many threads the models of each reader have.

    `reads_here`: reading is done by threads of the run itself, which share one language model, one budget and one pace.
    """

    listening: int
    voices: int
    reading: int
    reader_threads: int
    reads_here: bool = False

    def of(self, station: StationName) -> int:
        """How many workers the station has."""
        return {"listening": self.listening, "voices": self.voices, "reading": self.reading}[station]

    @property
    def most_under_way(self) -> int:
        """Calls taken and not settled: one at each worker and one before each, so that no worker waits for another."""
        return 2 * (self.listening + self.voices + self.reading)

    def config_for(self, config: Config) -> Config:
        """The configuration as a worker has it."""
        return config.model_copy(update={"reader_threads": self.reader_threads})


def crew_for(config: Config, cores: int, memory: int) -> Crew:
    """The workers for so many usable cores and bytes of free memory, unless [shift] says how many.

    One of each station for every two cores: on two cores three single workers overlap.
    """
    teams = max(1, min(cores // 2, int(_SHARE * memory / _GB / (2 * _HEARING_GB + _READING_GB[config.reader]))))
    shift, asks = config.shift, config.asks_language_model
    return Crew(
        listening=shift.listening or teams,
        voices=shift.voices or teams,
        reading=shift.reading or (_readers_asking(config) if asks else teams),
        reader_threads=config.reader_threads if asks or _stated(config, "reader_threads") else _READER_THREADS,
        reads_here=asks,
    )


def _stated(config: Config, name: str) -> bool:
    return name in config.model_fields_set


def _readers_asking(config: Config) -> int:
    """Threads that ask a language model; one where a model in this process reads, and only drafts are asked for."""
    return _ASKING if config.reader == "llm" else 1


def free_memory() -> int:
    """Bytes of memory that this process may still take: what the machine has free, within its control group's limit."""
    limits = (limit for path in _LIMITS if (limit := _number(path)) is not None)
    return min((_machine_free(), *limits))


_LIMITS = (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"))


def _number(path: Path) -> int | None:
    """The number in a file of the kernel; None where there is no such file, or no limit in it."""
    try:
        said = path.read_text(encoding="ascii").strip()
    except OSError:
        return None
    return int(said) if said.isdigit() else None


def _machine_free() -> int:
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
    except OSError:
        return 8 * _GB  # no such file on this system: as a small machine
    found = next((line for line in lines if line.startswith("MemAvailable:")), None)
    return int(found.split()[1]) * 1024 if found else 8 * _GB
