"""Owns back-scoring: calls that were scored before are judged by another version of their rubric, on purpose only."""

import time
from collections.abc import Iterator, Sequence
from datetime import date, datetime

from pipeline.domain.metrics import CallMetrics
from pipeline.domain.recording import Recording
from pipeline.domain.speech import Conversation
from pipeline.domain.work import CallOutcome, CallRecord
from pipeline.errors import BudgetError, FilmroomError
from pipeline.judgement import UNREAD_HINT, Heard, Judgement, Judges
from pipeline.keeping import Keeper, StageWatcher, unwatched
from pipeline.run import Night
from pipeline.store.workspace import Workspace

_JUDGED = ("observe", "verify", "score", "draft")


def heard(workspace: Workspace, record: CallRecord) -> Heard:
    """What is known of a reviewed call before it is judged. Raises: NotFoundError, StoreError."""
    objects, results = workspace.objects, record.results
    keys = {stage: key for stage, key in results.items() if stage not in _JUDGED}
    recording = objects.get("ingest", results["ingest"], Recording)[0]
    return Heard(
        conversation=objects.get("attribute", results["attribute"], Conversation)[0],
        metrics=objects.get("measure", results["measure"], CallMetrics)[0],
        keys=keys,
        started_at=recording.metadata.started_at,
    )


def calls_since(workspace: Workspace, rubric_id: str, *, since: date | None = None) -> tuple[CallRecord, ...]:
    """The latest records of calls scored by some version of this rubric, by the day of the call, oldest first.

    The day is that of `started_at`, or of the review where the call states none; `since` is the first that counts.
    """
    found: list[tuple[datetime, CallRecord]] = []
    for call in workspace.calls.ids():
        record = workspace.record(call)
        if workspace.rubric_of(record).rubric.id != rubric_id:
            continue
        recording = workspace.objects.get("ingest", record.results["ingest"], Recording)[0]
        at = recording.metadata.started_at or record.at
        if since is None or at.date() >= since:
            found.append((at, record))
    return tuple(record for _, record in sorted(found, key=lambda pair: (pair[0].timestamp(), pair[1].call)))


def rescore(
    night: Night, records: Sequence[CallRecord], *, stage_at: StageWatcher = unwatched
) -> Iterator[CallOutcome]:
    """What became of each call under the night's rubric; its record is a further one, so the old scores stay readable.

    A call that fails is as it was before, with status failed and the reason; the others go on.
    Raises: BudgetError, which ends it.
    """
    for record in records:
        started = time.perf_counter()
        keeper = Keeper(night.workspace.objects, stage_at=stage_at)
        try:
            changed, unread = _rescored(night, record, keeper)
        except BudgetError:
            raise
        except FilmroomError as error:
            seconds = time.perf_counter() - started
            yield CallOutcome(
                call=record.call,
                path=record.path,
                status="failed",
                reason=error.message,
                hint=error.hint,
                seconds=seconds,
            )
            continue
        yield CallOutcome(
            call=record.call,
            path=record.path,
            status="done" if changed else "skipped",
            reason=unread if changed else None,
            hint=UNREAD_HINT.format(call=record.call) if changed and unread else None,
            seconds=time.perf_counter() - started,
        )


def _rescored(night: Night, record: CallRecord, keeper: Keeper) -> tuple[bool, str | None]:
    """Whether the call has new scores by now, and what was left unread; a record that came in between wins."""
    workspace, engine = night.workspace, night.engine
    number = workspace.calls.last_number(record.call)
    judges, withheld = Judges(engine.reader, engine.drafter), night.withheld.get(night.rubric.rubric.id, ())
    recording = workspace.objects.get("ingest", record.results["ingest"], Recording)[0]
    focus = night.facts.focus_of(recording, night.rubric, now=night.now())
    judgement = Judgement(heard(workspace, record), night.rubric, judges, keeper=keeper, withheld=withheld, focus=focus)
    judged = judgement.judge(today=night.now().date())
    results = {**record.results, **judged.keys}
    rubric = workspace.keep_rubric(night.rubric)
    if (results, rubric) == (record.results, record.rubric):
        return False, judged.unread
    update = {"results": results, "rubric": rubric, "at": night.now()}
    workspace.calls.append(record.call, record.model_copy(update=update), after=number)
    return True, judged.unread
