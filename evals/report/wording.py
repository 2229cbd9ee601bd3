"""Owns how figures are told in words and digits: values by their unit, names of measures, outcomes of comparisons."""

from math import floor, log10
from typing import Literal

from evals.comparing import Outcome
from evals.figures import Figure
from evals.measures import FEW_UNITS, Measure
from evals.suites import SuiteName
from pipeline.export.wording import counted

Tone = Literal["good", "gap", "absent", "open"]
"""good: a gain, or a target reached; gap: a loss, or one missed; absent: no difference; open: nothing can be said."""

MeasureUnit = Literal["share", "points", "s", "words", "levels", "none"]
NOT_DEFINED = "not defined"

SUITE_TITLES: dict[SuiteName, str] = {
    "speech": "Speech",
    "questions": "Questions",
    "behaviours": "Behaviours",
    "drafts": "Drafts",
}
OUTCOMES: dict[Outcome, tuple[str, Tone]] = {
    "better": ("better", "good"),
    "worse": ("worse", "gap"),
    "same": ("same", "absent"),
    "equal": ("equal", "absent"),
    "different": ("changed", "open"),
    "too_few": ("too few to say", "open"),
    "gone": ("gone", "gap"),
    "new": ("new", "open"),
}
SIGNS: dict[Tone, str] = {"good": "●", "gap": "◆", "absent": "–", "open": "○"}

_SUFFIXES: dict[MeasureUnit, str] = {
    "share": "", "points": " points", "s": " s", "words": " words", "levels": " levels", "none": "",
}  # fmt: skip
_DIGITS: dict[MeasureUnit, int] = {"share": 3, "points": 2, "s": 2, "words": 1, "levels": 2, "none": 3}
_MOST_DECIMALS = 4
_NAMES = {
    "wer": "WER", "cpwer": "cpWER", "tcpwer": "tcpWER", "der": "DER", "jer": "JER", "f1": "F1", "auc": "AUC",
    "p90": "90th percentile", "s": "in seconds",
}  # fmt: skip


def digits(value: float | None, unit: MeasureUnit, *, signed: bool = False) -> str:
    """The bare number: ".918" for a share, "1.30" for points; a dash for none. Zero has no sign.

    What would look like nothing is told with up to four decimals.
    """
    if value is None:
        return "–"
    return _written(value, _decimals(value, unit), unit, signed=signed)


def _written(value: float, decimals: int, unit: MeasureUnit, *, signed: bool = False) -> str:
    text = f"{value:.{decimals}f}"
    if not float(text):
        text = text.removeprefix("-")
    if unit == "share":
        text = text.replace("0.", ".", 1) if abs(float(text)) < 1 else text
    return f"+{text}" if signed and float(text) > 0 else text


def told(value: float | None, unit: MeasureUnit) -> str:
    """The number with its unit: "1.30 points"."""
    return NOT_DEFINED if value is None else f"{digits(value, unit)}{_SUFFIXES[unit]}"


def bounds(low: float | None, high: float | None, unit: MeasureUnit, *, dash: str = " to ") -> str:
    """Two bounds as one text, with as many decimals as the larger needs; nothing where there are none."""
    if low is None or high is None:
        return ""
    decimals = _decimals(max(abs(low), abs(high)), unit)
    return dash.join(_written(bound, decimals, unit) for bound in (low, high))


def told_interval(figure: Figure, unit: MeasureUnit) -> str:
    """The interval in words, or why there is none."""
    if figure.low is not None and figure.high is not None:
        return bounds(figure.low, figure.high, unit)
    if figure.value is None:
        return ""
    few = figure.units is not None and figure.units < FEW_UNITS
    return f"{counted(figure.units or 0, 'unit')}: too few for an interval" if few else "no interval"


def number(n: int) -> str:
    """The number with its thousands parted."""
    return f"{n:,}"


def collection_of(name: str) -> str:
    """The second part of a measure's name, in words."""
    return _worded(name.split(".")[1])


def what_of(name: str) -> str:
    """What is measured, in words: the parts of the name after suite and collection."""
    return ": ".join(_worded(part) for part in name.split(".")[2:])


def label_of(name: str) -> str:
    """What is measured and on what: "F1: no marks (phone)"."""
    return f"{what_of(name)} ({collection_of(name)})"


def better_of(measure: Measure) -> str:
    """Which way is the better one, in words."""
    return {"more": "more is better", "less": "less is better", "neither": "only describes"}[measure.better]


def _decimals(value: float, unit: MeasureUnit) -> int:
    usual = _DIGITS[unit]
    if not value or abs(value) >= 10**-usual:
        return usual
    return max(usual, min(_MOST_DECIMALS, 1 - floor(log10(abs(value)))))


def _worded(part: str) -> str:
    return " ".join(_NAMES.get(word, word) for word in part.split("_"))
