"""Owns templates for a user's own labels: a case, and tables to fill in with any spreadsheet.

Nothing of what the software makes of the call is in them, so that whoever labels is not led.
"""

import csv
import io
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from ruamel.yaml import YAML

from evals.collections.conversations import call_id
from evals.collections.label_tables import NONE, STATES
from evals.collections.own import CASE_ENDING, CONVERSATION_ENDING
from evals.collections.transcripts import imported
from pipeline.domain.base import Value
from pipeline.domain.recording import CallMetadata
from pipeline.domain.rubric import LoadedRubric, Rubric
from pipeline.domain.speech import Conversation, Turn
from pipeline.errors import InputError, NotFoundError
from pipeline.rubrics import dump_rubric, find_rubric
from pipeline.store.durable import create
from pipeline.store.workspace import Workspace

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_HEAD = """\
# A labelled call. Fill in the tables beside this file, then: filmroom eval run --cases FOLDER
# docs/labels.md describes every field and every column.
"""


class ToLabel(Value):
    """A call whose labels somebody wants to write. `files` are its recording's, none for a transcript."""

    conversation: Conversation
    rubric: LoadedRubric
    files: tuple[Path, ...] = ()
    metadata: CallMetadata = CallMetadata()


def call_to_label(workspace: Workspace, call: str) -> ToLabel:
    """A call of the workspace, by its id or the beginning of it, with the rubric it was read by.

    Raises: NotFoundError, StoreError.
    """
    record = workspace.record(call)
    result = workspace.result(record)
    recording = result.recording
    heard = recording.kind == "audio"
    return ToLabel(
        conversation=result.conversation,
        rubric=workspace.rubric_of(record),
        files=tuple(file.path for file in recording.files) if heard else (),
        metadata=recording.metadata,
    )


def transcript_to_label(path: Path, rubric: LoadedRubric) -> ToLabel:
    """A finished transcript, read as `filmroom run` reads it. Raises: InputError, TranscriptError."""
    return ToLabel(conversation=imported(call_id("own", path.stem), [(path, None)]), rubric=rubric)


def new_labels(call: ToLabel, *, folder: Path, rater: str) -> tuple[Path, ...]:
    """The files written: the case, its conversation, and a table each for turns, verdicts and levels.

    Where the case is there already, of the same conversation, only the tables of this rater are written, so that
    several people can label one call apart. No file is ever overwritten. Raises: InputError.
    """
    if not rater.strip():
        raise InputError("nobody is named as rater", hint="give --rater NAME")
    talk, rubric = call.conversation, call.rubric.rubric
    name, by = talk.call, "-".join(re.findall(r"\w+", rater.lower()))
    shared = {name + CONVERSATION_ENDING: talk.model_dump_json(indent=1) + "\n"}
    own_rubric = f"{name}.rubric.yaml"
    if not _is_shipped(call.rubric):
        shared[own_rubric] = dump_rubric(rubric)
    shared[name + CASE_ENDING] = _case(call, folder, rubric=own_rubric if own_rubric in shared else rubric.id)
    tables = {
        f"{name}.turns.{by}.csv": _table(_turns(talk, rater)),
        f"{name}.verdicts.{by}.csv": _table(_verdicts(rubric, talk.call, rater)),
        f"{name}.levels.{by}.csv": _table(_levels(rubric, talk.call, rater)),
    }
    wanted = tables if _is_there(folder, shared) else shared | tables
    return _written(folder, wanted)


def _is_there(folder: Path, shared: Mapping[str, str]) -> bool:
    """Whether the case was begun before, with these very turns. Raises: InputError where other ones are there."""
    conversation = next(name for name in shared if name.endswith(CONVERSATION_ENDING))
    path = folder / conversation
    if not path.exists():
        return False
    if path.read_text(encoding="utf-8") != shared[conversation]:
        hint = "give another --out folder: labels belong to the turns they were written for"
        raise InputError("holds other turns of this call", hint=hint, path=path)
    return True


def _written(folder: Path, texts: Mapping[str, str]) -> tuple[Path, ...]:
    paths = [folder / name for name in texts]
    hint = "give another --rater or another --out folder, or remove the file yourself"
    if there := [path for path in paths if path.exists()]:
        raise InputError("is there already, and nothing is overwritten", hint=hint, path=there[0])
    for path, text in zip(paths, texts.values(), strict=True):
        encoding = "utf-8-sig" if path.suffix == ".csv" else "utf-8"  # spreadsheets take unmarked text for another code
        if not create(path, text.encode(encoding)):
            raise InputError("is there already, and nothing is overwritten", hint=hint, path=path)
    return tuple(paths)


def _is_shipped(rubric: LoadedRubric) -> bool:
    try:
        return find_rubric(rubric.rubric.id).sha256 == rubric.sha256
    except NotFoundError:
        return False


def _case(call: ToLabel, folder: Path, *, rubric: str) -> str:
    metadata = call.metadata.model_dump(mode="json", exclude_defaults=True)
    case: dict[str, object] = {"id": call.conversation.call}
    if call.files:
        case["recording"] = [Path(os.path.relpath(path, folder)).as_posix() for path in call.files]
    case["transcript"] = call.conversation.call + CONVERSATION_ENDING
    if metadata:
        case["metadata"] = metadata
    case["rubric"] = rubric
    case["roles"] = {s.label: s.role for s in call.conversation.speakers if s.source not in ("inferred", "unknown")}
    out = io.StringIO()
    yaml = YAML()
    yaml.width = 120
    yaml.dump({name: value for name, value in case.items() if value}, out)
    return _HEAD + out.getvalue()


def _turns(talk: Conversation, rater: str) -> Iterable[Sequence[str]]:
    yield "case", "rater", "turn_id", "at", "role", "text", "asks", "openness", "declarative", "behaviours", "note"
    for turn in talk.turns:
        yield talk.call, rater, turn.id, _at(turn), turn.role, turn.text, "", "", "", "", ""


def _at(turn: Turn) -> str:
    """When the turn begins, as 0:01:23; empty without times."""
    if turn.span is None:
        return ""
    minutes, seconds = divmod(int(turn.span.start), 60)
    return f"{minutes // 60}:{minutes % 60:02d}:{seconds:02d}"


def _verdicts(rubric: Rubric, case: str, rater: str) -> Iterable[Sequence[str]]:
    """Behaviours that a measure decides are left out: nobody has to read for them."""
    yield "case", "rater", "capability", "behaviour", "text", "words", "state", "note"
    for capability in rubric.capabilities:
        for behaviour in capability.behaviours:
            if behaviour.measure is None:
                yield case, rater, capability.id, behaviour.id, behaviour.text, " | ".join(STATES), "", ""


def _levels(rubric: Rubric, case: str, rater: str) -> Iterable[Sequence[str]]:
    yield "case", "rater", "capability", "goal", "words", "level", "note"
    for capability in rubric.capabilities:
        anchors = [f"{level.level}: {level.anchor}" for level in capability.levels]
        words = " | ".join([*anchors, f"{NONE}: cannot be judged"])
        yield case, rater, capability.id, capability.goal, words, "", ""


def _table(rows: Iterable[Sequence[str]]) -> str:
    """The rows as CSV; no cell is a formula, whatever was said in the call."""
    out = io.StringIO(newline="")
    csv.writer(out).writerows([f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in row] for row in rows)
    return out.getvalue()
