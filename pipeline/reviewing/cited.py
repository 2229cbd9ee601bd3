"""Owns which moments of a call a feedback rests on, and how much of them somebody has heard."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from pipeline.domain.assessment import Observation
from pipeline.domain.base import Value
from pipeline.domain.recording import Role
from pipeline.domain.result import CallResult
from pipeline.domain.review import FeedbackPart, HeardMoment
from pipeline.domain.span import Span
from pipeline.reviewing.standing import Standing


class Cited(Value):
    """Words that a part of the feedback rests on. `ref` is an observation's id, or the behaviour that was missed there.

    `span` is absent in a transcript without times.
    """

    ref: str
    part: FeedbackPart
    text: str
    role: Role
    span: Span | None


@dataclass(frozen=True)
class Listening:
    """What the approver has played: `heard` tells of a stretch how much of it, 0 to 1; `required` is what is asked."""

    heard: Callable[[Span], float]
    required: float

    def of(self, cited: tuple[Cited, ...]) -> tuple[HeardMoment, ...]:
        """Each moment that can be played, with how much of it was."""
        return tuple(
            HeardMoment(ref=each.ref, span=each.span, heard=min(1.0, max(0.0, self.heard(each.span))))
            for each in cited
            if each.span is not None
        )

    def enough(self, moment: HeardMoment) -> bool:
        """Whether so much of it was played as is asked."""
        return moment.heard >= self.required


def cited(standing: Standing, result: CallResult) -> tuple[Cited, ...]:
    """The moments that the feedback under review rests on, the strength's first; `result` is that of its record."""
    return (*_of_strength(standing, result), *_of_improvement(standing, result))


def to_hear(standing: Standing, result: CallResult) -> tuple[Cited, ...]:
    """Those of them that can be played: none where the call is a finished transcript, or has no times."""
    if result.recording.kind == "transcript":
        return ()
    return tuple(each for each in cited(standing, result) if each.span is not None)


def _of_strength(standing: Standing, result: CallResult) -> Iterator[Cited]:
    if standing.first.strength is not None:
        yield from _observed(result.observation(standing.first.strength.observation_id), "strength")


def _of_improvement(standing: Standing, result: CallResult) -> Iterator[Cited]:
    improvement = standing.draft.improvement
    if improvement is None:
        return
    if improvement.missed is not None:
        missed = improvement.missed
        yield Cited(ref=improvement.behaviour, part="improvement", text=missed.text, role=missed.role, span=missed.span)
    for observation_id in improvement.observation_ids:
        yield from _observed(result.observation(observation_id), "improvement")


def _observed(observation: Observation | None, part: FeedbackPart) -> Iterator[Cited]:
    if observation is not None:
        yield Cited(ref=observation.id, part=part, text=observation.text, role=observation.role, span=observation.span)
