"""Owns which reading of a call its page shows: the latest, or the one that somebody asks for by its number."""

from dataclasses import dataclass

from pipeline.domain.result import CallResult
from pipeline.domain.review import Review
from pipeline.domain.work import CallRecord
from pipeline.review.call.seeing import approved, seal, sees_judgement_of
from pipeline.review.guards import Entry, nothing_here
from pipeline.review.seals import Seal


@dataclass(frozen=True)
class Shown:
    """A reading of a call, as a viewer sees it.

    `number` is that of its record, `latest` that of the call's last one. `review` is the latest of the call, absent
    while nobody has touched the draft. `judged`: draft, scorecard and quotes are the viewer's to see; `seal` tells
    where they are not because the rep goes first.
    """

    number: int
    latest: int
    record: CallRecord
    result: CallResult
    review: Review | None
    judged: bool
    seal: Seal | None = None

    @property
    def reviewed(self) -> int | None:
        """The number of the record whose draft is under review, where it is not the one that is shown."""
        return self.review.record if self.review is not None and self.review.record != self.number else None


def shown(entry: Entry, number: int | None = None) -> Shown:
    """The reading of this number; without one, the latest, and for the rep the one whose feedback was approved.

    Raises: NotFoundError where the call has no record of this number.
    """
    latest, record = entry.room.record(entry.call)
    if number is None:
        given = approved(entry) if entry.sight == "own" else None
        number = latest if given is None else given.record
    if not 1 <= number <= latest:
        raise nothing_here()
    if number != latest:
        record = entry.room.workspace.calls.get(entry.call, number)
    return Shown(
        number=number,
        latest=latest,
        record=record,
        result=entry.room.result(record),
        review=entry.room.workspace.reviews.last(entry.call),
        judged=sees_judgement_of(entry, number),
        seal=seal(entry),
    )


def length_of(result: CallResult) -> float:
    """Seconds of the call: of its sound, and as far as anybody speaks in it at least."""
    ends = [turn.span.end for turn in result.conversation.turns if turn.span is not None]
    return max(result.recording.duration, result.conversation.duration, *ends)
