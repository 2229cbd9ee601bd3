"""Owns who labels which call: putting one up, what a rater gets to label, whether they may still do so blind."""

from collections.abc import Sequence

from pipeline.domain.audit import AuditAction
from pipeline.domain.labels import BlindLabel, LabelTask, in_force
from pipeline.domain.speech import Conversation
from pipeline.errors import NotFoundError, UsageError
from pipeline.review.audit import Wanted
from pipeline.review.guards import Entry
from pipeline.review.labelling.forms import Ground
from pipeline.review.room import Room

SEEING: tuple[AuditAction, ...] = ("viewed", "edited", "approved", "chose_improvement", "sent_back", "exported")
TO_LABEL = "to label"
BLIND = (TO_LABEL, "labels compared")
"""Details of views that show nothing of what the software says, or only once the viewer's own label stands."""


def put_up(entry: Entry, raters: Sequence[str]) -> LabelTask:
    """The task by which these users label the call of the entry; nobody is asked where there are none.

    The transcript and the rubric are those of the call's record as of now, and stay so for raters who come later.
    Raises: UsageError for somebody who is no user.
    """
    room, call = entry.room, entry.call
    for rater in raters:
        user = room.people.get(rater)
        if (user is None or user.removed) and rater != entry.viewer.user.id:
            raise UsageError(f"{rater} is no user", hint="choose among the users, or have one added first")
    tasks = room.workspace.label_tasks
    seen, before = tasks.last_number(call), tasks.last(call)
    record = before.record if before is not None and not before.withdrawn else room.record(call)[0]
    task = LabelTask(
        call=call,
        raters=tuple(dict.fromkeys(raters)),
        record=record,
        by=entry.viewer.user.id,
        at=room.now(),
        withdrawn=not raters,
    )
    tasks.append(call, task, after=seen)
    detail = f"to {', '.join(task.raters)}" if task.raters else "withdrawn"
    room.audit.tell(entry.viewer.user.id, "put_up_for_labelling", call=call, detail=detail, address=entry.address)
    return task


def task_of(room: Room, call: str) -> LabelTask:
    """The task of a call that is up for labelling. Raises: NotFoundError."""
    task = room.workspace.label_tasks.last(call)
    if task is None or task.withdrawn:
        raise NotFoundError("this call is not up for labelling", hint="go back to your labelling list")
    return task


def ground_of(room: Room, task: LabelTask) -> Ground:
    """What is labelled in a task. Raises: NotFoundError, StoreError."""
    record = room.workspace.calls.get(task.call, task.record)
    key = record.results["attribute"]
    conversation, _ = room.workspace.objects.get("attribute", key, Conversation)
    rubric = room.workspace.rubric_of(record)
    return Ground(call=task.call, conversation=conversation, transcript=key, rubric=rubric)


def labels_of(room: Room, call: str) -> tuple[BlindLabel, ...]:
    """The labels in force of a call, one for each rater who is done."""
    return in_force(room.workspace.labels.all(call))


def own_label(entry: Entry) -> BlindLabel | None:
    """The viewer's own label of the call of the entry; None while they have not labelled it."""
    return next((label for label in labels_of(entry.room, entry.call) if label.rater == entry.viewer.user.id), None)


def seen_by(room: Room, call: str, user: str | None = None) -> frozenset[str]:
    """Who has looked at what the software says of this call, by the audit trail; with `user`, that user or nobody."""
    found: set[str] = set()
    older: str | None = None
    while True:
        answer = room.audit.find(Wanted(call=call, user=user), older=older, n=1000)
        found.update(e.user for e in answer.events if e.action in SEEING and e.detail not in BLIND)
        if answer.older is None or (user is not None and found):
            return frozenset(found)
        older = answer.older
