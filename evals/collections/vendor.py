"""Owns reading the files of a vendor's call analytics (Amazon Transcribe): a transcript, and measures of the call."""

from pathlib import Path

from pydantic import Field, ValidationError

from evals.collections.conversations import call_id
from evals.collections.formats import read_text
from evals.collections.transcripts import imported
from evals.labelled import LabelledCall
from pipeline.domain.base import Value
from pipeline.domain.recording import Role
from pipeline.errors import InputError

COLLECTION = "vendor"
_FOLDER = Path("imports")
_ROLES: dict[str, Role] = {"AGENT": "rep", "CUSTOMER": "customer"}


class _Part(Value, extra="ignore", frozen=True):
    """A part of the file of which only some fields are read."""


class _Sum(_Part):
    ms: int = Field(default=0, validation_alias="TotalTimeMillis", ge=0)


class _Interruption(_Part):
    ms: int = Field(validation_alias="DurationMillis", ge=0)


class _Interruptions(_Part):
    by_role: dict[str, tuple[_Interruption, ...]] = Field(default={}, validation_alias="InterruptionsByInterrupter")


class _TalkTime(_Part):
    by_role: dict[str, _Sum] = Field(default={}, validation_alias="DetailsByParticipant")


class _Characteristics(_Part):
    talk: _TalkTime = Field(default=_TalkTime(), validation_alias="TalkTime")
    interruptions: _Interruptions | None = Field(default=None, validation_alias="Interruptions")


class _File(_Part):
    measured: _Characteristics | None = Field(default=None, validation_alias="ConversationCharacteristics")


def load_vendor(data: Path) -> tuple[LabelledCall, ...]:
    """The calls by file name: the imported transcript, seconds of talk by role, and `interruptions_by_rep`.

    Files of other vendors, which measure nothing, are passed over. Raises: InputError for a damaged file, and where
    none has measures.
    """
    paths = sorted((data / _FOLDER).glob("*.json"))
    if not paths:
        raise InputError("holds no .json", hint="set FILMROOM_SHARED to the shared folder", path=data / _FOLDER)
    measured = [(path, part) for path in paths if (part := _measured(path)) is not None]
    if not measured:
        hint = "the files of call analytics of Amazon Transcribe have ConversationCharacteristics"
        raise InputError("holds no file with measures of a call", hint=hint, path=data / _FOLDER)
    return tuple(_call(path, part) for path, part in measured)


def _measured(path: Path) -> _Characteristics | None:
    try:
        return _File.model_validate_json(read_text(path)).measured
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise InputError(f"{place}: {first['msg'].lower()}", hint="copy the file again", path=path) from error


def _call(path: Path, measured: _Characteristics) -> LabelledCall:
    call = call_id(COLLECTION, path.stem)
    conversation = imported(call, [(path, None)])
    interruptions = measured.interruptions
    return LabelledCall(
        id=call,
        collection=COLLECTION,
        conversation=conversation,
        language=conversation.language,
        roles=dict(_ROLES),
        talk_s={_ROLES[who]: part.ms / 1000 for who, part in measured.talk.by_role.items() if who in _ROLES},
        stated={} if interruptions is None else {"interruptions_by_rep": len(interruptions.by_role.get("AGENT", ()))},
    )
