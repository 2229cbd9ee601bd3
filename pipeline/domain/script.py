"""A finished transcript as somebody else made it: who says what, in the order of its file, with the times it has."""

from pydantic import Field

from pipeline.domain.base import Value
from pipeline.domain.recording import Role
from pipeline.domain.span import Span
from pipeline.domain.speech import Word

UNNAMED = "unknown"
"""The label of words of which the transcript does not say who spoke them."""


class Utterance(Value):
    """What one speaker says in one go: a cue, a labelled line, an interval, an element of a vendor's list.

    `speaker` is the name as it was written. `role` is set only where a person said whose side the file is. `span` is
    absent unless the transcript says when the utterance begins and when it ends; its words may have times without it,
    which are then estimates. `words` is empty where somebody spoke and nobody could tell what.
    """

    speaker: str = Field(default=UNNAMED, min_length=1, max_length=200)
    role: Role | None = None
    words: tuple[Word, ...] = ()
    span: Span | None = None
    estimated: bool = False


class Script(Value):
    """All utterances of a call in the order of the file; of several files, one after the other."""

    utterances: tuple[Utterance, ...]
    language: str | None = None
    duration: float = Field(ge=0)

    @property
    def timed(self) -> bool:
        """Whether it is known of every utterance when it begins and ends, so that times may be added up."""
        return bool(self.utterances) and all(u.span is not None for u in self.utterances)

    @property
    def estimated(self) -> bool:
        """Whether times of single words are estimates, spread over the time of their utterance."""
        return any(u.estimated for u in self.utterances)
