"""What people say of calls: labels of turns, behaviours and levels, and those that were given blind."""

from collections.abc import Sequence
from typing import Literal, Self

from pydantic import AwareDatetime, Field, model_validator

from pipeline.domain.assessment import VerdictState
from pipeline.domain.base import Value
from pipeline.domain.recording import CallId, Sha256
from pipeline.domain.rubric import Identifier

Openness = Literal["open", "closed"]


class TurnLabel(Value):
    """What one rater says of one turn: the behaviours it shows, and whether it asks.

    `behaviours` are names of the rubric the case names, or of the collection's own labels. `asks` is None where nobody
    was asked. `unclear` labels exist and count neither way. `looked_for` is False where the rater said something of
    the turn, but nobody looked for behaviours in it: that it has none then says nothing. What it `may_show` counts
    neither way.
    """

    turn_id: str
    rater: str = Field(min_length=1)
    behaviours: frozenset[str] = frozenset()
    may_show: frozenset[str] = frozenset()
    asks: bool | None = None
    openness: Openness | None = None
    declarative: bool = False
    unclear: bool = False
    looked_for: bool = True


class VerdictLabel(Value):
    """What one rater says of one behaviour in the whole call."""

    behaviour: str
    rater: str = Field(min_length=1)
    state: VerdictState


class LevelLabel(Value):
    """The level one rater gives a capability; None where they say that it cannot be judged."""

    capability: str
    rater: str = Field(min_length=1)
    level: int | None = Field(ge=1, le=5)


class BlindLabel(Value):
    """All that one rater says of one call, in one go.

    `transcript` is the key of the conversation (result `attribute`) that the rater read; turn ids are its. `seen_model`
    is whether the rater had seen observations, scores or the draft of this call: then it is no blind label.
    """

    call: CallId
    rater: str = Field(min_length=1)
    at: AwareDatetime
    transcript: Sha256
    rubric: Identifier
    rubric_sha256: Sha256
    turns: tuple[TurnLabel, ...] = ()
    verdicts: tuple[VerdictLabel, ...] = ()
    levels: tuple[LevelLabel, ...] = ()
    seen_model: bool

    @model_validator(mode="after")
    def _blind(self) -> Self:
        if self.seen_model:
            raise ValueError("labels by somebody who has seen what the software says of the call are not blind")
        raters = {t.rater for t in self.turns} | {v.rater for v in self.verdicts} | {v.rater for v in self.levels}
        if strangers := sorted(raters - {self.rater}):
            raise ValueError(f"holds labels by {strangers[0]}, and is by {self.rater}")
        turns, behaviours = [t.turn_id for t in self.turns], [v.behaviour for v in self.verdicts]
        for names in (turns, behaviours, [level.capability for level in self.levels]):
            if twice := next((name for name in names if names.count(name) > 1), None):
                raise ValueError(f"{twice} has two labels")
        return self

    @property
    def ground(self) -> tuple[str, str]:
        """What the label holds for: the transcript and the rubric."""
        return self.transcript, self.rubric_sha256


class LabelTask(Value):
    """A call that was put up for blind labelling: records labelling/<call>/r.000001.json, the latest counts.

    `raters` are users, who see the transcript and hear the sound of this call on the labelling page, and nothing else
    of it. `record` is the number of the call's record whose transcript and rubric are labelled.
    """

    call: CallId
    raters: tuple[str, ...]
    record: int = Field(ge=1)
    by: str = Field(min_length=1)
    at: AwareDatetime
    withdrawn: bool = False


def in_force(labels: Sequence[BlindLabel]) -> tuple[BlindLabel, ...]:
    """The last label of each rater on the ground of the newest of all, raters in order of their first label.

    Labels on another transcript or rubric count no longer: their turns and behaviours may be other ones.
    """
    if not labels:
        return ()
    ground = labels[-1].ground
    return tuple({label.rater: label for label in labels if label.ground == ground}.values())
