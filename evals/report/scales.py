"""Owns which measures share an axis, and what that axis is: shares from 0 to 1, errors and other units on their own."""

from collections.abc import Iterable, Mapping, Sequence

from evals.figures import Figure
from evals.measures import Better, Measure
from evals.report.wording import MeasureUnit
from pipeline.domain.base import Value

_TITLES: dict[MeasureUnit, str] = {
    "share": "Shares",
    "points": "Percentage points",
    "s": "Seconds",
    "words": "Words",
    "levels": "Levels",
    "none": "Numbers",
}
_BETTER: dict[Better, str] = {
    "more": "more is better →",
    "less": "← less is better",
    "neither": "these only describe",
}
_AGREEMENT = "Agreement beyond chance"
_ERRORS = "Rates of error"
_TICKS = 4
_ALIKE = 1e-6
_ROOM = 0.05


class Scale(Value):
    """An axis: its ends, and where it is marked, in rising order."""

    low: float
    high: float
    ticks: tuple[float, ...]


class Panel(Value):
    """Measures that are drawn on one axis, in the order in which they were measured."""

    title: str
    direction: str
    scale: Scale
    names: tuple[str, ...]


class Kind(Value):
    """Measures that are told in the same unit, the same way up."""

    title: str
    direction: str
    measures: tuple[Measure, ...]


def kinds(measures: Sequence[Measure]) -> tuple[Kind, ...]:
    """The measures parted by unit and direction, agreement apart.

    Shares come first and then agreement, errors, and other units in order of their first measure; what only describes
    is last.
    """
    parted: dict[tuple[str, Better], list[Measure]] = {}
    for measure in measures:
        parted.setdefault((_title(measure), measure.better), []).append(measure)
    return tuple(
        Kind(title=title, direction=_BETTER[better], measures=tuple(members))
        for (title, better), members in sorted(parted.items(), key=_order)
    )


def panels(measures: Sequence[Measure], figures: Mapping[str, Figure]) -> tuple[Panel, ...]:
    """The measures of each kind with the axis that holds all their figures and marks."""
    return tuple(
        Panel(
            title=kind.title,
            direction=kind.direction,
            scale=_scale(kind.measures, figures),
            names=tuple(measure.name for measure in kind.measures),
        )
        for kind in kinds(measures)
    )


def scale_over(values: Iterable[float], *, least: tuple[float, float] | None = None) -> Scale:
    """An axis with round ends that holds all the values, and the range `least` if one is given."""
    from matplotlib.ticker import MaxNLocator

    held = [*values, *(least or ())] or [0.0, 1.0]
    low, high = min(held), max(held)
    if high - low <= _ALIKE * max(abs(low), abs(high), 1.0):
        low, high = low - abs(low) / 10 - (_ROOM if low < 0 else 0.0), high + abs(high) / 10 + _ROOM
    ticks = tuple(round(float(t), 9) for t in MaxNLocator(_TICKS, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high))
    inside = [tick for tick in ticks if low <= tick <= high]
    below, above = [tick for tick in ticks if tick <= low][-1:], [tick for tick in ticks if tick >= high][:1]
    return _of(sorted({*below, *inside, *above}))


def tick_text(tick: float) -> str:
    """The tick as short as it can be told: "0", ".5", "-.25", "12"."""
    text = f"{tick:g}"
    return text.replace("0.", ".", 1) if 0 < abs(tick) < 1 else text


def _of(ticks: Sequence[float]) -> Scale:
    return Scale(low=ticks[0], high=ticks[-1], ticks=tuple(ticks))


def _order(part: tuple[tuple[str, Better], object]) -> tuple[bool, int]:
    (title, better), _ = part
    first = (_TITLES["share"], _AGREEMENT, _ERRORS)
    return better == "neither", first.index(title) if title in first else len(first)


def _title(measure: Measure) -> str:
    if measure.statistic.startswith(("kappa", "alpha")):
        return _AGREEMENT
    return _ERRORS if measure.unit == "share" and measure.better == "less" else _TITLES[measure.unit]


def _scale(measures: Sequence[Measure], figures: Mapping[str, Figure]) -> Scale:
    held = [mark for measure in measures for mark in _marks(measure, figures[measure.name])]
    first = measures[0]
    whole = (first.unit == "share" and first.better != "less") or not held
    if whole and all(0 <= mark <= 1 for mark in held):
        return _of((0.0, 0.25, 0.5, 0.75, 1.0))
    return scale_over(held, least=(0.0, 1.0) if whole else (0.0, 0.0))


def _marks(measure: Measure, figure: Figure) -> list[float]:
    marks = (figure.value, figure.low, figure.high, measure.baseline, measure.people, measure.target)
    return [mark for mark in marks if mark is not None]
