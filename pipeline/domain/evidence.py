"""Everything that is known of one call when its draft is written, and how to look it up."""

from functools import cached_property

from pipeline.domain.assessment import Assessment, Doubt, Observation, Quote
from pipeline.domain.base import Value
from pipeline.domain.metrics import CallMetrics, Measure, MetricName
from pipeline.domain.normal import WordRun
from pipeline.domain.recording import Role
from pipeline.domain.rubric import Behaviour, Capability, Rubric
from pipeline.domain.span import Span
from pipeline.domain.speech import Conversation, Turn


class Evidence(Value):
    """What a draft may rest on: one call's words, measures, verified observations, verdicts and scores.

    `doubts` are the reader's: they can only keep something out of a draft.
    """

    conversation: Conversation
    rubric: Rubric
    metrics: CallMetrics
    observations: tuple[Observation, ...]
    assessment: Assessment
    doubts: tuple[Doubt, ...] = ()

    @cached_property
    def _by_id(self) -> dict[str, Observation]:
        return {observation.id: observation for observation in self.observations}

    def observation(self, observation_id: str) -> Observation | None:
        """The observation with this id, or None."""
        return self._by_id.get(observation_id)

    def nearness(self, behaviour_id: str) -> float:
        """How near the reader came to claiming a behaviour that it did not claim, 0 to 1."""
        return next((doubt.nearness for doubt in self.doubts if doubt.behaviour == behaviour_id), 0.0)

    def of_behaviour(self, behaviour_id: str) -> tuple[Observation, ...]:
        """The observations of a behaviour, in order of time."""
        return tuple(o for o in self.observations if o.behaviour == behaviour_id)

    def behaviour(self, behaviour_id: str) -> Behaviour:
        """The rubric's behaviour. Raises: KeyError for one it does not have."""
        found = self.rubric.behaviour(behaviour_id)
        if found is None:
            raise KeyError(behaviour_id)
        return found

    def capability_of(self, behaviour_id: str) -> Capability:
        """The capability that has the behaviour. Raises: KeyError for one the rubric does not have."""
        found = self.rubric.capability_of(behaviour_id)
        if found is None:
            raise KeyError(behaviour_id)
        return found

    def measure(self, name: MetricName) -> Measure | None:
        """The measure if it has a value, else None."""
        return next((m for m in self.metrics.measures if m.name == name and m.value is not None), None)

    def turns_of(self, role: Role) -> tuple[Turn, ...]:
        """A role's turns that can carry a quote."""
        return tuple(turn for turn in self.conversation.turns if turn.role == role and not turn.backchannel)

    def n_words(self, role: Role) -> int:
        """Words in a role's turns, without those that may be invented."""
        return sum(word.unreliable is None for turn in self.turns_of(role) for word in turn.words)

    def searched(self, behaviour_id: str) -> tuple[Turn, ...]:
        """The turns in which the behaviour was looked for, in order of time."""
        wanted = set(self.assessment.verdict(behaviour_id).looked_in)
        return tuple(turn for turn in self.conversation.turns if turn.id in wanted)

    def is_question(self, quote: Quote) -> bool:
        """Whether the quoted words ask: they end in a question mark or share words with a counted question."""
        if quote.text(self.conversation).rstrip("\"')]”’").endswith("?"):
            return True
        run = WordRun(quote.first_word, quote.last_word)
        return any(
            question.turn_id == quote.turn_id and run.overlaps(WordRun(question.first_word, question.last_word))
            for question in self.metrics.questions
        )


def extent(turns: tuple[Turn, ...]) -> Span | None:
    """From the first turn's start to the last one's end; None without turns or without times."""
    spans = [turn.span for turn in turns if turn.span is not None]
    return Span(start=min(s.start for s in spans), end=max(s.end for s in spans)) if spans else None
