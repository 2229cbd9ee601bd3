"""Where a night's calls come from: folders gone through once, or looked at again and again as files arrive."""

import queue
import threading
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

from pipeline.domain.addresses import is_address
from pipeline.domain.recording import CallMetadata
from pipeline.errors import FilmroomError
from pipeline.log import event, get_logger
from pipeline.shift.ports import Stop
from pipeline.stages.ingest import Candidate, lasting

_log = get_logger(__name__)
AHEAD = 500
"""Calls that are looked for before the first is begun; a night of no more knows at once how many it has."""
_WAITING = 100
_LONG_STILL_S = 600.0
_MOST_NAMES = 5

Find = Callable[[], Iterator[Candidate]]
"""Goes through what a person gave, from its beginning."""


@dataclass
class Noted:
    """What a source says of calls when they are taken: which name no rep or stage, and the first recording.

    `recording` is called before the first call that has to be heard is given. Raises: what it raises.
    """

    recording: Callable[[], None] = lambda: None
    n_taken: int = 0

    def __post_init__(self) -> None:
        self.missing: dict[str, tuple[int, list[str]]] = {}
        self._heard = False

    def take(self, candidate: Candidate) -> Candidate:
        """The candidate, noted."""
        if not self._heard and not candidate.is_transcript:
            self.recording()
            self._heard = True
        self.n_taken += 1
        for name in candidate.metadata.missing:
            number, first = self.missing.get(name, (0, []))
            if len(first) < _MOST_NAMES:
                first.append(candidate.path.name)
            self.missing[name] = (number + 1, first)
        return candidate


class Found:
    """The calls that are there, one after another; fulfils `Source`.

    The first `AHEAD` are looked for at once. When there are more, another thread counts them meanwhile, so that
    `expected` is known after a while; it is put right by what is really taken.
    """

    def __init__(self, find: Find, noted: Noted, *, count: Find | None = None, ahead: int = AHEAD) -> None:
        self._rest = find()
        self.noted = noted
        self._first: list[Candidate] = []
        self._ended = False
        self._counted: int | None = None
        for candidate in self._rest:
            self._first.append(candidate)
            if len(self._first) >= ahead:
                break
        else:
            self._ended = True
            self._counted = len(self._first)
        self._first.reverse()
        if not self._ended and count is not None:
            threading.Thread(target=self._count, args=(count,), name="counting", daemon=True).start()

    @property
    def first(self) -> Collection[Candidate]:
        """The calls that were looked for and not taken yet."""
        return tuple(reversed(self._first))

    def take(self) -> Candidate | None:
        """The next call, or None after the last. Raises: UsageError for a folder that cannot be listed."""
        if self._first:
            return self.noted.take(self._first.pop())
        if self._ended:
            return None
        found = next(self._rest, None)
        if found is None:
            self._ended, self._counted = True, self.noted.n_taken
            return None
        return self.noted.take(found)

    @property
    def ended(self) -> bool:
        """Whether the last call was taken, as far as anybody looked."""
        return self._ended and not self._first

    @property
    def expected(self) -> int | None:
        """How many there are; None until all were counted."""
        return None if self._counted is None else max(self._counted, self.noted.n_taken)

    def _count(self, count: Find) -> None:
        with suppress(FilmroomError):  # whoever takes the calls comes to the same error, and tells it
            number = sum(1 for _ in count())
            if not self._ended:
                self._counted = number


class Arriving:
    """The calls that are there or come later, until a stop is asked for; fulfils `Source`.

    Everything is looked at again every `look_s` seconds, by names, sizes and times of change: this holds on network
    folders too, where nobody is told of changes. A call whose files have changed is given when they have been still for
    `quiet_s`, or at once where they were changed long ago; a call given before only when its files, or what is stated
    of it, have changed since. What cannot be listed now is looked for again.
    """

    def __init__(
        self,
        find: Find,
        noted: Noted,
        *,
        stop: Stop,
        quiet_s: float = 10.0,
        look_s: float = 5.0,
        clock: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self.noted = noted
        self._find, self._stop, self._clock, self._wall = find, stop, clock, wall
        self._quiet_s, self._look_s = quiet_s, look_s
        self._given: dict[bytes, bytes] = {}
        self._restless: dict[bytes, tuple[bytes, float]] = {}
        self._queue: queue.Queue[Candidate] = queue.Queue(_WAITING)
        self._told = ""

    def start(self) -> threading.Thread:
        """The thread that looks from now on, until a stop is asked for."""
        thread = threading.Thread(target=self._look_until_stopped, name="watching", daemon=True)
        thread.start()
        return thread

    def take(self) -> Candidate | None:
        """The next call; None while there is none."""
        try:
            return self.noted.take(self._queue.get_nowait())
        except queue.Empty:
            return None

    @property
    def ended(self) -> bool:
        """Whether nothing is looked for any more."""
        return self._stop.asked

    @property
    def waiting(self) -> int:
        """Calls that were found and not taken, as far as they were looked for."""
        return self._queue.qsize()

    @property
    def expected(self) -> None:
        """Nobody knows how many calls will come."""
        return

    def look(self) -> Iterator[Candidate]:
        """The calls that are to be given after one look. Raises: what going through the folders raises."""
        still = set()
        for candidate in self._find():
            key, state = _key(candidate), _state(candidate)
            if state is None or self._given.get(key) == state.digest:
                continue
            known, now = self._restless.get(key), self._clock()
            if known is None or known[0] != state.digest:
                known = (state.digest, now)
            if now - known[1] >= self._quiet_s or self._wall() - state.changed > _LONG_STILL_S:
                self._given[key] = state.digest
                yield candidate
                continue
            self._restless[key] = known
            still.add(key)
        for key in self._restless.keys() - still:
            del self._restless[key]

    def _look_until_stopped(self) -> None:
        while not self._stop.asked:
            try:
                for candidate in self.look():
                    if not self._put(candidate):
                        return
                self._told = ""
            except (FilmroomError, OSError) as error:
                self._tell(error)
            self._sleep()

    def _put(self, candidate: Candidate) -> bool:
        """Whether the call waits to be taken now; False once a stop is asked for."""
        while not self._stop.asked:
            with suppress(queue.Full):
                self._queue.put(candidate, timeout=0.2)
                return True
        return False

    def _sleep(self) -> None:
        until = time.monotonic() + self._look_s
        while not self._stop.asked and time.monotonic() < until:
            time.sleep(min(0.2, self._look_s))

    def _tell(self, error: Exception) -> None:
        """Say once why nothing can be listed; it is tried again."""
        kind = type(error).__name__
        if kind != self._told:
            event(_log, "watch.cannot_look", {"error": kind, "again_in_s": self._look_s}, warning=True)
        self._told = kind


@dataclass(frozen=True)
class _State:
    """What a call looked like: a digest of it, and when its files were changed last, by their own clock."""

    digest: bytes
    changed: float


def _key(candidate: Candidate) -> bytes:
    paths = [lasting(file.path) for file in candidate.files] or [candidate.place]
    return _digest([str(path) for path in paths])


def _state(candidate: Candidate) -> _State | None:
    """How the call looks now; None when a file of it is not there any more."""
    paths = [file.path for file in candidate.files] or [candidate.path]
    if is_address(candidate.path):
        versions = ",".join(str(getattr(file, "version", None)) for file in candidate.files)
        return _State(_digest([_said(candidate.metadata), versions]), 0.0)
    if candidate.stated.path is not None:
        paths.append(candidate.stated.path)
    told = [_said(candidate.metadata), candidate.problem.message if candidate.problem else ""]
    changed = 0.0
    for path in paths:
        found = _stat(path)
        if found is None and candidate.files and candidate.problem is None:
            return None
        size, at = found or (0, 0)
        told.append(f"{size} {at}")
        changed = max(changed, at / 1e9)
    return _State(_digest(told), changed)


def _digest(told: list[str]) -> bytes:
    return blake2b("\0".join(told).encode("utf-8", "surrogateescape"), digest_size=12).digest()


def _stat(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_size, found.st_mtime_ns


def _said(metadata: CallMetadata) -> str:
    return metadata.model_dump_json()
