"""The library of best moments: proposed by a coach, shown with the featured rep's consent, and only while it stands."""

from typing import Literal

from pydantic import Field

from pipeline.domain.base import Value
from pipeline.domain.cycle.words import Long, Ref, Said
from pipeline.domain.recording import CallId


class ClipProposed(Value):
    """A moment of this rep that others may learn from; its id is "k" and the number of this event.

    The words and their time are the observation's, in the call's record number `record`; none are kept here.
    """

    kind: Literal["clip_proposed"] = "clip_proposed"
    call: CallId
    record: int = Field(ge=1)
    observation: Said
    rubric: Said
    capability: Said
    behaviour: Said
    title: Said = ""


class ClipConsented(Value):
    """The featured rep lets the team hear it."""

    kind: Literal["clip_consented"] = "clip_consented"
    clip: Ref


class ClipDeclined(Value):
    """The featured rep would rather not; no reason is asked."""

    kind: Literal["clip_declined"] = "clip_declined"
    clip: Ref


class ClipWithdrawn(Value):
    """The rep took consent back, or a coach took the moment out: it is gone from every page, pack and answer."""

    kind: Literal["clip_withdrawn"] = "clip_withdrawn"
    clip: Ref
    reason: Long = ""
