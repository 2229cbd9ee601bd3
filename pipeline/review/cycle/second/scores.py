"""Owns the scores of one person as the API gives them away for a purpose; the rules are in `pipeline.cycle.release`."""

from pipeline.cycle.release import Purpose, Release, Scored, release
from pipeline.domain.cycle.past_calls import PastCall
from pipeline.review.cycle.acting import calls_of, happened_to
from pipeline.review.guards import Entry
from pipeline.review.seals import seal_of, seals_of


def scores_for(entry: Entry, purpose: Purpose) -> Release:
    """The scores of the person of the path, and what is refused; to that person only of calls whose feedback is
    approved, and to nobody those of a call that waits for its rep. Writes the audit trail."""
    calls = calls_of(entry, entry.whose)
    sealed = seals_of(entry.room, [entry.whose])
    if entry.sight == "own":
        calls = tuple(call for call in calls if _shown(entry, call))
    calls = tuple(call for call in calls if call.call not in sealed)
    scored = Scored(person=entry.whose.id, calls=calls, history=happened_to(entry, entry.whose.id))
    found = release([scored], purpose)
    entry.room.audit.tell(
        entry.viewer.user.id, "exported", detail=f"scores of {entry.whose.id} for {purpose}", address=entry.address
    )
    return found


def _shown(entry: Entry, call: PastCall) -> bool:
    """Whether the reading that the scores are of is the one whose feedback was approved, and still is."""
    review = entry.room.workspace.reviews.last(call.call)
    latest = entry.room.workspace.calls.last_number(call.call)
    approved = review is not None and review.state == "approved" and review.record == latest
    return approved and seal_of(entry.room, call.call, "own") is None
