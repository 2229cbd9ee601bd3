"""Owns labels that people give to calls of a workspace without having seen what the software makes of them.

A label is a record labels/<call>/r.000001.json of the workspace, made as reviews are: a later one of the same rater
stands in for an earlier one, and nothing is ever changed. It holds for the transcript and the rubric it was given on.
"""

from collections.abc import Sequence

from evals.labelled import LabelledCall
from evals.suites import Skipped
from pipeline.domain.labels import BlindLabel, in_force
from pipeline.domain.speech import Conversation
from pipeline.errors import FilmroomError
from pipeline.store.records import Records
from pipeline.store.workspace import Workspace

__all__ = ["COLLECTION", "BlindLabel", "blind_labels", "in_force", "labelled", "load_blind"]

COLLECTION = "blind"


def blind_labels(workspace: Workspace) -> Records[BlindLabel]:
    """The records of blind labels of a workspace; `append(label.call, label)` keeps one."""
    return workspace.labels


def labelled(labels: Sequence[BlindLabel], conversation: Conversation) -> LabelledCall:
    """The call of these labels, all on the same ground, with every rater's.

    Raises: ValueError when there is none, when grounds or calls differ, or a label is of a turn that is not there.
    """
    if len({(label.call, *label.ground) for label in labels}) != 1:
        raise ValueError("labels of one call, one transcript and one rubric are needed")
    known = {turn.id for turn in conversation.turns}
    if lost := [t.turn_id for label in labels for t in label.turns if t.turn_id not in known]:
        raise ValueError(f"there is no turn {lost[0]} in the transcript of {labels[0].call}")
    return LabelledCall(
        id=labels[0].call,
        collection=COLLECTION,
        conversation=conversation,
        language=conversation.language,
        rubric=labels[0].rubric,
        raters=tuple(dict.fromkeys(label.rater for label in labels)),
        turns=tuple(turn for label in labels for turn in label.turns),
        verdicts=tuple(verdict for label in labels for verdict in label.verdicts),
        levels=tuple(level for label in labels for level in label.levels),
    )


def load_blind(workspace: Workspace) -> tuple[tuple[LabelledCall, ...], tuple[Skipped, ...]]:
    """The calls with blind labels in force, by id, and why each of the others, or an outdated label, does not count."""
    records = blind_labels(workspace)
    found: list[LabelledCall] = []
    skipped: list[Skipped] = []
    for call in records.ids():
        try:
            labels = records.all(call)
            current = in_force(labels)
            talk, _ = workspace.objects.get("attribute", current[0].transcript, Conversation)
            found.append(labelled(current, talk))
        except (FilmroomError, ValueError, IndexError) as error:
            skipped.append(Skipped(what=call, reason=str(error) or "holds no label"))
            continue
        outdated = {label.rater for label in labels} - {label.rater for label in current}
        reason = "was given on an earlier transcript or rubric"
        skipped += [Skipped(what=f"{call}, label by {rater}", reason=reason) for rater in sorted(outdated)]
    return tuple(found), tuple(skipped)
