"""The folder of a team's results: objects; records of calls, of what people say and of who they are; the index."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

from pydantic import AwareDatetime

from pipeline import __version__
from pipeline.config.night import Store
from pipeline.domain.assessment import Assessment, Verification
from pipeline.domain.base import Value
from pipeline.domain.coaching import Draft
from pipeline.domain.correction import Corrections
from pipeline.domain.cycle.events import CycleRecord
from pipeline.domain.evaluation import EvaluationRecord
from pipeline.domain.labels import BlindLabel, LabelTask
from pipeline.domain.metrics import CallMetrics
from pipeline.domain.people import User
from pipeline.domain.provenance import Provenance
from pipeline.domain.recording import Recording
from pipeline.domain.result import CallResult
from pipeline.domain.review import Comment, Review
from pipeline.domain.rubric import LoadedRubric
from pipeline.domain.speech import Conversation
from pipeline.domain.tracker import Tracking
from pipeline.domain.work import STAGES, STAGES_OF_TRANSCRIPT, CallRecord, QuarantineRecord, StageName
from pipeline.errors import NotFoundError
from pipeline.store.changes import Changes
from pipeline.store.index import Index, require_free
from pipeline.store.index_rows import RecordKind
from pipeline.store.indexing import Refreshed, Unread, refresh
from pipeline.store.objects import ObjectStore, Work
from pipeline.store.place import ObjectsPlace
from pipeline.store.records import Records

__all__ = ["Refreshed", "Unread", "Workspace", "quarantine_id"]

_V = TypeVar("_V", bound=Value)


class Workspace:
    """All that is kept below one folder. Nothing is written until the first result is."""

    def __init__(self, root: Path, *, store: Store | None = None) -> None:
        """With the settings that say where results are kept; without, where the workspace remembers.

        Raises: UsageError when the settings name another place than it remembers; StoreError.
        """
        self.root = root
        self.changes = Changes(root / "changes.log")
        place = ObjectsPlace(root, store)
        self.objects = ObjectStore(place.blobs, before_writing=place.settle)
        self.calls = Records(root / "calls", CallRecord, self.changes)
        self.quarantine = Records(root / "quarantine", QuarantineRecord, self.changes)
        self.corrections = Records(root / "corrections", Corrections, self.changes)
        self.evaluations = Records(root / "evaluations", EvaluationRecord, self.changes)
        self.reviews = Records(root / "reviews", Review, self.changes)
        self.comments = Records(root / "comments", Comment, self.changes)
        self.cycle = Records(root / "cycle", CycleRecord, self.changes)
        self.labels = Records(root / "labels", BlindLabel, self.changes)
        self.label_tasks = Records(root / "labelling", LabelTask, self.changes)
        self._rubrics: dict[str, LoadedRubric] = {}  # they never change, and very many calls share a few
        self.users = Records(root / "users", User, self.changes)

    @property
    def index_path(self) -> Path:
        """Where the index is."""
        return self.root / "index.duckdb"

    def find_call(self, call: str) -> str:
        """The id of the call that this id, or the beginning of it, means. Raises: NotFoundError."""
        if self.calls.has(call):
            return call
        ids = list(self.calls.ids())
        found = [known for known in ids if known == call] or [known for known in ids if call and known.startswith(call)]
        if len(found) == 1:
            return found[0]
        message = f"{len(found)} calls begin with {call!r}" if found else f"no call {call!r} in {self.root}"
        raise NotFoundError(message, hint="see them with: filmroom list --workspace DIR")

    def record(self, call: str) -> CallRecord:
        """The latest record of a call. Raises: NotFoundError."""
        record = self.calls.last(self.find_call(call))
        if record is None:
            raise NotFoundError(f"no call {call!r} in {self.root}", hint="see them with: filmroom list --workspace DIR")
        return record

    def result(self, record: CallRecord) -> CallResult:
        """Everything known of a call as its record says. Raises: NotFoundError, StoreError."""
        made_by: dict[StageName, Provenance] = {}

        def value(stage: StageName, kind: type[_V]) -> _V:
            found, made_by[stage] = self.objects.get(stage, record.results[stage], kind)
            return found

        verification = value("verify", Verification)
        result = CallResult(
            recording=value("ingest", Recording).at(record.files),
            conversation=value("attribute", Conversation),
            metrics=value("measure", CallMetrics),
            rubric=self.rubric_of(record).rubric,
            observations=verification.observations,
            rejected=verification.rejected,
            assessment=value("score", Assessment),
            draft=value("draft", Draft),
            provenance=(),
            tracking=value("track", Tracking) if "track" in record.results else None,
        )
        stages = STAGES_OF_TRANSCRIPT if "import" in record.results else STAGES
        provenance = tuple(
            made_by.get(stage) or self.objects.provenance(stage, record.results[stage])
            for stage in stages
            if stage in record.results
        )
        return result.model_copy(update={"provenance": provenance})

    def rubric_of(self, record: CallRecord) -> LoadedRubric:
        """The rubric that the call was scored by. Raises: NotFoundError, StoreError."""
        if record.rubric not in self._rubrics:
            self._rubrics[record.rubric] = self.objects.get("rubric", record.rubric, LoadedRubric)[0]
        return self._rubrics[record.rubric]

    def keep_rubric(self, rubric: LoadedRubric) -> str:
        """The key under which the rubric stands, so that what was judged by it can always be read beside it."""
        work = Work(stage="rubric", code=1, rubric_sha256=rubric.sha256)
        made_by = Provenance(stage="rubric", code_version=__version__, rubric_sha256=rubric.sha256)
        return self.objects.put(work, rubric, made_by)

    def quarantined(self) -> Iterator[QuarantineRecord]:
        """The recordings that could not be done and were not done since."""
        for record_id in self.quarantine.ids():
            record = self.quarantine.last(record_id)
            if record is not None and not record.released:
                yield record

    def set_aside(self, record: QuarantineRecord) -> None:
        """Keep why a recording could not be done, once for each reason."""
        last = self.quarantine.last(record_id := quarantine_id(record.path))
        if last is None or last.model_copy(update={"at": record.at}) != record:
            self.quarantine.append(record_id, record)

    def release(self, path: Path, *, at: AwareDatetime) -> None:
        """Take a recording out of quarantine, since it was done; nothing happens to one that was never there."""
        last = self.quarantine.last(record_id := quarantine_id(path))
        if last is not None and not last.released:
            self.quarantine.append(record_id, last.model_copy(update={"released": True, "at": at}))

    def set_aside_since(self, record: CallRecord) -> QuarantineRecord | None:
        """Why the recording of this call is refused by now, where it was reviewed before: consent withdrawn, say.

        Whatever times the records have: a clock may have been set back, and a recording that is done is released.
        """
        last = self.quarantine.last(quarantine_id(record.path))
        return last if last is not None and not last.released else None

    def indexed(self, kind: RecordKind) -> Records[Any]:
        """The records of a kind that the index copies."""
        found: dict[RecordKind, Records[Any]] = {
            "calls": self.calls,
            "quarantine": self.quarantine,
            "evaluations": self.evaluations,
            "reviews": self.reviews,
            "comments": self.comments,
            "cycle": self.cycle,
        }
        return found[kind]

    def refresh_index(self, index: Index) -> Refreshed:
        """What was newer than the index, by now in it; see `indexing.refresh`."""
        return refresh(self, index)

    def rebuild_index(self) -> Refreshed:
        """What the new index holds; it takes the old one's place when it has all that can be read.

        Raises: StoreError while another process has the old one open.
        """
        require_free(self.index_path)
        fresh = self.index_path.with_suffix(".new")
        fresh.unlink(missing_ok=True)
        _log_of(fresh).unlink(missing_ok=True)
        with Index(fresh) as index:
            refreshed = self.refresh_index(index)
        _log_of(self.index_path).unlink(missing_ok=True)  # first: the old one's log must never meet the new index
        fresh.replace(self.index_path)
        return refreshed


def _log_of(index: Path) -> Path:
    return index.with_name(index.name + ".wal")


def quarantine_id(path: Path) -> str:
    """The id under which a recording's quarantine is kept: its path is all that is surely known of it."""
    return "q" + hashlib.sha256(str(path).encode("utf-8", "surrogateescape")).hexdigest()[:16]
