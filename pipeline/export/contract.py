"""Owns the object that `filmroom show CALL --json` prints. Fields may be added; these keep their names."""

from collections import Counter
from typing import Literal

from pipeline.domain.assessment import Observation, RejectionReason, Score, Verdict
from pipeline.domain.base import Value
from pipeline.domain.coaching import Draft
from pipeline.domain.metrics import Measure, MetricName, Question, QuestionKind
from pipeline.domain.provenance import Provenance
from pipeline.domain.recording import Recording, Role, Stage
from pipeline.domain.result import CallResult
from pipeline.domain.rubric import Polarity
from pipeline.domain.speech import Speaker, Turn
from pipeline.domain.tracker import Mention, Owner, SpokenDay, StageSource, TrackerId


class TurnFields(Value):
    """A turn; `start` and `end` in seconds, null in a transcript without times."""

    id: str
    role: Role
    speaker: str
    start: float | None
    end: float | None
    text: str
    backchannel: bool


class ObservationFields(Value):
    """A verified observation; `kind` tells whether its behaviour is effective, `quote` is the transcript's own text."""

    id: str
    capability: str
    behaviour: str
    kind: Polarity
    role: Role
    turn_id: str
    start: float | None
    end: float | None
    quote: str


class QuestionFields(Value):
    """A question that somebody asked."""

    turn_id: str
    role: Role
    kind: QuestionKind
    text: str


class RejectedFields(Value):
    """How many claims verification refused for one reason."""

    reason: RejectionReason
    count: int


class MentionFields(Value):
    """A sentence in which a tracker's words stand; `negated`: it says that it is not so. `owner` and `date` (its words,
    and the day where these settle it) are those of a next step, else null."""

    tracker: TrackerId
    turn_id: str
    role: Role
    start: float | None
    end: float | None
    quote: str
    negated: bool
    by: Literal["phrases", "similarity"]
    date: SpokenDay | None
    owner: Owner | None


class StageFields(Value):
    """The stage of the sale, how it was told, and the sentences that told it; `confidence` is no probability."""

    stage: Stage | Literal["unknown"]
    confidence: float
    by: StageSource
    why: tuple[str, ...]


class RubricFields(Value):
    """The rubric that the call was read against."""

    id: str
    version: int
    title: str


class SeenCall(Value):
    """One call as other programs read it; its draft is null for whoever may not see it.

    `metrics` gives null for a measure that is unavailable, and `metrics_unavailable` the reason; `metrics_detail` has
    the same measures with their units. `trackers` and `stage` are null for a call that was reviewed before there were
    any. `rejected` is in falling order of count.
    """

    call: str
    recording: Recording
    duration: float
    timed: bool
    estimated: bool
    language: str | None
    speakers: tuple[Speaker, ...]
    turns: tuple[TurnFields, ...]
    metrics: dict[MetricName, float | None]
    metrics_unavailable: dict[MetricName, str]
    metrics_detail: tuple[Measure, ...]
    questions: tuple[QuestionFields, ...]
    trackers: tuple[MentionFields, ...] | None
    stage: StageFields | None
    rubric: RubricFields
    observations: tuple[ObservationFields, ...]
    rejected: tuple[RejectedFields, ...]
    verdicts: tuple[Verdict, ...]
    scores: tuple[Score, ...]
    draft: Draft | None
    provenance: tuple[Provenance, ...]


class CallFields(SeenCall):
    """One call with all that is known of it."""

    draft: Draft


def call_fields(result: CallResult) -> CallFields:
    """The contract's fields of one call, every text verbatim."""
    conversation, measures = result.conversation, result.metrics.measures
    return CallFields(
        call=result.recording.call,
        recording=result.recording,
        duration=conversation.duration,
        timed=conversation.timed,
        estimated=conversation.estimated,
        language=conversation.language,
        speakers=conversation.speakers,
        turns=tuple(_turn(t) for t in conversation.turns),
        metrics={m.name: m.value for m in measures},
        metrics_unavailable={m.name: m.unavailable or "no reason was recorded" for m in measures if m.value is None},
        metrics_detail=measures,
        questions=tuple(_question(q) for q in result.metrics.questions),
        trackers=_mentions(result),
        stage=_stage(result),
        rubric=RubricFields(id=result.rubric.id, version=result.rubric.version, title=result.rubric.title),
        observations=tuple(_observation(o) for o in result.observations),
        rejected=_counted(result),
        verdicts=result.assessment.verdicts,
        scores=result.assessment.scores,
        draft=result.draft,
        provenance=result.provenance,
    )


def to_json(result: CallResult, *, indent: int | None = None) -> str:
    """The contract's object as ASCII JSON, so that no text of a call can steer the terminal it is printed on."""
    return call_fields(result).model_dump_json(indent=indent, ensure_ascii=True)


def _turn(turn: Turn) -> TurnFields:
    span = turn.span
    return TurnFields(
        id=turn.id,
        role=turn.role,
        speaker=turn.speaker,
        start=None if span is None else span.start,
        end=None if span is None else span.end,
        text=turn.text,
        backchannel=turn.backchannel,
    )


def _observation(observation: Observation) -> ObservationFields:
    return ObservationFields(
        id=observation.id,
        capability=observation.capability,
        behaviour=observation.behaviour,
        kind=observation.kind,
        role=observation.role,
        turn_id=observation.quote.turn_id,
        start=None if observation.span is None else observation.span.start,
        end=None if observation.span is None else observation.span.end,
        quote=observation.text,
    )


def _question(question: Question) -> QuestionFields:
    return QuestionFields(turn_id=question.turn_id, role=question.role, kind=question.kind, text=question.text)


def _mentions(result: CallResult) -> tuple[MentionFields, ...] | None:
    if result.tracking is None:
        return None
    return tuple(_mention(mention, result) for mention in result.tracking.mentions)


def _mention(mention: Mention, result: CallResult) -> MentionFields:
    span = mention.quote.span(result.conversation)
    return MentionFields(
        tracker=mention.tracker,
        turn_id=mention.quote.turn_id,
        role=mention.role,
        start=None if span is None else span.start,
        end=None if span is None else span.end,
        quote=mention.quote.text(result.conversation),
        negated=mention.negated,
        by=mention.by,
        date=mention.date,
        owner=mention.owner,
    )


def _stage(result: CallResult) -> StageFields | None:
    if result.tracking is None:
        return None
    guess = result.tracking.stage
    why = tuple(quote.text(result.conversation) for quote in guess.why)
    return StageFields(stage=guess.stage, confidence=guess.confidence, by=guess.by, why=why)


def _counted(result: CallResult) -> tuple[RejectedFields, ...]:
    counts = Counter(r.reason for r in result.rejected)
    return tuple(RejectedFields(reason=reason, count=n) for reason, n in counts.most_common())
