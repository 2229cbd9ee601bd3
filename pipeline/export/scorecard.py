"""Owns the scorecard of a page: capabilities with their levels, behaviours with verdicts and what these rest on."""

from typing import Literal

from pipeline.domain.assessment import Score, Verdict
from pipeline.domain.base import Value
from pipeline.domain.result import CallResult
from pipeline.domain.rubric import Behaviour, Capability, Polarity
from pipeline.domain.span import Span
from pipeline.domain.stability import Withheld
from pipeline.export.moments import Moment, Moments
from pipeline.export.untrusted import visible

Tone = Literal["good", "gap", "absent", "open"]
"""good: speaks for the capability; gap: a moment or a measure speaks against it; absent: looked for and not found;
open: says nothing about it."""


class Place(Value):
    """A turn in which a behaviour was looked for."""

    turn_id: str
    span: Span | None


class BehaviourRow(Value):
    """One behaviour's verdict in words, with its quotes, or where it was looked for.

    `unused` says that no draft rests on it, and why; empty for all others.
    """

    text: str
    tone: Tone
    verdict: str
    works_against: bool
    quotes: tuple[Moment, ...]
    missed: tuple[Moment, ...]
    looked_in: tuple[Place, ...]
    measured: str
    reason: str
    unused: str


class Card(Value):
    """One capability: `level` of `of`, or `unscored` with the reason."""

    name: str
    goal: str
    level: int | None
    of: int
    unscored: str
    anchor: str
    behaviours: tuple[BehaviourRow, ...]


def cards(result: CallResult, moments: Moments) -> tuple[Card, ...]:
    """A card for each capability of the rubric, in the rubric's order."""
    scores = {s.capability: s for s in result.assessment.scores}
    verdicts = {v.behaviour: v for v in result.assessment.verdicts}
    unused = {w.behaviour: _unused(w) for w in result.draft.withheld}
    places = {t.id: Place(turn_id=t.id, span=t.span) for t in result.conversation.turns}
    return tuple(
        _card(
            capability,
            scores.get(capability.id),
            tuple(
                _row(b, verdicts.get(b.id), moments, places).model_copy(update={"unused": unused.get(b.id, "")})
                for b in capability.behaviours
            ),
        )
        for capability in result.rubric.capabilities
    )


def _card(capability: Capability, score: Score | None, rows: tuple[BehaviourRow, ...]) -> Card:
    unscored = "it was not assessed" if score is None else score.unscored
    return Card(
        name=visible(capability.name),
        goal=visible(capability.goal),
        level=None if score is None else score.level,
        of=len(capability.levels) if score is None else score.of,
        unscored=visible(unscored or ""),
        anchor="" if score is None else visible(score.anchor or ""),
        behaviours=rows,
    )


def _row(behaviour: Behaviour, verdict: Verdict | None, moments: Moments, places: dict[str, Place]) -> BehaviourRow:
    against = behaviour.polarity is Polarity.INEFFECTIVE
    if verdict is None:
        verdict = Verdict(capability="", behaviour=behaviour.id, state="unread", reason="it was not assessed")
    tone, words = _verdict(verdict, against=against)
    named = {m.quote: m for m in moments.missed if m.behaviour == visible(behaviour.text)}
    return BehaviourRow(
        text=visible(behaviour.text),
        tone=tone,
        verdict=words,
        works_against=against,
        quotes=tuple(moments.observations[i] for i in verdict.observation_ids if i in moments.observations),
        missed=tuple(named[m.quote] for m in verdict.missed),
        looked_in=tuple(places[i] for i in verdict.looked_in if i in places and verdict.state == "not_shown"),
        measured=moments.measured(behaviour.id, verdict.measured),
        reason=visible(moments.rubric.parties.named(verdict.reason)),
        unused="",
    )


def _unused(withheld: Withheld) -> str:
    if withheld.cause == "setting":
        return "not used in drafts: withheld by the settings"
    return f"unstable, not used in drafts: {visible(withheld.why)}"


def _verdict(verdict: Verdict, *, against: bool) -> tuple[Tone, str]:
    if verdict.state == "shown":
        return ("gap", "Shown, works against the goal") if against else ("good", "Shown")
    if verdict.state == "not_shown":
        if against:
            return "open", "Not shown, as it should be"
        return "gap" if verdict.missed or verdict.measured is not None else "absent", "Not shown"
    return "open", "No opportunity" if verdict.state == "no_opportunity" else "Not read"
