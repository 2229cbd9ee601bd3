"""Trackers and what they find: where a call speaks of price, competitors, objections and next steps, and its stage."""

import datetime
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from pipeline.domain.assessment import Quote
from pipeline.domain.base import Value
from pipeline.domain.phrases import parse_phrase, plain_words
from pipeline.domain.recording import Role, Sha256, Stage

TrackerId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)]
Owner = Literal["rep", "customer", "both", "unknown"]
"""Who acts in a next step; unknown where the words do not say."""

StageSource = Literal["metadata", "rules", "similarity"]
"""metadata: people said so; rules: by words that are said in such calls; similarity: by sentences like those."""


def _valid_phrase(text: str) -> str:
    parse_phrase(text)
    return text


def _name_with_words(text: str) -> str:
    if not plain_words(text):
        raise ValueError(f"{text!r} has no word in it")
    return text


PhraseText = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1), AfterValidator(_valid_phrase)]
SentenceText = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
NameText = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1), AfterValidator(_name_with_words)]


class Tracker(Value):
    """Words, and sentences, by which a sentence of a call is told to speak of something.

    `phrases` mention it; `denials` mention it and say in themselves that it is not so; where one of `without` stands,
    nothing that shares a word with it is a mention. How they are written: `pipeline.domain.phrases`. `names` fill the
    slot {name}. Where no phrase stands, a sentence counts that is much like `examples`, or `denied_examples`, which say
    that it is not so, and less like `counterexamples`. `role`: whose sentences are read; those of speakers without a
    known role are read for every tracker. `commitment`: a mention is something to be done, so that it has an owner and
    may have a date.
    """

    id: TrackerId
    version: int = Field(ge=1)
    title: str = Field(min_length=1, max_length=80)
    text: str = Field(min_length=1)
    role: Literal["any", "rep", "customer"] = "any"
    commitment: bool = False
    phrases: tuple[PhraseText, ...] = Field(min_length=1)
    denials: tuple[PhraseText, ...] = ()
    without: tuple[PhraseText, ...] = ()
    names: tuple[NameText, ...] = ()
    examples: tuple[SentenceText, ...] = ()
    denied_examples: tuple[SentenceText, ...] = ()
    counterexamples: tuple[SentenceText, ...] = ()

    def reads(self, role: Role) -> bool:
        """Whether sentences of this role are looked at."""
        return self.role in ("any", role) or role == "unknown"


class LoadedTracker(Value):
    """A tracker with the sha256 of its content."""

    tracker: Tracker
    sha256: Sha256


class SpokenDay(Value):
    """A day as it was said, and the day itself where the words and the day of the call settle it."""

    words: str = Field(min_length=1)
    day: datetime.date | None = None


class Mention(Value):
    """A sentence, or a part of it, that a tracker's words stand in. The quote's text is the transcript's own.

    `negated`: it says that the thing is not so: not there, not used, no problem, not going to happen.
    `by`: phrases that stand in it, or its likeness to example sentences.
    `date` and `owner` are those of a next step, `owner` absent for what is none.
    """

    tracker: TrackerId
    quote: Quote
    role: Role
    negated: bool = False
    by: Literal["phrases", "similarity"] = "phrases"
    date: SpokenDay | None = None
    owner: Owner | None = None


class Tracked(Value):
    """A tracker that a call was searched with. `seconds`: how long its sentences last, each instant counted once.

    None, with the reason, where the transcript has no times.
    """

    tracker: TrackerId
    title: str
    seconds: float | None = Field(ge=0)
    unavailable: str | None = None

    @model_validator(mode="after")
    def _told(self) -> Self:
        if (self.seconds is None) == (self.unavailable is None):
            raise ValueError("either seconds or the reason why there are none")
        return self


class StageGuess(Value):
    """The stage of the sale that a call stands in; unknown where too little speaks for any.

    `confidence`, 0 to 1, orders guesses and is no probability; `why` are the sentences that decided, at most a few.
    """

    stage: Stage | Literal["unknown"]
    confidence: float = Field(ge=0, le=1)
    by: StageSource
    why: tuple[Quote, ...] = ()


class Tracking(Value):
    """What all trackers found in a call, in order of time, and its stage."""

    trackers: tuple[Tracked, ...]
    mentions: tuple[Mention, ...]
    stage: StageGuess

    def of(self, tracker_id: str) -> tuple[Mention, ...]:
        """The mentions of one tracker, in order of time."""
        return tuple(mention for mention in self.mentions if mention.tracker == tracker_id)
