"""Owns what the report tells of each suite: its tables, plots, failures, what was left out, and its history."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from evals.comparing import Change
from evals.figures import Figure
from evals.measures import FEW_UNITS, Measure
from evals.report.forest import key
from evals.report.plots import Past, by_label, groups_of, history_line, points_in_words, sample, scatter, spread
from evals.report.rows import Band, bands
from evals.report.standing import (
    Remark,
    Standing,
    Tally,
    headline,
    like_people,
    over_baseline,
    remarks,
    standing,
    targets,
)
from evals.report.wording import SUITE_TITLES, collection_of, digits, label_of
from evals.running import EvaluationRun
from evals.suites import Failure, Point, Points, SuiteName, SuiteResult
from pipeline.domain.evaluation import EvaluationRecord
from pipeline.export.untrusted import visible
from pipeline.export.wording import counted

MOST_FAILURES = 40
_MOST_RUNS = 30
_MOST_NAMED = 3


@dataclass(frozen=True)
class Plot:
    """A plot with what is written beside it; `first` is to be seen without asking for it."""

    title: str
    picture: Markup
    note: str = ""
    key: tuple[tuple[Markup, str], ...] = ()
    points: Points | None = None
    dots: tuple[Point, ...] = ()
    first: bool = True


@dataclass(frozen=True)
class Collection:
    """The measures over one collection of data."""

    title: str
    bands: tuple[Band, ...]
    plots: tuple[Plot, ...]
    spreads: tuple[Plot, ...]


@dataclass(frozen=True)
class Failed:
    """The failures of one measure, at most so many of them."""

    label: str
    name: str
    n: int
    shown: tuple[Failure, ...]


@dataclass(frozen=True)
class Section:
    """A suite in the report."""

    suite: SuiteName
    title: str
    headline: str
    remarks: tuple[Remark, ...]
    n_measures: int
    targets: Tally
    baseline: Tally
    people: Tally
    changed: str
    seconds: float | None
    key: tuple[tuple[Markup, str], ...]
    collections: tuple[Collection, ...]
    plots: tuple[Plot, ...]
    failures: tuple[Failed, ...]
    result: SuiteResult
    history: tuple[Plot, ...]


def section(
    result: SuiteResult,
    run: EvaluationRun,
    changes: Mapping[str, Change],
    history: Sequence[EvaluationRecord],
) -> Section:
    """All that the report tells of one suite of the run."""
    figures = run.findings.figures
    standings = {measure.name: standing(measure, figures[measure.name]) for measure in result.measures}
    mine = {name: change for name, change in changes.items() if name.split(".")[0] == result.suite}
    judged = list(standings.values())
    return Section(
        suite=result.suite,
        title=SUITE_TITLES[result.suite],
        headline=headline(judged),
        remarks=remarks(result.measures, judged, figures, mine),
        n_measures=len(result.measures),
        targets=targets(judged),
        baseline=over_baseline(judged),
        people=like_people(judged),
        changed=_changed(mine),
        seconds=run.seconds.get(result.suite),
        key=key(result.suite),
        collections=_collections(result.measures, figures, standings, mine),
        plots=tuple(_plot(points, f"{result.suite} {n}") for n, points in enumerate(result.points) if points.dots),
        failures=_failures(result),
        result=result,
        history=_history(result.measures, run, history, mine),
    )


def _changed(changes: Mapping[str, Change]) -> str:
    if not changes:
        return "–"
    outcomes = [change.outcome for change in changes.values()]
    told = [f"{n} {word}" for word in ("worse", "gone", "better") if (n := sum(o == word for o in outcomes))]
    return ", ".join(told) or "nothing beyond chance"


def _collections(
    measures: Sequence[Measure],
    figures: Mapping[str, Figure],
    standings: Mapping[str, Standing],
    changes: Mapping[str, Change],
) -> tuple[Collection, ...]:
    parted: dict[str, list[Measure]] = {}
    for measure in measures:
        parted.setdefault(collection_of(measure.name), []).append(measure)
    return tuple(
        Collection(
            title=title,
            bands=bands(members, figures, standings, changes),
            plots=tuple(_labelled(m) for m in members if m.statistic == "auc" and len(m.units) > 1),
            spreads=tuple(plot for m in members if (plot := _spread(m))),
        )
        for title, members in parted.items()
    )


def _labelled(measure: Measure) -> Plot:
    note = f"{visible(measure.about)}. Each dot is one unit; 1 should score above 0. The bar is the median."
    return Plot(title=label_of(measure.name), picture=by_label(measure), note=note)


def _spread(measure: Measure) -> Plot | None:
    """How a ratio spreads over its units, the worst of them named; None for few units."""
    if measure.statistic != "ratio":
        return None
    known = [(unit.id, unit.parts[0] / unit.parts[1]) for unit in measure.units if unit.parts[1] > 0]
    if len(known) < FEW_UNITS:
        return None
    worst = sorted(known, key=lambda one: (one[1] if measure.better == "more" else -one[1], one[0]))[:_MOST_NAMED]
    first = {"more": "Lowest", "less": "Highest", "neither": "Highest"}[measure.better]
    named = ", ".join(f"{visible(name)} {digits(value, measure.unit)}" for name, value in worst)
    without = len(measure.units) - len(known)
    left_out = f" {counted(without, 'unit')} without anything to count." if without else ""
    note = f"{counted(len(known), 'unit')}. {first}: {named}.{left_out}"
    return Plot(title=label_of(measure.name), picture=spread(measure, known), note=note)


def _plot(points: Points, salt: str) -> Plot:
    groups = groups_of(points)
    marks = tuple((sample(n, salt), f"{_meant(name, points)} ({len(dots)})") for n, (name, dots) in enumerate(groups))
    shown = points_in_words(points).partition(": ")[2]
    return Plot(
        title=visible(points.title),
        picture=scatter(points),
        note=f"{shown[0].upper()}{shown[1:]}.",
        key=marks if any(name for name, _ in groups) else (),
        points=points,
        dots=tuple(dot for _, dots in groups for dot in dots),
    )


def _meant(name: str, points: Points) -> str:
    bounded = points.diagonal and any(dot.low is not None for dot in points.dots)
    words = {
        "inside": "the interval holds the truth",
        "outside": "the interval misses it",
        "without": "no interval was given",
    }
    return words[name] if bounded else name or "no group"


def _failures(result: SuiteResult) -> tuple[Failed, ...]:
    parted: dict[str, list[Failure]] = {}
    for failure in result.failures:
        parted.setdefault(failure.measure, []).append(failure)
    known = {measure.name for measure in result.measures}
    return tuple(
        Failed(
            label_of(name) if name in known else visible(name), visible(name), len(found), tuple(found[:MOST_FAILURES])
        )
        for name, found in parted.items()
    )


def _history(
    measures: Sequence[Measure],
    run: EvaluationRun,
    records: Sequence[EvaluationRecord],
    changes: Mapping[str, Change],
) -> tuple[Plot, ...]:
    """A line for each measure that two runs or more gave a value; the run itself is the last.

    First to be seen are those that changed beyond chance.
    """
    earlier = sorted(
        (r for r in records if r.id != run.id and r.at <= run.at), key=lambda record: (record.at, record.id)
    )
    found: dict[str, list[Past]] = {measure.name: [] for measure in measures}
    for record in earlier:
        for old in record.figures:
            if old.name in found and old.value is not None:
                found[old.name].append((_when(record), old.value, old.low, old.high))
    plots = []
    for measure in measures:
        figure = run.findings.figures[measure.name]
        past = found[measure.name]
        if figure.value is not None:
            past.append((_when(run), figure.value, figure.low, figure.high))
        if len(past) > 1:
            kept = past[-_MOST_RUNS:]
            ends = " to ".join(digits(value, measure.unit) for _, value, _, _ in (kept[0], kept[-1]))
            note = f"{ends} over {len(kept)} runs since {kept[0][0]}"
            first = measure.name in changes and changes[measure.name].outcome in ("better", "worse")
            plots.append(Plot(label_of(measure.name), history_line(measure, kept), note=note, first=first))
    return tuple(plots)


def _when(run: EvaluationRun | EvaluationRecord) -> str:
    return f"{run.at:%Y-%m-%d %H:%M}"
