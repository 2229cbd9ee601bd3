"""Putting a call right by hand: kept as a record of its own, and used by every later run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar, cast, get_args

from pydantic import TypeAdapter, ValidationError

from pipeline.domain.correction import Corrections, NameCorrection, PersonName, RoleCorrection, voice_of
from pipeline.domain.recording import Role
from pipeline.domain.span import Span
from pipeline.domain.speech import Conversation
from pipeline.domain.work import CallRecord
from pipeline.errors import UsageError
from pipeline.store.workspace import Workspace

_Each = TypeVar("_Each", RoleCorrection, NameCorrection)
_NAME: TypeAdapter[str] = TypeAdapter(PersonName)


@dataclass(frozen=True)
class Said:
    """What a person says of speakers, by their labels; an empty name takes the earlier one away."""

    roles: Mapping[str, Role] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)


def conversation_of(workspace: Workspace, record: CallRecord) -> Conversation:
    """The conversation of a call as this record says. Raises: NotFoundError, StoreError."""
    return workspace.objects.get("attribute", record.results["attribute"], Conversation)[0]


def correct(
    workspace: Workspace, record: CallRecord, said: Said, *, author: str, now: datetime, after: int | None = None
) -> Corrections:
    """The corrections now in force: the earlier ones, with what is said now of the same voices in their place.

    `after` is the number of the last correction that the author has seen, 0 for none; by default the last there is.
    Raises: UsageError for a speaker the call does not have, or a name that is too long; StaleError.
    """
    conversation = conversation_of(workspace, record)
    number = workspace.corrections.last_number(record.call) if after is None else after
    before = workspace.corrections.last(record.call)
    for speaker in (*said.roles, *said.names):
        _require_speaker(conversation, speaker)
    roles = [
        RoleCorrection(speaker=speaker, role=role, anchor=longest(conversation, speaker))
        for speaker, role in said.roles.items()
    ]
    names = [
        NameCorrection(speaker=speaker, name=_name(name), anchor=longest(conversation, speaker))
        for speaker, name in said.names.items()
        if name.strip()
    ]
    corrections = Corrections(
        call=record.call,
        roles=(*_others(conversation, before.roles if before else (), said.roles), *roles),
        names=(*_others(conversation, before.names if before else (), said.names), *names),
        author=author,
        at=now,
    )
    workspace.corrections.append(record.call, corrections, after=number)
    return corrections


def correct_roles(
    workspace: Workspace, record: CallRecord, settings: Sequence[str], *, author: str, now: datetime
) -> Corrections:
    """The corrections now in force, with those of `settings` ("S1=rep") in place of the earlier ones.

    Raises: UsageError for a speaker the call does not have, or a role there is none of.
    """
    said = parsed(settings, conversation_of(workspace, record))
    return correct(workspace, record, said, author=author, now=now)


def parsed(settings: Sequence[str], conversation: Conversation, *, names: Sequence[str] = ()) -> Said:
    """What settings say: roles as in "S1=rep", names as in "S1=Tom Reyes". Raises: UsageError for a wrong one."""
    roles: dict[str, Role] = {}
    for setting in settings:
        speaker, role = _split(setting, conversation)
        if role not in get_args(Role):
            raise UsageError(
                f"{setting}: no role {role!r}",
                hint=f"roles: {', '.join(get_args(Role))}; a name is given by --name {speaker}=NAME",
            )
        roles[speaker] = cast(Role, role)
    for setting in names:
        if "=" not in setting:
            raise UsageError(f"--name {setting}: no name", hint='give SPEAKER=NAME, such as --name "S1=Tom Reyes"')
    return Said(roles, dict(_split(setting, conversation) for setting in names))


def longest(conversation: Conversation, speaker: str) -> Span | None:
    """The longest stretch in which this speaker speaks; None where nothing says when."""
    spans = [s.span for s in conversation.speech if s.speaker == speaker]
    return max(spans, key=lambda s: s.duration, default=None)


def _split(setting: str, conversation: Conversation) -> tuple[str, str]:
    """Label and what it is set to; a label may hold "=" itself."""
    labels = [s.label for s in conversation.speakers]
    found = max((label for label in labels if setting.startswith(f"{label}=")), key=len, default=None)
    if found is not None:
        return found, setting[len(found) + 1 :]
    speaker = setting.partition("=")[0]
    _require_speaker(conversation, speaker, setting=f"{setting}: ")
    return speaker, ""


def _require_speaker(conversation: Conversation, speaker: str, *, setting: str = "") -> None:
    labels = [s.label for s in conversation.speakers]
    if speaker not in labels:
        raise UsageError(f"{setting}no speaker {speaker!r} in this call", hint=f"its speakers: {', '.join(labels)}")


def _name(name: str) -> str:
    try:
        return _NAME.validate_python(name)
    except ValidationError as error:
        raise UsageError(f"a name of {len(name)} characters", hint="a name has 120 characters at most") from error


def _others(conversation: Conversation, before: tuple[_Each, ...], now: Mapping[str, object]) -> tuple[_Each, ...]:
    """The earlier corrections of voices that nothing is said of now, whatever label they had then."""
    return tuple(each for each in before if voice_of(conversation, each) not in now)
