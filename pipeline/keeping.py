"""Owns the rule that nothing is done twice: each piece of work is looked up by its key, and kept once it is made."""

import time
from collections.abc import Callable
from typing import TypeVar

from pipeline import __version__
from pipeline.domain.assessment import Reading
from pipeline.domain.base import Value
from pipeline.domain.chat import Usage
from pipeline.domain.coaching import Draft
from pipeline.domain.provenance import Provenance
from pipeline.domain.work import StageName
from pipeline.errors import NotFoundError
from pipeline.ports import Progress
from pipeline.store.objects import ObjectStore, Work

_V = TypeVar("_V", bound=Value)
StageWatcher = Callable[[StageName, float], None]


def unwatched(_stage: StageName, _share: float) -> None:
    """A watcher that nobody listens to."""


class Keeper:
    """The results of one call, stage by stage; `keys` are those it has by now, `failed_stage` the one that raised."""

    def __init__(self, objects: ObjectStore, *, stage_at: StageWatcher = unwatched) -> None:
        self.keys: dict[StageName, str] = {}
        self.failed_stage: StageName = "ingest"
        self.did_something = False
        self._objects = objects
        self._stage_at = stage_at

    def kept(self, work: Work, kind: type[_V], make: Callable[[Progress], _V]) -> _V:
        """The result of this work: as it was kept, or made now and kept before anything else happens."""
        stage: StageName = work.stage  # type: ignore[assignment]
        try:
            if not self._objects.has(work):
                self._make(work, stage, make)
            self.keys[stage] = work.key
            self._stage_at(stage, 1.0)
            return self._objects.get(stage, work.key, kind)[0]
        except BaseException:
            self.failed_stage = stage
            raise

    def _make(self, work: Work, stage: StageName, make: Callable[[Progress], _V]) -> None:
        self._stage_at(stage, 0.0)
        started = time.perf_counter()
        value = make(lambda share: self._stage_at(stage, min(share, 0.99)))
        usage = _usage_of(value)
        provenance = Provenance(
            stage=stage,
            code_version=__version__,
            model=work.model,
            prompt_sha256=work.prompt_sha256,
            rubric_sha256=work.rubric_sha256,
            input_tokens=usage.tokens.input_tokens,
            cached_tokens=usage.tokens.cached_tokens,
            output_tokens=usage.tokens.output_tokens,
            cost_usd=usage.cost_usd,
            seconds=round(time.perf_counter() - started, 3),
        )
        self._objects.put(work, value, provenance)
        self.did_something = True


class LookingKeeper(Keeper):
    """A keeper that has what was kept and makes nothing. `kept` raises NotFoundError where a result is missing."""

    def _make(self, work: Work, stage: StageName, make: Callable[[Progress], _V]) -> None:  # noqa: ARG002 - not made
        raise NotFoundError(f"{stage}: no result {work.key} is kept", hint="run it again to make it")


def _usage_of(value: Value) -> Usage:
    """What a result used of a language model: only a reading and a draft can have used one."""
    if isinstance(value, Reading):
        return value.usage
    return value.phrasing.usage if isinstance(value, Draft) else Usage()
