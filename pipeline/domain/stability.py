"""Owns how steady a reader's verdicts are: the report of reading calls more than once, and what drafts leave out by it.

A *flip* is a pair of readings of one call in which a verdict's state differs. Two kinds of second reading are told
apart and never mixed: *readings*, the same words asked again, and *transcripts*, the same call with small changes of
its transcript, such as another night's recogniser could bring.
"""

from collections.abc import Collection, Iterable
from typing import Literal, Self

from pydantic import AwareDatetime, Field, model_validator

from pipeline.domain.base import Value
from pipeline.domain.recording import Sha256
from pipeline.domain.rubric import Identifier

Again = Literal["readings", "transcripts"]
"""readings: the same words were asked again; transcripts: the call's transcript was changed a little in between."""

Cause = Literal["readings", "transcripts", "setting"]
"""Why a behaviour is withheld: its flip rate of either kind, or that a person listed it."""


class FlipRate(Value):
    """How many of `pairs` differ, for what `id` names: a behaviour, a capability, a kind of change.

    `rate` is flips over pairs, absent without pairs. `low` and `high` bound it at 95%, calls being resampled; absent
    where there are too few calls. `calls` had a pair that counts.
    """

    id: str = Field(min_length=1)
    flips: int = Field(ge=0)
    pairs: int = Field(ge=0)
    calls: int = Field(ge=0)
    rate: float | None = Field(ge=0, le=1)
    low: float | None = Field(default=None, ge=0, le=1)
    high: float | None = Field(default=None, ge=0, le=1)

    @model_validator(mode="after")
    def _counted(self) -> Self:
        if self.flips > self.pairs or (self.rate is None) != (self.pairs == 0):
            raise ValueError(f"{self.id}: {self.flips} of {self.pairs} pairs and a rate of {self.rate} do not agree")
        if self.rate is not None and abs(self.rate - self.flips / self.pairs) > 1e-4:
            raise ValueError(f"{self.id}: the rate {self.rate} is not {self.flips} of {self.pairs}")
        return self


class Stability(Value):
    """What one kind of second reading found.

    `behaviours` are those that need reading, in the rubric's order; a pair counts where the reader had a place to look
    at in that call and left the behaviour unread at most once. `levels` are by capability; having a level and having
    none differ. `quotes` counts, over pairs that show a behaviour twice, those whose plainest quote is in another turn.
    `overall` adds up the behaviours, `changes` does so for each kind of change of the transcript.
    """

    overall: FlipRate
    behaviours: tuple[FlipRate, ...]
    levels: tuple[FlipRate, ...]
    quotes: FlipRate
    changes: tuple[FlipRate, ...] = ()


class NotRead(Value):
    """A call that could not be read, and why: it counts in no rate."""

    call: str
    reason: str


class Repeatability(Value):
    """How far one reader repeats itself under one rubric.

    `reader` is its identity, `rubric_reads` the hash of what readers see of the rubric, `k` how often each of the calls
    was read as it is. `readings` is absent where equal words are read alike by construction, as by the embedded
    readers; `transcripts` where nobody asked for it. `n_calls` counts those that were read.
    """

    format: Literal[1] = 1
    reader: str = Field(min_length=1)
    rubric: Identifier
    rubric_version: int = Field(ge=1)
    rubric_reads: Sha256
    k: int = Field(ge=1)
    n_calls: int = Field(ge=0)
    not_read: tuple[NotRead, ...] = ()
    readings: Stability | None = None
    transcripts: Stability | None = None
    at: AwareDatetime

    @model_validator(mode="after")
    def _read_twice(self) -> Self:
        if self.readings is not None and self.k < 2:
            raise ValueError("readings that differ take at least two")
        return self

    def found(self, again: Again) -> Stability | None:
        """What this kind of second reading found; None where there was none."""
        return self.readings if again == "readings" else self.transcripts


class Withheld(Value):
    """A behaviour on which no draft may rest, and why, in words for people."""

    behaviour: str
    cause: Cause
    why: str = Field(min_length=1)


def unsteady(rates: Iterable[FlipRate], *, by: Again, limit: float, pairs: int) -> tuple[Withheld, ...]:
    """The behaviours whose flip rate is above the limit, given by at least so many pairs, in their order.

    The rate itself decides and not its bounds: to withhold a steady behaviour costs a draft its second choice, to
    keep an unsteady one costs it the manager's trust.
    """
    told = "readings" if by == "readings" else "readings of a slightly changed transcript"
    return tuple(
        Withheld(
            behaviour=found.id,
            cause=by,
            why=f"{found.flips} of {found.pairs} pairs of {told} differ: {found.rate:.0%}, above {limit:.0%}",
        )
        for found in rates
        if found.rate is not None and found.pairs >= pairs and found.rate > limit
    )


def listed(behaviours: Iterable[str]) -> tuple[Withheld, ...]:
    """The behaviours that a person withholds by name."""
    return tuple(Withheld(behaviour=name, cause="setting", why="withheld by the settings") for name in behaviours)


def of_rubric(withheld: Iterable[Withheld], behaviours: Collection[str]) -> tuple[Withheld, ...]:
    """Those of these behaviours, each once; what a person listed comes first and stays."""
    first: dict[str, Withheld] = {}
    for found in sorted(withheld, key=lambda each: each.cause != "setting"):
        if found.behaviour in behaviours:
            first.setdefault(found.behaviour, found)
    return tuple(first.values())
