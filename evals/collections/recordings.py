"""Owns what is known of the recordings below audio/: which are calls, their sides, and the references beside them.

A folder holds recordings. Two files named after a rep and a customer (agent.wav, caller.wav) are the two sides of one
call. Beside NAME.wav stand NAME.rttm, NAME.stm or NAME.txt; script.txt belongs to the folder's only recording.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from pydantic import Field, ValidationError

from evals.collections.conversations import call_id
from evals.collections.formats import (
    TimedWords,
    all_words,
    read_rttm,
    read_stm_lines,
    read_text,
    read_words,
    words_by_speaker,
)
from evals.labelled import LabelledCall, Reference
from pipeline.adapters.audio import PyAvAudio
from pipeline.domain.base import Value
from pipeline.domain.recording import CallMetadata, Role
from pipeline.domain.role_names import role_of_name
from pipeline.errors import InputError

COLLECTION = "recordings"
_SOUND = frozenset({".wav", ".mp3", ".flac", ".ogg", ".opus", ".m4a"})
_SCRIPT, _VENDOR = "script.txt", "vendor_words_and_speakers.json"
_HESITATION = "%HESITATION"
_CHANNELS: Mapping[str, dict[str, Role]] = {
    "true-stereo-10s/stereo_customer_first.wav": {"0": "rep", "1": "customer"},
}
"""Roles of channels. Whatever the file's name says, channel 0 of true-stereo-10s equals agent.wav."""
_VOICES: Mapping[str, int] = {
    "one-voice-two-roles/call.mp3": 1,
    "true-stereo-10s/stereo_customer_first.wav": 2,
    "insurance-15/call.mp3": 2,
    "insurance-16/call.mp3": 2,
    "insurance-17/call.mp3": 2,
}
"""Voices heard, where no file tells."""


class _Alternative(Value, extra="ignore"):
    transcript: str


class _Result(Value, extra="ignore"):
    alternatives: tuple[_Alternative, ...] = Field(min_length=1)


class _Label(Value, extra="ignore"):
    speaker: int


class _Vendor(Value, extra="ignore"):
    results: tuple[_Result, ...]
    speaker_labels: tuple[_Label, ...] = ()


def load_recordings(data: Path) -> tuple[LabelledCall, ...]:
    """The recordings by folder and name, each with what is known of it; a call of two files comes before its folder's
    others. Raises: InputError for a damaged reference, and where there is no recording.
    """
    calls = tuple(call for folder in _folders(data / "audio") for call in _calls(folder))
    if not calls:
        raise InputError("holds no recordings", hint="set FILMROOM_SHARED to the shared folder", path=data / "audio")
    return calls


def references(audio: Path) -> dict[str, Reference]:
    """What is known of single files, by folder and file (phone-30s/sample.wav); those of which nothing is are left out.

    Raises: InputError for a damaged reference.
    """
    sounds = [path for folder in _folders(audio) for path in _sounds(folder)]
    found = {name_of(path): reference_of(path) for path in sounds}
    return {name: reference for name, reference in found.items() if _tells(reference)}


def name_of(path: Path) -> str:
    """A recording's name among the others: its folder and file."""
    return f"{path.parent.name}/{path.name}"


def reference_of(path: Path) -> Reference:
    """What the files beside a recording say of it. What was labelled ends where the sound does, if that is known.

    Raises: InputError for a damaged file.
    """
    rttm, stm = path.with_suffix(".rttm"), path.with_suffix(".stm")
    lines = read_stm_lines(stm) if stm.is_file() else None
    vendor = path.with_name(_VENDOR)
    machine_made = lines is None and vendor.is_file()
    return Reference(
        words=_heard_by(vendor) if machine_made else _words(path, lines),
        by_speaker=None if lines is None else words_by_speaker(lines),
        timed_words=lines,
        segments=read_rttm(rttm) if rttm.is_file() else None,
        duration=PyAvAudio().probe(path).declared_duration if rttm.is_file() or stm.is_file() else None,
        machine_made=machine_made,
    )


def _folders(audio: Path) -> list[Path]:
    return sorted(path for path in audio.glob("*") if path.is_dir())


def _sounds(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.suffix.lower() in _SOUND)


def _calls(folder: Path) -> Iterator[LabelledCall]:
    sounds = _sounds(folder)
    sides = _sides(sounds)
    if sides:
        yield _of_two_files(folder, sides)
    for path in sounds:
        if path not in sides.values():
            yield _of_one_file(path)


def _sides(sounds: Sequence[Path]) -> dict[Role, Path]:
    """The file of each side; empty unless exactly one is the rep's and one the customer's."""
    told = [(role_of_name(path.stem, CallMetadata()), path) for path in sounds]
    found: list[tuple[Role, Path]] = [(role[0], path) for role, path in told if role is not None]
    return dict(found) if sorted(role for role, _ in found) == ["customer", "rep"] else {}


def _of_two_files(folder: Path, sides: Mapping[Role, Path]) -> LabelledCall:
    said = {role: path.with_suffix(".txt") for role, path in sides.items()}
    known = {role: read_words(path) for role, path in said.items() if path.is_file()}
    return LabelledCall(
        id=call_id(COLLECTION, f"{folder.name} sides"),
        collection=COLLECTION,
        files=tuple(sides[role] for role in ("rep", "customer")),
        metadata=CallMetadata(sides={role: path.name for role, path in sides.items()}),
        language="en",
        reference=Reference(by_speaker=dict(known) if len(known) == len(sides) else None),
        voices=2,
        roles={role: role for role in sides},
    )


def _of_one_file(path: Path) -> LabelledCall:
    channels = _CHANNELS.get(name_of(path))
    reference = reference_of(path)
    return LabelledCall(
        id=call_id(COLLECTION, f"{path.parent.name} {path.stem}"),
        collection=COLLECTION,
        files=(path,),
        metadata=CallMetadata() if channels is None else CallMetadata(channels=channels),
        language="en",
        reference=reference,
        voices=_voices(path, reference),
        roles={} if channels is None else {role: role for role in channels.values()},
    )


def _voices(path: Path, reference: Reference) -> int | None:
    if reference.segments is not None:
        return len({segment.speaker for segment in reference.segments}) or None
    if reference.machine_made:
        return len({label.speaker for label in _vendor(path.with_name(_VENDOR)).speaker_labels}) or None
    return _VOICES.get(name_of(path))


def _tells(reference: Reference) -> bool:
    return any(part is not None for part in (reference.words, reference.segments))


def _words(path: Path, lines: Sequence[TimedWords] | None) -> str | None:
    """All words in order: those of the STM, of NAME.txt, or of the script where the recording is its folder's only."""
    if lines is not None:
        return all_words(lines)
    own, script = path.with_suffix(".txt"), path.with_name(_SCRIPT)
    if own.is_file():
        return read_words(own)
    return read_words(script) if script.is_file() and _sounds(path.parent) == [path] else None


def _heard_by(vendor: Path) -> str:
    text = " ".join(result.alternatives[0].transcript for result in _vendor(vendor).results)
    return " ".join(text.replace(_HESITATION, "").split())


def _vendor(path: Path) -> _Vendor:
    try:
        return _Vendor.model_validate_json(read_text(path))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        hint = "the file is IBM Watson's: results with alternatives, and speaker_labels"
        raise InputError(f"{place}: {first['msg'].lower()}", hint=hint, path=path) from error
