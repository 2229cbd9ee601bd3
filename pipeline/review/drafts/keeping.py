"""Owns the question whose words are to stay, where a new draft meets words that a person wrote."""

from typing import Literal

from pipeline.domain.base import Value
from pipeline.domain.review import FeedbackPart, part_text
from pipeline.review.drafts.differences import Piece, differences
from pipeline.review.drafts.forms import ChoiceForm, KeepForm, ReadingForm
from pipeline.review.drafts.parts import TITLES, lines
from pipeline.review.guards import Entry
from pipeline.reviewing.acts import UndecidedError
from pipeline.reviewing.standing import state_of


class KeepPart(Value):
    """A part with the words of a person and those that would take their place."""

    part: FeedbackPart
    title: str
    mine: str
    new: str
    diff: tuple[Piece, ...]


class KeepView(Value):
    """The question; `behaviour` or `reading` is what comes, as the form named it."""

    call: str
    place: Literal["improvement", "take-new"]
    number: int
    record: int
    behaviour: str = ""
    reading: int | None = None
    parts: tuple[KeepPart, ...]


def keep_view(entry: Entry, error: UndecidedError, form: KeepForm) -> KeepView:
    """What to ask of somebody whose form left it open."""
    words = state_of(entry.room.workspace, entry.call).feedback
    parts = []
    for part in error.parts:
        mine, new = lines(part_text(words, part)), lines(part_text(error.brings, part))
        parts.append(KeepPart(part=part, title=TITLES[part], mine=mine, new=new, diff=differences(mine, new)))
    return KeepView(
        call=entry.call,
        place="take-new" if isinstance(form, ReadingForm) else "improvement",
        number=form.after,
        record=form.record,
        behaviour=form.behaviour if isinstance(form, ChoiceForm) else "",
        reading=form.reading if isinstance(form, ReadingForm) else None,
        parts=tuple(parts),
    )
