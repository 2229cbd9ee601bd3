"""Owns a measure's row in the report's tables: every cell as it is read, and its strip of the forest plot."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from evals.comparing import Change
from evals.figures import Figure
from evals.measures import Measure
from evals.report.forest import axis, grid, strip
from evals.report.scales import Panel, panels
from evals.report.standing import Against, Standing
from evals.report.wording import OUTCOMES, Tone, digits, number, told, told_interval, what_of
from pipeline.export.untrusted import visible
from pipeline.export.wording import counted

_MARK: dict[Against, tuple[Tone, str]] = {
    "above": ("good", "better beyond chance"),
    "within": ("open", "not told apart"),
    "below": ("gap", "worse beyond chance"),
    "few": ("open", "too few units to say"),
}


@dataclass(frozen=True)
class Cell:
    """What stands in a table's cell: the text, a smaller note under it, and a sign with its meaning, if it has one."""

    text: str
    note: str = ""
    tone: Tone | None = None
    meaning: str = ""


@dataclass(frozen=True)
class Row:
    """A measure as a row."""

    name: str
    label: str
    about: str
    strip: Markup
    ours: Cell
    n: Cell
    baseline: Cell
    people: Cell
    target: Cell
    change: Cell

    @property
    def cells(self) -> tuple[tuple[str, Cell], ...]:
        """The cells after the strip, each with its column's title."""
        return (
            ("Ours, 95%", self.ours),
            ("Counted", self.n),
            ("Baseline", self.baseline),
            ("People", self.people),
            ("Target", self.target),
            ("Since before", self.change),
        )


COLUMNS = ("Ours, 95%", "Counted", "Baseline", "People", "Target", "Since before")


@dataclass(frozen=True)
class Band:
    """Rows under one axis."""

    title: str
    direction: str
    axis: Markup
    grid: Markup
    rows: tuple[Row, ...]


def bands(
    measures: Sequence[Measure],
    figures: Mapping[str, Figure],
    standings: Mapping[str, Standing],
    changes: Mapping[str, Change],
) -> tuple[Band, ...]:
    """The measures as rows, parted by the axis that they are drawn on."""
    known = {measure.name: measure for measure in measures}

    def row(name: str, panel: Panel) -> Row:
        measure, figure = known[name], figures[name]
        return Row(
            name=name,
            label=what_of(name),
            about=visible(measure.about),
            strip=strip(measure, figure, panel.scale),
            ours=_ours(measure, figure),
            n=_counted(measure),
            baseline=_beside(measure, measure.baseline, standings[name].baseline, note=measure.baseline_is or ""),
            people=_beside(measure, measure.people, standings[name].people),
            target=target_cell(measure, standings[name]),
            change=change_cell(measure, changes.get(name)),
        )

    return tuple(
        Band(
            title=panel.title,
            direction=panel.direction,
            axis=axis(panel.scale),
            grid=grid(panel.scale),
            rows=tuple(row(name, panel) for name in panel.names),
        )
        for panel in panels(measures, figures)
    )


def _ours(measure: Measure, figure: Figure) -> Cell:
    return Cell(told(figure.value, measure.unit), note=told_interval(figure, measure.unit))


def _counted(measure: Measure) -> Cell:
    units = counted(len(measure.units), "unit")
    return Cell(number(measure.n), note=f"{visible(measure.of)} in {units}" if measure.units else visible(measure.of))


def _beside(measure: Measure, mark: float | None, against: Against | None, *, note: str = "") -> Cell:
    if mark is None:
        return Cell("–")
    tone, meaning = _MARK[against] if against else (None, "")
    return Cell(digits(mark, measure.unit), note=visible(note), tone=tone, meaning=meaning)


def target_cell(measure: Measure, standing: Standing) -> Cell:
    """The target and whether it was reached."""
    if measure.target is None:
        return Cell("–")
    text = digits(measure.target, measure.unit)
    if standing.reached is None:
        return Cell(text)
    word = "reached" if standing.reached else "missed"
    within = {"within": ", not surely", "few": ", on few units"}.get(standing.target or "", "")
    return Cell(text, note=f"{word}{within}", tone="good" if standing.reached else "gap", meaning=word)


def change_cell(measure: Measure, change: Change | None) -> Cell:
    """What became of the measure since the run before, and whether that is more than chance."""
    if change is None:
        return Cell("–")
    word, tone = OUTCOMES[change.outcome]
    if change.outcome == "equal" or change.difference is None:
        return Cell(word, tone=tone, meaning=word)
    note = f"{word}, a loss" if change.loses else word
    return Cell(digits(change.difference, measure.unit, signed=True), note=note, tone=tone, meaning=word)
