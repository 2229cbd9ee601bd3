"""One folder's calls: recordings and transcripts with their sidecars or rows of calls.csv, and sides of one call."""

import unicodedata
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from heapq import merge
from pathlib import Path

from pipeline.domain.recording import Role
from pipeline.errors import MetadataError, UsageError
from pipeline.stages.ingest.candidate import Candidate, CandidateFile
from pipeline.stages.ingest.formats import (
    SIDECAR_ENDINGS,
    TIMED_TEXT_ENDINGS,
    is_recording,
    is_sidecar,
    is_transcript,
)
from pipeline.stages.ingest.metadata import NOTHING_STATED, Stated, parse_metadata
from pipeline.stages.ingest.sidecar import is_metadata, may_name_sides, read_sidecar
from pipeline.stages.ingest.table import TABLE_NAME, Row, read_table

_SIDE_ORDER: tuple[Role, ...] = ("rep", "customer", "other", "unknown")


@dataclass(frozen=True, slots=True)
class _Listing:
    """The names in one folder: all, those that are calls, and those that may hold metadata.

    `said` are those that a person named, on the command line or in calls.csv.
    """

    folder: Path
    names: frozenset[str]
    said: frozenset[str]
    recordings: tuple[str, ...]
    sidecars: frozenset[str]
    by_stem: Mapping[str, tuple[str, ...]]


def calls_in(folder: Path, also: Collection[str] = ()) -> tuple[Candidate, ...]:
    """The calls of `each_in`, all at once."""
    return tuple(each_in(folder, also))


def each_in(folder: Path, also: Collection[str] = ()) -> Iterator[Candidate]:
    """The calls of this folder alone, by name; `also` names files that count as recordings whatever their ending.

    Metadata of a recording is read when its turn comes, so that the first call of a large folder is there soon.
    Raises: UsageError when the folder cannot be listed.
    """
    listing = _listed(folder, also)
    joined = [call for name in sorted(listing.sidecars) if (call := _joined(folder / name, listing)) is not None]
    sides = Counter(file.path.name for call in joined for file in call.files)
    joined = [_unless_shared(call, sides) for call in joined]
    listing = replace(listing, sidecars=listing.sidecars - {call.path.name for call in joined})
    beside = _beside({call.path.stem for call in joined}, listing.recordings) - listing.said
    names = sorted(name for name in listing.recordings if name not in sides and name not in beside)
    found: Iterator[Candidate] = (_single(name, listing) for name in names)
    lost: list[Candidate] = []
    if TABLE_NAME in listing.names:
        found, lost = _with_rows(found, names, listing)

    def by_name(call: Candidate) -> str:
        return call.path.name

    yield from merge(sorted(joined, key=by_name), found, sorted(lost, key=by_name), key=by_name)


def left_alone(folder: Path) -> tuple[str, ...]:
    """The transcripts in this folder that are no calls since a recording of the same name is there, by name."""
    names = _names(folder)
    beside = _beside({Path(name).stem for name in names if is_recording(Path(name))}, names)
    return tuple(sorted(beside - _rows_of(folder, names)))


def unsaid(folder: Path) -> tuple[str, ...]:
    """The text files and tables in this folder that may be transcripts if a person says so, by name."""
    names = _names(folder)
    kinds = (".csv", ".txt")
    return tuple(n for n in names if Path(n).suffix.lower() in kinds and n != TABLE_NAME and not n.startswith("."))


def _names(folder: Path) -> list[str]:
    try:
        return sorted(path.name for path in folder.iterdir() if not path.is_dir())
    except OSError as error:
        hint = "give a folder that you may read"
        raise UsageError(f"{folder}: cannot be listed ({error.strerror})", hint=hint) from error


def _rows_of(folder: Path, names: Collection[str]) -> frozenset[str]:
    """The files that calls.csv names; none where it cannot be read, which the calls themselves then say."""
    if TABLE_NAME not in names:
        return frozenset()
    try:
        rows = {unicodedata.normalize("NFC", row.recording) for row in read_table(folder / TABLE_NAME)}
    except MetadataError:
        return frozenset()
    return frozenset(name for name in names if unicodedata.normalize("NFC", name) in rows)


def _beside(stems: Collection[str], names: Collection[str]) -> set[str]:
    """The transcripts named after one of these calls: call.vtt, call.wav.vtt, call.en.srt."""
    found = (name for name in names if Path(name).suffix.lower() in TIMED_TEXT_ENDINGS)
    return {name for name in found if any(name[:dot] in stems for dot, char in enumerate(name) if char == ".")}


def _transcripts(folder: Path, names: Collection[str], said: Collection[str]) -> set[str]:
    """The names that are calls without being heard: by ending alone or because a person named or described them."""
    sounds = {Path(name).stem for name in names if is_recording(Path(name))}
    beside = _beside(sounds, names)

    def counts(name: str) -> bool:
        path = folder / name
        if name in said:
            return is_transcript(path) and name != TABLE_NAME and not (is_sidecar(path) and is_metadata(path))
        if name.startswith(".") or name in beside:
            return False
        if path.suffix.lower() in TIMED_TEXT_ENDINGS:
            return True
        described = any(f"{name}{end}" in names for end in SIDECAR_ENDINGS)
        if path.suffix.lower() in (".csv", ".txt") and name != TABLE_NAME and path.stem not in sounds:
            return described or any(f"{path.stem}{end}" in names for end in SIDECAR_ENDINGS)
        return described and path.suffix.lower() == ".json" and not is_metadata(path)

    return {name for name in names if counts(name)}


def _listed(folder: Path, also: Collection[str]) -> _Listing:
    names = _names(folder)
    said = frozenset(also) | _rows_of(folder, names)
    read = _transcripts(folder, names, said)
    recordings = tuple(n for n in names if is_recording(Path(n)) or n in read or (n in also and n not in read))
    by_stem: dict[str, tuple[str, ...]] = {}
    for name in recordings:
        by_stem[Path(name).stem] = (*by_stem.get(Path(name).stem, ()), name)
    sidecars = frozenset(name for name in names if is_sidecar(Path(name))) - set(recordings)
    return _Listing(folder, frozenset(names), said, recordings, sidecars, by_stem)


def _joined(path: Path, listing: _Listing) -> Candidate | None:
    """The call whose files this sidecar names under `sides`; None for any other file."""
    if not may_name_sides(path):
        return None
    try:
        entries = read_sidecar(path)
    except MetadataError as error:
        of_recording = path.stem in listing.by_stem or path.stem in listing.names
        return None if of_recording else Candidate(path, problem=error)
    entry = entries.get("sides")
    if entry is None or not isinstance(entry.value, Mapping):
        return None
    named = tuple(CandidateFile(path.parent / name) for name in entry.value.values())
    try:
        stated = parse_metadata(entries, path)
        return Candidate(path, _side_files(stated), stated)
    except MetadataError as error:
        return Candidate(path, named, problem=error)


def _side_files(stated: Stated) -> tuple[CandidateFile, ...]:
    assert stated.path is not None
    assert stated.metadata.sides is not None
    sides, folder = stated.metadata.sides, stated.path.parent
    if len(sides) < 2 or len(set(sides.values())) < len(sides):
        raise stated.error("sides", "a call of several files needs two or more, each named once")
    if stated.metadata.channels is not None:
        raise stated.error("channels", "a call has either channels or sides", hint="keep sides, remove channels")
    for name in sides.values():
        inside = Path(name).name == name and "\0" not in name and (folder / name).resolve().parent == folder.resolve()
        if not inside:
            raise stated.error(
                "sides", f"{name!r} is outside the sidecar's folder", hint="put the files beside the sidecar"
            )
        if not (folder / name).is_file():
            raise stated.error(
                "sides", f"{name!r} is not there", hint=f"put the file into {folder}, or correct its name"
            )
    if len({is_transcript(Path(name)) for name in sides.values()}) > 1:
        hint = "name recordings only, or transcripts only"
        raise stated.error("sides", "a recording and a transcript are no two sides of one call", hint=hint)
    return tuple(CandidateFile(folder / sides[role], role) for role in _SIDE_ORDER if role in sides)


def _unless_shared(call: Candidate, sides: Mapping[str, int]) -> Candidate:
    shared = [file.path.name for file in call.files if sides[file.path.name] > 1]
    if not shared or call.problem is not None:
        return call
    message = f"{shared[0]!r} is named as a side of more than one call"
    return replace(call, problem=call.stated.error("sides", message, hint="name each file in one sidecar only"))


def _single(name: str, listing: _Listing) -> Candidate:
    path = listing.folder / name
    try:
        sidecar = _sidecar_of(path, listing)
        stated = NOTHING_STATED if sidecar is None else parse_metadata(read_sidecar(sidecar), sidecar)
        return Candidate(path, (CandidateFile(path),), stated)
    except MetadataError as error:
        return Candidate(path, (CandidateFile(path),), problem=error)


def _sidecar_of(path: Path, listing: _Listing) -> Path | None:
    """The one sidecar of a recording, `call.json` or `call.wav.json`. Raises: MetadataError when that is ambiguous."""
    names = dict.fromkeys((path.stem, path.name))  # one and the same for a recording without an ending
    found = [name + end for name in names for end in SIDECAR_ENDINGS if name + end in listing.sidecars]
    if len(found) > 1:
        message = f"has two sidecars: {' and '.join(found)}"
        raise MetadataError(message, hint="keep one of them", path=path)
    namesakes = [n for n in listing.by_stem[path.stem] if is_transcript(Path(n)) == is_transcript(path)]
    stem = [sidecar for sidecar in found if Path(sidecar).stem == path.stem]
    if stem and len(namesakes) > 1:
        message = f"may belong to {' or to '.join(namesakes)}"
        hint = f"name it after the whole file: {path.name}{Path(stem[0]).suffix}"
        raise MetadataError(message, hint=hint, path=path.with_name(stem[0]))
    return path.with_name(found[0]) if found else None


def _with_rows(
    found: Iterator[Candidate], taken: Collection[str], listing: _Listing
) -> tuple[Iterator[Candidate], list[Candidate]]:
    """The calls with what their rows state, and a call with a problem for each row that is none of these names."""
    table = listing.folder / TABLE_NAME
    try:
        rows = read_table(table)
    except MetadataError as failure:
        problem = failure
        return (c if c.problem or c.stated.path else replace(c, problem=problem) for c in found), []
    spelled = {unicodedata.normalize("NFC", name): name for name in listing.names}
    by_name: dict[str, Row] = {}
    for row in rows:
        nfc = unicodedata.normalize("NFC", row.recording)
        by_name.setdefault(row.recording if row.recording in listing.names else spelled.get(nfc, row.recording), row)
    known = set(taken)
    lost = [_lost(row, name, table) for name, row in by_name.items() if name not in known]
    return (_with_row(call, by_name.get(call.path.name)) for call in found), lost


def _with_row(call: Candidate, row: Row | None) -> Candidate:
    if row is None or call.problem is not None:
        return call
    if isinstance(row.stated, MetadataError):
        return replace(call, problem=row.stated)
    if (sidecar := call.stated.path) is not None:
        message = f"{call.path.name} is described here and in {sidecar.name}"
        return replace(
            call, problem=MetadataError(message, hint="keep one of them", path=row.stated.path, line=row.line)
        )
    return replace(call, stated=row.stated)


def _lost(row: Row, name: str, table: Path) -> Candidate:
    """A row without a recording of its own: somebody expects this call, so it is reported and not passed over."""
    if isinstance(row.stated, MetadataError):
        is_name = Path(name).name == name and "\0" not in name
        place = table.with_name(name if is_name and name else f"{TABLE_NAME}:{row.line}")
        return Candidate(place, problem=row.stated)
    message = f"{name!r} is no recording of this folder, or is a side of a call with its own sidecar"
    hint = "correct the file name; describe a call of several files in its sidecar"
    return Candidate(table.with_name(name), problem=MetadataError(message, hint=hint, path=table, line=row.line))
