"""What is kept of a call from run to run: which results it has, and what stopped it."""

from pathlib import Path
from typing import Literal

from pydantic import AwareDatetime, Field

from pipeline.domain.base import Value
from pipeline.domain.recording import CallId, Sha256

StageName = Literal[
    "ingest", "import", "transcribe", "diarize", "attribute", "measure", "track", "observe", "verify", "score", "draft"
]
"""`import` reads a finished transcript; transcribe and diarize hear a recording. A call has either."""
STAGES: tuple[StageName, ...] = (
    "ingest", "transcribe", "diarize", "attribute", "measure", "track", "observe", "verify", "score", "draft",
)  # fmt: skip
"""Those of a recording, in order."""
STAGES_OF_TRANSCRIPT: tuple[StageName, ...] = ("ingest", "import", *STAGES[3:])


class CallRecord(Value):
    """The keys of a call's current results, stage by stage, and of the rubric they were read against.

    `path` is what people are shown; `files` are where the recording's files were last seen, in its own order.
    """

    call: CallId
    path: Path
    files: tuple[Path, ...]
    results: dict[StageName, Sha256]
    rubric: Sha256
    at: AwareDatetime


class QuarantineRecord(Value):
    """Why a call could not be done: at which stage, for what reason, what to do; `released` when it was done later."""

    path: Path
    stage: StageName
    reason: str
    hint: str
    released: bool = False
    at: AwareDatetime


class CallOutcome(Value):
    """What a run did with one call; one that is waiting goes on when a language model's answers are there.

    One that failed is as it was before; only back-scoring says so, since a run sets such a recording aside.
    """

    call: str | None
    path: Path
    status: Literal["done", "skipped", "quarantined", "waiting", "failed"]
    reason: str | None = None
    hint: str | None = None
    seconds: float = Field(ge=0)
