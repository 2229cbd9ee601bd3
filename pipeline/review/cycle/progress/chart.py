"""Owns how a capability over time is drawn: the places of dots, bands and lines, in units of the drawing."""

from bisect import bisect_left
from collections.abc import Iterable

from pydantic import AwareDatetime

from pipeline.cycle.progress import Stretch
from pipeline.domain.base import Value
from pipeline.review.cycle.progress.view import CallMark, CapabilityProgress, FocusPeriod, RubricProgress

WIDTH, LEFT, RIGHT, TOP, STEP, LANE = 360.0, 30.0, 10.0, 22.0, 30.0, 30.0
MOST_CALLS = 60
"""So many latest calls are drawn; the table has all."""
_WIDEST = 26.0


class Dot(Value):
    """A call with its level; `noticed`: a change was first noticed at it."""

    x: float
    y: float
    level: int
    call: str
    told: str
    noticed: bool = False


class Box(Value):
    """A stretch of calls from the left to the right edge; from the top down where it has a height."""

    x: float
    width: float
    y: float = 0.0
    height: float = 0.0
    told: str = ""


class Break(Value):
    """Where another version of the rubric begins."""

    x: float
    told: str
    flip: bool
    """Whether its words stand on its left, as there is no room on its right."""


class Row(Value):
    """A level of the scale."""

    y: float
    told: str


class Chart(Value):
    """A drawing of `width` by `height`, with the call at its left end and that at its right end.

    `noise` are the bands in which an average of the latest calls is noise, `baselines` their middles, `recent` where
    the latest calls average. `lane` is the middle of the lane of practice; None without practice.
    """

    width: float
    height: float
    bottom: float
    rows: tuple[Row, ...]
    dots: tuple[Dot, ...]
    practice: tuple[Dot, ...]
    noise: tuple[Box, ...]
    baselines: tuple[Box, ...]
    recent: tuple[Box, ...]
    focus: tuple[Box, ...]
    breaks: tuple[Break, ...]
    lane: float | None
    first: AwareDatetime
    last: AwareDatetime
    right: float
    """The right edge of the last column."""
    n_left_out: int


class _Scale:
    """Where calls and levels stand."""

    def __init__(self, calls: tuple[CallMark, ...], of: int) -> None:
        self.calls, self.of = calls[-MOST_CALLS:], of
        self.at = {mark.call: n for n, mark in enumerate(self.calls)}
        self.step = min(_WIDEST, (WIDTH - LEFT - RIGHT) / max(1, len(self.calls)))

    def edge(self, n: int) -> float:
        """The left edge of the column of the n-th call; its right edge is that of the next."""
        return round(LEFT + n * self.step, 1)

    def middle(self, n: int) -> float:
        return round(LEFT + (n + 0.5) * self.step, 1)

    def height(self, level: float) -> float:
        return round(TOP + (self.of - min(max(level, 0.6), self.of + 0.4)) * STEP, 1)

    def box(self, calls: list[str], **more: float | str) -> Box | None:
        """What spans these calls; None where none of them is drawn."""
        places = [self.at[call] for call in calls if call in self.at]
        if not places:
            return None
        left, right = self.edge(min(places)), self.edge(max(places) + 1)
        return Box.model_validate({"x": left, "width": round(right - left, 1), **more})


def chart(rubric: RubricProgress, capability: CapabilityProgress) -> Chart:
    """The drawing of one capability; all of a rubric have the same calls in the same columns."""
    stretches = capability.course.stretches
    scale = _Scale(rubric.calls, max(stretch.of for stretch in stretches))
    practised = any(stretch.practice for stretch in stretches)
    bottom = scale.height(1) + STEP / 2
    lane = bottom + LANE / 2 if practised else None
    return Chart(
        width=WIDTH,
        height=bottom + (LANE if practised else 0) + 20,
        bottom=bottom,
        rows=tuple(Row(y=scale.height(level), told=str(level)) for level in range(1, scale.of + 1)),
        dots=tuple(dot for stretch in stretches for dot in _dots(scale, stretch)),
        practice=tuple(dot for stretch in stretches for dot in _practice(scale, stretch, lane or 0.0)),
        noise=_boxes(_noise(scale, stretch) for stretch in stretches),
        baselines=_boxes(_baseline(scale, stretch) for stretch in stretches),
        recent=_boxes(_recent(scale, stretch) for stretch in stretches),
        focus=tuple(_focus(scale, period, bottom) for period in capability.focus),
        breaks=_breaks(scale, stretches),
        lane=lane,
        first=scale.calls[0].at,
        last=scale.calls[-1].at,
        right=scale.edge(len(scale.calls)),
        n_left_out=len(rubric.calls) - len(scale.calls),
    )


def _dots(scale: _Scale, stretch: Stretch) -> list[Dot]:
    return [
        Dot(
            x=scale.middle(scale.at[point.call]),
            y=scale.height(point.level),
            level=point.level,
            call=point.call,
            told=f"{scale.calls[scale.at[point.call]].customer}: level {point.level} of {stretch.of}",
            noticed=point.noticed is not None,
        )
        for point in stretch.points
        if point.call in scale.at
    ]


def _practice(scale: _Scale, stretch: Stretch, lane: float) -> list[Dot]:
    return [
        Dot(
            x=scale.middle(scale.at[point.call]),
            y=lane,
            level=point.level,
            call=point.call,
            told=f"Practice: level {point.level} of {stretch.of}",
        )
        for point in stretch.practice
        if point.call in scale.at
    ]


def _noise(scale: _Scale, stretch: Stretch) -> Box | None:
    if stretch.standing is None:
        return None
    middle, reach = stretch.standing.baseline, stretch.standing.smallest
    top, bottom = scale.height(middle + reach), scale.height(middle - reach)
    return scale.box([point.call for point in stretch.points], y=top, height=round(bottom - top, 1))


def _baseline(scale: _Scale, stretch: Stretch) -> Box | None:
    if stretch.standing is None:
        return None
    return scale.box([point.call for point in stretch.points], y=scale.height(stretch.standing.baseline))


def _recent(scale: _Scale, stretch: Stretch) -> Box | None:
    if stretch.standing is None:
        return None
    latest = stretch.points[-stretch.standing.n_recent :]
    return scale.box([point.call for point in latest], y=scale.height(stretch.standing.recent))


def _focus(scale: _Scale, period: FocusPeriod, bottom: float) -> Box:
    """Calls from the day that the focus was opened to that on which it ended; nothing wide where there was none."""
    times = [mark.at for mark in scale.calls]
    began = bisect_left(times, period.began_at)
    ended = len(times) if period.ended_at is None else max(began, bisect_left(times, period.ended_at))
    x, right = scale.edge(began), scale.edge(ended)
    return Box(x=x, width=round(max(2.0, right - x), 1), y=4.0, height=round(bottom - 4.0, 1), told=period.behaviour)


def _breaks(scale: _Scale, stretches: tuple[Stretch, ...]) -> tuple[Break, ...]:
    found = []
    for stretch in stretches[1:]:
        places = [scale.at[p.call] for p in (*stretch.points, *stretch.practice) if p.call in scale.at]
        if places:
            x = scale.edge(min(places))
            found.append(Break(x=x, told=f"version {stretch.version}", flip=x > WIDTH - 70))
    return tuple(found)


def _boxes(found: Iterable[Box | None]) -> tuple[Box, ...]:
    return tuple(box for box in found if box is not None)
