"""Owns what several raters say of the same thing, as the tables that agreement is computed from, and where they differ.

A *question* is a behaviour or a capability; an *item* is what was rated: a turn, or a whole call. A call is the unit.
Tables have a row and a column for each category, in the order of `categories`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import Literal

import numpy as np
import numpy.typing as npt

from evals.labelled import LabelledCall
from evals.measures import Unit
from pipeline.domain.base import Value
from pipeline.domain.recording import Role

_Place = tuple[str, str | None, Role | None]
"""A collection, a rubric, and who speaks."""
Table = npt.NDArray[np.float64]
Kind = Literal["turn", "asks", "verdict", "level"]
"""turn: whether a turn shows a behaviour; asks: whether a turn asks; verdict: the state of a behaviour in a call;
level: the level of a capability in a call."""

NO, YES = "no", "yes"
UNJUDGED = "none"
ASKS = "asks"
_VERDICTS = ("shown", "not_shown", "no_opportunity")
_LEVELS = (UNJUDGED, "1", "2", "3", "4", "5")


class Rating(Value):
    """What one rater says of one item: `category` is one of its kind's. `turn_id` is None for a whole call."""

    call: str
    turn_id: str | None
    kind: Kind
    question: str
    rater: str
    category: str


class RaterTables(Value):
    """The tables of one question: `units` are calls, their parts a table of coincidences row by row.

    `pairs` are the tables of every two raters with items in common, rows the first one's categories. `n_items` counts
    items with two raters or more.
    """

    kind: Kind
    question: str
    categories: tuple[str, ...]
    units: tuple[Unit, ...]
    pairs: dict[tuple[str, str], tuple[tuple[float, ...], ...]]
    n_items: int


class Disagreement(Value):
    """Raters who say different things of the same item: who said what, in which words of the call."""

    call: str
    turn_id: str | None
    kind: Kind
    question: str
    said: dict[str, str]
    text: str = ""


def ratings(calls: Iterable[LabelledCall]) -> Iterator[Rating]:
    """Everything that raters say, one rating for each rater and item, call by call.

    Of a turn in which behaviours were looked for, a rater says of every behaviour whether it shows, of those that
    anybody found in a turn of that role in a call of the same collection and rubric. Unclear labels, and what a turn
    may show, are no ratings.
    """
    calls = list(calls)
    found = _found(calls)
    for call in calls:
        yield from _of_call(call, found)


def _of_call(call: LabelledCall, found: Mapping[_Place, set[str]]) -> Iterator[Rating]:
    yield from _of_turns(call, found)
    for verdict in call.verdicts:
        if verdict.state in _VERDICTS:
            yield Rating(
                call=call.id, turn_id=None, kind="verdict", question=verdict.behaviour, rater=verdict.rater,
                category=verdict.state,
            )  # fmt: skip
    for level in call.levels:
        yield Rating(
            call=call.id, turn_id=None, kind="level", question=level.capability, rater=level.rater,
            category=UNJUDGED if level.level is None else str(level.level),
        )  # fmt: skip


def _by_several(calls: Sequence[LabelledCall]) -> Iterator[Rating]:
    """The ratings of calls that two or more people labelled."""
    found = _found(calls)
    for call in calls:
        labels = ({t.rater for t in call.turns}, {v.rater for v in call.verdicts}, {v.rater for v in call.levels})
        if len(set().union(*labels)) > 1:
            yield from _of_call(call, found)


def _found(calls: Iterable[LabelledCall]) -> dict[_Place, set[str]]:
    """The behaviours that anybody found in turns of each role, by collection and rubric."""
    found: dict[_Place, set[str]] = {}
    for call in calls:
        roles = _roles(call)
        for label in call.turns:
            found.setdefault((call.collection, call.rubric, roles.get(label.turn_id)), set()).update(label.behaviours)
    return found


def _roles(call: LabelledCall) -> dict[str, Role]:
    return {turn.id: turn.role for turn in call.conversation.turns} if call.conversation is not None else {}


def _of_turns(call: LabelledCall, found: Mapping[_Place, set[str]]) -> Iterator[Rating]:
    roles = _roles(call)
    for label in call.turns:
        if label.unclear:
            continue
        answers: list[tuple[Kind, str, bool]] = [] if label.asks is None else [("asks", ASKS, label.asks)]
        if label.looked_for:
            named = found[call.collection, call.rubric, roles.get(label.turn_id)] - label.may_show
            answers += [("turn", name, name in label.behaviours) for name in sorted(named)]
        for kind, question, answer in answers:
            yield Rating(
                call=call.id, turn_id=label.turn_id, kind=kind, question=question, rater=label.rater,
                category=YES if answer else NO,
            )  # fmt: skip


def rater_tables(calls: Iterable[LabelledCall]) -> tuple[RaterTables, ...]:
    """The tables of each question that two raters or more answered of the same item, by kind and name."""
    items: dict[tuple[Kind, str], dict[tuple[str, str | None], dict[str, str]]] = {}
    for rating in _by_several(list(calls)):
        of_question = items.setdefault((rating.kind, rating.question), {})
        of_question.setdefault((rating.call, rating.turn_id), {})[rating.rater] = rating.category
    tables = [_tables(kind, question, rated) for (kind, question), rated in sorted(items.items())]
    return tuple(table for table in tables if table.n_items)


def _tables(kind: Kind, question: str, rated: Mapping[tuple[str, str | None], Mapping[str, str]]) -> RaterTables:
    categories = categories_of(kind)
    by_call: dict[str, Table] = {}
    pairs: dict[tuple[str, str], Table] = {}
    several = {item: said for item, said in rated.items() if len(said) > 1}
    side = len(categories)
    for (call, _), said in several.items():
        table = coincidences([categories.index(category) for category in said.values()], side)
        by_call[call] = by_call.get(call, np.zeros((side, side))) + table
        for first, second in combinations(sorted(said), 2):
            pair = pairs.setdefault((first, second), np.zeros((side, side)))
            pair[categories.index(said[first]), categories.index(said[second])] += 1
    return RaterTables(
        kind=kind,
        question=question,
        categories=categories,
        units=tuple(Unit(id=call, parts=tuple(table.ravel().tolist())) for call, table in by_call.items()),
        pairs={who: tuple(tuple(row) for row in table.tolist()) for who, table in pairs.items()},
        n_items=len(several),
    )


def categories_of(kind: Kind) -> tuple[str, ...]:
    """The categories of a kind of rating, in the order of its tables; levels rise, behind `none`."""
    return {"turn": (NO, YES), "asks": (NO, YES), "verdict": _VERDICTS, "level": _LEVELS}[kind]


def coincidences(categories: Sequence[int], n_categories: int) -> Table:
    """The coincidences of one item: each ordered pair of two raters' categories adds 1 / (m - 1), m the raters.

    The table is symmetric and sums to m; it is all 0 for fewer than two raters (Krippendorff 2011, Computing
    Krippendorff's Alpha-Reliability).
    """
    counts = np.bincount(categories, minlength=n_categories).astype(np.float64)
    m = len(categories)
    if m < 2:
        return np.zeros((n_categories, n_categories))
    table: Table = (np.outer(counts, counts) - np.diag(counts)) / (m - 1)
    return table


def disagreements(calls: Iterable[LabelledCall]) -> tuple[Disagreement, ...]:
    """Every item of which raters say different things, in the order of calls, so that a rubric's texts are mended."""
    calls = list(calls)
    items: dict[tuple[str, str | None, Kind, str], dict[str, str]] = {}
    for rating in _by_several(calls):
        item = (rating.call, rating.turn_id, rating.kind, rating.question)
        items.setdefault(item, {})[rating.rater] = rating.category
    texts = {(c.id, turn.id): turn.text for c in calls if c.conversation for turn in c.conversation.turns}
    return tuple(
        Disagreement(
            call=call, turn_id=turn, kind=kind, question=question, said=said, text=texts.get((call, turn or ""), "")
        )
        for (call, turn, kind, question), said in items.items()
        if len(set(said.values())) > 1
    )
