"""Owns the table of a run for the terminal and for Markdown: every measure on a line, grouped by suite."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, RenderResult
from rich.table import Table
from rich.text import Text

from evals.comparing import Change
from evals.figures import Figure
from evals.measures import Measure
from evals.report.standing import Standing, headline, standing
from evals.report.wording import NOT_DEFINED, OUTCOMES, SIGNS, SUITE_TITLES, Tone, bounds, digits, number, told
from evals.running import EvaluationRun
from evals.suites import SUITES, SuiteResult
from pipeline.domain.evaluation import EvaluationRecord
from pipeline.export.untrusted import visible
from pipeline.export.wording import counted

WIDE = 110
"""From this many columns on there is room for the baseline and people."""

_KEY = "● reached, better   ◆ missed, worse   – no difference   ○ cannot be told"
_UNITS = {"points": " pt", "s": " s", "words": " w", "levels": " lv"}
_REACHED: Mapping[bool | None, Tone] = {True: "good", False: "gap", None: "open"}
_STYLES: dict[Tone, str] = {"good": "green", "gap": "red", "absent": "dim", "open": "dim"}


@dataclass(frozen=True)
class _Line:
    """A measure with all that its line tells."""

    measure: Measure
    figure: Figure
    standing: Standing
    change: Change | None


class RunTable:
    """A run that prints itself as one table, with the columns for which there is room."""

    def __init__(self, run: EvaluationRun, changes: Mapping[str, Change]) -> None:
        self._run = run
        self._changes = changes

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """The table, and under it what its signs mean."""
        wide = options.max_width >= WIDE
        yield self._table(wide)
        yield Text(_KEY, style="dim")

    def _table(self, wide: bool) -> Table:
        table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
        table.add_column("measure", overflow="fold", ratio=1 if wide else None)
        for title in ("ours", "95%", "n"):
            table.add_column(title, justify="right", no_wrap=True)
        for title in ("baseline", "people") if wide else ():
            table.add_column(title, justify="right", no_wrap=True)
        table.add_column("target", no_wrap=True)
        if self._changes:
            table.add_column("change", no_wrap=True)
        for suite in self._run.findings.suites:
            table.add_section()
            lines = list(_lines(suite, self._run, self._changes))
            for collection in dict.fromkeys(_collection(line) for line in lines):
                table.add_row(Text.assemble((SUITE_TITLES[suite.suite], "bold"), f" on {collection}"))
                for line in lines:
                    if _collection(line) == collection:
                        table.add_row(*_cells(line, wide=wide, changed=bool(self._changes)))
        return table


def _collection(line: _Line) -> str:
    return line.measure.name.split(".")[1]


def table(run: EvaluationRun, *, changes: Sequence[Change] = ()) -> RunTable:
    """The run for `Console.print`: readable from 80 columns, with baseline and people from 110."""
    return RunTable(run, {change.name: change for change in changes})


def runs_table(records: Sequence[EvaluationRecord]) -> Table:
    """The runs of a history, a line each; ids are never cut, so that they can be copied."""
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    table.add_column("run", no_wrap=True)
    table.add_column("when", no_wrap=True)
    table.add_column("suites", overflow="fold", min_width=10)
    table.add_column("reader", no_wrap=True)
    table.add_column("measures", justify="right")
    table.add_column("note", overflow="fold")
    for record in records:
        suites = "all" if set(record.suites) == set(SUITES) else " ".join(record.suites)
        cells = (f"{record.at:%Y-%m-%d %H:%M}", suites, visible(record.reader))
        told = (*cells, str(len(record.figures)), visible(record.note))
        table.add_row(Text(record.id), *map(Text, told))
    return table


def summary(run: EvaluationRun) -> Iterator[Text]:
    """A line about each suite."""
    for suite in run.findings.suites:
        judged = [line.standing for line in _lines(suite, run, {})]
        yield Text.assemble((f"{SUITE_TITLES[suite.suite]}: ", "bold"), headline(judged))


def markdown(run: EvaluationRun) -> str:
    """The same table in Markdown, a line each, with what the baseline is and the unit of each value."""
    head = (
        "| measure | ours | 95% | counted | baseline | people | target |\n| --- | --- | --- | --- | --- | --- | --- |\n"
    )
    rows = [
        f"| {' | '.join(map(_in_cell, _told(line)))} |\n"
        for suite in run.findings.suites
        for line in _lines(suite, run, {})
    ]
    return head + "".join(rows)


def _told(line: _Line) -> tuple[str, ...]:
    measure, figure = line.measure, line.figure
    based = digits(measure.baseline, measure.unit)
    units = f" in {counted(len(measure.units), 'unit')}" if measure.units else ""
    reached = {True: " reached", False: " missed", None: ""}[line.standing.reached]
    return (
        f"`{measure.name}`",
        told(figure.value, measure.unit),
        bounds(figure.low, figure.high, measure.unit) or "–",
        f"{number(measure.n)} {measure.of}{units}",
        f"{based} ({measure.baseline_is})" if measure.baseline is not None else based,
        digits(measure.people, measure.unit),
        f"{digits(measure.target, measure.unit)}{reached}",
    )


def _in_cell(text: str) -> str:
    """The text as Markdown takes it literally within a table."""
    for sign in ("\\", "|", "<", "*", "[", "]"):
        text = text.replace(sign, f"\\{sign}")
    return visible(text)


def _lines(suite: SuiteResult, run: EvaluationRun, changes: Mapping[str, Change]) -> Iterator[_Line]:
    for measure in suite.measures:
        figure = run.findings.figures[measure.name]
        yield _Line(measure, figure, standing(measure, figure), changes.get(measure.name))


def _cells(line: _Line, *, wide: bool, changed: bool) -> list[Text]:
    measure, figure = line.measure, line.figure
    name = measure.name.split(".", 2)[2]
    cells = [
        Text(f"  {name}"),
        Text(NOT_DEFINED if figure.value is None and wide else _with_unit(figure.value, measure)),
        Text(bounds(figure.low, figure.high, measure.unit, dash="–"), style="dim"),
        Text(number(measure.n), style="dim"),
    ]
    if wide:
        cells += [Text(digits(mark, measure.unit), style="dim") for mark in (measure.baseline, measure.people)]
    return cells + [_target(line)] + ([change_text(line.change, measure)] if changed else [])


def _with_unit(value: float | None, measure: Measure) -> str:
    return digits(value, measure.unit) + ("" if value is None else _UNITS.get(measure.unit, ""))


def _target(line: _Line) -> Text:
    if line.measure.target is None:
        return Text("")
    tone = _REACHED[line.standing.reached]
    return Text(f"{SIGNS[tone]} {digits(line.measure.target, line.measure.unit)}", style=_STYLES[tone])


def change_text(change: Change | None, measure: Measure) -> Text:
    """A change as a sign, the difference and the word; only the sign and the word where there is no difference."""
    if change is None:
        return Text("")
    word, tone = OUTCOMES[change.outcome]
    if change.difference is None or change.outcome == "equal":
        return Text(f"{SIGNS[tone]} {word}", style=_STYLES[tone])
    difference = digits(change.difference, measure.unit, signed=True)
    quiet = change.outcome in ("same", "too_few")
    text = f"{SIGNS[tone]} {difference}" if quiet else f"{SIGNS[tone]} {difference} {word}"
    return Text(text, style="bold red" if change.loses else _STYLES[tone])
