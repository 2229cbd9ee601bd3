"""Owns the sounds that browsers are given: each made once of its recording, kept in cache/sound, and given out only as
long as the recording may be played."""

import os
import threading
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pipeline.adapters.decoding import GuardedAudio
from pipeline.adapters.flac import write_flac
from pipeline.adapters.tracks import SoundOfRecordings
from pipeline.config import Config
from pipeline.domain.base import Value
from pipeline.domain.recording import Recording
from pipeline.domain.span import Span
from pipeline.domain.speech import Conversation
from pipeline.domain.work import CallRecord
from pipeline.errors import InputError, NotFoundError, RecordingError, StoreError
from pipeline.export.files import require_same
from pipeline.export.handing_over import silenced_pieces, silent_spans
from pipeline.log import get_logger
from pipeline.review.sound.envelope import Envelope, Meter
from pipeline.review.sound.listening import Listening
from pipeline.store.sounds import sound_key
from pipeline.store.workspace import Workspace

_log = get_logger(__name__)

RATE = 16_000
MOST_BYTES = 20 * 2**30
"""What the folder may hold; past that, sounds that were not played for longest go first."""


class SilentError(NotFoundError):
    """The sound of a call must not, or cannot, be played: it says why."""


class Stamps(Value):
    """Size and time of change (ns) of each file of a recording when its hash was last found right.

    `silent` are the stretches, in seconds, that are left out since the words that are kept of them are masks.
    """

    files: tuple[tuple[int, int], ...]
    silent: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True)
class Made:
    """A sound that is ready: where it is, and what never changes of it."""

    key: str
    path: Path

    @property
    def envelope(self) -> Envelope:
        """How loud it is, see `Envelope`."""
        loaded: Envelope = np.load(self.path.with_suffix(".npy"), allow_pickle=False).astype(np.float32)
        return loaded


class Sounds:
    """The sounds of a workspace. One is made at a time, and never twice at once; any thread may ask."""

    def __init__(
        self, workspace: Workspace, *, audio: SoundOfRecordings | None = None, most_bytes: int = MOST_BYTES
    ) -> None:
        self._workspace = workspace
        self._folder = workspace.root / "cache" / "sound"
        self._audio = audio or guarded(Config())
        self._most_bytes = most_bytes
        self._maker = ThreadPoolExecutor(1, thread_name_prefix="sound")
        self._jobs: dict[tuple[str, Stamps], Future[Made]] = {}
        self._lock = threading.Lock()
        self.listening = Listening(workspace)

    def close(self) -> None:
        """Wait for the sound that is being made, and make none of those that wait."""
        self._maker.shutdown(cancel_futures=True)

    def ask(self, record: CallRecord) -> "Future[Made]":
        """The sound of a call, at once where it is there; else it is being made, and the result comes when it is.

        The future raises what `ask` does, for what shows only then. Raises: SilentError for a sound that must not or
        cannot be played: the recording is gone, has changed, is refused by now, or there was none.
        """
        recording = self._allowed(record)
        stamps, key = _stamps(recording, self._silent(record)), sound_key(recording)
        with self._lock:
            known = self._jobs.get((key, stamps))
            if known is not None and not (known.done() and self._stale(known)):
                return known
            if self._ready(key, stamps):
                return _at_once(Made(key, self._folder / f"{key}.flac"))
            job = self._maker.submit(self._make, key, recording, stamps)
            self._jobs = {k: j for k, j in self._jobs.items() if not (j.done() and self._stale(j)) and k[0] != key}
            self._jobs[key, stamps] = job
            return job

    def prepare(self, call: str) -> None:
        """Have the sound of a call made before anybody asks for it; one that cannot be is told when it is asked for."""
        record = self._workspace.calls.last(call)
        if record is None:
            return
        try:
            self.ask(record)
        except SilentError as error:
            _log.info("the sound of %s is not prepared: %s", call, error.message)

    def duration(self, record: CallRecord) -> float:
        """Seconds that the recording of a call lasts. Raises: SilentError as `ask` does before anything is made."""
        return self._allowed(record).duration

    def _silent(self, record: CallRecord) -> tuple[tuple[float, float], ...]:
        """Where the words that are kept of the call are masks."""
        conversation = self._workspace.objects.get("attribute", record.results["attribute"], Conversation)[0]
        return tuple((span.start, span.end) for span in silent_spans(conversation))

    def _allowed(self, record: CallRecord) -> Recording:
        """The recording of a call that may be played as far as the workspace knows."""
        recording = self._workspace.objects.get("ingest", record.results["ingest"], Recording)[0].at(record.files)
        if recording.kind == "transcript":
            raise SilentError(
                "the call came as a finished transcript: there is no sound", hint="read it; everything else is here"
            )
        if (refused := self._workspace.set_aside_since(record)) is not None:
            raise SilentError(f"the recording may not be played by now: {refused.reason}", hint=refused.hint)
        return recording

    def _stale(self, job: "Future[Made]") -> bool:
        """Whether the outcome of a job says nothing of the next: files may go, and a disk gets room again."""
        return job.cancelled() or not isinstance(job.exception(), SilentError)

    def _ready(self, key: str, stamps: Stamps) -> bool:
        sound = self._folder / f"{key}.flac"
        try:
            held = Stamps.model_validate_json(sound.with_suffix(".json").read_bytes())
            os.utime(sound)
            return held == stamps and sound.with_suffix(".npy").is_file()
        except (OSError, ValueError):
            return False

    def _make(self, key: str, recording: Recording, stamps: Stamps) -> Made:
        sound = self._folder / f"{key}.flac"
        try:
            for file in recording.files:
                require_same(file)
            self._folder.mkdir(parents=True, exist_ok=True)
            whole = sound.is_file() and sound.with_suffix(".npy").is_file()
            if not (whole and (_silences(sound) or ()) == stamps.silent):
                self._write(sound, recording, stamps.silent)
                if _stamps(recording, stamps.silent) != stamps:
                    sound.unlink(missing_ok=True)
                    raise SilentError(
                        "the recording changed while its sound was made", hint="open the page again in a moment"
                    )
            _put(sound.with_suffix(".json"), stamps.model_dump_json().encode())
            self._tidy(sound)
        except RecordingError as error:
            raise _silent(error) from error
        except OSError as error:
            hint = "check that the disk has room and that the workspace may be written"
            raise StoreError(f"cannot write {self._folder}: {error.strerror or error}", hint=hint) from error
        return Made(key, sound)

    def _write(self, sound: Path, recording: Recording, silent: Sequence[tuple[float, float]]) -> None:
        """Decode and write in pieces of a second; a sound that is not whole never has the name of one that is."""
        for left in self._folder.glob("*.part"):
            left.unlink(missing_ok=True)
        part, meter = sound.with_suffix(".part"), Meter(RATE)
        spans = [Span(start=start, end=end) for start, end in silent]
        pieces = silenced_pieces(self._audio.pieces(recording, sample_rate=RATE), spans, RATE)
        write_flac(part, meter.listen(pieces), RATE)
        with part.open("rb+") as file:
            os.fsync(file.fileno())
        loudness = sound.with_name(sound.stem + ".npy.part")
        with loudness.open("wb") as file:
            np.save(file, meter.envelope().astype(np.float16))
        loudness.replace(sound.with_suffix(".npy"))
        part.replace(sound)

    def _tidy(self, keep: Path) -> None:
        """Drop what was not played for longest while there is too much; what is being streamed goes on to its end."""
        sounds = sorted(self._folder.glob("*.flac"), key=lambda p: p.stat().st_mtime)
        held = sum(p.stat().st_size for p in sounds)
        for path in sounds:
            if held <= self._most_bytes or path == keep:
                continue
            held -= path.stat().st_size
            for suffix in (".json", ".npy", ".flac"):
                path.with_suffix(suffix).unlink(missing_ok=True)


def guarded(config: Config) -> GuardedAudio:
    """What reads the recordings of a workspace for the room: with the limits of the night."""
    return GuardedAudio(config.decoding, max_hours=config.max_hours)


def _put(path: Path, data: bytes) -> None:
    part = path.with_name(path.name + ".part")
    part.write_bytes(data)
    part.replace(path)


def _silences(sound: Path) -> tuple[tuple[float, float], ...] | None:
    """Which stretches were left out of a sound that is there; None where nothing says so."""
    try:
        return Stamps.model_validate_json(sound.with_suffix(".json").read_bytes()).silent
    except (OSError, ValueError):
        return None


def _stamps(recording: Recording, silent: tuple[tuple[float, float], ...]) -> Stamps:
    try:
        found = [file.path.stat() for file in recording.files]
    except OSError as error:
        raise _gone(Path(str(error.filename)), error) from error
    return Stamps(files=tuple((stat.st_size, stat.st_mtime_ns) for stat in found), silent=silent)


def _gone(path: Path, error: OSError) -> SilentError:
    message = f"the recording {path.name} cannot be read where it was reviewed ({error.strerror or error})"
    return SilentError(message, hint="put the recording back where it was")


def _silent(error: InputError) -> SilentError:
    name = error.path.name if error.path else ""
    told = error.message.removeprefix(f"{error.path}:").strip()
    return SilentError(f"the recording {name} {told}", hint=error.hint)


def _at_once(made: Made) -> "Future[Made]":
    future: Future[Made] = Future()
    future.set_result(made)
    return future
