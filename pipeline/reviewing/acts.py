"""Owns what a person may do with a draft, each act one further record: edit, choose, approve, send back, reopen, take a
new reading.

Every act names what its author had `Seen`: where somebody saved in between it changes nothing and raises StaleError.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from pipeline.domain.coaching import Draft
from pipeline.domain.review import (
    OF_IMPROVEMENT,
    PARTS,
    Feedback,
    FeedbackPart,
    HeardMoment,
    Review,
    ReviewAction,
    ReviewState,
    changed_parts,
    edits_between,
    feedback_of,
    part_text,
    with_parts,
)
from pipeline.domain.work import CallRecord
from pipeline.errors import StageError, UsageError
from pipeline.redraft import redraft
from pipeline.reviewing.cited import Listening, to_hear
from pipeline.reviewing.standing import Seen, Standing, state_of, state_of_reading, unchanged
from pipeline.store.workspace import Workspace

MIN_OVERRIDE_WORDS = 3
Whose = Literal["mine", "new"]
"""mine: the words that a person wrote stay; new: those of the draft that comes take their place."""


class UndecidedError(UsageError):
    """A new draft would take the place of words that a person wrote, and nobody has said which are to stay."""

    def __init__(self, parts: tuple[FeedbackPart, ...], brings: Feedback) -> None:
        super().__init__(
            f"a person wrote {', '.join(parts)}, and the new draft has its own words there",
            hint="say for each of them which words are to stay: mine or new",
        )
        self.parts = parts
        self.brings = brings


class UnheardError(UsageError):
    """Moments that the feedback rests on were not played, and no reason was given."""

    def __init__(self, moments: tuple[HeardMoment, ...]) -> None:
        super().__init__(
            f"{len(moments)} of the moments that this feedback rests on were not heard",
            hint=f"play them, or say in {MIN_OVERRIDE_WORDS} words or more why you approve without; it stays on record",
        )
        self.moments = moments


@dataclass(frozen=True)
class Desk:
    """Where a person works at the reviews of a workspace: who it is, and when."""

    workspace: Workspace
    now: datetime
    author: str

    def add(self, standing: Standing, review: Review) -> Standing:
        """The standing after one more record. Raises: StaleError when somebody else added one just before."""
        self.workspace.reviews.append(standing.call, review, after=standing.number)
        return state_of(self.workspace, standing.call)

    def record_of(self, standing: Standing) -> CallRecord:
        """The call's record under review."""
        return self.workspace.calls.get(standing.call, standing.record)


def edit(
    desk: Desk, call: str, *, seen: Seen, feedback: Feedback, reasons: Mapping[FeedbackPart, str] | None = None
) -> Standing:
    """The standing with these words; without any change it is as it was, and nothing is recorded.

    Raises: StaleError; UsageError for a review that is approved.
    """
    standing = _open(desk, call, seen)
    edits = edits_between(standing.feedback, feedback, reasons or {})
    if not edits:
        return standing
    return desk.add(standing, _next(desk, standing, "edited").model_copy(update={"feedback": feedback, "edits": edits}))


def choose_improvement(
    desk: Desk, call: str, *, seen: Seen, behaviour: str, keep: Mapping[FeedbackPart, Whose] | None = None
) -> Standing:
    """The standing with this behaviour of the ranking as the one thing to change; unchanged where it is that already.

    The parts that speak of it are the new draft's; the others stay as they are. Of parts that a person wrote, `keep`
    says whose words stay. The draft's first choice brings back the draft itself.

    Raises: StaleError; UndecidedError; UsageError for a behaviour that is not in the ranking, or an approved review.
    """
    standing = _open(desk, call, seen)
    if behaviour not in (candidate.behaviour for candidate in standing.first.ranking):
        raise UsageError(f"{behaviour!r} is not in the ranking of this call", hint="choose one that is")
    if behaviour == standing.improvement:
        return standing
    record = desk.record_of(standing)
    first = standing.first.improvement
    if first is not None and first.behaviour == behaviour:
        key, draft, chosen = record.results["draft"], standing.first, None
    else:
        key, draft = _redrafted(desk, record, behaviour)
        chosen = behaviour
    feedback = _merged(standing, feedback_of(draft), OF_IMPROVEMENT, keep or {})
    update = {"draft": key, "improvement": chosen, "feedback": feedback}
    return desk.add(standing, _next(desk, standing, "chose_improvement").model_copy(update=update))


def take_new_reading(
    desk: Desk, call: str, *, seen: Seen, reading: int, keep: Mapping[FeedbackPart, Whose] | None = None
) -> Standing:
    """The standing with the draft of a newer record of the call under review, the one numbered `reading`.

    Of parts that a person wrote, `keep` says whose words stay. Raises: StaleError; UndecidedError; UsageError where
    there is no such reading, or the review is approved.
    """
    standing = _open(desk, call, seen)
    if not standing.record < reading <= standing.newest:
        raise UsageError(f"there is no newer reading {reading} of this call", hint="open the call again")
    coming = state_of_reading(desk.workspace, call, reading)
    feedback = _merged(standing, coming.own, PARTS, keep or {})
    update = {
        "record": reading,
        "draft": coming.draft_key,
        "improvement": None,
        "feedback": feedback if changed_parts(coming.own, feedback) else None,
    }
    return desk.add(standing, _next(desk, standing, "read_again").model_copy(update=update))


def approve(desk: Desk, call: str, *, seen: Seen, listening: Listening, override: str = "") -> Standing:
    """The standing with the feedback approved: from now on the rep may see it.

    It rests on what the approver heard, or on the reason in `override` where that is not enough; a reason that nobody
    needed is not kept. A call without sound asks for neither. Raises: StaleError; UnheardError; UsageError where there
    is nothing to send, or the review is approved or sent back.
    """
    standing = _open(desk, call, seen)
    if standing.state == "sent_back":
        raise UsageError("this draft was sent back to be read again", hint="take it back first")
    if not any(part_text(standing.feedback, part).strip() for part in PARTS):
        raise UsageError("this feedback is empty", hint="write something, or send it back")
    listened = listening.of(to_hear(standing, desk.workspace.result(desk.record_of(standing))))
    unheard = tuple(moment for moment in listened if not listening.enough(moment))
    reason = override.strip() if unheard else ""
    if unheard and len(reason.split()) < MIN_OVERRIDE_WORDS:
        raise UnheardError(unheard)
    update = {"feedback": standing.feedback, "listened": listened, "override": reason}
    return desk.add(standing, _next(desk, standing, "approved").model_copy(update=update))


def send_back(desk: Desk, call: str, *, seen: Seen, reason: str) -> Standing:
    """The standing with the draft sent back, to be read again. Raises: StaleError; UsageError without a reason, or for
    a review that is approved or was sent back already."""
    standing = _open(desk, call, seen)
    if standing.state == "sent_back":
        raise UsageError("this draft was sent back already", hint="wait for the new reading, or take it back")
    said = _said(reason, "say what is to be read again, and why")
    return desk.add(standing, _next(desk, standing, "sent_back").model_copy(update={"reason": said}))


def reopen(desk: Desk, call: str, *, seen: Seen, reason: str = "") -> Standing:
    """The standing with an approval, or a sending back, taken back: the rep no longer sees the feedback.

    Raises: StaleError; UsageError for a review that is neither, or an approved one without a reason.
    """
    standing = unchanged(desk.workspace, call, seen)
    if standing.state not in ("approved", "sent_back"):
        raise UsageError("this review is open already", hint="edit it, or approve it")
    said = _said(reason, "say why it is opened again") if standing.state == "approved" else reason.strip()
    return desk.add(standing, _next(desk, standing, "reopened").model_copy(update={"reason": said}))


def _redrafted(desk: Desk, record: CallRecord, behaviour: str) -> tuple[str, Draft]:
    try:
        return redraft(desk.workspace, record, improvement=behaviour, today=desk.now.date())
    except StageError as error:  # an older version ranked it, or its rubric's text is refused by now
        raise UsageError(error.message, hint=error.hint) from error


def _open(desk: Desk, call: str, seen: Seen) -> Standing:
    standing = unchanged(desk.workspace, call, seen)
    if standing.state == "approved":
        raise UsageError(
            "this feedback is approved, and the rep may have read it", hint="reopen it first, with a reason"
        )
    return standing


def _said(reason: str, hint: str) -> str:
    if not reason.strip():
        raise UsageError("a reason is missing", hint=hint)
    return reason.strip()


def _merged(
    standing: Standing, coming: Feedback, parts: tuple[FeedbackPart, ...], keep: Mapping[FeedbackPart, Whose]
) -> Feedback:
    """The coming words in these parts, but for a person's that are to stay. Raises: UndecidedError."""
    at_stake = tuple(part for part in standing.edited if part in parts)
    if undecided := tuple(part for part in at_stake if part not in keep):
        raise UndecidedError(undecided, coming)
    replaced = [part for part in parts if part not in at_stake or keep[part] == "new"]
    return with_parts(standing.feedback, coming, replaced)


def _next(desk: Desk, standing: Standing, action: ReviewAction) -> Review:
    """The record of an act that changes nothing but the state."""
    states: dict[ReviewAction, ReviewState] = {"approved": "approved", "sent_back": "sent_back"}
    last = standing.review
    return Review(
        call=standing.call,
        action=action,
        state=states.get(action, "edited"),
        author=desk.author,
        at=desk.now,
        record=standing.record,
        draft=standing.draft_key,
        improvement=last.improvement if last else None,
        feedback=last.feedback if last else None,
    )
