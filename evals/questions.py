"""Owns how right question detection is: loaders for two labelled collections, counts, F1 with its interval.

A *line* is one labelled utterance and the unit of counting: it asks or it does not. Each collection is scored as
written, with its question marks turned into full stops, and bare (lower case, no punctuation at all), beside the
baseline of calling every line with a "?" a question. Intervals resample whole conversations, since lines of one
conversation are alike. The rules were written with these lines in view: other conversations may be read less well.
"""

import csv
import os
import random
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Literal

from pydantic import Field

from pipeline.domain.base import Value
from pipeline.errors import InputError
from pipeline.text.questions import find_questions

Collection = Literal["phone", "counselling"]
Variant = Literal["marks", "no_marks", "bare"]
Openness = Literal["open", "closed"]

_ASKING = re.compile(r"q[ywor]\S*")
_DECLARATIVE = re.compile(r"q[yw]\^d\S*")
_CONTINUATION = "+"
_RESAMPLES = 1000


class Line(Value):
    """One labelled utterance. `previous` is the text before it in its conversation, whoever spoke; empty at its start.

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


class QuestionScore(Value):
    """Detection on one collection in one variant; `low` and `high` bound F1 at 95% over resampled conversations."""

    collection: Collection
    variant: Variant
    found: Detection
    low: float
    high: float
    baseline: Detection


class QuestionScores(Value):
    """All scores; declaratives as their own slice (recall only); openness where label and detector see a question."""

    scores: tuple[QuestionScore, ...]
    declaratives_marks: Detection
    declaratives_no_marks: Detection
    openness_right: int = Field(ge=0)
    openness_n: int = Field(ge=0)


def load_phone_lines(folder: Path) -> tuple[Line, ...]:
    """The lines of a folder of dialogue-act files, `speaker|text|act` a row, one file a conversation.

    Asking acts are qy, qw, qo, qr and their variants (qy^d, qrr, qy^t ...); qh (rhetorical), bh (backchannel in
    question form) and br (signal of not hearing) are none. A row with act `+` goes on with the same speaker's last
    row: its text is added there and it is no line of its own.

    Raises: InputError when a row has no three fields.
    """
    lines: list[Line] = []
    for path in sorted(folder.glob("[0-9]*.txt")):
        rows = _joined(_phone_rows(path))
        before = ["", *(text for _, text, _ in rows)]
        lines += [
            Line(
                conversation=path.stem,
                text=text,
                previous=previous,
                asks=_ASKING.fullmatch(act) is not None,
                declarative=_DECLARATIVE.fullmatch(act) is not None,
            )
            for (_, text, act), previous in zip(rows, before, strict=False)
        ]
    return tuple(lines)


def _phone_rows(path: Path) -> list[tuple[str, str, str]]:
    rows = []
    for number, row in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        fields = row.split("|")
        if len(fields) != 3:
            raise InputError(f"{len(fields)} fields", hint="a row is speaker|text|act", path=path, line=number)
        rows.append((fields[0], fields[1], fields[2]))
    return rows


def _joined(rows: Sequence[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    out: list[tuple[str, str, str]] = []
    for speaker, text, act in rows:
        last = next((i for i in range(len(out) - 1, -1, -1) if out[i][0] == speaker), None)
        if act == _CONTINUATION and last is not None:
            out[last] = (speaker, f"{out[last][1]} {text}", out[last][2])
        else:
            out.append((speaker, text, act))
    return out


def load_counselling_lines(table: Path) -> tuple[Line, ...]:
    """The therapist's lines of an AnnoMI table, each utterance once however many people labelled it.

    A line asks when more than half of its annotators say so; its openness is the one most of those gave, the first
    annotator's among equals. `previous` is the utterance before it, the client's included.
    """
    with table.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    lines: list[Line] = []
    previous, talk = "", None
    for (transcript, _), group in groupby(rows, key=lambda row: (row["transcript_id"], row["utterance_id"])):
        labels = list(group)
        previous, talk = ("" if transcript != talk else previous), transcript
        text = labels[0]["utterance_text"]
        if labels[0]["interlocutor"] == "therapist":
            lines.append(_counselling_line(transcript, text, previous, labels))
        previous = text
    return tuple(lines)


def _counselling_line(transcript: str, text: str, previous: str, labels: Sequence[dict[str, str]]) -> Line:
    saying_so = [label for label in labels if label["question_exists"] == "True"]
    asks = 2 * len(saying_so) > len(labels)
    kinds = Counter(label["question_subtype"] for label in saying_so).most_common(1)
    openness: Openness | None = None
    if asks and kinds:
        openness = "open" if kinds[0][0] == "open" else "closed"
    return Line(conversation=transcript, text=text, previous=previous, asks=asks, openness=openness)


def as_variant(text: str, variant: Variant) -> str:
    """The text as written; with every "?" a full stop; or bare: lower case, no marks but apostrophes and hyphens."""
    if variant == "marks":
        return text
    if variant == "no_marks":
        return text.replace("?", ".")
    return re.sub(r"[^\w\s'$%\[\]-]|--", "", text.lower())


def finds_question(line: Line, *, variant: Variant) -> bool:
    """Whether the detector finds any question in the line, read in this variant."""
    previous = as_variant(line.previous, variant)
    return bool(find_questions(as_variant(line.text, variant), previous=previous, use_marks=variant == "marks"))


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


def score_lines(lines: Sequence[Line], collection: Collection, variant: Variant) -> QuestionScore:
    """The detector's and the baseline's counts on the lines of one collection, read in one variant."""
    decide = partial(finds_question, variant=variant)
    talks = [list(talk) for _, talk in groupby(lines, key=lambda line: line.conversation)]
    counted = [count(talk, decide) for talk in talks]
    low, high = f1_interval(counted)
    return QuestionScore(
        collection=collection,
        variant=variant,
        found=sum(counted, Detection()),
        low=low,
        high=high,
        baseline=count(lines, partial(has_mark, variant=variant)),
    )


def score_openness(lines: Iterable[Line]) -> tuple[int, int]:
    """How many lines get the right openness, of those that ask and in which a question is found, marks as written.

    A line counts as open when any question found in it is; a declarative one is closed.
    """
    right = n = 0
    for line in lines:
        found = find_questions(line.text, previous=line.previous) if line.openness else ()
        if found:
            n += 1
            right += line.openness == ("open" if any(match.kind == "open" for match in found) else "closed")
    return right, n


def score_questions(data: Path) -> QuestionScores:
    """The scores on both collections under `data`, the folder that holds `labelled/`.

    Raises: InputError when a collection is absent.
    """
    sources: dict[Collection, tuple[Path, Callable[[Path], tuple[Line, ...]]]] = {
        "phone": (data / "labelled" / "phone-dialogue-acts", load_phone_lines),
        "counselling": (data / "labelled" / "counselling-talks" / "annomi.csv", load_counselling_lines),
    }
    for path, _ in sources.values():
        if not path.exists():
            raise InputError("no such collection", hint="set FILMROOM_SHARED to the shared folder", path=path)
    lines = {collection: load(path) for collection, (path, load) in sources.items()}
    variants: tuple[Variant, ...] = ("marks", "no_marks", "bare")
    declaratives = [line for line in lines["phone"] if line.declarative]
    right, n = score_openness(lines["counselling"])
    return QuestionScores(
        scores=tuple(score_lines(lines[name], name, variant) for name in sources for variant in variants),
        declaratives_marks=count(declaratives, partial(finds_question, variant="marks")),
        declaratives_no_marks=count(declaratives, partial(finds_question, variant="no_marks")),
        openness_right=right,
        openness_n=n,
    )


def table(scores: QuestionScores) -> str:
    """The scores as lines of text for people."""
    rows = ["collection   variant   precision  recall  F1     95%            baseline F1  lines  asking"]
    for score in scores.scores:
        found = score.found
        rows.append(
            f"{score.collection:<12} {score.variant:<9} {_shown(found.precision):<10} {_shown(found.recall):<7} "
            f"{_shown(found.f1):<6} {score.low:.3f} to {score.high:.3f} {_shown(score.baseline.f1):<12} "
            f"{found.n:<6} {found.hits + found.misses}"
        )
    for name, slice_ in (("with", scores.declaratives_marks), ("without", scores.declaratives_no_marks)):
        rows.append(f"declaratives (phone), {name} marks: recall {_shown(slice_.recall)}, {slice_.hits} of {slice_.n}")
    accuracy = _shown(_ratio(scores.openness_right, scores.openness_n))
    rows.append(f"open or closed (counselling): {accuracy}, {scores.openness_right} of {scores.openness_n}")
    return "\n".join(rows)


def _ratio(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _shown(rate: float | None) -> str:
    return "none" if rate is None else f"{rate:.3f}"


if __name__ == "__main__":
    shared = Path(os.environ.get("FILMROOM_SHARED", Path(__file__).resolve().parents[2] / "shared"))
    sys.stdout.write(table(score_questions(shared / "data")) + "\n")
