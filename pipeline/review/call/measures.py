"""Owns the measures of a call as its page shows them: meaning, value, trust, and what they are held against."""

import math
from typing import Literal, get_args

from pipeline.domain.base import Value
from pipeline.domain.metrics import Measure, Unit
from pipeline.domain.ranges import LEAST_CALLS, Baseline, PublishedRange
from pipeline.domain.recording import Stage
from pipeline.domain.result import CallResult
from pipeline.export.sheet import MeasureRow
from pipeline.export.untrusted import visible
from pipeline.export.wording import amount, counted, day, quantity
from pipeline.review.call.baselines import baselines
from pipeline.review.call.published import published_of
from pipeline.review.guards import Entry

BandKind = Literal["rep", "team", "published"]


class Ground(Value):
    """Which calls measures are held against; `basis` is how many and of when, or why there is no baseline of them."""

    of: Literal["rep", "team"]
    whose: str
    basis: str
    enough: bool


class BaselineView(Value):
    """A baseline in words: "43 to 55%, median 52%"; of how many calls, where not of all that its ground has."""

    told: str
    baseline: Baseline


class PublishedView(Value):
    """A published range in words, and with its source."""

    told: str
    range: PublishedRange


class Band(Value):
    """A range on a strip, in per cent of its length; `middle` is the median of a baseline."""

    kind: BandKind
    low: float
    high: float
    middle: float | None = None


class Strip(Value):
    """Where things lie on a measure's axis, in per cent of its length from nought; `end` is what its end stands for."""

    value: float
    interval: tuple[float, float] | None
    bands: tuple[Band, ...]
    end: str


class MeasureView(Value):
    """One measure: in words, as a number, and what it is held against; without `strip` there is nothing to compare."""

    row: MeasureRow
    measure: Measure
    baselines: tuple[BaselineView, ...]
    published: tuple[PublishedView, ...]
    strip: Strip | None


class MeasuresView(Value):
    """All measures of a call, and which calls they are held against."""

    call: str
    grounds: tuple[Ground, ...]
    measures: tuple[MeasureView, ...]

    @property
    def compared(self) -> tuple[BandKind, ...]:
        """The kinds of ranges that are drawn on any of the strips."""
        drawn = {band.kind for m in self.measures if m.strip for band in m.strip.bands}
        return tuple(kind for kind in get_args(BandKind) if kind in drawn)


def measures_view(entry: Entry, result: CallResult, rows: tuple[MeasureRow, ...]) -> MeasuresView:
    """The measures of a call; `rows` are those of its sheet."""
    found = baselines(entry, result)
    measured: dict[str, Measure] = {m.name: m for m in result.metrics.measures}
    fullest = [max(given, key=lambda b: (b.absent is None, b.n)) for given in zip(*found.values(), strict=True)]
    enough = {b.of: b.n for b in fullest if b.absent is None}
    return MeasuresView(
        call=entry.call,
        grounds=tuple(_ground(b, result) for b in fullest),
        measures=tuple(
            viewed(
                measured[row.name],
                row,
                tuple(b for b in found[row.name] if b.of in enough),
                enough,
                one_to_one=result.rubric.stage is Stage.COACHING,
            )
            for row in rows
        ),
    )


def _ground(fullest: Baseline, result: CallResult) -> Ground:
    """The ground of baselines of which this one rests on most calls."""
    meta, enough = result.recording.metadata, fullest.absent is None
    kind = f"real {meta.stage.value} calls" if meta.stage else "real calls without a stage"
    whose = f"The team’s {kind}" if fullest.of == "team" else f"{visible(meta.rep or '')}’s other {kind}"
    return Ground(of=fullest.of, whose=whose, basis=_dated(fullest) if enough else _absent(fullest), enough=enough)


def viewed(
    measure: Measure, row: MeasureRow, given: tuple[Baseline, ...], usual: dict[str, int], *, one_to_one: bool
) -> MeasureView:
    """One measure held against these baselines, and against what was published of sales calls.

    `usual`: how many calls most baselines of each kind rest on.
    """
    if measure.value is None:
        return MeasureView(row=row, measure=measure, baselines=(), published=(), strip=None)
    published = () if one_to_one else published_of(measure.name)
    return MeasureView(
        row=row,
        measure=measure,
        baselines=tuple(_told(b, measure.unit, usual[b.of]) for b in given),
        published=tuple(
            PublishedView(told=f"{_range(p.low, p.high, measure.unit)}: {p.says}", range=p) for p in published
        ),
        strip=_strip(measure, given, published),
    )


def _told(baseline: Baseline, unit: Unit, usual: int) -> BaselineView:
    """`usual` is of how many calls most baselines of this kind are."""
    if baseline.low is None or baseline.median is None or baseline.high is None:
        return BaselineView(told=_absent(baseline), baseline=baseline)
    told = f"{_range(baseline.low, baseline.high, unit)}, median {_round(baseline.median, unit)}"
    return BaselineView(
        told=told if baseline.n == usual else f"{told} ({counted(baseline.n, 'call')})", baseline=baseline
    )


def _dated(baseline: Baseline) -> str:
    basis = counted(baseline.n, "call")
    if not (baseline.since and baseline.until):
        return basis
    same = baseline.since == baseline.until
    return f"{basis}, {day(baseline.since)}" + ("" if same else f" to {day(baseline.until)}")


def _absent(baseline: Baseline) -> str:
    if baseline.absent == "few_colleagues":
        return "not shown, since a colleague’s calls could be told from it"
    found = "none so far" if not baseline.n else f"{baseline.n} so far"
    return f"{found}; a baseline takes {LEAST_CALLS}"


def _range(low: float, high: float, unit: Unit) -> str:
    first, last = _round(low, unit), _round(high, unit)
    if first == last:
        return last
    of_low, of_high = quantity(low, unit)[1], quantity(high, unit)[1]
    return f"{first.removesuffix('%').removesuffix(f' {of_low}') if of_low == of_high else first} to {last}"


def _round(value: float, unit: Unit) -> str:
    # Half-way between two counts lie halves and quarters: one place after the point is enough for them.
    return amount(round(value, 1) if unit == "count" else value, unit)


def _strip(measure: Measure, given: tuple[Baseline, ...], published: tuple[PublishedRange, ...]) -> Strip | None:
    full = [b for b in given if b.low is not None and b.high is not None]
    if measure.value is None or not (full or published or measure.low is not None):
        return None
    ends = [measure.value, measure.high or 0.0, *(b.high or 0.0 for b in full), *(p.high for p in published)]
    end = 1.0 if measure.unit == "ratio" else max(ends) * 1.15 or 1.0
    end = float(math.ceil(end)) if measure.unit == "count" else end

    def place(value: float) -> float:
        return round(min(100.0, max(0.0, 100 * value / end)), 2)

    bands = [
        Band(kind=b.of, low=place(b.low or 0.0), high=place(b.high or 0.0), middle=place(b.median or 0.0)) for b in full
    ]
    bands += [Band(kind="published", low=place(p.low), high=place(p.high)) for p in published]
    interval = None if measure.low is None or measure.high is None else (place(measure.low), place(measure.high))
    return Strip(value=place(measure.value), interval=interval, bands=tuple(bands), end=amount(end, measure.unit))
