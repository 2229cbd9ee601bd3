"""Owns the decision: a verdict for every behaviour of the rubric and a score for every capability, with no model."""

from collections.abc import Iterable

from pipeline.domain.assessment import Assessment, Observation, Score, Unread, Verdict, VerdictState
from pipeline.domain.levels import level_of
from pipeline.domain.metrics import CallMetrics
from pipeline.domain.opportunity import missed, moments, turns_looked_at
from pipeline.domain.recording import Role
from pipeline.domain.rubric import Behaviour, Capability, MeasureRule, Polarity, Rubric
from pipeline.domain.speech import Conversation


def assess(
    *,
    conversation: Conversation,
    rubric: Rubric,
    metrics: CallMetrics,
    observations: Iterable[Observation],
    unread: Iterable[Unread] = (),
) -> Assessment:
    """Verdicts of all behaviours and scores of all capabilities, in the rubric's order."""
    found = tuple(observations)
    verdicts = decide(conversation=conversation, rubric=rubric, metrics=metrics, observations=found, unread=unread)
    return Assessment(
        rubric_id=rubric.id, rubric_version=rubric.version, verdicts=verdicts, scores=score(rubric, verdicts)
    )


def decide(
    *,
    conversation: Conversation,
    rubric: Rubric,
    metrics: CallMetrics,
    observations: Iterable[Observation],
    unread: Iterable[Unread] = (),
) -> tuple[Verdict, ...]:
    """One verdict for each behaviour, in the rubric's order. Evidence comes first; the first that applies decides:

    1. decided by a measure: shown when low <= value <= high, else not_shown; unread without a value.
    2. shown: an observation stands, even where a phrase of the opportunity is absent or a reader failed.
    3. unread: the reader could not judge it; or the call has no turns of its role; or its opportunity comes from a role
       that nobody has while some speakers' roles are unknown.
    4. no_opportunity: nothing called for it, or its role does not speak in the part of the call it belongs to.
    5. not_shown, with the turns it was looked for in.

    An effective behaviour, shown or not, lists the moments that called for it and were not followed by it.
    """
    found = tuple(observations)
    failed = {entry.behaviour: entry.reason for entry in unread}
    return tuple(
        _by_measure(behaviour, capability, metrics, behaviour.measure)
        if behaviour.measure is not None
        else _by_reading(behaviour, capability, conversation, (found, failed.get(behaviour.id)))
        for capability in rubric.capabilities
        for behaviour in capability.behaviours
    )


def score(rubric: Rubric, verdicts: Iterable[Verdict]) -> tuple[Score, ...]:
    """The level of each capability by the rubric's rule (`pipeline.domain.levels`), or the reason there is none."""
    by_behaviour = {verdict.behaviour: verdict for verdict in verdicts}
    return tuple(
        _score(capability, tuple(by_behaviour[b.id] for b in capability.behaviours))
        for capability in rubric.capabilities
    )


def _by_measure(behaviour: Behaviour, capability: Capability, metrics: CallMetrics, rule: MeasureRule) -> Verdict:
    measure = next((m for m in metrics.measures if m.name == rule.name), None)
    value = measure.value if measure is not None else None
    state: VerdictState = "unread" if value is None else "shown" if _holds(rule, value) else "not_shown"
    why = "was not computed" if measure is None else (measure.unavailable or "is unavailable")
    return Verdict(
        capability=capability.id,
        behaviour=behaviour.id,
        state=state,
        measured=value,
        reason=f"{rule.name}: {why}" if value is None else "",
    )


def _holds(rule: MeasureRule, value: float) -> bool:
    return (rule.low is None or rule.low <= value) and (rule.high is None or value <= rule.high)


def _by_reading(
    behaviour: Behaviour,
    capability: Capability,
    conversation: Conversation,
    read: tuple[tuple[Observation, ...], str | None],
) -> Verdict:
    observations = tuple(o for o in read[0] if o.behaviour == behaviour.id)
    looked_in = turns_looked_at(conversation, role=behaviour.role, part=behaviour.part)
    called = moments(conversation, behaviour)
    unjudged = read[1] or _unjudged(behaviour, conversation)
    idle = _idle(behaviour, called_for=bool(called), speaks=bool(looked_in))
    state: VerdictState = (
        "shown" if observations else "unread" if unjudged else "no_opportunity" if idle else "not_shown"
    )
    decided = state in ("shown", "not_shown")
    return Verdict(
        capability=capability.id,
        behaviour=behaviour.id,
        state=state,
        observation_ids=tuple(o.id for o in observations),
        looked_in=() if state == "unread" else tuple(turn.id for turn in looked_in),
        missed=missed(called, observations) if decided and behaviour.polarity is Polarity.EFFECTIVE else (),
        reason="" if decided else (unjudged or idle or ""),
    )


def _unjudged(behaviour: Behaviour, conversation: Conversation) -> str | None:
    if not _has_turns(conversation, behaviour.role):
        return f"no turn of this call is known to be by the {behaviour.role}"
    asker = behaviour.opportunity.role if behaviour.opportunity is not None else None
    if asker and not _has_turns(conversation, asker) and _has_turns(conversation, "unknown"):
        return f"what calls for it comes from the {asker}, and it is not known who that is"
    return None


def _idle(behaviour: Behaviour, *, called_for: bool, speaks: bool) -> str | None:
    if behaviour.opportunity is not None and not called_for:
        return "nothing in this call called for it"
    return None if speaks else f"the {behaviour.role} does not speak in the {behaviour.part} of the call"


def _has_turns(conversation: Conversation, role: Role) -> bool:
    return any(turn.role == role and not turn.backchannel for turn in conversation.turns)


def _score(capability: Capability, verdicts: tuple[Verdict, ...]) -> Score:
    outcome = level_of(capability, {verdict.behaviour: verdict.state for verdict in verdicts})
    unscored = outcome if isinstance(outcome, str) else None
    level = None if isinstance(outcome, str) else outcome
    return Score(
        capability=capability.id,
        level=level.level if level else None,
        of=len(capability.levels),
        unscored=unscored,
        anchor=level.anchor if level else None,
        observation_ids=tuple(sorted((n for v in verdicts for n in v.observation_ids), key=lambda n: (len(n), n))),
    )
