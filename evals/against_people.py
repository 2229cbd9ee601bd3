"""Owns how we agree with people, beside how they agree with each other: kappa, alpha, leaning, and what it comes to.

A person is compared with what most of the others say. So that we face panels of the same size, we are compared with
the same panels: each of the people left out in turn. Intervals resample whole calls, and ours and the people's are
drawn together, since a call that is hard to label is hard for both.
"""

from collections.abc import Iterable, Sequence
from typing import Literal

import numpy as np

from evals.agreement import Array, confusions
from evals.labelled import LabelledCall
from evals.mapping import Target
from evals.measures import FEW_UNITS, Measure, Unit, drawn_weights, resampled, statistic_of
from evals.rated_turns import RatedTurns, TurnIds, rated_turns
from evals.raters import coincidences
from evals.statistics import Statistic
from pipeline.domain.base import Value

Verdict = Literal["as good as a person", "worse", "too few to say"]
"""worse: our kappa is below the people's in nearly all resamples; as good as a person: it is not, and could not well be
lower by more than `MARGIN`; too few to say: anything else, and always with few calls."""

MARGIN = 0.15
"""Kappa that may be missing for "as good as a person": without it few calls, of which nothing follows, would do."""


class PeopleUnit(Value):
    """One call that several people labelled: tables with rows for most of the others, columns for us or the person.

    `ours` and `people` have four counts, row by row, as many panels as people; `among_people` and `with_us` are tables
    of coincidences. `credited` is in how many turns we see the target less in how many the people do on average.
    """

    call: str
    n_raters: int
    n_turns: int
    ours: tuple[float, ...]
    people: tuple[float, ...]
    among_people: tuple[float, ...]
    with_us: tuple[float, ...]
    credited: float


def people_unit(call: LabelledCall, target: Target, found: TurnIds) -> PeopleUnit | None:
    """The tables of one call; None where fewer than two people labelled it. `found` are the turns we see it in."""
    rated = rated_turns(call, target)
    raters = [rater for rater, turns in rated.rated_by.items() if turns]
    if len(raters) < 2:
        return None
    ours, people = np.zeros((2, 2)), np.zeros((2, 2))
    for rater in raters:
        panel = rated.majority(without=rater)
        both = [t for t in rated.turns if t in rated.rated_by[rater] and _others_rated(rated, t, rater)]
        ours += confusions(((t in panel, t in found) for t in both), side=2)
        people += confusions(((t in panel, t in rated.seen_by[rater]) for t in both), side=2)
    by_turn = {t: [int(t in rated.seen_by[r]) for r in raters if t in rated.rated_by[r]] for t in rated.turns}
    return PeopleUnit(
        call=call.id,
        n_raters=len(raters),
        n_turns=len(rated.turns),
        ours=_parts(ours),
        people=_parts(people),
        among_people=_parts(_together(by_turn.values())),
        with_us=_parts(_together([*said, int(t in found)] for t, said in by_turn.items())),
        credited=sum((t in found) - sum(said) / len(said) for t, said in by_turn.items()),
    )


def _together(turns: Iterable[Sequence[int]]) -> Array:
    return sum((coincidences(said, 2) for said in turns), np.zeros((2, 2)))


def _others_rated(rated: RatedTurns, turn: str, rater: str) -> bool:
    return any(turn in turns for other, turns in rated.rated_by.items() if other != rater)


def _parts(table: Array) -> tuple[float, ...]:
    return tuple(float(count) for count in table.ravel())


def verdict_of(ours: Sequence[Unit], people: Sequence[Unit], *, statistic: Statistic = "kappa") -> Verdict:
    """What a paired bootstrap over the same calls, in the same order, says of our agreement beside the people's."""
    if len(ours) < FEW_UNITS:
        return "too few to say"
    weights = drawn_weights(len(ours))
    drawn = [resampled(statistic, units, weights=weights) for units in (ours, people)]
    ahead = drawn[0] - drawn[1]
    known = ahead[~np.isnan(ahead)]
    if not len(known):
        return "too few to say"
    low, high = np.quantile(known, (0.025, 0.975))
    if high < 0:
        return "worse"
    return "as good as a person" if low >= -MARGIN else "too few to say"


def people_measures(prefix: str, target: Target, units: Sequence[PeopleUnit]) -> tuple[Measure, ...]:
    """Kappa, alpha and leaning of one target, named prefix.target_what; none where no call was labelled by several."""
    if not units:
        return ()
    ours = _units(units, [unit.ours for unit in units])
    theirs = _units(units, [unit.people for unit in units])
    verdict = verdict_of(ours, theirs)
    n = sum(unit.n_turns for unit in units)
    raters = "/".join(str(count) for count in sorted({unit.n_raters for unit in units}))
    return (
        Measure(
            name=f"{prefix}.{target.id}_kappa",
            about=f"Turns with {target.about}: kappa with most of the other raters ({raters} a call): {verdict}",
            statistic="kappa",
            units=ours,
            n=n,
            of="turns",
            baseline=0.0,
            baseline_is="what chance gives",
            people=statistic_of("kappa", theirs),
            unit="none",
        ),
        Measure(
            name=f"{prefix}.{target.id}_alpha",
            about=f"Turns with {target.about}: Krippendorff's alpha with us as one more rater; people: without us",
            statistic="alpha_nominal",
            better="neither",
            units=_units(units, [unit.with_us for unit in units]),
            n=n,
            of="turns",
            people=statistic_of("alpha_nominal", _units(units, [unit.among_people for unit in units])),
            unit="none",
        ),
        Measure(
            name=f"{prefix}.{target.id}_credit_bias",
            about=f"Turns with {target.about}: the share that we see, less the share that people see",
            better="neither",
            units=_units(units, [(unit.credited, float(unit.n_turns)) for unit in units]),
            n=n,
            of="turns",
        ),
    )


def _units(units: Sequence[PeopleUnit], parts: Sequence[tuple[float, ...]]) -> tuple[Unit, ...]:
    return tuple(Unit(id=unit.call, parts=part) for unit, part in zip(units, parts, strict=True))


LevelPair = tuple[int, int]
"""A person's level and ours of the same capability in the same call."""

TOP_LEVEL = 5


def level_measures(prefix: str, by_call: Sequence[tuple[str, Sequence[LevelPair]]]) -> tuple[Measure, ...]:
    """Exact and adjacent agreement, weighted kappa and leaning of levels, both given; none where there is no pair.

    A kappa over capabilities whose scales differ in length takes a step for a step.
    """
    units = [
        (call, confusions(((theirs - 1, ours - 1) for theirs, ours in pairs), side=TOP_LEVEL))
        for call, pairs in by_call
    ]
    n = sum(len(pairs) for _, pairs in by_call)
    if not n:
        return ()
    steps = np.subtract.outer(np.arange(TOP_LEVEL), np.arange(TOP_LEVEL))

    def share(within: int) -> tuple[Unit, ...]:
        return tuple(
            Unit(id=call, parts=(float(table[abs(steps) <= within].sum()), float(table.sum()))) for call, table in units
        )

    leanings = tuple(
        Unit(id=call, parts=(float((table * steps.T).sum()), float(table.sum()))) for call, table in units
    )  # fmt: skip
    tables = tuple(Unit(id=call, parts=_parts(table)) for call, table in units)
    return (
        Measure(name=f"{prefix}.level_exact", about="Levels that are a person's own", units=share(0), n=n, of="levels"),
        Measure(
            name=f"{prefix}.level_adjacent", about="Levels at most one step from a person's", units=share(1), n=n,
            of="levels",
        ),
        Measure(
            name=f"{prefix}.level_kappa", about="Levels against a person's: kappa with squared weights",
            statistic="kappa_quadratic", units=tables, n=n, of="levels", baseline=0.0, baseline_is="what chance gives",
            unit="none",
        ),
        Measure(
            name=f"{prefix}.level_bias", about="By how many levels we are above a person, on average", better="neither",
            units=leanings, n=n, of="levels", unit="levels",
        ),
    )  # fmt: skip
