"""Owns the forest plot: for each measure a strip with its figure, interval and what stands beside it; and the axis."""

from typing import TYPE_CHECKING

from markupsafe import Markup

from evals.figures import Figure
from evals.measures import Measure
from evals.report.scales import Scale, tick_text
from evals.report.wording import digits, told, told_interval
from pipeline.export.drawing import CUSTOMER, GOOD, PAPER, REP, SOFT, drawn

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_WIDTH, _HEIGHT, _AXIS, _SIDE = 225.0, 20.0, 13.0, 9.0
_KEY = 18.0


def strip(measure: Measure, figure: Figure, scale: Scale) -> Markup:
    """A measure's strip: ours as a dot on its interval, the baseline a diamond, people a square, the target a line."""

    def draw(axes: "Axes") -> None:
        _bare(axes, scale)
        if measure.target is not None:
            axes.axvline(measure.target, color=GOOD, linewidth=2, zorder=2, clip_on=False)
        if figure.low is not None and figure.high is not None:
            axes.plot([figure.low, figure.high], [0, 0], color=REP, linewidth=3, solid_capstyle="round", zorder=3)
        if measure.baseline is not None:
            _mark(axes, measure.baseline, "baseline")
        if measure.people is not None:
            _mark(axes, measure.people, "people")
        if figure.value is not None:
            _mark(axes, figure.value, "ours")

    return drawn(draw, size=(_WIDTH, _HEIGHT), margins=(_SIDE, 0, _SIDE, 0), label=in_words(measure, figure))


def in_words(measure: Measure, figure: Figure) -> str:
    """All that a strip shows, in one sentence."""
    said = [told(figure.value, measure.unit)]
    interval = told_interval(figure, measure.unit)
    said += [f"95% {interval}" if figure.low is not None else interval] if interval else []
    if measure.baseline is not None:
        said.append(f"baseline {digits(measure.baseline, measure.unit)}")
    if measure.people is not None:
        said.append(f"people {digits(measure.people, measure.unit)}")
    if measure.target is not None:
        said.append(f"target {digits(measure.target, measure.unit)}")
    return f"{measure.name}: {', '.join(said)}"


def difference_strip(difference: float, bounds: tuple[float, float] | None, scale: Scale, *, label: str) -> Markup:
    """A difference on its interval, against a line at none."""

    def draw(axes: "Axes") -> None:
        _bare(axes, scale)
        axes.axvline(0, color=SOFT, linewidth=1.2, zorder=2)
        if bounds is not None:
            axes.plot(bounds, [0, 0], color=REP, linewidth=3, solid_capstyle="round", zorder=3)
        _mark(axes, difference, "ours")

    return drawn(draw, size=(_WIDTH, _HEIGHT), margins=(_SIDE, 0, _SIDE, 0), label=label)


def axis(scale: Scale) -> Markup:
    """The axis over strips of this scale, as wide as they are."""

    def draw(axes: "Axes") -> None:
        _bare(axes, scale)
        for tick in scale.ticks:
            axes.text(tick, 0, tick_text(tick), ha="center", va="center", color=SOFT)

    ends = f"axis from {tick_text(scale.low)} to {tick_text(scale.high)}"
    return drawn(draw, size=(_WIDTH, _AXIS), margins=(_SIDE, 0, _SIDE, 0), label=ends)


def grid(scale: Scale) -> Markup:
    """The lines at the ticks. They stretch with the row that they lie behind, so that rows read as one plot."""
    across = (_WIDTH - 2 * _SIDE) / (scale.high - scale.low)
    lines = "".join(f"M{_SIDE + (tick - scale.low) * across:.2f} 0v1" for tick in scale.ticks)
    return Markup(
        '<svg class="grid" viewBox="0 0 {:g} 1" preserveAspectRatio="none" aria-hidden="true"><path d="{}"/></svg>'
    ).format(_WIDTH, lines)


def key(salt: str) -> tuple[tuple[Markup, str], ...]:
    """The marks of a strip, each with what it means; the salt tells this key from others on the page."""
    words = {
        "ours": "ours, with its interval at 95%",
        "baseline": "baseline",
        "people": "people",
        "target": "target",
    }
    return tuple((_sample(mark, salt), told_as) for mark, told_as in words.items())


def _sample(mark: str, salt: str) -> Markup:
    def draw(axes: "Axes") -> None:
        _bare(axes, Scale(low=0, high=1, ticks=()))
        if mark == "target":
            axes.axvline(0.5, color=GOOD, linewidth=2)
        else:
            if mark == "ours":
                axes.plot([0, 1], [0, 0], color=REP, linewidth=3, solid_capstyle="round", clip_on=False)
            _mark(axes, 0.5, mark)

    return drawn(draw, size=(_KEY, 10.0), margins=(3, 0, 3, 0), label=mark, salt=salt)


def _bare(axes: "Axes", scale: Scale) -> None:
    """Nothing but the room of the scale."""
    for side in axes.spines.values():
        side.set_visible(False)
    axes.set_xlim(scale.low, scale.high)
    axes.set_ylim(-1, 1)
    axes.set_xticks([])
    axes.set_yticks([])


def _mark(axes: "Axes", x: float, kind: str) -> None:
    shape, face, edge, size = {
        "ours": ("o", REP, PAPER, 42.0),
        "baseline": ("D", PAPER, SOFT, 26.0),
        "people": ("s", PAPER, CUSTOMER, 30.0),
    }[kind]
    order = 5 if kind == "ours" else 4
    axes.scatter([x], [0], s=size, marker=shape, c=face, edgecolors=edge, linewidths=1.3, zorder=order, clip_on=False)
