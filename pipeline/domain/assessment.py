"""From a reader's claims to verified observations, verdicts and scores."""

from typing import Literal, Self

from pydantic import Field, model_validator

from pipeline.domain.base import Value
from pipeline.domain.chat import Usage
from pipeline.domain.recording import Role
from pipeline.domain.rubric import Polarity
from pipeline.domain.span import Span
from pipeline.domain.speech import Conversation, Word

RejectionReason = Literal[
    "not_found", "ambiguous", "wrong_speaker", "unknown_behaviour", "too_short", "unreliable_words", "out_of_place"
]
"""not_found: the words are not in that turn; ambiguous: they stand there more than once; wrong_speaker: somebody else
said them; unknown_behaviour: the rubric has no such behaviour; too_short: too few words to show anything;
unreliable_words: they may have been invented by the recogniser; out_of_place: the behaviour cannot show there, as in a
statement where it takes a question, or outside the part of the call where it counts."""

VerdictState = Literal["shown", "not_shown", "no_opportunity", "unread"]
"""shown: with observations or by a measure; not_shown: looked for and not found; no_opportunity: nothing called for it;
unread: not judged."""


class Quote(Value):
    """A pointer to words first_word to last_word, both inclusive, of one turn. Its text is the transcript's own."""

    turn_id: str
    first_word: int = Field(ge=0)
    last_word: int = Field(ge=0)

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.last_word < self.first_word:
            raise ValueError("a quote must not end before it starts")
        return self

    def text(self, conversation: Conversation) -> str:
        """The quoted words, joined by single spaces. Raises: KeyError for a turn that is not there."""
        return " ".join(word.text for word in self._words(conversation))

    def span(self, conversation: Conversation) -> Span | None:
        """When the quoted words are spoken; None in a transcript without times."""
        spans = [word.span for word in self._words(conversation) if word.span is not None]
        return Span(start=spans[0].start, end=max(s.end for s in spans)) if spans else None

    def _words(self, conversation: Conversation) -> tuple[Word, ...]:
        turn = conversation.turn(self.turn_id)
        if turn is None or self.last_word >= len(turn.words):
            raise KeyError(f"{self.turn_id}[{self.first_word}:{self.last_word}]")
        return turn.words[self.first_word : self.last_word + 1]


class Claim(Value):
    """What a reader said: this behaviour shows in this turn, in these words.

    `first_word` is the position the reader points at, where it knows one. `strength` (0 to 1) orders claims of one
    reader; it is no probability and is never shown as one.
    """

    behaviour: str
    turn_id: str
    quote: str
    first_word: int | None = Field(default=None, ge=0)
    strength: float = Field(default=1.0, ge=0, le=1)


class RejectedClaim(Value):
    """A claim that verification refused, with the reason; stored, counted and published."""

    claim: Claim
    reason: RejectionReason


class Unread(Value):
    """A behaviour that a reader could not judge, and why."""

    behaviour: str
    reason: str = Field(min_length=1)


class Doubt(Value):
    """A behaviour that a reader did not claim and came near to claiming: how near, 0 not at all, 1 almost.

    It is nothing that anybody is shown as said; it only keeps a draft from telling a rep to do what they may have done.
    """

    behaviour: str
    nearness: float = Field(ge=0, le=1)


class Reading(Value):
    """Everything one reader said of one call: claims, what it could not judge, and what it used of a language model.

    `doubts` are of behaviours without a claim, each at most once; a reader that knows no nearness has none.
    """

    claims: tuple[Claim, ...]
    unread: tuple[Unread, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    usage: Usage = Usage()


class Observation(Value):
    """A verified quote that shows a behaviour: words, speaker and time are the transcript's own."""

    id: str = Field(pattern=r"^o\d{3,}$")
    capability: str
    behaviour: str
    kind: Polarity
    role: Role
    quote: Quote
    text: str
    span: Span | None
    strength: float = Field(ge=0, le=1)


class MissedMoment(Value):
    """Where a behaviour was called for and did not follow: the words that called for it."""

    quote: Quote
    text: str
    span: Span | None
    role: Role


class Verdict(Value):
    """What can be said of one behaviour in one call.

    `measured` is the value of the measure that decided it, if one did. `looked_in` are the turns it was looked for in;
    `missed` the moments that called for it and were not followed by it, also where it was shown elsewhere. An unread
    behaviour and one without opportunity have a reason.
    """

    capability: str
    behaviour: str
    state: VerdictState
    observation_ids: tuple[str, ...] = ()
    looked_in: tuple[str, ...] = ()
    missed: tuple[MissedMoment, ...] = ()
    measured: float | None = None
    reason: str = ""

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        decided = self.state in ("shown", "not_shown")
        if decided == bool(self.reason):
            raise ValueError(f"{self.behaviour}: a verdict of {self.state} has {'no' if decided else 'a'} reason")
        if bool(self.observation_ids) != (self.state == "shown" and self.measured is None):
            raise ValueError(f"{self.behaviour}: observations belong to a behaviour shown in words, and only to one")
        if not decided and (self.missed or self.measured is not None):
            raise ValueError(f"{self.behaviour}: {self.state} rests on nothing, so it has no moment and no measure")
        return self


class Score(Value):
    """The level of a capability by the rubric's own rule, or unscored with the reason; never both."""

    capability: str
    level: int | None = Field(default=None, ge=1, le=5)
    of: int = Field(ge=2, le=5)
    unscored: str | None = None
    anchor: str | None = None
    observation_ids: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _either(self) -> Self:
        if (self.level is None) == (self.unscored is None):
            raise ValueError("a score has a level or a reason why it is unscored, and not both")
        return self


class Verification(Value):
    """Claims after verification: what stands, and what was refused."""

    observations: tuple[Observation, ...]
    rejected: tuple[RejectedClaim, ...]


class Assessment(Value):
    """Verdicts of all behaviours and scores of all capabilities of a rubric, on one call."""

    rubric_id: str
    rubric_version: int
    verdicts: tuple[Verdict, ...]
    scores: tuple[Score, ...]

    def verdict(self, behaviour_id: str) -> Verdict:
        """The verdict of this behaviour. Raises: KeyError for one the rubric does not have."""
        for verdict in self.verdicts:
            if verdict.behaviour == behaviour_id:
                return verdict
        raise KeyError(behaviour_id)

    def score(self, capability_id: str) -> Score:
        """The score of this capability. Raises: KeyError for one the rubric does not have."""
        for score in self.scores:
            if score.capability == capability_id:
                return score
        raise KeyError(capability_id)
