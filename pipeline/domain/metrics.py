"""Measures of a call: computed, never generated, and unavailable with a reason where they cannot be trusted."""

from typing import Literal, Self

from pydantic import Field, model_validator

from pipeline.domain.base import Value
from pipeline.domain.recording import Role
from pipeline.domain.span import Span

MetricName = Literal[
    "rep_talk_ratio",
    "rep_talk_s",
    "customer_talk_s",
    "overlap_s",
    "silence_s",
    "longest_rep_monologue_s",
    "longest_customer_story_s",
    "turns_per_hour",
    "rep_questions",
    "customer_questions",
    "rep_open_questions",
    "rep_questions_per_hour",
    "patience_s",
    "interruptions_by_rep",
    "rep_words_per_minute",
    "first_rep_question_s",
    "price_talk_s",
    "next_step_talk_s",
    "filler_words",
]
QuestionKind = Literal["open", "closed", "declarative"]
Unit = Literal["ratio", "s", "1/h", "count", "words/min"]


class Measure(Value):
    """One measure: a value with its unit, or no value and the reason; `where` points at the moment it speaks of.

    `low` and `high` are the ends of its 90% interval: on calls of the same kind whose truth is known, nine of ten such
    intervals held it. Both or neither; only the talk ratio has one. `trust` says on what condition the interval holds,
    or why a measure that could have one has none.
    """

    name: MetricName
    value: float | None
    unit: Unit
    unavailable: str | None = None
    where: Span | None = None
    low: float | None = None
    high: float | None = None
    trust: str | None = None

    @model_validator(mode="after")
    def _interval_holds_the_value(self) -> Self:
        ends = (self.low, self.high)
        if ends == (None, None):
            return self
        if self.value is None or self.low is None or self.high is None or not self.low <= self.value <= self.high:
            raise ValueError(f"{self.name}: an interval has both ends and holds the value, not {ends} of {self.value}")
        return self


class Question(Value):
    """A question in a turn: words first_word to last_word inclusive, counted from 0 within the turn."""

    turn_id: str
    role: Role
    kind: QuestionKind
    first_word: int = Field(ge=0)
    last_word: int = Field(ge=0)
    text: str


class CallMetrics(Value):
    """All measures of a call, each exactly once, and the questions they were counted from."""

    measures: tuple[Measure, ...]
    questions: tuple[Question, ...] = ()

    def get(self, name: MetricName) -> Measure:
        """The measure of this name. Raises: KeyError when it was not computed at all."""
        for measure in self.measures:
            if measure.name == name:
                return measure
        raise KeyError(name)
