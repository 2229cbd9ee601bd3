"""Owns reading a call again from the results it has: nothing is heard anew, and the recording is not needed.

What exists by its work key is not made again, so a call is read anew exactly when something that its reading rests on
has changed: a correction by hand, the reader, its settings, the trackers, the code of a stage. The rubric is the one
that the call was scored by; another version is for `pipeline.rescore`. See docs/decisions/0020-reading-again.md.
"""

import time
from collections.abc import Iterator, Sequence

from pipeline.callwork import CallWork, Night
from pipeline.domain.correction import corrected
from pipeline.domain.recording import Recording
from pipeline.domain.script import Script
from pipeline.domain.speech import Conversation, Diarization, Transcript
from pipeline.domain.work import CallOutcome, CallRecord, StageName
from pipeline.errors import BudgetError, FilmroomError
from pipeline.judgement import UNREAD_HINT
from pipeline.keeping import Keeper, StageWatcher, unwatched
from pipeline.store.workspace import Workspace

_HEARD: tuple[StageName, ...] = ("ingest", "import", "transcribe", "diarize")


def reread(night: Night, records: Sequence[CallRecord], *, stage_at: StageWatcher = unwatched) -> Iterator[CallOutcome]:
    """What became of each call: done with a further record, skipped where it would say the same, or failed.

    A call that fails is as it was before; the others go on. A later run on the same recording finds the same keys.
    Raises: BudgetError, which ends it.
    """
    for record in records:
        started = time.perf_counter()
        reason, hint = None, None
        try:
            changed, unread = _read_again(night, record, Keeper(night.workspace.objects, stage_at=stage_at))
        except BudgetError:
            raise
        except FilmroomError as error:
            changed, unread, reason, hint = None, None, error.message, error.hint
        yield CallOutcome(
            call=record.call,
            path=record.path,
            status="failed" if changed is None else "done" if changed else "skipped",
            reason=reason or (unread if changed else None),
            hint=hint or (UNREAD_HINT.format(call=record.call) if changed and unread else None),
            seconds=time.perf_counter() - started,
        )


def is_behind(workspace: Workspace, record: CallRecord) -> bool:
    """Whether people corrected roles in this call that its record does not have. Raises: NotFoundError, StoreError."""
    corrections = workspace.corrections.last(record.call)
    if corrections is None or not corrections.roles:
        return False
    conversation = workspace.objects.get("attribute", record.results["attribute"], Conversation)[0]
    return corrected(conversation, corrections.roles) != conversation.speakers


def _read_again(night: Night, record: CallRecord, keeper: Keeper) -> tuple[bool, str | None]:
    """Whether the call has other results by now, and what was left unread; a record that came in between wins."""
    workspace = night.workspace
    number = workspace.calls.last_number(record.call)
    recording = workspace.objects.get("ingest", record.results["ingest"], Recording)[0]
    keeper.keys.update((stage, record.results[stage]) for stage in _HEARD if stage in record.results)
    work = CallWork(night, recording, keeper)
    conversation = _conversation(workspace, record, work)
    metrics = work.follow(conversation)
    rubric = workspace.rubric_of(record)
    unread = work.judge(conversation, metrics, rubric)
    again = work.new_record(record.path, record.files, rubric)
    if again.results == record.results:
        return False, unread
    workspace.calls.append(record.call, again, after=number)
    return True, unread


def _conversation(workspace: Workspace, record: CallRecord, work: CallWork) -> Conversation:
    objects, results = workspace.objects, record.results
    if "import" in results:
        return work.told(objects.get("import", results["import"], Script)[0])
    transcript = objects.get("transcribe", results["transcribe"], Transcript)[0]
    return work.heard(transcript, objects.get("diarize", results["diarize"], Diarization)[0])
