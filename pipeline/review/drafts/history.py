"""Owns the history of a review as its page tells it: who did what, when, and why."""

from collections.abc import Iterable, Mapping

from pydantic import AwareDatetime

from pipeline.domain.base import Value
from pipeline.domain.people import LOCAL_USER
from pipeline.domain.review import FeedbackPart, Review, ReviewAction
from pipeline.export.moments import Moments
from pipeline.export.untrusted import visible
from pipeline.review.drafts.differences import Piece, differences
from pipeline.review.drafts.parts import TITLES, lines
from pipeline.review.people import People

_DONE: Mapping[ReviewAction, str] = {
    "edited": "edited",
    "chose_improvement": "chose what to change",
    "sent_back": "sent the draft back to be read again",
    "read_again": "took the new reading",
    "approved": "approved",
    "reopened": "opened it again",
}


class EditLine(Value):
    """One part that an edit changed."""

    part: FeedbackPart
    title: str
    diff: tuple[Piece, ...]
    reason: str


class HistoryLine(Value):
    """One record of the review. `improvement` is the behaviour in words, of a choice; `heard` and `cited` count the
    moments of an approval, `override` is why it went without some."""

    number: int
    action: ReviewAction
    done: str
    author: str
    by: str
    at: AwareDatetime
    reason: str
    override: str
    improvement: str
    edits: tuple[EditLine, ...]
    heard: int
    cited: int


def names_of(people: People, reviews: Iterable[Review]) -> dict[str, str]:
    """The names of everybody who wrote one of these records, by id."""
    found = {}
    for author in {review.author for review in reviews}:
        user = people.get(author)
        found[author] = "You" if author == LOCAL_USER else visible(user.name if user else author)
    return found


def history_lines(
    history: tuple[Review, ...], names: Mapping[str, str], moments: Moments, *, required: float
) -> tuple[HistoryLine, ...]:
    """The records, the latest first."""
    found = [
        HistoryLine(
            number=number,
            action=review.action,
            done=_DONE[review.action],
            author=review.author,
            by=names.get(review.author, review.author),
            at=review.at,
            reason=lines(review.reason),
            override=lines(review.override),
            improvement=_improvement(review, moments),
            edits=tuple(
                EditLine(
                    part=edit.part,
                    title=TITLES[edit.part],
                    diff=differences(lines(edit.before), lines(edit.after)),
                    reason=lines(edit.reason),
                )
                for edit in review.edits
            ),
            heard=sum(moment.heard >= required for moment in review.listened),
            cited=len(review.listened),
        )
        for number, review in enumerate(history, start=1)
    ]
    return tuple(reversed(found))


def _improvement(review: Review, moments: Moments) -> str:
    if review.action != "chose_improvement":
        return ""
    return moments.behaviour(review.improvement) if review.improvement else "the draft's own first choice"
