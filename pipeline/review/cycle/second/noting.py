"""Owns what the second level notes on a reviewed draft: the form of the page, the body of the API, and saving it."""

from typing import Literal

from pydantic import BaseModel, Field

from pipeline.cycle.samples import look_at
from pipeline.domain.base import Value
from pipeline.domain.cycle.own import SampleLookedAt
from pipeline.review.cycle.acting import act
from pipeline.review.cycle.second.samples_view import LONGEST_SEED, reviewed_by
from pipeline.review.guards import Entry

Answer = Literal["yes", "no", ""]
_ANSWERS: dict[str, bool | None] = {"yes": True, "no": False, "": None}
MOST_NOTE = 4000


class SampleNote(Value):
    """What the second level noted; each answer is null where it is left open. `sample` is the seed it was drawn by."""

    call: str = Field(min_length=1, max_length=80)
    review: int = Field(ge=1)
    note: str = Field(default="", max_length=MOST_NOTE)
    asks: bool | None = None
    positive_first: bool | None = None
    one_focus: bool | None = None
    sample: str = Field(default="", max_length=LONGEST_SEED)


class NoteForm(BaseModel):
    """The same, as the page's form sends it; `back` is the sample's own query."""

    call: str = Field(min_length=1, max_length=80)
    review: int = Field(ge=1)
    note: str = Field(default="", max_length=MOST_NOTE)
    asks: Answer = ""
    positive_first: Answer = ""
    one_focus: Answer = ""
    sample: str = Field(default="", max_length=LONGEST_SEED)
    back: str = Field(default="", max_length=500)
    csrf: str = ""

    def noted(self) -> SampleNote:
        """What it notes."""
        return SampleNote(
            call=self.call,
            review=self.review,
            note=self.note,
            asks=_ANSWERS[self.asks],
            positive_first=_ANSWERS[self.positive_first],
            one_focus=_ANSWERS[self.one_focus],
            sample=self.sample,
        )


def note(entry: Entry, noted: SampleNote) -> None:
    """The note is in the stream of the manager of the path. Raises: UsageError where it rests on nothing they sent."""
    wish = SampleLookedAt(**noted.model_dump())
    reviewed = reviewed_by(entry, entry.whose.id, noted.call, noted.review)
    author = entry.viewer.user.id
    act(
        entry,
        entry.whose.id,
        lambda history: look_at(history, wish, author=author, reviewed=reviewed),
        call=noted.call,
    )
