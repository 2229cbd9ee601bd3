"""Labelled calls of the stages that ship a rubric: how they are loaded, and what comes of them with given claims."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from ruamel.yaml import YAML

from pipeline.domain.assessment import Assessment, Claim, Observation
from pipeline.domain.coaching import Draft
from pipeline.domain.evidence import Evidence
from pipeline.domain.metrics import CallMetrics
from pipeline.domain.recording import Role
from pipeline.domain.rubric import Rubric
from pipeline.domain.speech import Conversation
from pipeline.rubrics import find_rubric
from pipeline.stages.draft import draft
from pipeline.stages.measure import measure
from pipeline.stages.score import assess
from pipeline.stages.verify import verify
from tests.conversations import Line, conversation

TODAY = date(2026, 3, 2)
FIXTURES = Path(__file__).resolve().parent / "fixtures"
SECONDS_A_WORD, PAUSE_S = 0.4, 0.6


def rubric(name: str) -> Rubric:
    return find_rubric(name).rubric


@dataclass(frozen=True)
class LabelledCall:
    """A call with its measures and what a person found in it, as (turn id, behaviour)."""

    id: str
    split: str
    conversation: Conversation
    metrics: CallMetrics
    shows: frozenset[tuple[str, str]]


def labelled(name: str) -> tuple[LabelledCall, ...]:
    document = YAML(typ="safe").load((FIXTURES / f"{name}_call.yaml").read_text(encoding="utf-8"))
    return tuple(_call(entry, coaching=name == "coaching") for entry in document["calls"])


def _call(entry: dict[str, object], *, coaching: bool) -> LabelledCall:
    turns = entry["turns"]
    assert isinstance(turns, list)
    lines: list[Line] = []
    shows: set[tuple[str, str]] = set()
    at = 0.0
    for number, turn in enumerate(turns, start=1):
        who = next(key for key in turn if key != "shows")
        role: Role = "rep" if who == ("manager" if coaching else "rep") else "customer"
        end = at + SECONDS_A_WORD * len(turn[who].split())
        lines.append((role, at, end, turn[who]))
        shows |= {(f"t{number:04d}", behaviour) for behaviour in turn.get("shows", ())}
        at = end + PAUSE_S
    spoken = conversation(lines)
    return LabelledCall(str(entry["id"]), str(entry["split"]), spoken, measure(spoken), frozenset(shows))


@dataclass(frozen=True)
class Reviewed:
    """What came of a call: observations, levels by capability, and the draft with what it rests on."""

    observations: tuple[Observation, ...]
    assessment: Assessment
    draft: Draft
    evidence: Evidence

    @property
    def levels(self) -> dict[str, int | None]:
        return {score.capability: score.level for score in self.assessment.scores}

    @property
    def mean_level(self) -> float:
        """Of the capabilities with a level, as a share of the highest one: 0 for level 1 throughout, 1 for the top."""
        found = [(s.level - 1) / (s.of - 1) for s in self.assessment.scores if s.level is not None]
        return sum(found) / len(found)


def reviewed(call: LabelledCall, made: Rubric, claims: Iterable[Claim]) -> Reviewed:
    verified = verify(claims=claims, conversation=call.conversation, rubric=made)
    assert verified.rejected == ()
    observations = verified.observations
    known = {"conversation": call.conversation, "rubric": made, "metrics": call.metrics}
    assessment = assess(conversation=call.conversation, rubric=made, metrics=call.metrics, observations=observations)
    made_draft = draft(
        conversation=call.conversation,
        rubric=made,
        metrics=call.metrics,
        observations=observations,
        assessment=assessment,
        today=TODAY,
    )
    evidence = Evidence.model_validate({**known, "observations": observations, "assessment": assessment})
    return Reviewed(observations, assessment, made_draft, evidence)


def by_hand(call: LabelledCall) -> tuple[Claim, ...]:
    """The labels as claims of whole turns, as a reader that is right throughout would make them."""
    texts = {turn.id: turn.text for turn in call.conversation.turns}
    return tuple(Claim(behaviour=name, turn_id=turn, quote=texts[turn]) for turn, name in sorted(call.shows))
