"""Owns the parts of a feedback as a page shows them: text, the draft's own wording, what it rests on, what is told."""

from collections.abc import Mapping
from datetime import date

from pydantic import AwareDatetime

from pipeline.domain.base import Value
from pipeline.domain.coaching import ActivityStep
from pipeline.domain.phrasing import clock
from pipeline.domain.result import CallResult
from pipeline.domain.review import PARTS, Edit, Feedback, FeedbackPart, HeardMoment, Review, part_text
from pipeline.export.draft_sheet import WHO
from pipeline.export.untrusted import paragraphs, visible
from pipeline.export.wording import ROLES
from pipeline.review.drafts.differences import Piece, differences
from pipeline.reviewing.cited import Cited
from pipeline.reviewing.notes import Note
from pipeline.reviewing.standing import Standing

TITLES: Mapping[FeedbackPart, str] = {
    "strength": "What worked",
    "facts": "In figures",
    "improvement": "One thing to change",
    "questions": "Questions",
    "activity": "Activity",
    "practice": "Practice",
    "follow_up": "Look at it again",
}


class Hear(Value):
    """A moment that a part rests on. `start` and `end` are absent where there is nothing to play; `heard` is how much
    of it the viewer played, 0 to 1, and `enough` whether an approval may rest on that."""

    ref: str
    part: FeedbackPart
    text: str
    speaker: str
    clock: str
    start: float | None
    end: float | None
    heard: float
    enough: bool


class PartView(Value):
    """One part. `own` is the draft's wording, `diff` leads from it to the text; both are empty where nobody edited.

    `by`, `at` and `reason` are of the last edit.
    """

    part: FeedbackPart
    title: str
    text: str
    paragraphs: tuple[str, ...]
    edited: bool = False
    own: str = ""
    diff: tuple[Piece, ...] = ()
    by: str = ""
    at: AwareDatetime | None = None
    reason: str = ""
    notes: tuple[Note, ...] = ()
    moments: tuple[Hear, ...] = ()


class StepView(Value):
    """A step of the activity; `told` is who does it, in words."""

    text: str
    who: str
    told: str
    by: date | None


def lines(text: str) -> str:
    """The text as a form shows it: each line visible, line breaks kept."""
    return "\n".join(visible(line) for line in text.splitlines())


def plain_part(feedback: Feedback, part: FeedbackPart, moments: tuple[Hear, ...] = ()) -> PartView:
    """A part as it reads, without where its words come from."""
    text = lines(part_text(feedback, part))
    return PartView(
        part=part,
        title=TITLES[part],
        text=text,
        paragraphs=tuple(text.splitlines()) if part == "questions" else paragraphs(text),
        moments=tuple(moment for moment in moments if moment.part == part),
    )


def part_views(
    standing: Standing,
    history: tuple[Review, ...],
    *,
    notes: tuple[Note, ...],
    moments: tuple[Hear, ...],
    names: Mapping[str, str],
) -> tuple[PartView, ...]:
    """All parts as a coach sees them; `names` has the authors' by their ids."""
    return tuple(
        _with_origin(plain_part(standing.feedback, part, moments), standing, history, names).model_copy(
            update={"notes": tuple(note for note in notes if note.part == part)}
        )
        for part in PARTS
    )


def _with_origin(view: PartView, standing: Standing, history: tuple[Review, ...], names: Mapping[str, str]) -> PartView:
    if view.part not in standing.edited:
        return view
    own = lines(part_text(standing.own, view.part))
    update: dict[str, object] = {"edited": True, "own": own, "diff": differences(own, view.text)}
    for review, edit in _edits_of(view.part, history):
        update |= {"by": names.get(review.author, review.author), "at": review.at, "reason": lines(edit.reason)}
    return view.model_copy(update=update)


def _edits_of(part: FeedbackPart, history: tuple[Review, ...]) -> list[tuple[Review, Edit]]:
    return [(review, edit) for review in history for edit in review.edits if edit.part == part]


def step_views(activity: tuple[ActivityStep, ...], result: CallResult) -> tuple[StepView, ...]:
    """The steps, with who does them as this kind of call names people."""
    named = result.rubric.parties.named
    return tuple(
        StepView(text=visible(step.text), who=step.who, told=named(WHO[step.who]), by=step.by) for step in activity
    )


def hears(
    moments: tuple[Cited, ...], heard: tuple[HeardMoment, ...], result: CallResult, *, required: float
) -> tuple[Hear, ...]:
    """The cited moments with how much of each the viewer has heard; `heard` has those that can be played."""
    known = {(moment.ref, moment.span): moment.heard for moment in heard}
    found = []
    for moment in moments:
        ratio = known.get((moment.ref, moment.span)) if moment.span is not None else None
        playable = moment.span is not None and ratio is not None
        found.append(
            Hear(
                ref=moment.ref,
                part=moment.part,
                text=visible(moment.text),
                speaker=result.rubric.parties.named(ROLES[moment.role]),
                clock="" if moment.span is None else clock(moment.span.start),
                start=moment.span.start if moment.span is not None and playable else None,
                end=moment.span.end if moment.span is not None and playable else None,
                heard=ratio or 0.0,
                enough=ratio is None or ratio >= required,
            )
        )
    return tuple(found)
