"""What people put right by hand: kept apart from what was computed, so that it survives every run."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import AwareDatetime, StringConstraints

from pipeline.domain.base import Value
from pipeline.domain.recording import CallId, Role
from pipeline.domain.span import Span
from pipeline.domain.speech import Conversation, Speaker

PersonName = Annotated[str, StringConstraints(min_length=1, max_length=120, strip_whitespace=True)]


class RoleCorrection(Value):
    """A person says which role a speaker has.

    `anchor` is a stretch of that speaker's speech: it finds the same voice again when a later run labels it otherwise.
    """

    speaker: str
    role: Role
    anchor: Span | None


class NameCorrection(Value):
    """A person says what a speaker is called. Names are shown and go into no work: nothing is redone for one."""

    speaker: str
    name: PersonName
    anchor: Span | None


class Corrections(Value):
    """All corrections of one call as of one moment; the latest record holds all that is in force."""

    call: CallId
    roles: tuple[RoleCorrection, ...]
    names: tuple[NameCorrection, ...] = ()
    author: str
    at: AwareDatetime


def voice_of(conversation: Conversation, correction: RoleCorrection | NameCorrection) -> str:
    """The label that this conversation gives to the voice a person meant: who speaks most within the anchor."""
    anchor = correction.anchor
    if anchor is None or not conversation.speech:
        return correction.speaker
    share = {
        s.label: sum(g.span.overlap(anchor) for g in conversation.speech if g.speaker == s.label)
        for s in conversation.speakers
    }
    best = max(share, key=lambda label: share[label], default=correction.speaker)
    return best if share.get(best, 0.0) > 0 else correction.speaker


def corrected(conversation: Conversation, corrections: Sequence[RoleCorrection]) -> tuple[Speaker, ...]:
    """The speakers with the roles that people gave them; of two corrections of one voice the first counts."""
    given: dict[str, Role] = {}
    for correction in corrections:
        given.setdefault(voice_of(conversation, correction), correction.role)
    return tuple(
        Speaker(label=s.label, role=given[s.label], confidence=1.0, source="person", reason="set by hand")
        if s.label in given
        else s
        for s in conversation.speakers
    )


def names_of(conversation: Conversation, corrections: Corrections | None) -> dict[str, str]:
    """The names that people gave, by the label that this conversation gives to each voice."""
    found: dict[str, str] = {}
    for each in corrections.names if corrections else ():
        found.setdefault(voice_of(conversation, each), each.name)
    return found
