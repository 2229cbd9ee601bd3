"""Recordings decoded in processes of their own, with limits: a file made to harm costs its own call and nothing else.

What such a process tells is believed no further than sound can lie: lengths, ranges and amounts are checked here.
"""

import math
import os
import select
import signal
import socket
import time
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from pydantic import TypeAdapter, ValidationError

from pipeline.adapters import decoding_host
from pipeline.adapters.decoder import AGAIN, MOST_CHANNELS, RATES
from pipeline.adapters.decoding_child import STATUS
from pipeline.adapters.decoding_wire import FRAME, MOST_SOUND, MOST_TEXT, Kind
from pipeline.adapters.source_files import same_file
from pipeline.adapters.tracks import SoundOfRecordings
from pipeline.config.night import Decoding
from pipeline.domain.recording import Probe
from pipeline.errors import RecordingError
from pipeline.log import get_logger
from pipeline.ports import Samples

_log = get_logger(__name__)

_READ = 2**20
_SET_PIPE_SIZE = 1031
_BEYOND = 1.01
"""What passes `max_hours` by less than this is left to ingest to refuse, which knows the file's other faults too."""
_TEXTS = TypeAdapter(dict[str, str])
_HARM = "if it is one of your own recordings, export it again in another format; else delete it"


@dataclass(frozen=True, slots=True)
class DecodingLimits:
    """What one process may use to decode one file; the wall clock runs only while sound is waited for."""

    memory_mb: int
    cpu_s: int
    wall_s: float
    sound_s: float


@dataclass(slots=True)
class Usage:
    """The most that any process of a `GuardedAudio` used so far: resident memory, processor seconds; and how many."""

    memory_bytes: int = 0
    cpu_s: float = 0.0
    n_processes: int = 0


class GuardedAudio(SoundOfRecordings):
    """Probes and decodes recordings in a process for each file; fulfils the port `Audio`, as `PyAvAudio` does."""

    def __init__(self, decoding: Decoding, *, max_hours: float) -> None:
        self._limits = DecodingLimits(
            decoding.memory_mb,
            max(1, math.ceil(decoding.cpu_s_per_hour * max_hours)),
            decoding.wall_s_per_hour * max_hours,
            3600 * max_hours,
        )
        self.used = Usage()

    @contextmanager
    def sound_of(self, path: Path, *, sha256: str | None = None) -> Iterator[tuple[Probe, Iterator[Samples]]]:
        """See `SoundOfRecordings`."""
        with self._told(path, sha256, header_only=False) as told:
            probe = told.header()
            with closing(told.blocks(probe)) as blocks:
                yield probe, blocks

    def probe(self, path: Path, *, sha256: str | None = None) -> Probe:
        """What the container says of the file's one audio track, nothing decoded. Raises: RecordingError."""
        with self._told(path, sha256, header_only=True) as told:
            probe = told.header()
            for _ in told.blocks(probe):
                raise told.nonsense()
            return probe

    @contextmanager
    def _told(self, path: Path, sha256: str | None, *, header_only: bool) -> Iterator["_Told"]:
        """What a process started for the file tells; it is ended when nobody listens any more."""
        with same_file(path, sha256) as source:
            sound, sink = os.pipe2(os.O_CLOEXEC)
            ours, line = socket.socketpair()
            with ours, line, os.fdopen(sound, "rb", buffering=0) as pipe:
                try:
                    _widen(pipe.fileno())
                    limits = self._limits
                    asked = {"memory_mb": limits.memory_mb, "cpu_s": limits.cpu_s, "header_only": int(header_only)}
                    decoding_host.ask(asked, (source, sink, line.fileno()))
                finally:
                    os.close(sink)
                    line.close()
                yield _Told(path, pipe.fileno(), ours, limits=self._limits, used=self.used)


class _Told:
    """The frames of one process, each checked before it is believed."""

    def __init__(self, path: Path, pipe: int, line: socket.socket, *, limits: DecodingLimits, used: Usage) -> None:
        self._path, self._pipe, self._line, self._limits, self._used = path, pipe, line, limits, used
        self._waited = 0.0
        self._frames = self._split()

    def header(self) -> Probe:
        """The first frame. Raises: RecordingError."""
        kind, content = next(self._frames)
        if kind != Kind.HEADER:
            raise self.nonsense()
        try:
            probe = Probe.model_validate_json(content)
        except ValidationError as error:
            raise self.nonsense() from error
        names = f"{probe.container} {probe.codec}"
        is_sane = RATES[0] <= probe.sample_rate <= RATES[1] and probe.n_channels <= MOST_CHANNELS
        if not (is_sane and len(names) < 80 and names.isascii() and names.isprintable()):
            raise self.nonsense()
        return probe

    def blocks(self, probe: Probe) -> Generator[Samples, None, None]:
        """The sound up to its end. Raises: RecordingError."""
        left = math.ceil(self._limits.sound_s * _BEYOND) * probe.sample_rate
        for kind, content in self._frames:
            if kind == Kind.NOTE:
                _log.warning("%s: %s", self._path.name, _plain(content.decode("utf-8", "replace")))
                continue
            if kind != Kind.SOUND or len(content) % (4 * probe.n_channels):
                raise self.nonsense()
            values = np.frombuffer(content, np.float32)
            if values.size and not (values.min() >= -1.0 and values.max() <= 1.0):  # false for what is no number, too
                raise self.nonsense()
            block: Samples = values.reshape(-1, probe.n_channels).T
            left -= block.shape[1]
            if left < 0:
                hours = self._limits.sound_s / 3600
                raise self._error(
                    f"is longer than {hours:g} hours",
                    "cut it into single calls; filmroom.toml can set max_hours higher",
                )
            yield block

    def nonsense(self) -> RecordingError:
        """What is raised of a process that does not keep to the form."""
        return self._error("made the decoder tell what cannot be", _HARM)

    def _split(self) -> Iterator[tuple[Kind, bytes]]:
        """The frames up to the last, which is not one of them. Raises: RecordingError."""
        held = bytearray()
        while True:
            self._fill(held, FRAME.size)
            kind, size = self._check(*FRAME.unpack_from(held))
            self._fill(held, FRAME.size + size)
            content = bytes(held[FRAME.size : FRAME.size + size])
            del held[: FRAME.size + size]
            if kind == Kind.END:
                self._status()
                return
            if kind == Kind.FULL:
                self._status()
                raise self._full()
            if kind == Kind.REFUSED:
                self._status()
                raise self._refused(content)
            yield kind, content

    def _fill(self, held: bytearray, size: int) -> None:
        """Read until so many bytes are held. Raises: RecordingError."""
        while len(held) < size:
            if not (more := self._read()):
                raise self._ended(self._status())
            held += more

    def _check(self, number: int, size: int) -> tuple[Kind, int]:
        most = MOST_SOUND if number == Kind.SOUND else MOST_TEXT
        if number not in Kind.__members__.values() or size > most:
            raise self.nonsense()
        return Kind(number), size

    def _read(self) -> bytes:
        """What is there, once something is; nothing at the end. Raises: RecordingError when it takes too long."""
        self._wait(self._pipe)
        return os.read(self._pipe, _READ)

    def _wait(self, fd: int) -> None:
        poll = select.poll()
        poll.register(fd, select.POLLIN)
        started = time.monotonic()
        is_there = poll.poll(max(0.0, self._limits.wall_s - self._waited) * 1000)
        self._waited += time.monotonic() - started
        if not is_there:
            raise self._error(f"was stopped: it takes longer than {self._limits.wall_s:g} s to decode", _more("wall_s"))

    def _status(self) -> int:
        """How the process ended, as `os.waitpid` has it; -1 where nobody can tell, since its host was killed."""
        self._wait(self._line.fileno())
        told = self._line.recv(STATUS.size)
        if len(told) < STATUS.size:
            return -1
        status, memory, seconds = STATUS.unpack(told)
        self._used.memory_bytes = max(self._used.memory_bytes, memory)
        self._used.cpu_s = max(self._used.cpu_s, seconds)
        self._used.n_processes += 1
        return int(status)

    def _ended(self, status: int) -> RecordingError:
        if status == -1:
            return self._error("was not decoded to its end: the decoder was killed from outside", "run it again")
        if os.WIFSIGNALED(status):
            number = os.WTERMSIG(status)
            if number == signal.SIGXCPU:
                message = f"was stopped: it needs more than {self._limits.cpu_s} s of processor time to decode"
                return self._error(message, _more("cpu_s"))
            if number == signal.SIGKILL:
                hint = "run it again; where it happens again, the machine may lack memory"
                return self._error("was not decoded to its end: the decoder was killed (signal 9)", hint)
            return self._error(f"made the decoder crash (signal {number})", _HARM)
        return self._error("made the decoder end before its time", _HARM)

    def _full(self) -> RecordingError:
        message = f"was stopped: it needs more than {self._limits.memory_mb} MB to decode"
        return self._error(message, _more("memory_mb"))

    def _refused(self, content: bytes) -> RecordingError:
        try:
            told = _TEXTS.validate_json(content)
        except ValidationError:
            return self.nonsense()
        return self._error(_plain(told.get("message", "cannot be decoded")), _plain(told.get("hint", AGAIN)))

    def _error(self, message: str, hint: str) -> RecordingError:
        return RecordingError(message, hint=hint, path=self._path)


def _more(limit: str) -> str:
    key = limit if limit == "memory_mb" else f"{limit}_per_hour"
    return f"{_HARM}; a good recording that needs more is let through by a higher {key} in [decoding]"


def _plain(text: str) -> str:
    """The text without what would move a terminal's cursor, on one line."""
    return "".join(char if char.isprintable() else " " for char in text)[:300]


def _widen(pipe: int) -> None:
    """Let the pipe hold a megabyte, where this system allows that; it works with less, more slowly."""
    import fcntl

    try:
        fcntl.fcntl(pipe, _SET_PIPE_SIZE, _READ)
    except OSError:
        return
