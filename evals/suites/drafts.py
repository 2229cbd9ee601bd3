"""The suite `drafts`: is every draft neutral, in shape and tied to evidence, and is its advice not followed already?

A unit is a call. Beside the drafts stands the linter itself, on labelled sentences that its word lists were never
shaped on; there a unit is a sentence, and which of them come out wrong is not told, so that nobody tunes on them.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence

from evals.cases import COLLECTION, load_cases
from evals.collections.catalogue import load_or_skip
from evals.collections.own import COLLECTION as OWN
from evals.collections.own import own_calls
from evals.drafting import (
    PUBLISHED_ALREADY_DONE,
    DraftChecks,
    Ground,
    check_call,
    ground_of,
    reasons,
    states_by_turns,
    states_by_verdicts,
)
from evals.labelled import LabelledCall
from evals.linting import LabelledSentence, load_sentences, score_linting
from evals.mapping import RUBRICS, LabelMap, load_mapped
from evals.measures import Better, Measure, Unit
from evals.readings import KeptReader
from evals.suites import Failure, Setting, Skipped, SuiteResult
from pipeline.domain.rubric import Rubric
from pipeline.errors import FilmroomError
from pipeline.store.objects import ObjectStore

COLLECTIONS: Mapping[str, str] = {"pitches": "pitch", "counselling": "counselling"}
"""Collections of others whose calls are drafted, each with the rubric that its labels are mapped to."""

READINGS = "readings"
"""The folder below a setting's scratch in which readings are kept."""

Checked = Callable[[DraftChecks], bool | None]


def drafts(setting: Setting) -> SuiteResult:
    """The drafts of the written cases, of collections with mapped labels, and of the user's own; then the linter."""
    reader = KeptReader(setting.reader(), ObjectStore(setting.scratch / READINGS))
    found, skipped = grounds(setting)
    measures: list[Measure] = []
    wrong: list[Failure] = []
    n_done, n_all = 0, sum(map(len, found.values()))
    for name, calls in found.items():
        checks = []
        for ground in calls:
            setting.advance("drafts", n_done, n_all)
            n_done += 1
            try:
                checks.append(check_call(ground, reader))
            except FilmroomError as error:
                skipped.append(Skipped(what=f"{name}: {ground.id}", reason=error.message))
        measures += draft_measures(name, checks)
        wrong += draft_failures(name, checks)
        skipped += [
            Skipped(what=f"{name}: the advice of {n} calls", reason=reason)
            for reason, n in reasons(checks).most_common()
        ]
    setting.advance("drafts", n_all, n_all)
    sentences = load_sentences()
    return SuiteResult(
        suite="drafts",
        measures=(*measures, *linter_measures(sentences)),
        failures=(*wrong, *_linter_failures(sentences)),
        skipped=tuple(skipped),
        inputs={"reader": reader.identity},
    )


def grounds(setting: Setting) -> tuple[dict[str, list[Ground]], list[Skipped]]:
    """The calls to be drafted, by collection, and what is left out."""
    cases = load_cases()
    rubrics = {name: setting.rubric(name).rubric for name in {case.rubric for case in cases}}
    found = {COLLECTION: [ground_of(case, rubrics[case.rubric]) for case in cases]}
    skipped: list[Skipped] = []
    for name, rubric_name in COLLECTIONS.items():
        calls = load_or_skip(name, setting.data)
        if isinstance(calls, Skipped):
            skipped.append(calls)
            continue
        _, labels = load_mapped(rubric_name)
        rubric = setting.rubric(rubric_name, path=RUBRICS / f"{rubric_name}.yaml").rubric
        found[name] = _of_collection(calls, rubric, labels)
    own = _own(setting, skipped)
    return (found | {OWN: own} if own else found), skipped


def _of_collection(calls: Iterable[LabelledCall], rubric: Rubric, labels: LabelMap) -> list[Ground]:
    return [
        Ground(call.id, call.conversation, rubric, states_by_turns(call, labels.read))
        for call in calls
        if call.conversation is not None
    ]


def _own(setting: Setting, skipped: list[Skipped]) -> list[Ground]:
    calls, bad = own_calls(setting.cases)
    skipped += bad
    found = []
    for call in calls:
        if call.conversation is None or call.rubric is None:
            continue
        try:
            rubric = setting.rubric(call.rubric).rubric
        except FilmroomError as error:
            skipped.append(Skipped(what=f"{OWN}: {call.id}", reason=error.message))
            continue
        found.append(Ground(call.id, call.conversation, rubric, states_by_verdicts(call)))
    return found


def draft_measures(collection: str, checks: Sequence[DraftChecks]) -> list[Measure]:
    """The measures of one collection's drafts; those that need labels only where calls have them."""
    made: list[Measure | None] = [
        _share(collection, "passes_linter", "drafts that the linter lets through", checks, lambda one: one.passes),
        _share(
            collection, "one_improvement", "drafts that name exactly one improvement", checks,
            lambda one: one.one_improvement,
        ),
        _share(
            collection, "positive_first", "drafts that lead with something positive", checks,
            lambda one: one.positive_first,
        ),
        _share(
            collection, "without_improvement", "drafts that name nothing to change, and say why", checks,
            lambda one: one.improvement is None if one.drafted else None, better="neither",
        ),
        _tied(collection, checks),
        _already_done(collection, checks),
        _by_chance(collection, checks),
        _share(
            collection, "advice_right", "improvements of which people say what the draft says", checks,
            lambda one: None if one.advice is None else one.advice == "right",
        ),
        _share(
            collection, "strength_right", "strengths that people say were shown", checks,
            lambda one: one.strength_shown,
        ),
    ]  # fmt: skip
    return [measure for measure in made if measure is not None]


def _share(
    collection: str, what: str, about: str, checks: Sequence[DraftChecks], holds: Checked, *, better: Better = "more"
) -> Measure | None:
    counted = [(one.call, found) for one in checks if (found := holds(one)) is not None]
    if not counted:
        return None
    return Measure(
        name=f"drafts.{collection}.{what}",
        about=f"{about}, {collection}",
        better=better,
        units=tuple(Unit(id=call, parts=(float(found), 1.0)) for call, found in counted),
        n=len(counted),
        of="drafts",
    )


def _tied(collection: str, checks: Sequence[DraftChecks]) -> Measure | None:
    written = [one for one in checks if one.n_sentences]
    if not written:
        return None
    return Measure(
        name=f"drafts.{collection}.tied_sentences",
        about=f"sentences of drafts that rest on evidence which carries them, {collection}",
        units=tuple(Unit(id=one.call, parts=(float(one.n_tied), float(one.n_sentences))) for one in written),
        n=sum(one.n_sentences for one in written),
        of="sentences",
    )


def _already_done(collection: str, checks: Sequence[DraftChecks]) -> Measure | None:
    share = _share(
        collection, "already_done", "improvements that the rep was already shown to do in the call", checks,
        lambda one: None if one.advice is None else one.advice == "already_done",
    )  # fmt: skip
    known = {"better": "less", "baseline": PUBLISHED_ALREADY_DONE, "baseline_is": "published, a naive chatbot"}
    return None if share is None else Measure.model_validate({**dict(share), **known})


def _by_chance(collection: str, checks: Sequence[DraftChecks]) -> Measure | None:
    """The share of already done that drawing the improvement by lot would have, over calls with labelled advice."""
    known = [(one.call, one.chance) for one in checks if one.advice is not None and one.chance is not None]
    if not known:
        return None
    return Measure(
        name=f"drafts.{collection}.already_done_by_chance",
        about=f"the same for an improvement drawn by lot from the labelled behaviours, {collection}",
        better="neither",
        units=tuple(Unit(id=call, parts=(chance, 1.0)) for call, chance in known),
        n=len(known),
        of="drafts",
    )


def draft_failures(collection: str, checks: Iterable[DraftChecks]) -> list[Failure]:
    """Drafts that are refused, broken, or whose advice people would not give."""
    found = []
    for one in checks:
        if not one.passes:
            told = one.refused or ", ".join(one.broken)
            found.append(_failure(collection, "passes_linter", one, expected="a draft without findings", found=told))
        if one.advice not in (None, "right"):
            measure = "already_done" if one.advice == "already_done" else "advice_right"
            told = f"{one.improvement}: {str(one.advice).replace('_', ' ')}"
            found.append(_failure(collection, measure, one, expected="what was left to do", found=told))
    return found


def _failure(collection: str, what: str, one: DraftChecks, *, expected: str, found: str) -> Failure:
    return Failure(measure=f"drafts.{collection}.{what}", unit=one.call, expected=expected, found=found)


def linter_measures(sentences: Sequence[LabelledSentence]) -> list[Measure]:
    """Precision, recall and F1 of the linter on the sentences that were held out."""
    held = [one for one in sentences if one.split == "held_out"]
    found = [(_id(one), score_linting([one]).found) for one in held]
    wanted: dict[str, tuple[float | None, list[tuple[str, tuple[float, float]]]]] = {
        "precision": (0.95, [(i, (f.hits, f.hits + f.false_alarms)) for i, f in found]),
        "recall": (None, [(i, (f.hits, f.hits + f.misses)) for i, f in found]),
        "f1": (None, [(i, (2 * f.hits, 2 * f.hits + f.false_alarms + f.misses)) for i, f in found]),
    }
    return [
        Measure(
            name=f"drafts.sentences.linter_{what}",
            about=f"{what} of the linter's refusals on held-out sentences",
            units=tuple(Unit(id=i, parts=parts) for i, parts in units),
            n=len(held),
            of="sentences",
            target=target,
        )
        for what, (target, units) in wanted.items()
        if held
    ]


def _id(sentence: LabelledSentence) -> str:
    return hashlib.sha256(sentence.text.encode()).hexdigest()[:12]


def _linter_failures(sentences: Sequence[LabelledSentence]) -> list[Failure]:
    """Those of the tuning half alone."""
    wrong = score_linting(one for one in sentences if one.split == "tuning").mistakes
    return [
        Failure(
            measure="drafts.sentences.linter_f1",
            unit=_id(mistake.sentence),
            text=mistake.sentence.text,
            expected="let pass" if mistake.sentence.neutral else "refused",
            found=f"refused: {mistake.findings[0].rule}" if mistake.findings else "let pass",
        )
        for mistake in wrong
    ]
