"""A draft of coaching feedback: what code chose, in sentences that each rest on evidence."""

from collections.abc import Iterable
from datetime import date
from itertools import groupby
from typing import Literal, Self

from pydantic import Field, model_validator

from pipeline.domain.assessment import MissedMoment, Quote
from pipeline.domain.base import Value
from pipeline.domain.chat import Usage
from pipeline.domain.span import Span
from pipeline.domain.stability import Withheld

FactorName = Literal["importance", "gap", "evidence", "focus", "clarity", "specificity"]
"""importance, gap, evidence and focus choose the improvement; importance, clarity and specificity the strength."""

Paragraph = Literal["strength", "facts", "improvement", "activity", "follow_up"]
"""The paragraphs of a draft, in their order: it leads with the positive."""

CitationKind = Literal["observation", "missed_moment", "measure", "search", "turns", "rubric", "calendar"]
"""What a sentence rests on, and what its `ref` names: an observation, by its id; a missed moment, by the behaviour;
a measure, by its name; a search that found nothing, by the behaviour (its verdict says where); the turns of a role;
what people wrote into the rubric, by the behaviour; a date of this draft, as follow_up, activity.0, activity.1, ..."""


class Citation(Value):
    """What a sentence rests on. `quote` points at the words it quotes, `span` at the moment to play."""

    kind: CitationKind
    ref: str = Field(min_length=1)
    quote: Quote | None = None
    span: Span | None = None


class DraftSentence(Value):
    """A sentence of a draft and everything it rests on."""

    paragraph: Paragraph
    text: str = Field(min_length=1)
    citations: tuple[Citation, ...] = Field(min_length=1)


class Factor(Value):
    """One term of the ranking formula, with the words that explain it to a manager."""

    name: FactorName
    value: float = Field(ge=0, le=1)
    why: str


class Candidate(Value):
    """A behaviour that could be the improvement; `rank_value` is the product of its factors, 0 to 1."""

    capability: str
    behaviour: str
    rank_value: float = Field(ge=0, le=1)
    factors: tuple[Factor, ...]


class Strength(Value):
    """The positive that the draft leads with: an effective behaviour and the observation that shows it."""

    capability: str
    behaviour: str
    observation_id: str
    text: str
    reasons: tuple[Factor, ...] = ()


class Improvement(Value):
    """The one thing to change: cites observations, a missed moment, or the measure that decided it."""

    capability: str
    behaviour: str
    observation_ids: tuple[str, ...] = ()
    missed: MissedMoment | None = None
    measured: float | None = None
    text: str
    reasons: tuple[Factor, ...]


class ActivityStep(Value):
    """A small step with who does it and by when; `by` is proposed, people decide."""

    text: str
    who: Literal["rep", "manager", "both"]
    by: date | None = None


class Phrasing(Value):
    """Whose words a draft is in: the fixed ones of the template, or a model's; `reason` says why its words were left.

    `problems` are what was found wrong with them, one line each.
    """

    by: Literal["template", "model"] = "template"
    model: str | None = None
    reason: str = ""
    problems: tuple[str, ...] = ()
    usage: Usage = Usage()


class Draft(Value):
    """A draft for one call; it stays one until a person decides.

    `strength` or `improvement` is absent when the call gives no evidence for one; `absent` then says why.
    `ranking` is the whole ranked list that the improvement heads, or stands in where a person chose another of it;
    `withheld` are the behaviours of the rubric that were kept out of it, and out of the strengths. `text` is always
    `written(sentences)`.
    """

    strength: Strength | None
    improvement: Improvement | None
    questions: tuple[str, ...]
    activity: tuple[ActivityStep, ...]
    practice: str | None = None
    follow_up: date | None = None
    absent: tuple[str, ...] = ()
    ranking: tuple[Candidate, ...] = ()
    withheld: tuple[Withheld, ...] = ()
    sentences: tuple[DraftSentence, ...] = ()
    text: str
    phrasing: Phrasing = Phrasing()

    @model_validator(mode="after")
    def _text_is_its_sentences(self) -> Self:
        if self.sentences and self.text != written(self.sentences):
            raise ValueError("a draft's text must be its sentences, word for word")
        return self

    def paragraph(self, name: Paragraph) -> tuple[DraftSentence, ...]:
        """The sentences of one paragraph, in order."""
        return tuple(sentence for sentence in self.sentences if sentence.paragraph == name)


def written(sentences: Iterable[DraftSentence]) -> str:
    """The sentences as plain text: a space between sentences, a blank line between paragraphs."""
    return "\n\n".join(
        " ".join(sentence.text for sentence in together) for _, together in groupby(sentences, lambda s: s.paragraph)
    )
