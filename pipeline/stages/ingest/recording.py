"""Makes a Recording of a candidate: consent first, then its hash, then one hearing of its sound from end to end."""

import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from pathlib import Path

import numpy as np

from pipeline.domain.recording import Probe, Recording, Role, SourceFile
from pipeline.errors import ConsentError, RecordingError
from pipeline.log import get_logger
from pipeline.plain_files import opened
from pipeline.ports import AudioProbe, Samples
from pipeline.stages.ingest.candidate import Candidate, CandidateFile, Fetch, here
from pipeline.stages.ingest.channels import Layout, layout_of, summarise
from pipeline.stages.ingest.consent import consent_allows
from pipeline.stages.ingest.metadata import Stated
from pipeline.stages.ingest.transcripts import format_of, read_script

_log = get_logger(__name__)

ALIGNED_WITHIN_S = 2.0
"""Files of one call that differ by more than this in length are worth a warning: one may have started late."""
MOST_BYTES = 16 * 2**30
"""Twelve hours of two channels at 48 kHz and 32 bits. Holes on a disk cost nothing, but hashing them takes hours."""
_CUT_SHORT_S = 2.0
_CUT_SHORT_RATIO = 0.05


@dataclass(frozen=True, slots=True)
class Limits:
    """The largest recording that is taken on: seconds of sound, and channels of one file."""

    max_duration_s: float = 4 * 3600.0
    max_channels: int = 8


DEFAULT_LIMITS = Limits()


def identify(candidate: Candidate, *, require_consent: bool = True, fetch: Fetch = here) -> tuple[SourceFile, ...]:
    """The candidate's files with their hashes, once consent is known; their bytes are hashed and not decoded.

    Those that are elsewhere are fetched first, and their paths are where they are then. Raises: MetadataError,
    ConsentError, RecordingError for a file that cannot be read or is empty, and whatever `fetch` raises.
    """
    _check(candidate, require_consent=require_consent)
    files = (replace(file, path=fetch(file.path, file.version)) for file in candidate.files)
    return tuple(_source_file(file) for file in files)


def ingest(
    candidate: Candidate, files: tuple[SourceFile, ...], *, audio: AudioProbe, limits: Limits = DEFAULT_LIMITS
) -> Recording:
    """The recording, ready to be decoded; `files` are what `identify` returned for the candidate, consent being known.

    Its id follows from its bytes alone, whatever it is called. A transcript is read once, to see that it can be.
    Raises: MetadataError, ConsentError, RecordingError, TranscriptError.
    """
    _check(candidate, require_consent=False)
    if candidate.is_transcript:
        return _transcript(candidate, files, limits)
    probes = [_probed(file, audio, limits) for file in files]
    pairs = zip(files, probes, strict=True)
    duration, layout = _heard([_Stream(file, probe, audio, limits) for file, probe in pairs])
    n_channels = len(files) if len(files) > 1 else probes[0].n_channels
    return Recording(
        call=call_id(files),
        files=files,
        container=_joined(probe.container for probe in probes),
        codec=_joined(probe.codec for probe in probes),
        sample_rate=max(probe.sample_rate for probe in probes),
        n_channels=n_channels,
        duration=duration,
        sides=_sides(layout, files, n_channels, candidate.stated),
        identical_channels=layout == "identical",
        metadata=candidate.metadata,
    )


def _transcript(candidate: Candidate, files: tuple[SourceFile, ...], limits: Limits) -> Recording:
    script = read_script(files, max_duration_s=limits.max_duration_s)
    return Recording(
        call=call_id(files),
        files=files,
        kind="transcript",
        container=_joined(format_of(file.path) for file in files),
        codec="text",
        sample_rate=0,
        n_channels=0,
        duration=script.duration,
        metadata=candidate.metadata,
    )


def call_id(files: Sequence[SourceFile]) -> str:
    """The letter c and 12 hex digits of the file's sha256; of several, of the sha256 over roles and hashes in order."""
    if len(files) == 1:
        return "c" + files[0].sha256[:12]
    listed = "".join(f"{file.role}:{file.sha256}\n" for file in files)
    return "c" + hashlib.sha256(listed.encode()).hexdigest()[:12]


def _check(candidate: Candidate, *, require_consent: bool) -> None:
    if candidate.problem is not None:
        raise candidate.problem
    stated = candidate.stated
    try:
        consent_allows(candidate.metadata, required=require_consent)
    except ConsentError as error:
        path, line = stated.path or candidate.path, stated.lines.get("consent")
        raise ConsentError(error.message, hint=error.hint, path=path, line=line) from error


def _source_file(file: CandidateFile) -> SourceFile:
    if not file.path.is_file():
        hint = "give a file, not a device, a pipe or a broken link"
        raise RecordingError("is not a readable file", hint=hint, path=file.path)
    try:
        with os.fdopen(opened(file.path), "rb") as stream:
            _require_size(file.path, os.fstat(stream.fileno()).st_size)
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
            size = stream.tell()
    except OSError as error:
        hint = "make the file readable"
        raise RecordingError(f"cannot be read ({error.strerror})", hint=hint, path=file.path) from error
    if size == 0:
        raise RecordingError("is empty (0 bytes)", hint="export or copy the recording again", path=file.path)
    return SourceFile(path=file.path, sha256=digest, size=size, role=file.role)


def _require_size(path: Path, size: int) -> None:
    if size > MOST_BYTES:
        hint = "cut it into single calls, or export it in a compressed format"
        raise RecordingError(f"is larger than {MOST_BYTES // 2**30} GiB", hint=hint, path=path)


def _probed(file: SourceFile, audio: AudioProbe, limits: Limits) -> Probe:
    path, probe = file.path, audio.probe(file.path, sha256=file.sha256)
    if probe.n_channels > limits.max_channels:
        hint = f"mix it down to at most {limits.max_channels} channels"
        raise RecordingError(f"has {probe.n_channels} channels", hint=hint, path=path)
    if probe.declared_duration is not None and probe.declared_duration > limits.max_duration_s:
        raise _too_long(path, limits)
    return probe


class _Stream:
    """The blocks of one file, counted as they pass; ends with an error where the file is too long or cut short."""

    def __init__(self, file: SourceFile, probe: Probe, audio: AudioProbe, limits: Limits) -> None:
        self.path, self.rate, self.n_samples = file.path, probe.sample_rate, 0
        self._sha256 = file.sha256
        self._declared, self._audio, self._limits = probe.declared_duration, audio, limits

    @property
    def duration(self) -> float:
        return self.n_samples / self.rate

    def __iter__(self) -> Iterator[Samples]:
        for block in self._audio.blocks(self.path, sha256=self._sha256):
            self.n_samples += block.shape[1]
            if self.duration > self._limits.max_duration_s:
                raise _too_long(self.path, self._limits)
            yield block
        if self.n_samples == 0:
            raise RecordingError("holds no sound", hint="export or copy the recording again", path=self.path)
        declared = self._declared or 0.0
        if declared - self.duration > max(_CUT_SHORT_S, _CUT_SHORT_RATIO * declared):
            message = f"is cut short: {self.duration:.1f} s of the {declared:.1f} s that it declares can be decoded"
            raise RecordingError(message, hint="copy the recording again from where it came from", path=self.path)


def _heard(streams: Sequence[_Stream]) -> tuple[float, Layout]:
    """Seconds of sound (of several files, the longest) and how the channels relate, each file decoded once.

    Several files are compared sample by sample where their rates agree; else each is taken for a side of its own.
    """
    if len(streams) == 1:
        layout = layout_of(summarise(streams[0], streams[0].rate))
    elif len({stream.rate for stream in streams}) == 1:
        same = layout_of(summarise(_side_by_side(streams), streams[0].rate)) == "identical"
        layout = "identical" if same else "separate"
    else:
        layout = "separate"
        for stream in streams:
            summarise(stream, stream.rate)
    durations = [stream.duration for stream in streams]
    if max(durations) - min(durations) > ALIGNED_WITHIN_S:
        lengths = ", ".join(f"{stream.path.name} {stream.duration:.1f} s" for stream in streams)
        _log.warning("files of one call differ in length and may not be aligned: %s", lengths)
    return max(durations), layout


def _side_by_side(streams: Sequence[_Stream]) -> Iterator[Samples]:
    """The mix of each stream as one row, a second or so at a time, shorter streams ending in silence."""
    nothing = np.zeros(0, np.float32)
    for parts in zip_longest(*(_even(stream) for stream in streams), fillvalue=nothing):
        longest = max(len(part) for part in parts)
        yield np.stack([np.pad(part, (0, longest - len(part))) for part in parts])


def _even(stream: Iterable[Samples], size: int = 16_384) -> Iterator[Samples]:
    held = np.zeros(0, np.float32)
    for block in stream:
        held = np.concatenate([held, block.mean(axis=0)])
        while len(held) >= size:
            yield held[:size]
            held = held[size:]
    if len(held):
        yield held


def _sides(layout: Layout, files: Sequence[SourceFile], n_channels: int, stated: Stated) -> tuple[Role, ...]:
    """The role of each channel. Identical channels are no sides; files and a mapping outweigh what the sound suggests.

    Channels that a mapping leaves out, and channels that only the sound tells apart, are sides of unknown role.
    """
    mapping = stated.metadata.channels
    if mapping is not None and (beyond := [name for name in mapping if int(name) >= n_channels]):
        message = f"there is no channel {beyond[0]}: the recording has {n_channels}, counted from 0"
        raise stated.error("channels", message)
    if layout == "identical":
        return ()
    if len(files) > 1:
        return tuple(file.role or "unknown" for file in files)
    if mapping:
        roles = {int(name): role for name, role in mapping.items()}
        return tuple(roles.get(channel, "unknown") for channel in range(n_channels))
    unknown: Role = "unknown"
    return (unknown,) * n_channels if layout == "separate" else ()


def _too_long(path: Path, limits: Limits) -> RecordingError:
    hours = limits.max_duration_s / 3600
    return RecordingError(f"is longer than {hours:g} hours", hint="cut it into single calls", path=path)


def _joined(names: Iterable[str]) -> str:
    return "+".join(dict.fromkeys(names))
