"""Owns reading a user's own labelled calls: a folder of NAME.case.yaml, each with what lies beside it.

docs/labels.md describes the fields and the tables. Paths are relative to the case's own folder.
"""

import glob
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, Field, ValidationError

from evals.collections.formats import all_words, read_rttm, read_stm_lines, read_text, read_words, words_by_speaker
from evals.collections.label_tables import Labelled, Labels, read_labels
from evals.collections.transcripts import imported
from evals.documents import Document, Problem, read_document
from evals.labelled import LabelledCall, Quality, Reference
from evals.suites import Skipped
from pipeline.domain.base import Value
from pipeline.domain.recording import CallId, CallMetadata, Role
from pipeline.domain.rubric import LoadedRubric
from pipeline.domain.speech import Conversation, Speaker
from pipeline.errors import FilmroomError, InputError
from pipeline.rubrics import find_rubric
from pipeline.stages.ingest.metadata import parse_metadata
from pipeline.stages.ingest.sidecar import read_sidecar

COLLECTION = "own"
CASE_ENDING = ".case.yaml"
CONVERSATION_ENDING = ".conversation.json"
_HINT = "docs/labels.md describes a case; paths are relative to its own folder"


def _listed(value: object) -> object:
    return (value,) if isinstance(value, str) else value


Names = Annotated[tuple[str, ...], BeforeValidator(_listed)]
"""One path or a list of paths, as they are written."""


class ReferenceFiles(Value):
    """Files that say what a recording holds; `duration` is the end of what was labelled, seconds."""

    stm: str | None = None
    txt: str | None = None
    rttm: str | None = None
    duration: float | None = Field(default=None, gt=0)


class CaseFile(Value):
    """A case as a person writes it. It has a recording, a transcript, or both; all labels may be absent.

    `metadata` is what a sidecar would say, `sidecar` the path of one. Without `labels`, all tables NAME.*.csv beside
    NAME.case.yaml are read.
    """

    id: CallId
    recording: Names = ()
    transcript: Names = ()
    sidecar: str | None = None
    metadata: CallMetadata = CallMetadata()
    rubric: str | None = None
    reference: ReferenceFiles = ReferenceFiles()
    roles: dict[str, Role] = Field(default_factory=dict)
    talk_s: dict[Role, Annotated[float, Field(ge=0)]] = Field(default_factory=dict)
    voices: int | None = Field(default=None, ge=1)
    raters: tuple[Annotated[str, Field(min_length=1)], ...] = ()
    labels: Names | None = None
    quality: Quality | None = None
    outcome: float | None = None


def load_own(folder: Path) -> tuple[tuple[LabelledCall, ...], tuple[Skipped, ...]]:
    """The calls of all cases in a folder and below it, by path, and why each of the others is none.

    Raises: InputError where there is no case at all.
    """
    paths = sorted(folder.rglob(f"*{CASE_ENDING}"))
    if not paths:
        hint = "write one as docs/labels.md shows, or let it be written: filmroom eval new-labels CALL --out DIR"
        raise InputError(f"holds no *{CASE_ENDING}", hint=hint, path=folder)
    found: dict[str, LabelledCall] = {}
    skipped: list[Skipped] = []
    for path in paths:
        try:
            call = load_case_file(path)
        except FilmroomError as error:
            skipped.append(Skipped(what=path.name, reason=f"{error.message} ({error.hint})"))
            continue
        if call.id in found:
            skipped.append(Skipped(what=path.name, reason=f"{path}: another case has the id {call.id} (change one)"))
        else:
            found[call.id] = call
    return tuple(found.values()), tuple(skipped)


def own_calls(folders: Iterable[Path]) -> tuple[tuple[LabelledCall, ...], tuple[Skipped, ...]]:
    """A user's own labelled calls, and why others are none; of two with one id the first."""
    found: dict[str, LabelledCall] = {}
    skipped: list[Skipped] = []
    for folder in folders:
        try:
            calls, refused = load_own(folder)
        except FilmroomError as error:
            skipped.append(Skipped(what=folder.name, reason=error.message))
            continue
        skipped += refused
        for call in calls:
            if call.id in found:
                skipped.append(Skipped(what=call.id, reason=f"another folder has this id too: {folder}"))
            found.setdefault(call.id, call)
    return tuple(found.values()), tuple(skipped)


def load_case_file(path: Path) -> LabelledCall:
    """The call of one case, its files found and every label checked.

    Raises: FilmroomError that names file and line, and column where there is one.
    """
    document = read_document(path, CaseFile)
    document.refuse(_problems(document), hint=_HINT)
    case, folder = document.value, path.parent
    metadata = _metadata(case, folder)
    conversation = _conversation(case, folder, metadata)
    rubric, rubric_name = _rubric(case, folder)
    of = Labelled(case.id, conversation, rubric.rubric if rubric else None)
    labels = sum((read_labels(table, of) for table in _tables(case, path)), Labels())
    if labels.twice:
        raise InputError(f"{labels.twice}, in two tables", hint="keep one of them", path=path)
    return LabelledCall(
        id=case.id,
        collection=COLLECTION,
        conversation=conversation,
        files=_recording(case, folder, metadata),
        metadata=metadata,
        language=metadata.language or (conversation.language if conversation else None),
        reference=_reference(case.reference, folder),
        voices=case.voices,
        roles=case.roles,
        talk_s=case.talk_s,
        rubric=rubric_name,
        raters=tuple(dict.fromkeys((*case.raters, *labels.raters))),
        turns=labels.turns,
        verdicts=labels.verdicts,
        levels=labels.levels,
        quality=case.quality,
        outcome=case.outcome,
    )


def _problems(document: Document[CaseFile]) -> Iterator[Problem]:
    case, folder = document.value, document.path.parent
    if not case.recording and not case.transcript:
        yield Problem((), "names neither a recording nor a transcript")
    lists = {"recording": case.recording, "transcript": case.transcript, "labels": case.labels or ()}
    for field, names in lists.items():
        for name in names:
            if not (folder / name).is_file():
                yield Problem((field,), f"there is no file {name!r}")
    if case.sidecar is not None and not (folder / case.sidecar).is_file():
        yield Problem(("sidecar",), f"there is no file {case.sidecar!r}")
    for field in ("stm", "txt", "rttm"):
        name = getattr(case.reference, field)
        if name is not None and not (folder / name).is_file():
            yield Problem(("reference", field), f"there is no file {name!r}")


def _metadata(case: CaseFile, folder: Path) -> CallMetadata:
    if case.sidecar is None:
        return case.metadata
    path = folder / case.sidecar
    return parse_metadata(read_sidecar(path), path).metadata


def _recording(case: CaseFile, folder: Path, metadata: CallMetadata) -> tuple[Path, ...]:
    """The files in the order of their sides where the metadata says whose they are, else as they are listed."""
    files = [folder / name for name in case.recording]
    return tuple(path for _, path in _with_roles(files, metadata))


def _with_roles(files: Sequence[Path], metadata: CallMetadata) -> list[tuple[Role | None, Path]]:
    sides: dict[str, Role] = {Path(name).name: role for role, name in (metadata.sides or {}).items()}
    if len(files) < 2:
        return [(None, path) for path in files]
    if strangers := [path.name for path in files if path.name not in sides]:
        hint = "metadata names a file for each side: sides: {rep: a.wav, customer: b.wav}"
        raise InputError(f"{strangers[0]}: nobody says whose side it is", hint=hint, path=files[0].parent)
    order = list(sides)
    return [(sides[path.name], path) for path in sorted(files, key=lambda path: order.index(path.name))]


def _conversation(case: CaseFile, folder: Path, metadata: CallMetadata) -> Conversation | None:
    """The transcript's turns with the roles that the case gives their speakers; None without a transcript."""
    files = [folder / name for name in case.transcript]
    if not files:
        return None
    if len(files) == 1 and files[0].name.endswith(CONVERSATION_ENDING):
        talk = _kept(files[0]).model_copy(update={"call": case.id})
    else:
        told = [(path, role) for role, path in _with_roles(files, metadata)]
        talk = imported(case.id, told, metadata=metadata)
    return _with_stated_roles(talk, case)


def _kept(path: Path) -> Conversation:
    try:
        return Conversation.model_validate_json(read_text(path))
    except ValidationError as error:
        raise InputError("is no conversation", hint="let new-labels write it again", path=path) from error


def _with_stated_roles(talk: Conversation, case: CaseFile) -> Conversation:
    told = case.roles
    speakers = tuple(
        Speaker(label=s.label, role=told[s.label], confidence=1.0, source="person") if s.label in told else s
        for s in talk.speakers
    )
    turns = tuple(
        turn.model_copy(update={"role": told[turn.speaker]}) if turn.speaker in told else turn for turn in talk.turns
    )
    return talk.model_copy(update={"speakers": speakers, "turns": turns})


def _rubric(case: CaseFile, folder: Path) -> tuple[LoadedRubric | None, str | None]:
    """The rubric, and the name by which it is found from anywhere: an id, or the path of a file."""
    if case.rubric is None:
        return None, None
    path = folder / case.rubric
    name = str(path) if path.is_file() else case.rubric
    return find_rubric(name), name


def _reference(files: ReferenceFiles, folder: Path) -> Reference:
    lines = read_stm_lines(folder / files.stm) if files.stm else None
    words = read_words(folder / files.txt) if files.txt else None
    return Reference(
        words=all_words(lines) if lines is not None and words is None else words,
        by_speaker=None if lines is None else words_by_speaker(lines),
        timed_words=lines,
        segments=read_rttm(folder / files.rttm) if files.rttm else None,
        duration=files.duration,
    )


def _tables(case: CaseFile, path: Path) -> list[Path]:
    if case.labels is not None:
        return [path.parent / name for name in case.labels]
    name = path.name.removesuffix(CASE_ENDING)
    return sorted(path.parent.glob(f"{glob.escape(name)}.*.csv"))
