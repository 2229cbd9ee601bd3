"""Putting a call right by hand: kept as a record of its own, and used by every later run."""

from collections.abc import Sequence
from datetime import datetime
from typing import cast, get_args

from pipeline.domain.correction import Corrections, RoleCorrection
from pipeline.domain.recording import Role
from pipeline.domain.span import Span
from pipeline.domain.speech import Conversation
from pipeline.domain.work import CallRecord
from pipeline.errors import UsageError
from pipeline.store.workspace import Workspace


def correct_roles(
    workspace: Workspace, record: CallRecord, settings: Sequence[str], *, author: str, now: datetime
) -> Corrections:
    """The corrections now in force: the earlier ones, with those of `settings` ("S1=rep") in their place.

    Raises: UsageError for a speaker the call does not have, or a role there is none of.
    """
    conversation = workspace.result(record).conversation
    given = dict(_parsed(setting, conversation) for setting in settings)
    number = workspace.corrections.last_number(record.call)
    before = workspace.corrections.last(record.call)
    kept = {c.speaker: c for c in (before.roles if before else ())}
    for speaker, role in given.items():
        kept[speaker] = RoleCorrection(speaker=speaker, role=role, anchor=_longest(conversation, speaker))
    corrections = Corrections(call=record.call, roles=tuple(kept.values()), author=author, at=now)
    workspace.corrections.append(record.call, corrections, after=number)
    return corrections


def _parsed(setting: str, conversation: Conversation) -> tuple[str, Role]:
    speaker, _, role = setting.partition("=")
    labels = [s.label for s in conversation.speakers]
    if speaker not in labels:
        raise UsageError(f"{setting}: no speaker {speaker!r} in this call", hint=f"its speakers: {', '.join(labels)}")
    if role not in get_args(Role):
        raise UsageError(f"{setting}: no role {role!r}", hint=f"roles: {', '.join(get_args(Role))}")
    return speaker, cast(Role, role)


def _longest(conversation: Conversation, speaker: str) -> Span | None:
    spans = [s.span for s in conversation.speech if s.speaker == speaker]
    return max(spans, key=lambda s: s.duration, default=None)
