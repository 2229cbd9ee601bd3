"""Owns who may see what the software says of a rep: draft, scorecard, quotes that were picked, refused claims."""

from pipeline.domain.review import Review
from pipeline.review.guards import Entry
from pipeline.review.seals import Seal, require_open, seal_of


def sees_judgement(entry: Entry) -> bool:
    """Whether the viewer may see the draft and the scorecard of the call.

    Those who coach its rep may; the rep only once a person has approved the feedback, and while the approval stands.
    Nobody may while the rep, who picked the call, has not gone first.
    """
    return (entry.sight == "coach" or (entry.sight == "own" and approved(entry) is not None)) and seal(entry) is None


def sees_judgement_of(entry: Entry, record: int) -> bool:
    """The same of one reading of the call: a rep sees none but the one whose feedback was approved."""
    if seal(entry) is not None:
        return False
    if entry.sight == "coach":
        return True
    review = approved(entry) if entry.sight == "own" else None
    return review is not None and review.record == record


def seal(entry: Entry) -> Seal | None:
    """Why the coaching of the call is closed to the viewer for now; None where it is not, as for most calls."""
    return seal_of(entry.room, entry.call, entry.sight)


def require_unsealed(entry: Entry) -> None:
    """Refuse what belongs to the coaching of a sealed call. Raises: SealedError."""
    require_open(entry.room, entry.call, entry.sight)


def approved(entry: Entry) -> Review | None:
    """The review of the call where its latest action is an approval, else None."""
    review = entry.room.workspace.reviews.last(entry.call)
    return review if review is not None and review.state == "approved" else None
