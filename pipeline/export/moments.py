"""Owns the moments of a call that a page points at: observations, and where a behaviour was called for and missed."""

from typing import Literal

from pipeline.domain.assessment import MissedMoment, Observation, Quote
from pipeline.domain.base import Value
from pipeline.domain.phrasing import clock
from pipeline.domain.recording import Role
from pipeline.domain.result import CallResult
from pipeline.domain.rubric import Rubric
from pipeline.domain.span import Span
from pipeline.export.untrusted import visible
from pipeline.export.wording import ROLES, amount, sought, unit_of

MomentKind = Literal["effective", "ineffective", "missed"]


class Moment(Value):
    """Words of the call, who spoke them and when. `id` is unique on the page; `behaviour` is what they bear on."""

    id: str
    kind: MomentKind
    behaviour: str
    text: str
    role: Role
    speaker: str
    span: Span | None
    quote: Quote

    @property
    def clock(self) -> str:
        """When the words start, mm:ss; empty in a transcript without times."""
        return "" if self.span is None else clock(self.span.start)


class Moments(Value):
    """All moments of a call: observations by id, and missed moments in order of the verdicts."""

    rubric: Rubric
    observations: dict[str, Moment]
    missed: tuple[Moment, ...]

    def of_missed(self, missed: MissedMoment, behaviour_id: str) -> Moment:
        """The page's moment for a missed one, so that both places that show it share an id."""
        name = self.behaviour(behaviour_id)
        same = (m for m in self.missed if m.quote == missed.quote and m.behaviour == name)
        return next(same, None) or _missed(missed, name, "m000", speaker=self.speaker(missed.role))

    def speaker(self, role: Role) -> str:
        """What the page calls who has this role."""
        return self.rubric.parties.named(ROLES[role])

    def behaviour(self, behaviour_id: str) -> str:
        """A behaviour's text; its id where the rubric does not have it."""
        behaviour = self.rubric.behaviour(behaviour_id)
        return visible(behaviour_id if behaviour is None else behaviour.text)

    def capability(self, capability_id: str) -> str:
        """A capability's name; its id where the rubric does not have it."""
        found = next((c.name for c in self.rubric.capabilities if c.id == capability_id), capability_id)
        return visible(found)

    def measured(self, behaviour_id: str, value: float | None) -> str:
        """What was measured beside what the rubric looks for; empty for a behaviour that no measure decides."""
        behaviour = self.rubric.behaviour(behaviour_id)
        if value is None or behaviour is None or behaviour.measure is None:
            return ""
        rule = behaviour.measure
        return f"measured {amount(value, unit_of(rule.name))}, looked for: {sought(rule)}"


def looked_up(result: CallResult) -> Moments:
    """The moments of a call."""
    bare = Moments(rubric=result.rubric, observations={}, missed=())
    observations = {o.id: _observed(o, bare.behaviour(o.behaviour), bare.speaker(o.role)) for o in result.observations}
    pairs = [(m, bare.behaviour(v.behaviour)) for v in result.assessment.verdicts for m in v.missed]
    missed = tuple(
        _missed(m, name, f"m{n:03d}", speaker=bare.speaker(m.role)) for n, (m, name) in enumerate(pairs, start=1)
    )
    return Moments(rubric=result.rubric, observations=observations, missed=missed)


def _observed(observation: Observation, behaviour: str, speaker: str) -> Moment:
    return Moment(
        id=observation.id,
        kind="effective" if observation.kind.value == "effective" else "ineffective",
        behaviour=behaviour,
        text=visible(observation.text),
        role=observation.role,
        speaker=speaker,
        span=observation.span,
        quote=observation.quote,
    )


def _missed(missed: MissedMoment, behaviour: str, moment_id: str, *, speaker: str) -> Moment:
    return Moment(
        id=moment_id,
        kind="missed",
        behaviour=behaviour,
        text=visible(missed.text),
        role=missed.role,
        speaker=speaker,
        span=missed.span,
        quote=missed.quote,
    )
