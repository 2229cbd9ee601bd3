"""Owns how right the neutrality linter is: labelled sentences, what it refuses of them, precision and recall.

The sentences of `evals/labels/neutrality.csv` were written for this before the linter's word lists were looked at.
Which of them the lists may be shaped on is settled by the sentence's own digest, so that nobody chose: `tuning`
sentences may, `held_out` ones never were. `python -m evals.linting` prints the table; `--failures` the sentences of
the tuning half that come out wrong, and no others.
"""

import argparse
import csv
import hashlib
import math
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError

from evals.questions import Detection
from pipeline.domain.base import Value
from pipeline.domain.neutrality import Finding, Form, lint
from pipeline.errors import InputError

Split = Literal["tuning", "held_out"]

Fault = Literal[
    "verdict",
    "vague_praise",
    "mind_reading",
    "emotion",
    "always_never",
    "figure",
    "sarcasm",
    "comparison",
    "score",
    "weight",
    "blame",
]
"""What makes a sentence not neutral, as its author labelled it: worth of a person or of what they did; praise without
evidence; a thought, wish or motive; an emotion; always, never, as usual; a figure of speech that judges; sarcasm;
other people as a yardstick; levels and marks; words that weigh or hedge (only, too, barely, rather, frankly); blame."""

SENTENCES = Path(__file__).parent / "labels" / "neutrality.csv"
_Z_95 = 1.959964


class LabelledSentence(Value):
    """A sentence with its label; `fault` is what makes it not neutral, absent for a neutral one."""

    split: Split
    text: str = Field(min_length=1)
    neutral: bool
    fault: Fault | None = None
    form: Form = "prose"


class LintMistake(Value):
    """A sentence that the linter reads otherwise than its label says; `findings` are empty for one that it let pass."""

    sentence: LabelledSentence
    findings: tuple[Finding, ...]


class LintScore(Value):
    """What the linter made of some sentences: `found` counts those it refuses, by fault those that have it."""

    found: Detection
    by_fault: Mapping[Fault, Detection]
    mistakes: tuple[LintMistake, ...]


def split_of(text: str) -> Split:
    """The half a sentence belongs to, by the last bit of the first byte of its SHA-256."""
    return "tuning" if hashlib.sha256(text.encode()).digest()[0] % 2 == 0 else "held_out"


def load_sentences(path: Path = SENTENCES) -> tuple[LabelledSentence, ...]:
    """The labelled sentences of a CSV with the columns split, text, label, rule, form.

    `label` is neutral or not_neutral, `rule` is a `Fault` or empty. A team's own file has the same columns.

    Raises: InputError for a file without these columns or a row that is not valid.
    """
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        if missing := {"split", "text", "label", "rule", "form"} - set(rows.fieldnames or ()):
            raise InputError(
                f"no column {', '.join(sorted(missing))}", hint="the first row is split,text,label,rule,form", path=path
            )
        return tuple(_sentence(row, path, rows.line_num) for row in rows)


def _sentence(row: Mapping[str, str], path: Path, line: int) -> LabelledSentence:
    hint = "label is neutral or not_neutral; a sentence that is not neutral has a rule, a neutral one has none"
    if row["label"] not in ("neutral", "not_neutral") or (row["label"] == "neutral") == bool(row["rule"]):
        raise InputError(f"label {row['label']!r} with rule {row['rule']!r}", hint=hint, path=path, line=line)
    given = {"split": row["split"], "text": row["text"], "fault": row["rule"] or None, "form": row["form"]}
    try:
        return LabelledSentence.model_validate({**given, "neutral": row["label"] == "neutral"})
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise InputError(f"{where}: {first['msg']}", hint=hint, path=path, line=line) from error


def score_linting(sentences: Iterable[LabelledSentence]) -> LintScore:
    """The linter's counts on these sentences; a hit is a sentence that is not neutral and is refused."""
    total, by_fault, mistakes = Detection(), dict[Fault, Detection](), list[LintMistake]()
    for sentence in sentences:
        findings = lint(sentence.text, form=sentence.form)
        one = _counted(sentence, refused=bool(findings))
        total += one
        if sentence.fault is not None:
            by_fault[sentence.fault] = by_fault.get(sentence.fault, Detection()) + one
        if bool(findings) == sentence.neutral:
            mistakes.append(LintMistake(sentence=sentence, findings=findings))
    return LintScore(found=total, by_fault=by_fault, mistakes=tuple(mistakes))


def _counted(sentence: LabelledSentence, *, refused: bool) -> Detection:
    if sentence.neutral:
        return Detection(n=1, false_alarms=int(refused))
    return Detection(n=1, hits=int(refused), misses=int(not refused))


def share_interval(part: int, whole: int) -> tuple[float, float] | None:
    """The 95% bounds of a share of independent sentences, after Wilson (1927); absent for a share of nothing.

    Unlike a resample's, they do not shrink to a point where every sentence comes out right.
    """
    if not whole:
        return None
    share, z2 = part / whole, _Z_95**2
    middle = (share + z2 / (2 * whole)) / (1 + z2 / whole)
    half = _Z_95 / (1 + z2 / whole) * math.sqrt(share * (1 - share) / whole + z2 / (4 * whole**2))
    return max(0.0, middle - half), min(1.0, middle + half)


def table(scores: Mapping[Split, LintScore]) -> str:
    """The scores as lines of text for people."""
    rows = ["half      n    not neutral  precision            recall               F1"]
    for split, score in scores.items():
        found = score.found
        n_faulty = found.hits + found.misses
        rows.append(
            f"{split:<9} {found.n:<4} {n_faulty:<12} {_shown(found.hits, found.hits + found.false_alarms):<20} "
            f"{_shown(found.hits, n_faulty):<20} {found.f1 or 0:.3f}"
        )
        rows += [f"    {fault:<13} {one.hits} of {one.n} refused" for fault, one in sorted(score.by_fault.items())]
    return "\n".join(rows)


def _shown(part: int, whole: int) -> str:
    bounds = share_interval(part, whole)
    return "none" if bounds is None else f"{part / whole:.3f} ({bounds[0]:.3f} to {bounds[1]:.3f})"


def _told(mistakes: Sequence[LintMistake]) -> str:
    rows = []
    for mistake in mistakes:
        why = "; ".join(f"{found.rule}: {found.words}" for found in mistake.findings) or mistake.sentence.fault
        rows.append(f"{'refused' if mistake.findings else 'let pass'}  {mistake.sentence.text}  [{why}]")
    return "\n".join(rows)


def main(arguments: Sequence[str] | None = None) -> None:
    """Prints the table of both halves, or with --failures what goes wrong in the tuning half."""
    parser = argparse.ArgumentParser(description="How right the neutrality linter is on labelled sentences.")
    parser.add_argument("--sentences", type=Path, default=SENTENCES, help="a CSV: split,text,label,rule,form")
    parser.add_argument("--failures", action="store_true", help="the mistakes of the tuning half instead")
    given = parser.parse_args(arguments)
    sentences = load_sentences(given.sentences)
    halves: tuple[Split, ...] = ("tuning", "held_out")
    scores = {half: score_linting(one for one in sentences if one.split == half) for half in halves}
    said = _told(scores["tuning"].mistakes) if given.failures else table(scores)
    sys.stdout.write(said + "\n")


if __name__ == "__main__":
    main()
