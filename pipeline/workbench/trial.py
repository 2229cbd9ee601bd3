"""What came of reading calls twice, before and after a change of a rubric or prompt: values, and adding them up."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Literal

from pydantic import Field

from pipeline.domain.assessment import Score, VerdictState
from pipeline.domain.base import Value
from pipeline.domain.recording import Role
from pipeline.domain.rubric import Parties, Polarity
from pipeline.domain.span import Span

FlipKind = Literal["gained", "lost", "requoted", "other"]
"""gained: shown only after the change; lost: only before; requoted: both times, in other words; other: it turned out
otherwise both times without being shown, as not_shown and then no_opportunity."""


class Shown(Value):
    """Words that show a behaviour, or that called for one that was missed: who said them, and when."""

    text: str
    role: Role
    span: Span | None


class Flip(Value):
    """A behaviour that turned out otherwise in a call. A state is None where that rubric does not have it.

    `id` is the new one; `was` the old one of a renamed behaviour. Reasons are those of states without evidence.
    """

    kind: FlipKind
    id: str
    text: str
    capability: str
    polarity: Polarity
    before: VerdictState | None
    after: VerdictState | None
    was: str = ""
    before_quotes: tuple[Shown, ...] = ()
    after_quotes: tuple[Shown, ...] = ()
    before_reason: str = ""
    after_reason: str = ""


class LevelMove(Value):
    """A capability whose score is another one; None where that rubric does not have it."""

    capability: str
    name: str
    before: Score | None
    after: Score | None

    @property
    def step(self) -> int:
        """Levels up (or, below 0, down); 0 where either side has no level."""
        before = self.before.level if self.before else None
        after = self.after.level if self.after else None
        return 0 if before is None or after is None else after - before


class Picked(Value):
    """The behaviours that a draft takes for its strength and its one improvement; None for none."""

    strength: str | None
    improvement: str | None


class CallTrial(Value):
    """One call before and after. `failed` is the reason why it could not be read; nothing else is known then."""

    call: str
    name: str
    flips: tuple[Flip, ...] = ()
    moves: tuple[LevelMove, ...] = ()
    before: Picked | None = None
    after: Picked | None = None
    failed: str = ""

    @property
    def is_unchanged(self) -> bool:
        """Whether it was read, and everything turned out as before."""
        return not (self.failed or self.flips or self.moves) and self.before == self.after


class BehaviourTally(Value):
    """In how many calls a behaviour was shown only after, or only before, the change."""

    id: str
    gained: int = Field(ge=0)
    lost: int = Field(ge=0)


class LevelTally(Value):
    """In how many calls a capability's level rose, fell, or appeared or vanished."""

    id: str
    up: int = Field(ge=0)
    down: int = Field(ge=0)
    other: int = Field(ge=0)


class Summary(Value):
    """All calls of a trial added up; calls that failed are counted in `n_failed` only."""

    n_calls: int
    n_failed: int
    n_unchanged: int
    behaviours: tuple[BehaviourTally, ...]
    levels: tuple[LevelTally, ...]
    n_other_strength: int
    n_other_improvement: int


class Effort(Value):
    """What a trial has to do: readings of both sides, how many are kept already, and what the rest are.

    `n_behaviours` are the behaviours of the new readings, one by one; `seconds` what earlier readings by the same
    reader let expect, None where there were none. Requests and money are estimated apart, by the reader's own requests.
    `n_failed` of the calls cannot be read, for which nothing is done.
    """

    n_calls: int
    n_failed: int = 0
    n_readings: int
    n_kept: int
    n_behaviours: int
    seconds: float | None


class Trial(Value):
    """A change and what it does: the names of both sides, every call, and the sum."""

    before: str
    after: str
    reader: str
    parties: Parties
    calls: tuple[CallTrial, ...]
    summary: Summary


def summarise(calls: Sequence[CallTrial]) -> Summary:
    """The calls added up, behaviours and capabilities in the order in which they first come up."""
    read = [call for call in calls if not call.failed]
    flips = [flip for call in read for flip in call.flips]
    moves = [move for call in read for move in call.moves]
    return Summary(
        n_calls=len(calls),
        n_failed=len(calls) - len(read),
        n_unchanged=sum(call.is_unchanged for call in read),
        behaviours=tuple(
            BehaviourTally(id=name, gained=counts["gained"], lost=counts["lost"])
            for name, counts in _counted((flip.id, flip.kind) for flip in flips).items()
            if counts["gained"] or counts["lost"]
        ),
        levels=tuple(
            LevelTally(id=name, up=counts[1], down=counts[-1], other=counts[0])
            for name, counts in _counted((m.capability, (m.step > 0) - (m.step < 0)) for m in moves).items()
        ),
        n_other_strength=sum(_picked(call.before, "strength") != _picked(call.after, "strength") for call in read),
        n_other_improvement=sum(
            _picked(call.before, "improvement") != _picked(call.after, "improvement") for call in read
        ),
    )


def _counted(pairs: Iterable[tuple[str, object]]) -> dict[str, Counter[object]]:
    found: dict[str, Counter[object]] = {}
    for name, kind in pairs:
        found.setdefault(name, Counter())[kind] += 1
    return found


def _picked(picked: Picked | None, part: Literal["strength", "improvement"]) -> str | None:
    return getattr(picked, part) if picked is not None else None
