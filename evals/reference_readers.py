"""Owns the readers that others are compared with: none, all, and one that is told the answer. No model in any."""

from collections.abc import Iterable, Sequence

from evals.cases import Case
from pipeline.domain.assessment import Claim, Reading
from pipeline.domain.places import Opening
from pipeline.domain.rubric import Rubric
from pipeline.domain.speech import Conversation
from pipeline.ports import Progress, silent


class NothingReader:
    """Claims nothing at all."""

    identity = "nothing"

    def read(
        self,
        conversation: Conversation,  # noqa: ARG002
        rubric: Rubric,  # noqa: ARG002
        openings: Sequence[Opening],  # noqa: ARG002
        *,
        progress: Progress = silent,  # noqa: ARG002
    ) -> Reading:
        """No claims."""
        return Reading(claims=())


class EverythingReader:
    """Claims that every behaviour shows in the first place where it may."""

    identity = "everything"

    def read(
        self,
        conversation: Conversation,
        rubric: Rubric,  # noqa: ARG002
        openings: Sequence[Opening],
        *,
        progress: Progress = silent,  # noqa: ARG002
    ) -> Reading:
        """A claim for each opening with a place."""
        found = [(opening.behaviour, opening.places[0]) for opening in openings if opening.places]
        return Reading(
            claims=tuple(
                Claim(behaviour=b, turn_id=p.turn_id, quote=p.text(conversation), first_word=p.first_word)
                for b, p in found
            )
        )


class LabelReader:
    """Claims what the labels say, quoting whole turns: a reader that is never wrong."""

    identity = "labels"

    def __init__(self, cases: Iterable[Case]) -> None:
        self._cases = {case.id: case for case in cases}

    def read(
        self,
        conversation: Conversation,
        rubric: Rubric,  # noqa: ARG002
        openings: Sequence[Opening],  # noqa: ARG002
        *,
        progress: Progress = silent,  # noqa: ARG002
    ) -> Reading:
        """A claim for each behaviour that a turn shows, also where the pipeline would not have looked."""
        turns = zip(conversation.turns, self._cases[conversation.call].turns, strict=True)
        return Reading(
            claims=tuple(
                Claim(behaviour=name, turn_id=turn.id, quote=turn.text, first_word=0)
                for turn, labelled in turns
                for name in labelled.shows
            )
        )
