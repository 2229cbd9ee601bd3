"""What people put right by hand: kept apart from what was computed, so that it survives every run."""

from pydantic import AwareDatetime

from pipeline.domain.base import Value
from pipeline.domain.recording import CallId, Role
from pipeline.domain.span import Span


class RoleCorrection(Value):
    """A person says which role a speaker has.

    `anchor` is a stretch of that speaker's speech: it finds the same voice again when a later run labels it otherwise.
    """

    speaker: str
    role: Role
    anchor: Span | None


class Corrections(Value):
    """All corrections of one call as of one moment; the latest record holds all that is in force."""

    call: CallId
    roles: tuple[RoleCorrection, ...]
    author: str
    at: AwareDatetime
