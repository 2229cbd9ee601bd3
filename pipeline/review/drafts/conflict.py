"""Owns what a person is shown who saved a draft that somebody else had saved in between: both texts, part by part."""

from typing import Literal

from pipeline.domain.base import Value
from pipeline.domain.review import PARTS, Feedback, FeedbackPart, changed_parts, part_text, with_parts
from pipeline.review.drafts.differences import Piece, differences
from pipeline.review.drafts.parts import TITLES, lines
from pipeline.review.drafts.view import DraftView
from pipeline.reviewing.standing import Standing

Changed = Literal["nobody", "theirs", "mine", "both"]
"""Who changed a part since the form was made."""


class PartForm(Value):
    """A part in the form: the text to edit, its reason; in a conflict also who changed it, and the words that stand."""

    part: FeedbackPart
    title: str
    text: str
    reason: str = ""
    changed: Changed = "nobody"
    theirs: str = ""
    diff: tuple[Piece, ...] = ()


class DraftForm(Value):
    """The form in which a draft is edited; `feedback` fills it, `number` and `record` are what it is made from."""

    call: str
    number: int
    record: int
    feedback: Feedback
    parts: tuple[PartForm, ...]


class Conflict(Value):
    """What somebody saved, beside what stands by now: `theirs` is the draft as it is, `by` who saved it last, `own`
    whether that was the same person, in another window.

    `form` holds what was typed, ready to be saved on top; parts that only others changed are theirs in it. It is absent
    for acts that change no words; `typed` is then what was written with the act, a reason.
    """

    theirs: DraftView
    by: str
    own: bool
    done: str
    form: DraftForm | None = None
    typed: str = ""


def form_of(view: DraftView) -> DraftForm:
    """The form over the words that stand."""
    return DraftForm(
        call=view.call,
        number=view.number,
        record=view.record,
        feedback=view.feedback,
        parts=tuple(
            PartForm(part=part, title=TITLES[part], text=lines(part_text(view.feedback, part))) for part in PARTS
        ),
    )


def conflict_of(theirs: DraftView, viewer: str, *, form: DraftForm | None = None, typed: str = "") -> Conflict:
    """What to show after a save that came too late."""
    last = theirs.history[0] if theirs.history else None
    return Conflict(
        theirs=theirs,
        by=last.by if last else "Somebody",
        own=last is not None and last.author == viewer,
        done=last.done if last else "saved",
        form=form,
        typed=typed,
    )


def merged_form(base: Standing, theirs: DraftView, mine: Feedback, reasons: dict[FeedbackPart, str]) -> DraftForm:
    """The form over what was typed: parts that were only changed by others since `base` are as they are by now."""
    by_me = changed_parts(base.feedback, mine)
    by_them = changed_parts(base.feedback, theirs.feedback)
    merged = with_parts(mine, theirs.feedback, [part for part in by_them if part not in by_me])
    return DraftForm(
        call=theirs.call,
        number=theirs.number,
        record=theirs.record,
        feedback=merged,
        parts=tuple(
            _part(part, merged, theirs.feedback, _changed(part, by_me, by_them)).model_copy(
                update={"reason": reasons.get(part, "")}
            )
            for part in PARTS
        ),
    )


def _changed(part: FeedbackPart, by_me: tuple[FeedbackPart, ...], by_them: tuple[FeedbackPart, ...]) -> Changed:
    if part in by_me:
        return "both" if part in by_them else "mine"
    return "theirs" if part in by_them else "nobody"


def _part(part: FeedbackPart, merged: Feedback, theirs: Feedback, changed: Changed) -> PartForm:
    text, other = lines(part_text(merged, part)), lines(part_text(theirs, part))
    return PartForm(
        part=part,
        title=TITLES[part],
        text=text,
        changed="mine" if changed == "both" and text == other else changed,
        theirs=other,
        diff=differences(other, text) if text != other else (),
    )
