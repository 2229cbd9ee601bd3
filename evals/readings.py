"""Owns keeping what readers said, so that an evaluation that is run again asks only about what has changed."""

import hashlib
import json
import time
from collections.abc import Sequence

from pipeline import __version__
from pipeline.domain.assessment import Reading
from pipeline.domain.base import Value
from pipeline.domain.places import Opening
from pipeline.domain.provenance import Provenance
from pipeline.domain.rubric import Rubric
from pipeline.domain.speech import Conversation
from pipeline.ports import Progress, Reader, silent
from pipeline.rubrics import reading_hash
from pipeline.store.objects import ObjectStore, Work

STAGE = "eval-reading"
_CODE = 1


class KeptReader:
    """Another reader, asked once for each conversation, rubric and openings, and never again for the same.

    It goes by the other's name, since its claims are the other's. A reading that fails is not kept.
    """

    def __init__(self, reader: Reader, store: ObjectStore) -> None:
        self._reader = reader
        self._store = store

    @property
    def identity(self) -> str:
        """The other reader's identity."""
        return self._reader.identity

    def read(
        self, conversation: Conversation, rubric: Rubric, openings: Sequence[Opening], *, progress: Progress = silent
    ) -> Reading:
        """The reading as it was kept, else made now and kept. Raises: what the other reader raises; StoreError."""
        work = self.work(conversation, rubric, openings)
        if not self._store.has(work):
            started = time.perf_counter()
            reading = self._reader.read(conversation, rubric, openings, progress=progress)
            self._store.put(work, reading, _provenance(work, reading, time.perf_counter() - started))
        progress(1.0)
        return self._store.get(STAGE, work.key, Reading)[0]

    def work(self, conversation: Conversation, rubric: Rubric, openings: Sequence[Opening]) -> Work:
        """What determines the reading: who reads what, where, for which behaviours."""
        return Work(
            stage=STAGE,
            code=_CODE,
            inputs=(_sha256(conversation), _sha256(*openings)),
            model=self.identity,
            rubric_sha256=reading_hash(rubric),
        )


def _sha256(*values: Value) -> str:
    content = [value.model_dump(mode="json") for value in values]
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def _provenance(work: Work, reading: Reading, seconds: float) -> Provenance:
    tokens = reading.usage.tokens
    return Provenance(
        stage=STAGE,
        code_version=__version__,
        model=work.model,
        rubric_sha256=work.rubric_sha256,
        input_tokens=tokens.input_tokens,
        cached_tokens=tokens.cached_tokens,
        output_tokens=tokens.output_tokens,
        cost_usd=reading.usage.cost_usd,
        seconds=round(seconds, 3),
    )
