"""Requests that were handed over together to be answered within a day, and how far that has come."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from pipeline.domain.base import Value
from pipeline.domain.recording import Sha256

BatchState = Literal["prepared", "uploaded", "creating", "submitted", "ended", "collected", "cleared"]
"""prepared: its requests are written down here; uploaded: the endpoint has the file; creating: the endpoint was asked
to begin, and whether it has is not known; submitted: it has; ended: no more answers will come; collected: all that came
is kept; cleared: the files at the endpoint are removed."""

FailureKind = Literal["refused", "expired", "failed"]
"""refused: the same request would be refused again; expired: there was no time left for it; failed: anything else, so
it may be sent again."""


class BatchFailure(Value):
    """A request of a batch that got no answer, and what the endpoint said of it."""

    key: Sha256
    kind: FailureKind
    message: str


class BatchRecord(Value):
    """How far a batch has come; each record replaces the one before it.

    `model` is the identity of the model that was asked. `file_id` and `batch_id` are the endpoint's names, `status` is
    its own word for where the batch is. Counts and `failures` are known once it is collected; `reason` says why a batch
    as a whole was not carried out.
    """

    state: BatchState
    model: str
    n_requests: int = Field(gt=0)
    prepared_at: datetime
    at: datetime
    file_id: str | None = None
    batch_id: str | None = None
    status: str = ""
    result_files: tuple[str, ...] = ()
    n_answered: int = Field(default=0, ge=0)
    failures: tuple[BatchFailure, ...] = ()
    reason: str = ""
