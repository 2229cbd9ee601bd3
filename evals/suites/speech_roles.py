"""Owns measuring who is told to be the rep from the text of a call alone: labels shuffled, roles taken away."""

import random
from collections.abc import Iterable, Sequence
from typing import Literal

from evals.labelled import LabelledCall
from evals.measures import Measure, Unit
from evals.speech import SIDES
from evals.suites import Failure
from pipeline.domain.base import Value
from pipeline.domain.recording import CallMetadata, Role
from pipeline.domain.speech import Conversation, Speaker
from pipeline.stages.roles import assign_roles

Outcome = Literal["right", "wrong", "unknown"]


class RoleOutcome(Value):
    """What was told of one call, and whether the one who speaks first is the rep: the plainest guess there is."""

    call: str
    outcome: Outcome
    first_is_rep: bool
    reason: str


def stripped(conversation: Conversation) -> tuple[Conversation, dict[str, Role]]:
    """The call as if nobody knew who is who: labels S1, S2, ... in an order drawn by its id; and their true roles.

    Times, words and turns stay.
    """
    labels = [speaker.label for speaker in conversation.speakers]
    random.Random(conversation.call).shuffle(labels)  # noqa: S311 an order needs no secrecy
    names = {label: f"S{number}" for number, label in enumerate(labels, start=1)}
    speakers = tuple(
        Speaker(label=names[label], role="unknown", confidence=0.0, source="unknown", reason="taken away")
        for label in labels
    )
    turns = tuple(
        turn.model_copy(update={"speaker": names[turn.speaker], "role": "unknown"}) for turn in conversation.turns
    )
    speech = tuple(segment.model_copy(update={"speaker": names[segment.speaker]}) for segment in conversation.speech)
    blank = conversation.model_copy(update={"speakers": speakers, "turns": turns, "speech": speech})
    return blank, {names[speaker.label]: speaker.role for speaker in conversation.speakers}


def role_outcome(conversation: Conversation) -> RoleOutcome | None:
    """Whether our role stage tells rep and customer of this call; None unless it has words of both.

    Of each side the speaker with most words counts. Right is both right; wrong is either wrong; a role left open is
    unknown.
    """
    blank, truth = stripped(conversation)
    n_words: dict[str, int] = {}
    for turn in blank.turns:
        n_words[turn.speaker] = n_words.get(turn.speaker, 0) + len(turn.words)
    main = {
        role: max(
            (label for label in n_words if truth.get(label) == role), key=lambda label: n_words[label], default=None
        )
        for role in SIDES
    }
    if None in main.values():
        return None
    told = assign_roles(blank, metadata=CallMetadata())
    heard = [(role, told.role_of(label)) for role, label in main.items() if label is not None]
    outcome: Outcome = "right"
    if any(found in SIDES and found != role for role, found in heard):
        outcome = "wrong"
    elif any(found != role for role, found in heard):
        outcome = "unknown"
    reasons = [f"{s.label} is the {truth[s.label]}, told as {s.role}: {s.reason}" for s in told.speakers]
    first = next((turn for turn in blank.turns if truth.get(turn.speaker) in SIDES), None)
    return RoleOutcome(
        call=conversation.call,
        outcome=outcome,
        first_is_rep=first is not None and truth[first.speaker] == "rep",
        reason="; ".join(reasons),
    )


def role_measures(collection: str, calls: Iterable[LabelledCall]) -> tuple[tuple[Measure, ...], tuple[Failure, ...]]:
    """How many calls of a collection have their roles told right and wrong, and those that are told wrong."""
    spoken = [call.conversation for call in calls if call.conversation is not None]
    found = [outcome for conversation in spoken if (outcome := role_outcome(conversation)) is not None]
    if not found:
        return (), ()
    first = sum(outcome.first_is_rep for outcome in found) / len(found)
    right = Measure(
        name=f"speech.{collection}.role_accuracy",
        about="calls of which the text alone told who is rep and who is customer; none told counts as not right",
        units=_units(found, "right"),
        n=len(found),
        of="calls",
        baseline=first,
        baseline_is="who speaks first is the rep",
    )
    wrong = Measure(
        name=f"speech.{collection}.roles_swapped",
        about="calls of which the text alone told rep and customer the wrong way round",
        better="less",
        units=_units(found, "wrong"),
        n=len(found),
        of="calls",
        baseline=1 - first,
        baseline_is="who speaks first is the rep",
    )
    failures = [
        Failure(measure=wrong.name, unit=outcome.call, expected="rep and customer", found=outcome.reason)
        for outcome in found
        if outcome.outcome == "wrong"
    ]
    return (right, wrong), tuple(failures)


def _units(found: Sequence[RoleOutcome], outcome: Outcome) -> tuple[Unit, ...]:
    return tuple(Unit(id=one.call, parts=(float(one.outcome == outcome), 1.0)) for one in found)
