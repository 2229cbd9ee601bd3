"""Owns how a call's review stands: which draft is under review, its words by now, and what a form was made from."""

from pydantic import Field

from pipeline.domain.base import Value
from pipeline.domain.coaching import Draft
from pipeline.domain.recording import Sha256
from pipeline.domain.review import (
    OF_IMPROVEMENT,
    Feedback,
    FeedbackPart,
    Review,
    ReviewState,
    changed_parts,
    feedback_of,
    with_parts,
)
from pipeline.errors import NotFoundError, StaleError
from pipeline.store.workspace import Workspace


class Seen(Value):
    """What somebody had before them: `after`, the number of the last review record, 0 for none; `record`, that of the
    call's record, which a later reading of the call does not change under their hands."""

    after: int = Field(ge=0)
    record: int = Field(ge=1)


class Standing(Value):
    """A review as of one of its records, or before the first.

    `first` is the draft that the call's record has, `draft` the one whose improvement stands: another where a person
    chose another. `own` are the drafts' own words, `feedback` the words by now. `newest` is the number of
    the call's latest record: above `record` where the call was read again since.
    """

    call: str
    number: int = Field(ge=0)
    record: int = Field(ge=1)
    newest: int = Field(ge=1)
    review: Review | None
    first: Draft
    draft: Draft
    draft_key: Sha256
    own: Feedback
    feedback: Feedback

    @property
    def state(self) -> ReviewState:
        """Where the review is."""
        return "waiting" if self.review is None else self.review.state

    @property
    def seen(self) -> Seen:
        """What a form carries that is made from this."""
        return Seen(after=self.number, record=self.record)

    @property
    def edited(self) -> tuple[FeedbackPart, ...]:
        """The parts that by now have a person's words and not the draft's own."""
        return changed_parts(self.own, self.feedback)

    @property
    def improvement(self) -> str | None:
        """The behaviour that is the one thing to change; None where the call gives none."""
        return self.draft.improvement.behaviour if self.draft.improvement else None

    @property
    def read_again(self) -> bool:
        """Whether there is a reading of the call that is newer than the one under review."""
        return self.newest > self.record


def state_of(workspace: Workspace, call: str) -> Standing:
    """How the review stands now. Raises: NotFoundError for a call that is not there; StoreError."""
    number = workspace.reviews.last_number(call)
    return _standing(workspace, call, number, record=None)


def state_at(workspace: Workspace, call: str, seen: Seen) -> Standing:
    """How the review stood when somebody saw it, which may be the state of now.

    Raises: NotFoundError for a state that never was; StoreError.
    """
    if seen.after > workspace.reviews.last_number(call):
        raise NotFoundError(f"the review of {call} has no record {seen.after}", hint="open the call again")
    return _standing(workspace, call, seen.after, record=seen.record if seen.after == 0 else None)


def state_of_reading(workspace: Workspace, call: str, record: int) -> Standing:
    """How a review of this reading of the call would begin: with the words of its draft. Raises: as `state_at`."""
    return _standing(workspace, call, 0, record=record)


def unchanged(workspace: Workspace, call: str, seen: Seen) -> Standing:
    """The standing that somebody saw, where it is still the standing of now. Raises: StaleError where it is not."""
    last = workspace.reviews.last_number(call)
    if seen.after != last:
        raise StaleError(
            f"the review of this call was changed in between (record {last}, not {seen.after})",
            hint="look at the newer state and save again",
        )
    standing = state_at(workspace, call, seen)
    if standing.record != seen.record:
        raise StaleError("another reading of this call is under review by now", hint="look at it and save again")
    return standing


def _standing(workspace: Workspace, call: str, number: int, *, record: int | None) -> Standing:
    review = workspace.reviews.get(call, number) if number else None
    newest = workspace.calls.last_number(call)
    at = review.record if review else record or newest
    if not 1 <= at <= newest:
        raise NotFoundError(f"no call {call!r} with a record {at}", hint="go back to your calls")
    key = workspace.calls.get(call, at).results["draft"]
    first = workspace.objects.get("draft", key, Draft)[0]
    draft_key = review.draft if review else key
    draft = first if draft_key == key else workspace.objects.get("draft", draft_key, Draft)[0]
    own = with_parts(feedback_of(first), feedback_of(draft), OF_IMPROVEMENT)
    return Standing(
        call=call,
        number=number,
        record=at,
        newest=newest,
        review=review,
        first=first,
        draft=draft,
        draft_key=draft_key,
        own=own,
        feedback=review.feedback if review and review.feedback is not None else own,
    )
