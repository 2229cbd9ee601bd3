"""Owns what each rater sees in each turn of the rep, for one target of a label map."""

from collections import defaultdict
from collections.abc import Iterable
from itertools import pairwise

from evals.labelled import LabelledCall, TurnLabel
from evals.mapping import Target
from pipeline.domain.base import Value

TurnIds = frozenset[str]


class RatedTurns(Value):
    """The rep's turns of one call that somebody labelled, in order; by rater those that they labelled, and those in
    which they see the target. Every rater of the call has both, and all turns in them are of `turns`."""

    turns: tuple[str, ...]
    rated_by: dict[str, TurnIds]
    seen_by: dict[str, TurnIds]

    def majority(self, *, without: str | None = None) -> TurnIds:
        """Turns in which more than half of those who labelled the turn see the target, one rater left out."""
        others = [rater for rater in self.rated_by if rater != without]
        return frozenset(
            turn
            for turn in self.turns
            if 2 * sum(turn in self.seen_by[rater] for rater in others)
            > sum(turn in self.rated_by[rater] for rater in others)
        )


def rated_turns(call: LabelledCall, target: Target) -> RatedTurns:
    """Who sees the target where in a call, empty without a conversation.

    A label that is unclear, or by which the turn may show the target, is left out, and so is one of somebody who did
    not look for behaviours.
    """
    labels = [label for label in call.turns if _tells(label, target)]
    turns = list(call.conversation.turns) if call.conversation is not None else []
    rated = _by_rater(labels)
    seen = _by_rater(label for label in labels if label.behaviours & target.labels)
    called = _by_rater(label for label in labels if label.behaviours & target.after)
    before = {after.id: first.id for first, after in pairwise(turns)}
    somebody = frozenset[str]().union(*rated.values())
    rep = tuple(turn.id for turn in turns if turn.role == "rep" and turn.id in somebody)

    def sees(rater: str, turn: str) -> bool:
        return turn in seen[rater] and (not target.after or before.get(turn) in called[rater])

    raters = tuple(dict.fromkeys((*call.raters, *rated)))
    return RatedTurns(
        turns=rep,
        rated_by={rater: rated[rater] & frozenset(rep) for rater in raters},
        seen_by={rater: frozenset(turn for turn in rep if sees(rater, turn)) for rater in raters},
    )


def _tells(label: TurnLabel, target: Target) -> bool:
    undecided = label.unclear or (label.may_show & target.labels and not label.behaviours & target.labels)
    return label.looked_for and not undecided


def _by_rater(labels: Iterable[TurnLabel]) -> defaultdict[str, TurnIds]:
    found: defaultdict[str, TurnIds] = defaultdict(frozenset)
    for label in labels:
        found[label.rater] |= {label.turn_id}
    return found
