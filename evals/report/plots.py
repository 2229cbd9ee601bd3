"""Owns the larger plots of the report: dots against each other, units by label, the spread over units, and history."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from markupsafe import Markup

from evals.measures import Measure
from evals.report.scales import Scale, scale_over, tick_text
from evals.report.wording import digits
from evals.suites import Point, Points
from pipeline.export.drawing import BOTH, CUSTOMER, GAP, GOOD, INK, PAPER, REP, SOFT, drawn
from pipeline.export.untrusted import visible
from pipeline.export.wording import counted

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_STYLES = (("o", REP), ("s", CUSTOMER), ("^", GOOD), ("D", BOTH), ("v", GAP), ("P", INK), ("X", SOFT))
_WIDTH = 264.0
_LONGEST = 44
_SWARM = 5.2
_LEAST_RANGE = 0.2
MOST_GROUPS = len(_STYLES)


@dataclass(frozen=True)
class Lane:
    """Where a swarm of dots lies: its middle in y, how much y a point is, and how far dots may step aside in points."""

    centre: float
    per_point: float
    limit: float
    style: int = 0


Past = tuple[str, float, float | None, float | None]
"""A run in a measure's history: when, its value, and its bounds."""


def scatter(points: Points) -> Markup:
    """Dots against each other. With a diagonal, both axes are the same; intervals that miss x are drawn as misses.

    Where x is only 0 or 1, a label, dots step aside so that none hides another.
    """
    groups = groups_of(points)
    scales = _scales(points)
    told = bool(points.dots) and {dot.x for dot in points.dots} <= {0.0, 1.0}

    def draw(axes: "Axes") -> None:
        _axes(axes, *scales)
        axes.set_xlabel(_short(points.x))
        axes.set_ylabel(_short(points.y))
        if told:
            axes.set_xlim(-0.4, 1.4)
            axes.set_xticks([0, 1], ["0", "1"])
        if points.diagonal:
            ends = (scales[0].low, scales[0].high)
            axes.plot(ends, ends, color=SOFT, linewidth=1, linestyle=(0, (4, 3)), zorder=2)
        for n, (name, dots) in enumerate(groups):
            _dots(axes, dots, n)
            axes.scatter(
                [aside(d, i) if told else d.x for i, d in enumerate(dots)], [d.y for d in dots],
                s=26, marker=_STYLES[n][0], c=_STYLES[n][1], label=name,
                edgecolors=PAPER, linewidths=0.7, zorder=4, clip_on=False, gid=f"dots{n}",
            )  # fmt: skip

    titles = {f"dots{n}": [dot_in_words(dot) for dot in dots] for n, (_, dots) in enumerate(groups)}
    return drawn(draw, size=(_WIDTH, 236), margins=(40, 34, 10, 8), label=points_in_words(points), titles=titles)


def aside(dot: Point, number: int) -> float:
    """Where the dot of a label is drawn: within 0.15 of it, by its number in its group."""
    return dot.x + ((7 * number) % 11 - 5) * 0.03


def groups_of(points: Points) -> list[tuple[str, list[Point]]]:
    """The dots by what tells them apart: inside of their interval, outside, or without one; else their group.

    Groups beyond those that can be told apart by eye are put together as the last.
    """
    bounded = points.diagonal and any(dot.low is not None for dot in points.dots)
    parted: dict[str, list[Point]] = {}
    for dot in points.dots:
        name = _standing(dot) if bounded else visible(dot.group)
        parted.setdefault(name, []).append(dot)
    names = ["inside", "outside", "without"] if bounded else sorted(parted)
    if len(names) > MOST_GROUPS:
        rest = [dot for name in names[MOST_GROUPS - 1 :] for dot in parted.pop(name)]
        names = [*names[: MOST_GROUPS - 1], "others"]
        parted["others"] = rest
    return [(name, parted[name]) for name in names if name in parted]


def _standing(dot: Point) -> str:
    if dot.low is None:
        return "without"
    return "inside" if inside(dot) else "outside"


def inside(dot: Point) -> bool:
    """Whether the interval of y holds x, its ends included; a dot without an interval is not inside."""
    return dot.low is not None and dot.high is not None and dot.low <= dot.x <= dot.high


def sample(n: int, salt: str) -> Markup:
    """The mark of the nth group, for a key; the salt tells this key from others on the page."""
    shape, colour = _STYLES[n]

    def draw(axes: "Axes") -> None:
        axes.set_axis_off()
        axes.scatter([0], [0], s=30, marker=shape, c=colour, edgecolors=PAPER, linewidths=0.7, clip_on=False)

    return drawn(draw, size=(10, 10), margins=(0, 0, 0, 0), label="mark", salt=salt)


def points_in_words(points: Points) -> str:
    """What the plot shows, in numbers."""
    said = [f"{visible(points.title)}: {counted(len(points.dots), 'dot')}"]
    bounded = [dot for dot in points.dots if dot.low is not None]
    if points.diagonal and bounded:
        said.append(f"{sum(map(inside, bounded))} of {len(bounded)} intervals hold the truth")
    if points.diagonal and points.dots:
        apart = float(np.mean([abs(dot.y - dot.x) for dot in points.dots]))
        said.append(f"mean distance from the diagonal {apart:.3g}")
    return "; ".join(said)


def dot_in_words(dot: Point) -> str:
    """A dot's numbers."""
    bounded = f" ({dot.low:.4g} to {dot.high:.4g})" if dot.low is not None and dot.high is not None else ""
    group = f", {visible(dot.group)}" if dot.group else ""
    return f"{visible(dot.id)}: {dot.x:.4g}, {dot.y:.4g}{bounded}{group}"


def by_label(measure: Measure) -> Markup:
    """The scores of an AUC measure in two lanes: units labelled 1 above, those labelled 0 below, medians marked."""
    lanes = [[u for u in measure.units if (u.parts[0] > 0) == wanted] for wanted in (True, False)]
    scale = scale_over([unit.parts[1] for unit in measure.units])

    def draw(axes: "Axes") -> None:
        _axes(axes, scale, None)
        axes.set_ylim(-0.5, 1.5)
        axes.set_xlabel("score")
        axes.set_yticks([1, 0], [f"1  (n {len(lanes[0])})", f"0  (n {len(lanes[1])})"])
        for n, lane in enumerate(lanes):
            scores = [unit.parts[1] for unit in lane]
            _swarm(axes, scores, scale, Lane(centre=1 - n, per_point=2 / 90, limit=17, style=n))
            if scores:
                axes.plot([np.median(scores)] * 2, [0.62 - n, 1.38 - n], color=INK, linewidth=1.6, zorder=5)

    medians = [f"{np.median([u.parts[1] for u in lane]):.3g}" if lane else "none" for lane in lanes]
    label = f"{measure.name}: median score {medians[0]} of {len(lanes[0])} units labelled 1, {medians[1]} of "
    titles = {f"swarm{n}": [f"{visible(u.id)}: {u.parts[1]:.4g}" for u in lane] for n, lane in enumerate(lanes)}
    return drawn(
        draw, size=(_WIDTH, 124), margins=(44, 30, 10, 4), titles=titles,
        label=f"{label}{len(lanes[1])} labelled 0",
    )  # fmt: skip


def spread(measure: Measure, units: Sequence[tuple[str, float]]) -> Markup:
    """The measure of every unit by itself, on one line, with a mark for the value over all of them."""
    values = [value for _, value in units]
    share = measure.unit == "share" and all(0 <= value <= 1 for value in values)
    scale = scale_over(values, least=(0.0, 1.0) if share else None)

    def draw(axes: "Axes") -> None:
        _axes(axes, scale, None)
        axes.set_ylim(-1, 1)
        axes.set_yticks([])
        if measure.value is not None:
            axes.axvline(measure.value, color=INK, linewidth=1.6, zorder=3)
        _swarm(axes, values, scale, Lane(centre=0, per_point=2 / 36, limit=14))

    low, high = (digits(end(values), measure.unit) for end in (min, max))
    label = f"{measure.name}: {len(values)} units from {low} to {high}, {digits(measure.value, measure.unit)} over all"
    titles = {"swarm0": [f"{visible(name)}: {digits(value, measure.unit)}" for name, value in units]}
    return drawn(draw, size=(_WIDTH, 56), margins=(10, 18, 10, 2), label=label, titles=titles)


def history_line(measure: Measure, past: Sequence[Past]) -> Markup:
    """The measure over runs, evenly spaced, oldest first, its interval behind it and the target across."""
    marks = [mark for _, value, low, high in past for mark in (value, low, high) if mark is not None]
    marks += [measure.target] if measure.target is not None else []
    middle = (min(marks) + max(marks)) / 2
    least = abs(middle) * _LEAST_RANGE / 2
    scale = scale_over(marks, least=(middle - least, middle + least))
    runs = range(len(past))

    def draw(axes: "Axes") -> None:
        _axes(axes, None, scale)
        axes.set_xlim(-0.3, len(past) - 0.7)
        axes.set_xticks([])
        if measure.target is not None:
            axes.axhline(measure.target, color=GOOD, linewidth=1.6, zorder=2)
        for x, (_, _, low, high) in zip(runs, past, strict=True):
            if low is not None and high is not None:
                axes.plot([x, x], [low, high], color=REP, linewidth=3, alpha=0.35, solid_capstyle="butt", zorder=3)
        values = [value for _, value, _, _ in past]
        axes.plot(runs, values, color=REP, linewidth=1.2, zorder=4)
        axes.scatter(runs, values, s=18, c=REP, edgecolors=PAPER, linewidths=0.7, zorder=5, clip_on=False, gid="runs")

    titles = [f"{when}: {digits(value, measure.unit)}" for when, value, _, _ in past]
    label = f"{measure.name} over {len(past)} runs: {'; '.join(titles)}"
    return drawn(draw, size=(_WIDTH, 72), margins=(30, 5, 10, 5), label=label, titles={"runs": titles})


def _axes(axes: "Axes", across: Scale | None, up: Scale | None) -> None:
    for name, side in axes.spines.items():
        side.set_visible(name == "bottom")
    setters: list[tuple[Scale | None, Callable[..., object], Callable[..., object]]] = [
        (across, axes.set_xlim, axes.set_xticks),
        (up, axes.set_ylim, axes.set_yticks),
    ]
    for scale, limit, tick in setters:
        if scale is not None:
            limit(scale.low, scale.high)
            tick(scale.ticks, [tick_text(t) for t in scale.ticks])


def _dots(axes: "Axes", dots: Sequence[Point], style: int) -> None:
    """The intervals behind the dots."""
    for dot in dots:
        if dot.low is not None and dot.high is not None:
            axes.plot([dot.x, dot.x], [dot.low, dot.high], color=_STYLES[style][1], linewidth=1.4, alpha=0.55, zorder=3)


def _scales(points: Points) -> tuple[Scale, Scale]:
    across = [dot.x for dot in points.dots]
    up = [mark for dot in points.dots for mark in (dot.y, dot.low, dot.high) if mark is not None]
    if points.diagonal:
        both = scale_over([*across, *up])
        return both, both
    return scale_over(across), scale_over(up)


def _swarm(axes: "Axes", values: Sequence[float], scale: Scale, lane: Lane) -> None:
    """Dots side by side where they would cover each other."""
    width = _WIDTH - 40
    places = [(value - scale.low) / (scale.high - scale.low) * width for value in values]
    heights = [lane.centre + offset * lane.per_point for offset in _offsets(places, limit=lane.limit)]
    shape, colour = _STYLES[lane.style]
    axes.scatter(
        values, heights, s=22, marker=shape, c=colour, edgecolors=PAPER, linewidths=0.6, zorder=4, clip_on=False,
        gid=f"swarm{lane.style}",
    )  # fmt: skip


def _offsets(places: Sequence[float], *, limit: float) -> list[float]:
    """How far each dot steps aside: the least of 0, one up, one down, ... that touches no dot before it.

    A dot that finds no free place within the limit lies in the middle, over others.
    """
    steps = [0.0]
    while steps[-1] + _SWARM <= limit:
        steps.append(steps[-1] + _SWARM)
    tried = [sign * step for step in steps for sign in ((1, -1) if step else (1,))]
    placed: list[tuple[float, float]] = []
    found = [0.0] * len(places)
    for n in sorted(range(len(places)), key=lambda i: (places[i], i)):
        near = [(x, y) for x, y in placed if abs(x - places[n]) < _SWARM]
        free = (y for y in tried if all((x - places[n]) ** 2 + (y - other) ** 2 >= _SWARM**2 for x, other in near))
        found[n] = next(free, 0.0)
        placed.append((places[n], found[n]))
    return found


def _short(text: str) -> str:
    shown = visible(text)
    return shown if len(shown) <= _LONGEST else f"{shown[: _LONGEST - 1]}…"
