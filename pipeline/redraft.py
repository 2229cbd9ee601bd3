"""Owns the draft with another improvement: a person chose it, the fixed words say it, and it is kept like any other."""

from datetime import date

from pipeline.cycle.current_focus import focus_book, when_taken
from pipeline.domain.assessment import Assessment, Reading, Verification
from pipeline.domain.coaching import Draft
from pipeline.domain.metrics import CallMetrics
from pipeline.domain.recording import Recording
from pipeline.domain.speech import Conversation
from pipeline.domain.work import CallRecord, StageName
from pipeline.judgement import CODE
from pipeline.keeping import Keeper
from pipeline.ports import Progress
from pipeline.stages.draft import draft
from pipeline.store.objects import Work
from pipeline.store.workspace import Workspace

_RESTS_ON: tuple[StageName, ...] = ("attribute", "measure", "observe", "verify", "score")


def redraft(workspace: Workspace, record: CallRecord, *, improvement: str, today: date) -> tuple[str, Draft]:
    """The key of a draft of this call with that behaviour as its improvement, and the draft.

    It rests on what the record's own draft rests on, keeps to the same focus, and leaves out what that one left out:
    its ranking is that draft's, and no model phrases it. Steps and the day to look again are dated from `today`, the
    day of the choice: the same choice on the same day is the same draft, and is made once.

    Raises: StageError for a behaviour that is not in the ranking; NotFoundError, StoreError.
    """
    objects, results = workspace.objects, record.results
    first = objects.get("draft", results["draft"], Draft)[0]
    rubric = workspace.rubric_of(record)
    work = Work(
        stage="draft",
        code=CODE["draft"],
        inputs=(*(results[stage] for stage in _RESTS_ON), results["draft"]),
        parameters=(("improvement", improvement), ("today", today.isoformat())),
        rubric_sha256=rubric.sha256,
    )

    def make(_: Progress) -> Draft:
        verification = objects.get("verify", results["verify"], Verification)[0]
        return draft(
            conversation=objects.get("attribute", results["attribute"], Conversation)[0],
            rubric=rubric.rubric,
            metrics=objects.get("measure", results["measure"], CallMetrics)[0],
            observations=verification.observations,
            assessment=objects.get("score", results["score"], Assessment)[0],
            today=today,
            focus=_focus(workspace, record, rubric.rubric.id),
            withheld=first.withheld,
            doubts=objects.get("observe", results["observe"], Reading)[0].doubts,
            improvement=improvement,
        )

    return work.key, Keeper(objects).kept(work, Draft, make)


def _focus(workspace: Workspace, record: CallRecord, rubric: str) -> str | None:
    """The focus that the record's own draft keeps to: its key tells them apart, so that this one's does, too."""
    recording = workspace.objects.get("ingest", record.results["ingest"], Recording)[0]
    taken = when_taken(workspace, recording, now=record.at)
    return focus_book(workspace).at(recording.metadata.rep, taken, rubric=rubric)
