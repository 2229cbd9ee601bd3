"""Checks of the machine: Python, libraries, decoders, models, memory, room on the disk."""

import importlib.metadata
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from packaging.requirements import Requirement

from pipeline.adapters import weights
from pipeline.config import usable_cores
from pipeline.engines.local import needed_models
from pipeline.shift.crew import Crew, crew_for, free_memory
from pipeline.upkeep.findings import Finding, House, ok, problem, warning

_GB = 1e9
_PYTHON = (3, 11)
_PACKAGE = "filmroom"
LEAST_FREE = 1_000_000_000
"""Bytes below which a night is likely to end in the middle."""
ROOM = 5_000_000_000
"""Bytes that a night should have: results are 4 MB for an hour of calls, sound for browsers 37 MB."""
MEMORY_EACH = {"listening": 1.5, "voices": 1.5, "similarity": 0.7, "turnwise": 2.5, "llm": 0.7}
"""GB that a worker was seen to need at most, by station, and by reader where it reads."""
ENDINGS = {"wav": "pcm_s16le", "flac": "flac", "mp3": "libmp3lame", "m4a": "aac", "opus": "libopus"}
"""Kinds of recordings that are tried, with the codec by which the sample is written."""


def python(_: House) -> Iterator[Finding]:
    """The version of Python."""
    found = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info[:2] == _PYTHON:
        yield ok("python", found)
    else:
        yield problem("python", f"{found}, and not {'.'.join(map(str, _PYTHON))}", "install it, then make setup")


def libraries(_: House) -> Iterator[Finding]:
    """Libraries against the versions that the package asks for."""
    try:
        asked = importlib.metadata.requires(_PACKAGE) or []
    except importlib.metadata.PackageNotFoundError:
        yield warning("libraries", "filmroom is not installed here, so nothing says which are needed", "make setup")
        return
    needed = [
        need for line in asked if (need := Requirement(line)).marker is None or need.marker.evaluate({"extra": ""})
    ]
    wrong = [told for need in needed if (told := _wrong(need))]
    if wrong:
        yield problem("libraries", "; ".join(wrong), "make setup installs the versions that are pinned")
    else:
        yield ok("libraries", f"{len(needed)} at the versions asked for")


def _wrong(need: Requirement) -> str:
    try:
        version = importlib.metadata.version(need.name)
    except importlib.metadata.PackageNotFoundError:
        return f"{need.name} is missing"
    return (
        "" if need.specifier.contains(version, prereleases=True) else f"{need.name} is {version}, not {need.specifier}"
    )


def models(house: House) -> Iterator[Finding]:
    """The weights that a night as configured loads; with `deep` each of their bytes."""
    names = needed_models(house.config)
    absent = [name for name in names if not weights.is_present(name, house.models)]
    if absent:
        pull = f"filmroom models pull {' '.join(absent)}"
        yield problem("models", f"not in {house.models}: {', '.join(absent)}", pull)
    elif house.deep:
        checked = [check for name in names for check in weights.verify(name, cache=house.models)]
        wrong = [check.name for check in checked if not check.ok]
        if wrong:
            yield problem("models", f"not the pinned bytes: {', '.join(wrong)}", "filmroom models pull --default")
        else:
            yield ok("models", f"{', '.join(names)}: {len(checked)} files, every byte as pinned")
    else:
        yield ok("models", f"{', '.join(names)} (present; --deep reads every byte)")


def decoders(_: House) -> Iterator[Finding]:
    """Recordings of each common kind, written here and read back as a run would."""
    from pipeline.adapters.audio import PyAvAudio

    failed: list[str] = []
    with tempfile.TemporaryDirectory(prefix="filmroom-doctor-") as folder:
        for ending, codec in ENDINGS.items():
            path = Path(folder) / f"tone.{ending}"
            try:
                _write_tone(path, codec)
                if not sum(block.shape[1] for block in PyAvAudio().blocks(path)):
                    raise ValueError("no sound came out")
            except Exception as error:  # noqa: BLE001 - each kind is told of by itself
                failed.append(f"{ending} ({error})")
    if failed:
        yield problem("decoders", f"cannot read {', '.join(failed)}", "install PyAV anew: make setup")
    else:
        yield ok("decoders", f"{', '.join(ENDINGS)} by FFmpeg's {_ffmpeg()}")


def confined(_: House) -> Iterator[Finding]:
    """How well the process that decodes recordings is locked in."""
    from pipeline.adapters.decoding_host import confinement

    walls = confinement()
    missing = [
        name
        for name, there in (("filter of system calls", walls.system_calls), ("walls to the network", walls.network))
        if not there
    ]
    if missing:
        told = f"decoding has limits of memory and time, and no {' and no '.join(missing)} here"
        yield warning("decoding", told, "use x86-64 Linux that lets a user make namespaces, or the systemd unit")
    else:
        yield ok("decoding", "in a process of its own, with limits of memory and time and no network")


def _ffmpeg() -> str:
    import av

    return ", ".join(
        f"{name} {'.'.join(map(str, av.library_versions[name]))}" for name in ("libavcodec", "libavformat")
    )


def _write_tone(path: Path, codec: str) -> None:
    """A fifth of a second of a tone."""
    import av
    import numpy as np

    rate = 48_000
    tone = (np.sin(np.arange(rate // 5) * 0.05) * 8000).astype(np.int16)
    with av.open(str(path), "w", format="ipod" if path.suffix == ".m4a" else path.suffix[1:]) as container:
        stream = container.add_stream(codec, rate=rate, layout="mono")
        assert isinstance(stream, av.AudioStream)
        frame = av.AudioFrame.from_ndarray(tone[None], format="s16", layout="mono")
        frame.sample_rate = rate
        for packet in (*stream.encode(frame), *stream.encode(None)):
            container.mux(packet)


def crew(house: House) -> Iterator[Finding]:
    """Cores and memory against the workers that a night would have."""
    cores, free = usable_cores(), free_memory()
    workers = crew_for(house.config, cores, free)
    needs = _needed_gb(house, workers)
    told = f"{cores} cores, {free / 2**30:.1f} GB free for {workers.listening} listening, {workers.voices} voices and "
    told += f"{workers.reading} reading, which take up to {needs:.1f} GB"
    if needs * 2**30 > free:
        yield warning("crew", told, "stop what else runs at night, or set fewer workers in [shift]")
    else:
        yield ok("crew", told)


def _needed_gb(house: House, workers: Crew) -> float:
    reading = 1 if workers.reads_here else workers.reading
    heard = workers.listening * MEMORY_EACH["listening"] + workers.voices * MEMORY_EACH["voices"]
    return heard + reading * MEMORY_EACH[house.config.reader]


def disk(house: House) -> Iterator[Finding]:
    """Room on the disk of the workspace, and that of temporary files where it is another."""
    seen: dict[int, None] = {}
    for name, folder in (("disk", _there(house.root)), ("disk for temporary files", Path(tempfile.gettempdir()))):
        if (device := folder.stat().st_dev) in seen:
            continue
        seen[device] = None
        free = shutil.disk_usage(folder).free
        told = f"{free / _GB:.1f} GB free at {folder}"
        if free < LEAST_FREE:
            yield problem(name, told, "free some; filmroom sweep says what nothing needs")
        elif free < ROOM and name == "disk":
            yield warning(
                name, f"{told}; a night should have {ROOM / _GB:.0f}", "filmroom sweep says what nothing needs"
            )
        else:
            yield ok(name, told)


def _there(folder: Path) -> Path:
    """The folder, or the nearest above it that exists."""
    return next(path for path in (folder.absolute(), *folder.absolute().parents) if path.is_dir())


MACHINE_CHECKS = (python, libraries, models, decoders, confined, crew, disk)
