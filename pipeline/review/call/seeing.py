"""Owns who may see what the software says of a rep: draft, scorecard, quotes that were picked, refused claims."""

from pipeline.domain.review import Review
from pipeline.review.guards import Entry


def sees_judgement(entry: Entry) -> bool:
    """Whether the viewer may see the draft and the scorecard of the call.

    Those who coach its rep may; the rep only once a person has approved the feedback, and while the approval stands.
    """
    return entry.sight == "coach" or (entry.sight == "own" and approved(entry) is not None)


def sees_judgement_of(entry: Entry, record: int) -> bool:
    """The same of one reading of the call: a rep sees none but the one whose feedback was approved."""
    if entry.sight == "coach":
        return True
    review = approved(entry) if entry.sight == "own" else None
    return review is not None and review.record == record


def approved(entry: Entry) -> Review | None:
    """The review of the call where its latest action is an approval, else None."""
    review = entry.room.workspace.reviews.last(entry.call)
    return review if review is not None and review.state == "approved" else None
