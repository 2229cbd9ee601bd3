"""The suite `questions`: are questions found, with punctuation and without, and told open from closed?

A unit is a conversation. Each collection is read as written, with its question marks turned into full stops, and bare
(lower case, no punctuation at all); recognisers drop marks, and a count that rests on them would depend on which one
was used.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache, partial

from evals.collections.catalogue import load_or_skip
from evals.collections.own import own_calls
from evals.labelled import LabelledCall, Openness
from evals.measures import Measure, Unit
from evals.question_lines import MIN_RATERS, lines_of, people_f1
from evals.questions import (
    VARIANTS,
    Detection,
    Line,
    Variant,
    count,
    failures,
    finds_question,
    has_mark,
    openness_counts,
)
from evals.questions import Failure as Wrong
from evals.suites import Failure, Setting, Skipped, SuiteResult

COLLECTIONS = ("phone", "counselling")
_VARIANTS: Mapping[Variant, str] = {
    "marks": "as written",
    "no_marks": "question marks made full stops",
    "bare": "lower case, no punctuation",
}
_TARGETS: Mapping[Variant, float] = {"marks": 0.92, "no_marks": 0.82, "bare": 0.82}
_DECLARATIVE_TARGET = 0.60
_KINDS: tuple[tuple[Openness, Openness], ...] = (("open", "closed"), ("closed", "open"))
_EXAMPLES = 12
"""Failures of each kind that are kept for people to look at."""

_finds = cache(finds_question)
"""Every measure and the list of failures ask again."""

Talks = Sequence[tuple[str, Sequence[Line]]]
Rate = Callable[[Detection], tuple[float, float]]


def questions(setting: Setting) -> SuiteResult:
    """Every collection that has labels of questions, and the user's own calls that do."""
    found, skipped = _labelled(setting)
    measures: list[Measure] = []
    wrong: list[Failure] = []
    for done, (name, calls) in enumerate(found.items()):
        setting.advance("questions", done, len(found))
        talks = [(call.id, lines) for call in calls if (lines := lines_of(call))]
        measures += [*measures_of(name, talks), *_beside_people(name, calls)]
        wrong += _failures(name, talks)
    setting.advance("questions", len(found), len(found))
    return SuiteResult(suite="questions", measures=tuple(measures), failures=tuple(wrong), skipped=tuple(skipped))


def _labelled(setting: Setting) -> tuple[dict[str, Sequence[LabelledCall]], list[Skipped]]:
    found: dict[str, Sequence[LabelledCall]] = {}
    skipped: list[Skipped] = []
    for name in COLLECTIONS:
        loaded = load_or_skip(name, setting.data)
        if isinstance(loaded, Skipped):
            skipped.append(loaded)
        else:
            found[name] = loaded
    calls, bad = own_calls(setting.cases)
    own = [call for call in calls if any(label.asks is not None for label in call.turns)]
    skipped += bad
    return (found | {"own": own} if own else found), skipped


def measures_of(collection: str, talks: Talks) -> list[Measure]:
    """The measures of one collection: F1, precision and recall in each variant, declaratives, open and closed."""
    measures = [m for variant in _VARIANTS for m in _detection(collection, talks, variant)]
    declarative = [(call, [line for line in lines if line.declarative]) for call, lines in talks]
    if any(lines for _, lines in declarative):
        measures += [_declaratives(collection, declarative, variant) for variant in ("marks", "no_marks")]
    if any(line.openness for _, lines in talks for line in lines):
        measures += _openness(collection, talks)
    return measures


def _detection(collection: str, talks: Talks, variant: Variant) -> list[Measure]:
    ours = [(call, count(lines, partial(_finds, variant=variant))) for call, lines in talks]
    theirs = sum((count(lines, partial(has_mark, variant=variant)) for _, lines in talks), Detection())
    n = sum(found.n for _, found in ours)
    told = f"of questions in {collection}, {_VARIANTS[variant]}"
    return [
        _measure(
            f"questions.{collection}.{what}_{variant}",
            f"{about} {told}",
            [(call, rate(found)) for call, found in ours],
            n=n,
            baseline=_value([rate(theirs)]),
            target=_TARGETS[variant] if what == "f1" else None,
        )
        for what, about, rate in _RATES
    ]


def _beside_people(collection: str, calls: Iterable[LabelledCall]) -> list[Measure]:
    """F1 on the lines that several people labelled, beside that of each of them against the majority of the others."""
    shared = [call for call in calls if lines_of(call, raters=MIN_RATERS)]
    if not shared:
        return []
    decide = partial(_finds, variant="marks")
    ours = [(call.id, count(lines_of(call, raters=MIN_RATERS), decide)) for call in shared]
    about = f"F1 of questions in {collection}, as written, on lines that {MIN_RATERS} people or more labelled"
    n = sum(found.n for _, found in ours)
    name = f"questions.{collection}.f1_by_several"
    return [_measure(name, about, [(c, _f1(found)) for c, found in ours], n=n, people=people_f1(shared))]


def _declaratives(collection: str, talks: Talks, variant: Variant) -> Measure:
    ours = [(call, count(lines, partial(_finds, variant=variant))) for call, lines in talks if lines]
    theirs = sum((count(lines, partial(has_mark, variant=variant)) for _, lines in talks), Detection())
    return _measure(
        f"questions.{collection}.declarative_recall_{variant}",
        f"statements asked as questions that are found in {collection}, {_VARIANTS[variant]}",
        [(call, _recall(found)) for call, found in ours],
        n=sum(found.n for _, found in ours),
        baseline=_value([_recall(theirs)]),
        target=_DECLARATIVE_TARGET,
    )


def _openness(collection: str, talks: Talks) -> list[Measure]:
    """F1 of open and of closed among lines that ask and in which a question is found, and the mean of both."""
    ours = [(call, openness_counts(lines)) for call, lines in talks]
    whole = {kind: sum((found[kind] for _, found in ours), Detection()) for kind, _ in _KINDS}
    n = whole["open"].n
    commonest = max(whole.values(), key=lambda found: found.hits + found.misses)
    always = commonest.hits + commonest.misses
    measures = [
        _measure(
            f"questions.{collection}.{kind}_f1",
            f"F1 of {kind} against {other} questions, of those found in {collection}",
            [(call, _f1(found[kind])) for call, found in ours],
            n=n,
            baseline=2 * always / (n + always) if whole[kind] is commonest and n else 0.0,
            baseline_is="the commoner kind, always",
        )
        for kind, other in _KINDS
    ]
    both = [(call, (*_f1(found["open"]), *_f1(found["closed"]))) for call, found in ours]
    value = always / (n + always) if n else 0.0
    macro = _measure(
        f"questions.{collection}.openness_macro_f1",
        f"mean of the F1 of open and of closed questions found in {collection}",
        both,
        n=n,
        baseline=value,
        baseline_is="the commoner kind, always",
        statistic="macro",
    )
    return [*measures, macro]


def _measure(name: str, about: str, parts: Iterable[tuple[str, tuple[float, ...]]], **fields: object) -> Measure:
    units = tuple(Unit(id=call, parts=found) for call, found in parts)
    known: dict[str, object] = {"of": "lines", "baseline_is": 'a bare "?"', **fields}
    if known.get("baseline") is None:
        known["baseline_is"] = None
    return Measure.model_validate({"name": name, "about": about, "units": units, **known})


def _f1(found: Detection) -> tuple[float, float]:
    return 2.0 * found.hits, 2.0 * found.hits + found.false_alarms + found.misses


def _precision(found: Detection) -> tuple[float, float]:
    return float(found.hits), float(found.hits + found.false_alarms)


def _recall(found: Detection) -> tuple[float, float]:
    return float(found.hits), float(found.hits + found.misses)


_RATES: tuple[tuple[str, str, Rate], ...] = (
    ("f1", "F1", _f1),
    ("precision", "precision", _precision),
    ("recall", "recall", _recall),
)


def _value(parts: Sequence[tuple[float, float]]) -> float | None:
    below = sum(part[1] for part in parts)
    return sum(part[0] for part in parts) / below if below else None


def _failures(collection: str, talks: Talks) -> list[Failure]:
    """Some of what is read wrongly in each variant, the shortest first, misses and false alarms alike."""
    found: list[Failure] = []
    for variant in VARIANTS:
        wrong = failures([line for _, lines in talks for line in lines], variant)
        for kind in ("miss", "false alarm"):
            shortest = sorted((w for w in wrong if w.kind == kind), key=lambda w: (len(w.text), w.conversation))
            found += [_failure(f"questions.{collection}.f1_{variant}", w) for w in shortest[:_EXAMPLES]]
    return found


def _failure(measure: str, wrong: Wrong) -> Failure:
    asks = wrong.kind == "miss"
    kind = "a statement asked as a question" if wrong.declarative else "a question"
    heard = "; ".join(wrong.heard)
    return Failure(
        measure=measure,
        unit=wrong.conversation,
        text=wrong.text,
        expected=kind if asks else "no question",
        found="no question" if asks else f"a question: {heard}",
    )
