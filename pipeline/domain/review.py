"""What people make of a draft: edits, the choice of another improvement, approval; each a record that never changes."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Literal, Self

from pydantic import AwareDatetime, Field, model_validator

from pipeline.domain.base import Value
from pipeline.domain.coaching import ActivityStep, Draft, Paragraph
from pipeline.domain.phrasing import day
from pipeline.domain.recording import CallId, Sha256
from pipeline.domain.span import Span

ReviewState = Literal["waiting", "edited", "sent_back", "approved"]
"""waiting: nobody has touched the draft; edited: somebody has, and it is not approved; sent_back: to be read again;
approved: it is feedback by now, and the rep may see it."""

ReviewAction = Literal["edited", "chose_improvement", "sent_back", "read_again", "approved", "reopened"]
"""read_again: the draft that a later reading made takes the place of the one under review, by a person's choice."""

FeedbackPart = Literal["strength", "facts", "improvement", "questions", "activity", "practice", "follow_up"]
PARTS: tuple[FeedbackPart, ...] = (
    "strength", "facts", "improvement", "questions", "activity", "practice", "follow_up",
)  # fmt: skip
"""All parts, in the order in which a rep reads them."""

OF_IMPROVEMENT: tuple[FeedbackPart, ...] = PARTS[2:]
"""The parts that speak of the one thing to change: another improvement brings its own."""

MOST_TEXT = 20_000
"""Characters that one part of a feedback may have."""


class Feedback(Value):
    """The words that go to the rep, part by part; as the draft has them until somebody edits.

    Texts are plain: paragraphs are parted by blank lines.
    """

    strength: str = Field(default="", max_length=MOST_TEXT)
    facts: str = Field(default="", max_length=MOST_TEXT)
    improvement: str = Field(default="", max_length=MOST_TEXT)
    questions: tuple[str, ...] = Field(default=(), max_length=50)
    activity: tuple[ActivityStep, ...] = Field(default=(), max_length=50)
    practice: str = Field(default="", max_length=MOST_TEXT)
    follow_up: date | None = None


class Edit(Value):
    """One part that somebody changed: from what, to what, and why if they said so. Both are as the form shows them."""

    part: FeedbackPart
    before: str
    after: str
    reason: str = ""


class HeardMoment(Value):
    """A moment the feedback cites, and how much of it the approver had played when approving, 0 to 1."""

    ref: str
    span: Span
    heard: float = Field(ge=0, le=1)


class Review(Value):
    """The state of a call's review after one action of one person: records reviews/<call>/r.000001.json, ...

    `record` is the number of the call's record under review, `draft` the key of the draft that its words come from: a
    later reading of the call changes neither. `feedback` is absent until the first edit: the draft's own words then
    stand. `improvement` is the behaviour that a person chose in place of the draft's first. `edits` are those of this
    action. `listened` and `override` are of an approval: what it rests on, or why it went without.
    """

    call: CallId
    action: ReviewAction
    state: ReviewState
    author: str = Field(min_length=1)
    at: AwareDatetime
    record: int = Field(ge=1)
    draft: Sha256
    improvement: str | None = None
    feedback: Feedback | None = None
    edits: tuple[Edit, ...] = ()
    reason: str = ""
    listened: tuple[HeardMoment, ...] = ()
    override: str = ""

    @model_validator(mode="after")
    def _states_follow_actions(self) -> Self:
        states: dict[ReviewAction, ReviewState] = {"approved": "approved", "sent_back": "sent_back"}
        if self.state != states.get(self.action, "edited"):
            raise ValueError(f"a review that was {self.action} is not {self.state}")
        if self.override and self.action != "approved":
            raise ValueError("only an approval overrides the listening")
        return self


class Comment(Value):
    """A comment at a moment of a call, or an answer to one (`parent`): records comments/<call>/r.000001.json, ...

    Its id is "c" and the number of its record. A record with `withdraws` takes the comment of that id back; it has no
    text. `moment` is the second of the call it is about; absent for the call as a whole.
    """

    call: CallId
    author: str = Field(min_length=1)
    at: AwareDatetime
    text: str = Field(default="", max_length=MOST_TEXT)
    moment: float | None = Field(default=None, ge=0)
    parent: str | None = None
    withdraws: str | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if bool(self.text.strip()) == (self.withdraws is not None):
            raise ValueError("a comment has a text, and the withdrawal of one has none")
        return self


class Played(Value):
    """A stretch of a call that somebody really played, as their browser reports it.

    A line of listening/<call>.jsonl.
    """

    user: str
    at: AwareDatetime
    start: float = Field(ge=0)
    end: float = Field(ge=0)


def feedback_of(draft: Draft) -> Feedback:
    """The words of a draft, part by part, as a person may edit them."""

    def told(name: Paragraph) -> str:
        return " ".join(sentence.text for sentence in draft.paragraph(name))

    return Feedback(
        strength=told("strength") or (draft.strength.text if draft.strength else ""),
        facts=told("facts"),
        improvement=told("improvement") or (draft.improvement.text if draft.improvement else ""),
        questions=draft.questions,
        activity=draft.activity,
        practice=draft.practice or "",
        follow_up=draft.follow_up,
    )


def part_text(feedback: Feedback, part: FeedbackPart) -> str:
    """A part in plain words, as it is compared and shown side by side: a line for each question and for each step."""
    match part:
        case "questions":
            return "\n".join(feedback.questions)
        case "activity":
            return "\n".join(_step_text(step) for step in feedback.activity)
        case "follow_up":
            return "" if feedback.follow_up is None else day(feedback.follow_up)
        case "strength" | "facts" | "improvement" | "practice":
            return str(getattr(feedback, part))


def _step_text(step: ActivityStep) -> str:
    return f"{step.text} ({step.who}{'' if step.by is None else f', by {day(step.by)}'})"


def changed_parts(before: Feedback, after: Feedback) -> tuple[FeedbackPart, ...]:
    """The parts in which two feedbacks differ, in order."""
    return tuple(part for part in PARTS if getattr(before, part) != getattr(after, part))


def with_parts(feedback: Feedback, other: Feedback, parts: Collection[FeedbackPart]) -> Feedback:
    """The feedback with these parts of the other one."""
    return feedback.model_copy(update={part: getattr(other, part) for part in parts})


def edits_between(before: Feedback, after: Feedback, reasons: Mapping[FeedbackPart, str]) -> tuple[Edit, ...]:
    """What somebody changed, part by part, each with its reason where one was given."""
    return tuple(
        Edit(
            part=part,
            before=part_text(before, part),
            after=part_text(after, part),
            reason=reasons.get(part, "").strip(),
        )
        for part in changed_parts(before, after)
    )
