"""The rows that records give to the tables of the index; how the tables are made is in `pipeline.store.index`."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from functools import cache
from typing import Literal, NamedTuple, NotRequired, get_args

from pydantic import TypeAdapter
from typing_extensions import TypedDict

from pipeline.domain.addresses import shown
from pipeline.domain.assessment import Assessment, Verification
from pipeline.domain.coaching import Draft
from pipeline.domain.cycle.events import CycleRecord
from pipeline.domain.evaluation import EvaluationRecord
from pipeline.domain.metrics import CallMetrics
from pipeline.domain.people import same_name
from pipeline.domain.recording import CallMetadata, Recording, Stage
from pipeline.domain.review import Comment, Review
from pipeline.domain.rubric import Rubric
from pipeline.domain.work import CallRecord, QuarantineRecord

RecordKind = Literal["calls", "quarantine", "evaluations", "reviews", "comments", "cycle"]
"""The kinds of record that the index copies; also the names of their folders in a workspace."""

RECORD_KINDS: tuple[RecordKind, ...] = get_args(RecordKind)

Rows = dict[str, list[tuple[object, ...]]]
"""The rows of one record, by table."""


class _Times(TypedDict):
    start: float
    end: float


class _Word(TypedDict):
    text: str
    span: _Times | None


class _Turn(TypedDict):
    id: str
    role: str
    speaker: str
    words: list[_Word]


class Talk(TypedDict):
    """As much of a conversation as its rows need; reading no more takes a fifth of the time."""

    turns: list[_Turn]
    language: NotRequired[str | None]


class StoredTalk(TypedDict):
    """The file of a conversation."""

    value: Talk


@cache
def stored_talk() -> TypeAdapter[StoredTalk]:
    """The form by which a conversation is read for its rows."""
    return TypeAdapter(StoredTalk)


class IndexedCall(NamedTuple):
    """What the rows of a call are made from."""

    record: CallRecord
    recording: Recording
    talk: Talk
    metrics: CallMetrics
    rubric: Rubric
    found: Verification
    assessment: Assessment
    draft: Draft


def call_rows(indexed: IndexedCall) -> Rows:
    """The rows that one call gives to each table."""
    call, found, assessment = indexed.record.call, indexed.found, indexed.assessment
    return {
        "calls": [_call(indexed)],
        "measures": [
            (call, m.name, m.value, m.unit, m.unavailable, m.low, m.high) for m in indexed.metrics.measures
        ],
        "turns": [_turn(call, turn) for turn in indexed.talk["turns"]],
        "observations": [
            (
                call, o.id, o.capability, o.behaviour, o.kind.value, o.role, o.quote.turn_id,
                *((o.span.start, o.span.end) if o.span else (None, None)), o.text,
            )
            for o in found.observations
        ],
        "verdicts": [(call, v.capability, v.behaviour, v.state, v.reason) for v in assessment.verdicts],
        "scores": [(call, s.capability, s.level, s.of, s.unscored) for s in assessment.scores],
        "rejected": [(call, r.claim.behaviour, r.claim.turn_id, r.reason) for r in found.rejected],
    }  # fmt: skip


def _call(indexed: IndexedCall) -> tuple[object, ...]:
    record, recording, draft = indexed.record, indexed.recording, indexed.draft
    meta = recording.metadata
    rep_key, manager_key = _keys(meta)
    return (
        record.call, shown(record.path), meta.rep, rep_key, meta.manager, manager_key, meta.team,
        meta.customer, meta.deal, meta.stage, meta.mode, meta.direction, recording.kind, _utc(meta.started_at),
        recording.duration or None, indexed.talk.get("language"), indexed.rubric.id, indexed.rubric.version,
        draft.improvement.behaviour if draft.improvement else None,
        draft.strength.behaviour if draft.strength else None,
        len(indexed.found.observations), len(indexed.found.rejected), _utc(record.at),
        next((m.value for m in indexed.metrics.measures if m.name == "rep_talk_ratio"), None),
    )  # fmt: skip


def _keys(meta: CallMetadata) -> tuple[str | None, str | None]:
    """Whose call it is, and who manages them, as `same_name` compares names.

    In a recorded one-to-one it is the manager who is coached, by whoever they report to and by nobody the call names.
    """
    if meta.stage is Stage.COACHING:
        return _key(meta.manager), None
    return _key(meta.rep), _key(meta.manager)


def _turn(call: str, turn: _Turn) -> tuple[object, ...]:
    """As `Turn.text` and `Turn.span` have it."""
    words = turn["words"]
    spans = [span for word in words if (span := word["span"]) is not None]
    start = min([span["start"] for span in spans], default=None)
    end = max([span["end"] for span in spans], default=None)
    return call, turn["id"], turn["role"], turn["speaker"], start, end, " ".join([word["text"] for word in words])


def quarantine_rows(record_id: str, record: QuarantineRecord) -> Rows:
    """The row of a recording that could not be done; none once it was released."""
    if record.released:
        return {}
    return {"quarantine": [(record_id, shown(record.path), record.stage, record.reason, record.hint, _utc(record.at))]}


def evaluation_rows(record: EvaluationRecord) -> Rows:
    """The rows of one run of the evaluation; `call` is the run's id, as everywhere the id of the record."""
    at = _utc(record.at)
    return {
        "evaluations": [
            (record.id, at, " ".join(record.suites), record.reader, record.code_sha256, record.key, record.note)
        ],
        "evaluation_figures": [
            (record.id, at, f.name, f.value, f.n, f.low, f.high, f.baseline, f.people) for f in record.figures
        ],
    }


def review_rows(call: str, reviews: Sequence[Review]) -> Rows:
    """The row of a call's review: its latest state, and `n_edits` of all its records together."""
    if not reviews:
        return {}
    last, n_edits = reviews[-1], sum(len(review.edits) for review in reviews)
    row = (
        call, len(reviews), last.state, last.action, last.author, _utc(last.at), last.record, last.draft,
        last.improvement, n_edits, bool(last.override), _follow_up(last),
    )  # fmt: skip
    return {"reviews": [row]}


def _follow_up(review: Review) -> date | None:
    """The day on which an approved feedback is to be looked at again."""
    return review.feedback.follow_up if review.state == "approved" and review.feedback is not None else None


def comment_rows(call: str, comments: Sequence[Comment]) -> Rows:
    """The rows of a call's comments, without those that were withdrawn."""
    gone = {comment.withdraws for comment in comments}
    return {
        "comments": [
            (call, known, c.author, _utc(c.at), c.moment, c.parent)
            for number, c in enumerate(comments, start=1)
            if c.withdraws is None and (known := f"c{number}") not in gone
        ]
    }


def cycle_rows(person: str, records: Sequence[CycleRecord]) -> Rows:
    """The rows of everything that happened to a person; `subject` is the call an event is about, where it is of one."""
    return {
        "happened": [
            (
                person, number, r.what.kind, r.author, _utc(r.at), getattr(r.what, "call", None),
                r.what.model_dump_json(),
            )
            for number, r in enumerate(records, start=1)
        ]
    }  # fmt: skip


def _key(name: str | None) -> str | None:
    return same_name(name or "") or None


def _utc(at: datetime | None) -> datetime | None:
    return None if at is None else at.astimezone(UTC).replace(tzinfo=None)
