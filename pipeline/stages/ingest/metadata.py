"""Metadata as people write it: the fields, their vocabularies, and errors that name file, line and what is allowed."""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pydantic import ValidationError

from pipeline.domain.recording import CallMetadata, Mode, Role, Stage
from pipeline.errors import MetadataError

CONSENT_WORDS = ("yes", "no", "announced")

_ALLOWED: dict[str, str] = {
    "rep": "a name",
    "manager": "a name",
    "team": "a name",
    "customer": "a name",
    "deal": "a name or number",
    "stage": "one of " + ", ".join(Stage),
    "started_at": "date and time with a zone, as 2026-03-05T14:30:00+01:00 or 2026-03-05T13:30:00Z",
    "direction": "inbound or outbound",
    "consent": "yes, announced (the recording was announced and nobody objected) or no",
    "mode": "one of " + ", ".join(Mode),
    "speakers": "a whole number from 1 to 20",
    "channels": 'a role for each channel, counted from 0, as {"0": "rep", "1": "customer"}; '
    "roles are rep, customer, other, unknown; with stage: coaching they are manager, rep, other, unknown",
    "sides": 'a file for each role, as {"rep": "a.wav", "customer": "b.wav"}; '
    'with stage: coaching as {"manager": "a.wav", "rep": "b.wav"}',
    "language": "a language code such as en, de or pt-BR",
}

FIELDS = tuple(_ALLOWED)

_OF_ROLES = {"channels", "sides"}
_ONE_TO_ONE: dict[str, Role] = {"manager": "rep", "rep": "customer"}
"""In a one-to-one it is the manager who is coached, so the manager has the role rep, and the rep the role customer."""


@dataclass(frozen=True, slots=True)
class Nested:
    """A value of a shape that no field has: a list, or mappings inside a mapping; `shape` names it."""

    shape: str


Written = str | Mapping[str, str] | Nested | None


@dataclass(frozen=True, slots=True)
class Entry:
    """One field as it was written, and the line (from 1) of its name; None and "" mean that it was left open."""

    value: Written
    line: int


@dataclass(frozen=True, slots=True)
class Stated:
    """What is stated of one call, and where: `path` is None and `lines` empty where nobody stated anything."""

    metadata: CallMetadata
    path: Path | None
    lines: Mapping[str, int]

    def error(self, name: str, message: str, *, hint: str | None = None) -> MetadataError:
        """An error about one field, at its line; the hint defaults to what the field may hold."""
        return MetadataError(
            f"{name}: {message}", hint=hint or f"{name} is {_ALLOWED[name]}", path=self.path, line=self.lines.get(name)
        )


NOTHING_STATED = Stated(CallMetadata(), None, {})


def parse_metadata(entries: Mapping[str, Entry], path: Path) -> Stated:
    """The metadata that these fields state, dates in UTC.

    Raises: MetadataError, for the first field that does not exist or holds what it must not.
    """
    lines = {name: entry.line for name, entry in entries.items()}
    for name in entries:
        if name not in _ALLOWED:
            raise MetadataError(f"there is no field {name!r}", hint=_known_fields(name), path=path, line=lines[name])
    stated = Stated(CallMetadata(), path, lines)
    given = {name: _cleaned(entry.value) for name, entry in entries.items() if _cleaned(entry.value) not in (None, "")}
    values = {name: _parsed(name, value, stated) for name, value in given.items()}
    coaching = given.get("stage") == Stage.COACHING
    values |= {
        name: _roles(name, value, stated, one_to_one=coaching)
        for name, value in given.items()
        if name in _OF_ROLES and isinstance(value, Mapping)
    }
    try:
        return Stated(CallMetadata.model_validate(values), path, lines)
    except ValidationError as error:
        name = str(error.errors()[0]["loc"][0])
        raise stated.error(name, f"{_shown(given[name])} cannot be used") from error


def _cleaned(value: Written) -> Written:
    return value.strip() if isinstance(value, str) else value


def _parsed(name: str, value: Written, stated: Stated) -> object:
    if isinstance(value, Nested) or isinstance(value, Mapping) != (name in _OF_ROLES):
        raise stated.error(name, f"{_shown(value)} cannot be used")
    if name == "started_at":
        return _instant(str(value), stated)
    if name == "consent" and value not in CONSENT_WORDS:
        raise stated.error(name, f"{_shown(value)} cannot be used")
    return value


def _roles(name: str, value: Mapping[str, str], stated: Stated, *, one_to_one: bool) -> dict[str, str]:
    """Channels or sides in the roles of the data model; a one-to-one is written with its own."""
    roles = value.values() if name == "channels" else value.keys()
    if not one_to_one and "manager" in roles:
        hint = "for a recorded one-to-one add stage: coaching; on a sales call a manager who speaks is other"
        raise stated.error(name, "manager is a role in a one-to-one only", hint=hint)
    if not one_to_one:
        return dict(value)
    if "customer" in roles:
        written = '{"0": "manager", "1": "rep"}' if name == "channels" else '{"manager": "a.wav", "rep": "b.wav"}'
        message = "there is no customer in a one-to-one (stage: coaching)"
        raise stated.error(name, message, hint=f"name the two who speak, as {written}")
    if name == "channels":
        return {channel: _ONE_TO_ONE.get(role, role) for channel, role in value.items()}
    return {_ONE_TO_ONE.get(role, role): file for role, file in value.items()}


def _instant(text: str, stated: Stated) -> datetime:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError as error:
        raise stated.error("started_at", f"{text!r} is not a date and time (ISO 8601)") from error
    if instant.tzinfo is None:
        raise stated.error("started_at", f"{text!r} has no time zone")
    return instant.astimezone(UTC)


def _shown(value: Written) -> str:
    if isinstance(value, Nested):
        return value.shape
    return repr(dict(value)) if isinstance(value, Mapping) else repr(value)


def _known_fields(name: str) -> str:
    near = difflib.get_close_matches(name.strip().lower(), FIELDS, n=1)
    return (f"did you mean {near[0]}? " if near else "") + "the fields are " + ", ".join(FIELDS)
