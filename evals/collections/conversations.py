"""Owns turning labelled lines into conversations: one turn a line, in order, without times."""

import re
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

from pipeline.domain.recording import Role
from pipeline.domain.speech import Conversation, Speaker, Turn, Word


class SpokenLine(NamedTuple):
    """What one speaker says in one go; it has at least one word."""

    speaker: str
    role: Role
    text: str


def call_id(collection: str, name: str) -> str:
    """An id of a call from its name in the collection: the collection's name first, small letters, digits, hyphens.

    Accents are taken off; what is no Latin letter or digit ends a part. Names that differ in that alone have one id.
    """
    letters = unicodedata.normalize("NFKD", f"{collection} {name}".lower()).encode("ascii", "ignore").decode()
    return "-".join(re.findall(r"[a-z0-9]+", letters))[:64].rstrip("-")


def turn_id(number: int) -> str:
    """The id of the turn with this number, counted from 1: t0001."""
    return f"t{number:04d}"


def untimed(call: str, lines: Sequence[SpokenLine], *, language: str = "en") -> Conversation:
    """The lines as turns t0001, t0002, ..., one a line, also where one speaker has two in a row."""
    turns = tuple(
        Turn(
            id=turn_id(number),
            speaker=line.speaker,
            role=line.role,
            words=tuple(Word(text=word, span=None) for word in line.text.split()),
        )
        for number, line in enumerate(lines, start=1)
    )
    roles = {line.speaker: line.role for line in lines}
    return Conversation(
        call=call,
        turns=turns,
        speakers=tuple(_speaker(label, role) for label, role in roles.items()),
        duration=0,
        timed=False,
        language=language,
    )


def _speaker(label: str, role: Role) -> Speaker:
    if role == "unknown":
        return Speaker(label=label, role=role, confidence=0.0, source="unknown")
    return Speaker(label=label, role=role, confidence=1.0, source="transcript")
