"""The folder of a team's results: objects; records of calls, of what people say and of who they are; the index."""

import hashlib
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TypeVar

from pydantic import AwareDatetime

from pipeline import __version__
from pipeline.domain.assessment import Assessment, Verification
from pipeline.domain.base import Value
from pipeline.domain.coaching import Draft
from pipeline.domain.correction import Corrections
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
from pipeline.errors import NotFoundError, StoreError
from pipeline.store.index import Index, Rows, call_rows, evaluation_rows, quarantine_rows
from pipeline.store.objects import ObjectStore, Work
from pipeline.store.records import Records

_V = TypeVar("_V", bound=Value)


class Unread(Value):
    """A record, or a result that it names, which cannot be read: its id, why, and what to do."""

    record_id: str
    reason: str
    hint: str


class Refreshed(Value):
    """What came of bringing the index up to date."""

    changed: int
    unread: tuple[Unread, ...] = ()


class Workspace:
    """All that is kept below one folder. Nothing is written until the first result is."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.objects = ObjectStore(root / "objects")
        self.calls = Records(root / "calls", CallRecord)
        self.quarantine = Records(root / "quarantine", QuarantineRecord)
        self.corrections = Records(root / "corrections", Corrections)
        self.evaluations = Records(root / "evaluations", EvaluationRecord)
        self.reviews = Records(root / "reviews", Review)
        self.comments = Records(root / "comments", Comment)
        self.labels = Records(root / "labels", BlindLabel)
        self.label_tasks = Records(root / "labelling", LabelTask)
        self.users = Records(root / "users", User)

    @property
    def index_path(self) -> Path:
        """Where the index is."""
        return self.root / "index.duckdb"

    def find_call(self, call: str) -> str:
        """The id of the call that this id, or the beginning of it, means. Raises: NotFoundError."""
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
        verification = self._value(record, "verify", Verification)
        stages = STAGES_OF_TRANSCRIPT if "import" in record.results else STAGES
        return CallResult(
            recording=self._value(record, "ingest", Recording).at(record.files),
            conversation=self._value(record, "attribute", Conversation),
            metrics=self._value(record, "measure", CallMetrics),
            rubric=self.rubric_of(record).rubric,
            observations=verification.observations,
            rejected=verification.rejected,
            assessment=self._value(record, "score", Assessment),
            draft=self._value(record, "draft", Draft),
            provenance=tuple(self.objects.provenance(s, record.results[s]) for s in stages if s in record.results),
            tracking=self._value(record, "track", Tracking) if "track" in record.results else None,
        )

    def rubric_of(self, record: CallRecord) -> LoadedRubric:
        """The rubric that the call was scored by. Raises: NotFoundError, StoreError."""
        return self.objects.get("rubric", record.rubric, LoadedRubric)[0]

    def keep_rubric(self, rubric: LoadedRubric) -> str:
        """The key under which the rubric stands, so that what was judged by it can always be read beside it."""
        work = Work(stage="rubric", code=1, rubric_sha256=rubric.sha256)
        made_by = Provenance(stage="rubric", code_version=__version__, rubric_sha256=rubric.sha256)
        return self.objects.put(work, rubric, made_by)

    def _value(self, record: CallRecord, stage: StageName, kind: type[_V]) -> _V:
        return self.objects.get(stage, record.results[stage], kind)[0]

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
        """Why the recording of this call is refused by now, where it was reviewed before: consent withdrawn, say."""
        last = self.quarantine.last(quarantine_id(record.path))
        return last if last is not None and not last.released and last.at >= record.at else None

    def refresh_index(self, index: Index) -> Refreshed:
        """What was newer than the index: how many records are in it now, and which cannot be read.

        Of those the index keeps what it had, and they are tried, and told, again the next time.
        """
        known = index.known()
        changed, unread = 0, []
        for record_id, number, rows_of in self._newer(known):
            try:
                rows = rows_of()
            except StoreError as error:
                unread.append(Unread(record_id=record_id, reason=error.message, hint=error.hint))
                continue
            index.replace(record_id, number, rows)
            changed += 1
        return Refreshed(changed=changed, unread=tuple(unread))

    def rebuild_index(self) -> Refreshed:
        """What the new index holds; it takes the old one's place when it has all that can be read."""
        fresh = self.index_path.with_suffix(".new")
        fresh.unlink(missing_ok=True)
        _log_of(fresh).unlink(missing_ok=True)
        with Index(fresh) as index:
            refreshed = self.refresh_index(index)
        _log_of(self.index_path).unlink(missing_ok=True)  # first: the old one's log must never meet the new index
        fresh.replace(self.index_path)
        return refreshed

    def _newer(self, known: dict[str, int]) -> Iterator[tuple[str, int, Callable[[], Rows]]]:
        """The records that are not indexed: id, number, and how to get their rows, which may fail for each."""
        for call in self.calls.ids():
            number = self.calls.last_number(call)
            if number and number != known.get(call):
                yield call, number, partial(self._call_rows, call)
        for record_id in self.quarantine.ids():
            number = self.quarantine.last_number(record_id)
            if number and number != known.get(record_id):
                yield record_id, number, partial(self._quarantine_rows, record_id)
        for run in self.evaluations.ids():
            number = self.evaluations.last_number(run)
            if number and number != known.get(run):
                yield run, number, partial(self._evaluation_rows, run)

    def _call_rows(self, call: str) -> Rows:
        record = self.record(call)
        return call_rows(record, self.result(record))

    def _quarantine_rows(self, record_id: str) -> Rows:
        record = self.quarantine.last(record_id)
        return quarantine_rows(record_id, record) if record is not None else {}

    def _evaluation_rows(self, run: str) -> Rows:
        record = self.evaluations.last(run)
        return evaluation_rows(record) if record is not None else {}


def _log_of(index: Path) -> Path:
    return index.with_name(index.name + ".wal")


def quarantine_id(path: Path) -> str:
    """The id under which a recording's quarantine is kept: its path is all that is surely known of it."""
    return "q" + hashlib.sha256(str(path).encode("utf-8", "surrogateescape")).hexdigest()[:16]
