"""Practice: a moment of a real call played again, each attempt counted, and rehearsals that were recorded."""

from typing import Literal

from pydantic import Field

from pipeline.domain.base import Value
from pipeline.domain.cycle.words import Long, Ref, Said
from pipeline.domain.recording import CallId, Sha256


class PracticeTried(Value):
    """One attempt at the card of a moment: `call` and `behaviour` name the card, `focus` what it belongs to.

    `rehearsal` is the sha256 of an uploaded recording of the attempt, where there is one.
    """

    kind: Literal["practice_tried"] = "practice_tried"
    call: CallId
    behaviour: Said
    focus: Ref | None = None
    with_whom: Said = ""
    note: Long = ""
    rehearsal: Sha256 | None = None


class RehearsalUploaded(Value):
    """A recording of a rehearsal was handed in: it goes through the pipeline as a simulated call, apart from progress.

    `sha256` is that of the file, kept in the workspace under this name; `name` is what the uploader called it.
    """

    kind: Literal["rehearsal_uploaded"] = "rehearsal_uploaded"
    sha256: Sha256
    name: Said
    size: int = Field(ge=1)
    consent: Literal[True]
    call: CallId | None = None
    behaviour: Said = ""
    focus: Ref | None = None
    customer: Said = ""
    with_whom: Said = ""
