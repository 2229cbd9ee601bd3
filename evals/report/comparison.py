"""Owns how two runs are shown against each other: what changed beyond chance, then the rest, then what is equal."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from evals.comparing import Change, Comparison
from evals.measures import Measure
from evals.report.forest import axis, difference_strip, grid
from evals.report.page import filled
from evals.report.rows import Cell, change_cell
from evals.report.scales import Scale, kinds, scale_over
from evals.report.wording import OUTCOMES, SIGNS, Tone, bounds, digits, label_of, number, told
from evals.running import EvaluationRun
from pipeline.export.untrusted import visible
from pipeline.export.wording import counted

_COLOURS: dict[Tone, str] = {"good": "green", "gap": "red", "absent": "dim", "open": "yellow"}
_TOLD = ("worse", "gone", "better", "different")


@dataclass(frozen=True)
class Parts:
    """Changes by how much they say: what a gate stops at, what else changed beyond chance, what else moved, equals."""

    lost: tuple[Change, ...]
    told: tuple[Change, ...]
    rest: tuple[Change, ...]
    equal: tuple[Change, ...]


@dataclass(frozen=True)
class ChangeRow:
    """A change as a row of the page."""

    name: str
    label: str
    strip: Markup | None
    before: Cell
    after: Cell
    difference: Cell
    interval: Cell
    units: Cell
    reason: str

    @property
    def cells(self) -> tuple[tuple[str, Cell], ...]:
        """The cells after the strip, each with its column's title."""
        found = (self.before, self.after, self.difference, self.interval, self.units)
        return tuple(zip(COLUMNS, found, strict=True))


COLUMNS = ("Before", "After", "Difference", "95%", "Units in both")


@dataclass(frozen=True)
class ChangeBand:
    """Changes under one axis of differences."""

    title: str
    direction: str
    axis: Markup
    grid: Markup
    rows: tuple[ChangeRow, ...]


def parted(comparison: Comparison) -> Parts:
    """The changes parted; what changed beyond chance stands by outcome, worse first, otherwise in its own order."""
    rest = [change for change in comparison.changes if not change.loses]
    told = [change for change in rest if change.outcome in _TOLD]
    told.sort(key=lambda change: _TOLD.index(change.outcome))
    return Parts(
        lost=comparison.losses,
        told=tuple(told),
        rest=tuple(change for change in rest if change.outcome not in (*_TOLD, "equal")),
        equal=tuple(change for change in rest if change.outcome == "equal"),
    )


def verdict(comparison: Comparison) -> str:
    """What a gate says in one sentence: how many losses, or that there is none."""
    losses = comparison.losses
    if losses:
        return f"{counted(len(losses), 'measure')} lost: {', '.join(label_of(change.name) for change in losses)}."
    moved = sum(change.outcome != "equal" for change in comparison.changes)
    if not moved:
        return f"No loss: all {counted(len(comparison.changes), 'measure')} are equal."
    return f"No loss in {counted(len(comparison.changes), 'measure')}, of which {moved} moved."


def changes_table(before: EvaluationRun, after: EvaluationRun, comparison: Comparison) -> RenderableType:
    """The comparison for `Console.print`: losses, what else changed beyond chance, the rest, how many are equal."""
    known = _measures(before, after)
    parts = parted(comparison)
    blocks: list[RenderableType] = [Text(f"{before.id} → {after.id}", style="bold")]
    blocks += _block("Lost", parts.lost, known)
    blocks += _block("Changed beyond chance", parts.told, known)
    blocks += _block("Not told apart, or new", parts.rest, known)
    if parts.equal:
        blocks.append(Text(f"\n{counted(len(parts.equal), 'measure')} equal to the last digit", style="dim"))
    return Group(*blocks)


def _block(title: str, changes: Sequence[Change], known: Mapping[str, Measure]) -> list[RenderableType]:
    if not changes:
        return []
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    table.add_column("measure", overflow="fold")
    for name in ("before", "after"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("difference", no_wrap=True)
    table.add_column("95%", no_wrap=True, style="dim")
    for change in changes:
        table.add_row(*_terminal_cells(change, known[change.name]))
    reasons = [f"{change.name}: {visible(change.reason)}" for change in changes if change.reason]
    notes = Padding(Text("\n".join(reasons), style="dim"), (0, 0, 0, 2))
    return [Text(f"\n{title}", style="bold"), table, *([notes] if reasons else [])]


def _terminal_cells(change: Change, measure: Measure) -> Iterator[Text]:
    word, tone = OUTCOMES[change.outcome]
    yield Text(change.name)
    yield Text(digits(change.before, measure.unit))
    yield Text(digits(change.after, measure.unit))
    moved = "" if change.difference is None else f" {digits(change.difference, measure.unit, signed=True)}"
    yield Text(f"{SIGNS[tone]}{moved} {word}", style="bold red" if change.loses else _COLOURS[tone])
    yield Text(bounds(change.low, change.high, measure.unit))


def changes_page(before: EvaluationRun, after: EvaluationRun, comparison: Comparison) -> str:
    """The comparison as one HTML document, in the report's clothes."""
    known = _measures(before, after)
    parts = parted(comparison)
    return filled(
        "comparison.html.j2",
        before=before,
        after=after,
        verdict=verdict(comparison),
        lost=bool(comparison.losses),
        parts=(
            ("lost", "Lost", _bands(parts.lost, known)),
            ("told", "Changed beyond chance", _bands(parts.told, known)),
            ("rest", "Not told apart, or new", _bands(parts.rest, known)),
        ),
        equal=tuple(change.name for change in parts.equal),
        columns=COLUMNS,
    )


def _measures(before: EvaluationRun, after: EvaluationRun) -> dict[str, Measure]:
    return before.findings.measures | after.findings.measures


def _bands(changes: Sequence[Change], known: Mapping[str, Measure]) -> tuple[ChangeBand, ...]:
    """Differences on one axis for each kind of measure, with none in the middle."""
    found = {change.name: change for change in changes}
    bands = []
    for kind in kinds([known[name] for name in found]):
        mine = [found[measure.name] for measure in kind.measures]
        furthest = max((abs(end) for change in mine for end in _ends(change)), default=0.0) or 1.0
        scale = scale_over([-furthest, furthest])
        rows = tuple(_row(change, known[change.name], scale) for change in mine)
        bands.append(ChangeBand(kind.title, kind.direction, axis(scale), grid(scale), rows))
    return tuple(bands)


def _ends(change: Change) -> list[float]:
    return [end for end in (change.difference, change.low, change.high) if end is not None]


def _row(change: Change, measure: Measure, scale: Scale) -> ChangeRow:
    interval = bounds(change.low, change.high, measure.unit)
    left_out = f", {change.n_left_out} left out" if change.n_left_out else ""
    return ChangeRow(
        name=change.name,
        label=label_of(change.name),
        strip=_strip(change, measure, scale),
        before=Cell(told(change.before, measure.unit)),
        after=Cell(told(change.after, measure.unit)),
        difference=change_cell(measure, change),
        interval=Cell(interval or "–", note=f"p {change.p:.2g}" if change.outcome == "worse" else ""),
        units=Cell(f"{number(change.n_units)}{left_out}"),
        reason=visible(change.reason),
    )


def _strip(change: Change, measure: Measure, scale: Scale) -> Markup | None:
    if change.difference is None:
        return None
    interval = None if change.low is None or change.high is None else (change.low, change.high)
    said = digits(change.difference, measure.unit, signed=True)
    around = bounds(change.low, change.high, measure.unit)
    label = f"{change.name}: difference {said}{f', 95% {around}' if around else ', no interval'}"
    return difference_strip(change.difference, interval, scale, label=label)
