"""Owns how right question detection is on lines: counts, what is read wrongly, F1 with its interval.

A *line* is one labelled utterance and the unit of counting: it asks or it does not. It is read as written, with its
question marks turned into full stops, or bare (lower case, no punctuation at all).
"""

import random
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Literal

from pydantic import Field

from pipeline.domain.base import Value
from pipeline.text.questions import QuestionMatch, find_questions

Variant = Literal["marks", "no_marks", "bare"]
Openness = Literal["open", "closed"]

VARIANTS: tuple[Variant, ...] = ("marks", "no_marks", "bare")

_RESAMPLES = 1000
_OTHER: dict[Openness, Openness] = {"open": "closed", "closed": "open"}


class Line(Value):
    """One labelled utterance. `previous` is what its speaker said just before, else the turn before it; empty at first.

    `declarative` and `openness` are labels of questions, absent where the collection does not tell.
    """

    conversation: str
    text: str
    previous: str
    asks: bool
    declarative: bool = False
    openness: Openness | None = None


class Detection(Value):
    """Counts of lines from which precision, recall and F1 follow; counts add, rates do not."""

    n: int = Field(default=0, ge=0)
    hits: int = Field(default=0, ge=0)
    false_alarms: int = Field(default=0, ge=0)
    misses: int = Field(default=0, ge=0)

    def __add__(self, other: "Detection") -> "Detection":
        return Detection(
            n=self.n + other.n,
            hits=self.hits + other.hits,
            false_alarms=self.false_alarms + other.false_alarms,
            misses=self.misses + other.misses,
        )

    @property
    def precision(self) -> float | None:
        """Of the lines found, the part that asks; absent where none was found."""
        return _ratio(self.hits, self.hits + self.false_alarms)

    @property
    def recall(self) -> float | None:
        """Of the lines that ask, the part found; absent where none asks."""
        return _ratio(self.hits, self.hits + self.misses)

    @property
    def f1(self) -> float | None:
        """The harmonic mean of precision and recall, 2 hits / (2 hits + false alarms + misses); absent without any."""
        return _ratio(2 * self.hits, 2 * self.hits + self.false_alarms + self.misses)


class Failure(Value):
    """A line on which label and detector differ; `heard` are the words taken for questions, none for a miss."""

    kind: Literal["miss", "false alarm"]
    conversation: str
    text: str
    heard: tuple[str, ...] = ()
    declarative: bool = False


def as_variant(text: str, variant: Variant) -> str:
    """The text as written; with every "?" a full stop; or bare: lower case, no marks but apostrophes and hyphens."""
    if variant == "marks":
        return text
    if variant == "no_marks":
        return text.replace("?", ".")
    return re.sub(r"[^\w\s'$%\[\]-]|--", "", text.lower())


def finds_question(line: Line, *, variant: Variant) -> bool:
    """Whether the detector finds any question in the line, read in this variant."""
    return bool(_found(line, variant))


def _found(line: Line, variant: Variant) -> tuple[QuestionMatch, ...]:
    previous = as_variant(line.previous, variant)
    return find_questions(as_variant(line.text, variant), previous=previous, use_marks=variant == "marks")


def failures(lines: Iterable[Line], variant: Variant) -> tuple[Failure, ...]:
    """The lines that ask and are missed, and those taken for questions that are none, in their order."""
    wrong = []
    for line in lines:
        found = _found(line, variant)
        if bool(found) != line.asks:
            words = as_variant(line.text, variant).split()
            wrong.append(
                Failure(
                    kind="miss" if line.asks else "false alarm",
                    conversation=line.conversation,
                    text=line.text,
                    heard=tuple(" ".join(words[match.first_word : match.last_word + 1]) for match in found),
                    declarative=line.declarative,
                )
            )
    return tuple(wrong)


def has_mark(line: Line, *, variant: Variant) -> bool:
    """The baseline: whether the line holds a question mark."""
    return "?" in as_variant(line.text, variant)


def count(lines: Iterable[Line], decide: Callable[[Line], bool]) -> Detection:
    """How often a decision on each line agrees with its label."""
    pairs = Counter((line.asks, decide(line)) for line in lines)
    return Detection(
        n=sum(pairs.values()), hits=pairs[True, True], false_alarms=pairs[False, True], misses=pairs[True, False]
    )


def f1_interval(conversations: Sequence[Detection], *, seed: int = 0) -> tuple[float, float]:
    """The 2.5th and 97.5th percentile of F1 over conversations drawn with replacement (Efron's percentile bootstrap).

    Both are 0 where no draw has an F1.
    """
    draw = random.Random(seed)  # noqa: S311 a resample needs no secrecy
    values = []
    for _ in range(_RESAMPLES):
        f1 = sum(draw.choices(conversations, k=len(conversations)), Detection()).f1 if conversations else None
        values += [] if f1 is None else [f1]
    values.sort()
    return (values[int(0.025 * len(values))], values[int(0.975 * len(values))]) if values else (0.0, 0.0)


def openness_counts(lines: Iterable[Line]) -> dict[Openness, Detection]:
    """Open and closed, each as what is looked for, of the lines that ask and in which a question is found.

    Marks are read as written. A line counts as open when any question found in it is; a declarative one is closed.
    """
    pairs: Counter[tuple[Openness, Openness]] = Counter()
    for line in lines:
        found = _found(line, "marks") if line.openness else ()
        if found and line.openness:
            pairs[line.openness, "open" if any(match.kind == "open" for match in found) else "closed"] += 1
    return {
        kind: Detection(
            n=pairs.total(), hits=pairs[kind, kind], false_alarms=pairs[other, kind], misses=pairs[kind, other]
        )
        for kind, other in _OTHER.items()
    }


def _ratio(part: int, whole: int) -> float | None:
    return part / whole if whole else None
