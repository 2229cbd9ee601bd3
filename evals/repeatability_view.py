"""Owns how a report of repeatability looks on a terminal: a row for each behaviour, the least steady first."""

from collections.abc import Iterator

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from pipeline.config import Withholding
from pipeline.domain.stability import Again, FlipRate, Repeatability, Stability, unsteady
from pipeline.export.wording import counted

_TITLES: dict[Again, str] = {
    "readings": "Flips between readings of the same words",
    "transcripts": "Flips under small changes of the transcript",
}
_ALIKE = "This reader reads equal words alike, by construction: there is no second reading that could differ."


def show_repeatability(report: Repeatability, settings: Withholding, console: Console) -> None:
    """Print the report; what these settings would withhold by it is marked."""
    blocks: list[RenderableType] = [Text(_head(report)), Text(report.reader, style="dim", overflow="fold")]
    if report.readings is None:
        blocks.append(Text(_ALIKE))
    for again in _TITLES:
        if (found := report.found(again)) is not None:
            blocks += _told(again, found, settings)
    console.print(Group(*blocks), highlight=False, markup=False)


def _head(report: Repeatability) -> str:
    asked = f", each read {report.k} times" if report.readings is not None else ""
    return f"{report.rubric} version {report.rubric_version}: {counted(report.n_calls, 'call')}{asked}"


def _told(again: Again, found: Stability, settings: Withholding) -> Iterator[RenderableType]:
    yield Text(f"\n{_TITLES[again]}", style="bold")
    withheld = {
        each.behaviour for each in unsteady(found.behaviours, by=again, limit=settings.flip_rate, pairs=settings.pairs)
    }
    table = _table("behaviour", "")
    for row in sorted(found.behaviours, key=lambda row: -(row.rate if row.rate is not None else -1)):
        if row.pairs:
            table.add_row(row.id, *_cells(row), "above the limit" if row.id in withheld else _few(row, settings))
    yield table
    sums = _table("\nadded up")
    sums.add_row("all behaviours", *_cells(found.overall), style="bold")
    for row in found.levels:
        sums.add_row(f"level of {row.id}", *_cells(row))
    sums.add_row("plainest quote in another turn", *_cells(found.quotes))
    for row in found.changes:
        sums.add_row(f"by change: {row.id.replace('_', ' ')}", *_cells(row))
    yield sums
    idle = [row.id for row in found.behaviours if not row.pairs]
    if idle:
        yield Text(f"No pair of readings: {', '.join(idle)}.", style="dim")


def _table(first: str, *more: str) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column(first, no_wrap=True)
    for name in ("flips", "pairs", "calls", "rate", "95%"):
        table.add_column(name, justify="right", no_wrap=True, vertical="bottom")
    for name in more:
        table.add_column(name, no_wrap=True)
    return table


def _cells(row: FlipRate) -> tuple[str, str, str, str, str]:
    rate = "-" if row.rate is None else f"{row.rate:.1%}"
    bounds = "-" if row.low is None or row.high is None else f"{row.low:.1%} to {row.high:.1%}"
    return str(row.flips), str(row.pairs), str(row.calls), rate, bounds


def _few(row: FlipRate, settings: Withholding) -> str:
    return "too few pairs to say" if row.pairs < settings.pairs else ""
