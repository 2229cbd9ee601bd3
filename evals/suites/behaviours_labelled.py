"""Owns the part of collections whose labels are mapped onto a rubric: what is found turn by turn and call by call."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from evals.against_people import people_measures, people_unit
from evals.behaviours import Counted, Found, count_target, macro_measure, quotes_measure, target_measures
from evals.judging import Judged
from evals.labelled import LabelledCall
from evals.mapping import LabelMap, Target, load_mapped
from evals.measures import Measure
from evals.quality import balance, quality_measures
from evals.rated_turns import rated_turns
from evals.suites import Failure, Point, Points, Skipped
from evals.suites.behaviours_part import EXAMPLES, Part, Reading, sha256_of, text_of
from pipeline.domain.rubric import Rubric
from pipeline.domain.speech import Conversation
from pipeline.rubrics import content_hash
from pipeline.stages.measure import measure

RUBRIC_OF = {"counselling": "counselling", "pitches": "pitch"}
"""The rubric that the labels of each collection are mapped onto."""


@dataclass(frozen=True)
class Read:
    """A labelled call, what was judged of it, and what was found in it."""

    call: LabelledCall
    judged: Judged
    found: Found


def labelled_part(
    collection: str, calls: Sequence[LabelledCall], reading: Reading, *, rubric: Rubric | None = None
) -> Part:
    """What a reader makes of the calls of a collection that is in `RUBRIC_OF`, by its rubric or one that stands in.

    Raises: RubricError; InputError where the rubric has not the behaviours that labels are mapped onto.
    """
    rubric, mapped = load_mapped(RUBRIC_OF[collection], rubric=rubric)
    refused: list[Skipped] = []
    talks = [call for call in calls if call.conversation is not None]
    reads = list(_read(talks, rubric, reading, refused))
    prefix = f"behaviours.{collection}"
    return Part(
        measures=(*_measures(prefix, mapped, reads), *_quality(prefix, rubric, reads)),
        failures=tuple(failure for t in mapped.read for failure in _failures(prefix, t, reads)),
        skipped=refused,
        points=_balances(collection, rubric, reads),
        inputs=((f"{collection}_rubric", content_hash(rubric)), (f"{collection}_calls", sha256_of(calls))),
    )


def _read(talks: Sequence[LabelledCall], rubric: Rubric, reading: Reading, refused: list[Skipped]) -> Iterator[Read]:
    for call, judged in reading.judged(talks, lambda call: (_talk(call), rubric), refused=refused):
        yield Read(call, judged, Found.of(judged, measure(_talk(call)).questions))


def _measures(prefix: str, mapped: LabelMap, reads: Sequence[Read]) -> Iterator[Measure]:
    read: list[list[Counted]] = []
    for target in mapped.targets:
        counted = [count_target(one.call, one.found, target) for one in reads]
        found = target_measures(prefix, target, counted)
        yield from found
        if found and target.behaviours:
            read.append(counted)
        units = [people_unit(one.call, target, one.found.turns(target)) for one in reads]
        yield from people_measures(prefix, target, [unit for unit in units if unit is not None])
    if read:
        yield macro_measure(f"{prefix}.macro_f1", "Mean over behaviours of F1 over calls", read)
        yield quotes_measure(f"{prefix}.quotes_right", read)


def _quality(prefix: str, rubric: Rubric, reads: Sequence[Read]) -> tuple[Measure, ...]:
    return quality_measures(prefix, rubric, [(one.call, one.judged) for one in reads])


def _balances(collection: str, rubric: Rubric, reads: Sequence[Read]) -> tuple[Points, ...]:
    dots = [
        Point(id=one.call.id, x=float(one.call.quality == "high"), y=score, group=one.call.quality)
        for one in reads
        if one.call.quality is not None
        and (score := balance(rubric, one.judged.assessment, one.judged.verification.observations)) is not None
    ]
    if not dots:
        return ()
    title = f"{collection}: balance of evidence by quality"
    return (Points(title=title, x="quality (0 low, 1 high)", y="balance of evidence", dots=tuple(dots)),)


def _failures(prefix: str, target: Target, reads: Sequence[Read]) -> Iterator[Failure]:
    """The strongest wrong quotes, and the first turns that were missed in calls where nothing was found."""
    wrong, missed = [], []
    for one in reads:
        rated = rated_turns(one.call, target)
        labelled = rated.majority()
        for seen in one.found.observations:
            turn = seen.quote.turn_id
            if seen.behaviour in target.behaviours and turn in rated.turns and turn not in labelled:
                wrong.append((seen.strength, one.call, turn, seen.text))
        if not one.found.turns(target):
            missed += [(one.call, turn) for turn in rated.turns if turn in labelled][:1]
    for _, call, turn, text in islice(sorted(wrong, key=lambda row: -row[0]), EXAMPLES):
        yield Failure(
            measure=f"{prefix}.{target.id}_quotes_right", unit=call.id, text=text, expected=_said(call, turn, target),
            found=f"{target.about} ({turn})",
        )  # fmt: skip
    for call, turn in missed[:EXAMPLES]:
        yield Failure(
            measure=f"{prefix}.{target.id}_f1", unit=call.id, text=text_of(call, turn),
            expected=f"{target.about} ({turn})", found="nothing in the whole call",
        )  # fmt: skip


def _said(call: LabelledCall, turn: str, target: Target) -> str:
    names = sorted({name for label in call.turns if label.turn_id == turn for name in label.behaviours})
    return f"no {target.about}" + (f", but {', '.join(names)}" if names else "")


def _talk(call: LabelledCall) -> Conversation:
    assert call.conversation is not None  # the others were left out
    return call.conversation
