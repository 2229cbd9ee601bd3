"""Owns what a rater's form means: from its fields to a blind label, or what is wrong with them."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from pipeline.domain.base import Value
from pipeline.domain.labels import BlindLabel, LevelLabel, TurnLabel, VerdictLabel
from pipeline.domain.rubric import Behaviour, LoadedRubric
from pipeline.domain.speech import Conversation

State = Literal["shown", "not_shown", "no_opportunity"]
STATES: dict[State, str] = {
    "shown": "Shown",
    "not_shown": "Not shown",
    "no_opportunity": "No opportunity",
}
NO_LEVEL = "none"
_NUMBER = re.compile(r"\d+")


class Ground(Value):
    """What is labelled: a transcript and a rubric; `transcript` is the key of the conversation."""

    call: str
    conversation: Conversation
    transcript: str
    rubric: LoadedRubric

    @property
    def behaviours(self) -> tuple[Behaviour, ...]:
        """Those that have to be read for; the others are decided by a measure."""
        return tuple(b for b in self.rubric.rubric.behaviours if b.measure is None)

    def turn_number(self, turn_id: str) -> int:
        """The number by which people name a turn: 12 for t0012."""
        return int(turn_id[1:])


class Mistake(Value):
    """A field that cannot be kept as it is, and why."""

    field: str
    reason: str


class Filled(Value):
    """What came of a form: the label, or the mistakes; never both."""

    label: BlindLabel | None
    mistakes: tuple[Mistake, ...] = ()


def read_form(ground: Ground, fields: Mapping[str, str], *, rater: str, now: datetime) -> Filled:
    """The label that the fields say: `state.B` and `turns.B` of each behaviour B, `level.C` of each capability C.

    A field left empty is no label. A turn in which nothing was picked is one in which the rater saw none of the
    behaviours that they placed; what they left out, or placed nowhere, may be in any turn.
    """
    mistakes: list[Mistake] = []
    states: dict[str, State] = {}
    places: dict[str, frozenset[str]] = {}
    for behaviour in ground.behaviours:
        said = fields.get(f"state.{behaviour.id}", "")
        turns, wrong = _turns(ground, fields.get(f"turns.{behaviour.id}", ""))
        if said and said not in STATES:
            mistakes.append(Mistake(field=f"state.{behaviour.id}", reason=f"there is no answer “{said}”"))
            continue
        if said:
            states[behaviour.id] = said
        if wrong:
            mistakes.append(Mistake(field=f"turns.{behaviour.id}", reason=f"there is no turn {wrong}"))
        elif turns and said != "shown":
            reason = "turns are named, so say that it is shown, or take them out"
            mistakes.append(Mistake(field=f"turns.{behaviour.id}", reason=reason))
        places[behaviour.id] = turns
    levels, wrong_levels = _levels(ground, fields, rater)
    mistakes += wrong_levels
    if not mistakes and not states and not levels:
        mistakes.append(Mistake(field="", reason="nothing is labelled yet: answer for one behaviour at least"))
    if mistakes:
        return Filled(label=None, mistakes=tuple(mistakes))
    label = BlindLabel(
        call=ground.call,
        rater=rater,
        at=now,
        transcript=ground.transcript,
        rubric=ground.rubric.rubric.id,
        rubric_sha256=ground.rubric.sha256,
        turns=_turn_labels(ground, states, places, rater),
        verdicts=tuple(VerdictLabel(behaviour=b, rater=rater, state=s) for b, s in states.items()),
        levels=levels,
        seen_model=False,
    )
    return Filled(label=label)


def _turns(ground: Ground, text: str) -> tuple[frozenset[str], str]:
    """The ids of the turns that a field names by number, and the first number that there is none of, else empty."""
    known = {ground.turn_number(turn.id): turn.id for turn in ground.conversation.turns}
    found = [int(number[:9]) for number in _NUMBER.findall(text)]
    strangers = [number for number in found if number not in known]
    left = _NUMBER.sub("", text).replace(",", "").replace(";", "").replace("#", "").strip()
    if strangers or left:
        return frozenset(), str(strangers[0]) if strangers else f"“{left[:40]}”"
    return frozenset(known[number] for number in found), ""


def _levels(
    ground: Ground, fields: Mapping[str, str], rater: str
) -> tuple[tuple[LevelLabel, ...], tuple[Mistake, ...]]:
    labels, mistakes = [], []
    for capability in ground.rubric.rubric.capabilities:
        said = fields.get(f"level.{capability.id}", "")
        allowed = {str(level.level): level.level for level in capability.levels}
        if said in allowed or said == NO_LEVEL:
            labels.append(LevelLabel(capability=capability.id, rater=rater, level=allowed.get(said)))
        elif said:
            mistakes.append(Mistake(field=f"level.{capability.id}", reason=f"there is no level “{said[:40]}”"))
    return tuple(labels), tuple(mistakes)


def _turn_labels(
    ground: Ground, states: Mapping[str, State], places: Mapping[str, frozenset[str]], rater: str
) -> tuple[TurnLabel, ...]:
    """A label for every turn of a role that behaviours are looked for in; none where nothing was decided."""
    if not states:
        return ()
    found = []
    for turn in ground.conversation.turns:
        asked = [b for b in ground.behaviours if b.role == turn.role]
        picked = frozenset(b.id for b in asked if turn.id in places[b.id])
        strays = frozenset(b for b, turns in places.items() if turn.id in turns) - picked
        open_ones = (b.id for b in asked if b.id not in states or (states[b.id] == "shown" and not places[b.id]))
        if (asked and not turn.backchannel) or picked or strays:
            found.append(
                TurnLabel(turn_id=turn.id, rater=rater, behaviours=picked | strays, may_show=frozenset(open_ones))
            )
    return tuple(found)
