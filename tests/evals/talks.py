"""Labelled talks made by hand: lines of rep and customer in turn, and who sees what in which of them."""

from collections.abc import Mapping, Sequence

from evals.collections.conversations import SpokenLine, untimed
from evals.labelled import LabelledCall, Quality, TurnLabel
from pipeline.domain.assessment import Observation, Quote
from pipeline.domain.rubric import Polarity
from pipeline.domain.speech import Conversation


def talk(name: str, *texts: str) -> Conversation:
    """The rep begins, and the two take turns: t0001 is the rep's, t0002 the customer's."""
    return untimed(
        name, [SpokenLine(*("R", "rep") if i % 2 == 0 else ("C", "customer"), t) for i, t in enumerate(texts)]
    )


def labelled(
    name: str, said: Mapping[str, Sequence[str]], *, n_turns: int = 6, quality: Quality | None = None
) -> LabelledCall:
    """A talk of so many turns. `said` has for each rater the labels of the turns in order, "" for none, " " between."""
    return LabelledCall(
        id=name,
        collection="made",
        conversation=talk(f"call-{name}", *[f"These are the words of turn {i}." for i in range(n_turns)]),
        raters=tuple(said),
        turns=tuple(
            TurnLabel(turn_id=f"t{i:04d}", rater=rater, behaviours=frozenset(names.split()))
            for rater, labels in said.items()
            for i, names in enumerate(labels, start=1)
        ),
        quality=quality,
    )


def observation(behaviour: str, turn: int, *, strength: float = 0.5, number: int = 1) -> Observation:
    """An observation of the first words of a turn."""
    return Observation(
        id=f"o{number:03d}", capability="any", behaviour=behaviour, kind=Polarity.EFFECTIVE, role="rep",
        quote=Quote(turn_id=f"t{turn:04d}", first_word=0, last_word=2), text="These are the", span=None,
        strength=strength,
    )  # fmt: skip
