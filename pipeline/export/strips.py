"""Owns the talk timeline in characters: the rep above, the customer below, for terminals and for Markdown."""

from pipeline.domain.base import Value
from pipeline.domain.phrasing import clock
from pipeline.domain.recording import Role
from pipeline.domain.span import Span
from pipeline.export.moments import Moment, MomentKind
from pipeline.export.timeline import Timeline

_RISING = "▁▂▃▄▅▆▇█"
_HANGING = "▔▀█"
_ABSENT = " "
MARKS: dict[MomentKind, str] = {"effective": "●", "ineffective": "◆", "missed": "◇"}
_LOUDEST: tuple[MomentKind, ...] = ("effective", "ineffective", "missed")
_MIN_GAP = 2


class Strip(Value):
    """One line of the picture; `role` is None for marks and for the axis. The label is empty there, too."""

    role: Role | None
    label: str
    cells: str


def strips(line: Timeline, marks: tuple[Moment, ...], *, width: int) -> tuple[Strip, ...]:
    """Lines of exactly `width` characters: marks of the rep, a lane each, marks of the others, and the axis.

    A cell's height is the share of its time in which that side speaks; the rep's grow upwards from the middle, all
    others hang down from it. Lines of marks without a mark are left out. Where marks meet, the last of effective,
    ineffective, missed is shown.
    """
    lanes = [_lane(line, n, width) for n in range(len(line.lanes))]
    above = _marks(line, [m for m in marks if m.role == "rep"], width)
    below = _marks(line, [m for m in marks if m.role != "rep"], width)
    return (*above, *lanes, *below, Strip(role=None, label="", cells=_axis(line, width)))


def legend(marks: tuple[Moment, ...]) -> str:
    """The meaning of the marks that occur."""
    words: dict[MomentKind, str] = {
        "effective": "worked",
        "ineffective": "worked against the goal",
        "missed": "missed moment",
    }
    kinds = {m.kind for m in marks}
    return "   ".join(f"{MARKS[k]} {words[k]}" for k in _LOUDEST if k in kinds)


def _lane(line: Timeline, n: int, width: int) -> Strip:
    lane = line.lanes[n]
    ramp = _RISING if lane.role == "rep" else _HANGING
    step = line.duration / width
    cells = []
    for i in range(width):
        cell = Span(start=i * step, end=(i + 1) * step)
        share = sum(cell.overlap(s) for s in lane.spans) / step
        cells.append(_ABSENT if share <= 0 else ramp[min(len(ramp) - 1, int(share * len(ramp)))])
    return Strip(role=lane.role, label=f"{lane.label} {lane.share * 100:.0f}%", cells="".join(cells))


def _marks(line: Timeline, marks: list[Moment], width: int) -> tuple[Strip, ...]:
    cells = [" "] * width
    for moment in sorted(marks, key=lambda m: _LOUDEST.index(m.kind)):
        if moment.span is not None:
            cells[min(width - 1, int(moment.span.start / line.duration * width))] = MARKS[moment.kind]
    return (Strip(role=None, label="", cells="".join(cells)),) if marks else ()


def _axis(line: Timeline, width: int) -> str:
    text = ""
    for tick in line.ticks:
        place, label = int(tick / line.duration * width), clock(tick)
        if place >= len(text) + (_MIN_GAP if text else 0) and place + len(label) <= width:
            text = text.ljust(place) + label
    return text.ljust(width)
