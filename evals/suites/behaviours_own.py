"""Owns the part of a user's own labelled calls: their verdicts, turns and levels against those of a reader."""

from collections import Counter
from collections.abc import Iterable, Sequence

from evals.against_people import LevelPair, level_measures
from evals.behaviours import Counted, Found, count_target, f1_measure, quotes_measure
from evals.blind import load_blind
from evals.collections.own import own_calls
from evals.judging import Judged
from evals.labelled import LabelledCall
from evals.mapping import Target
from evals.questions import Detection
from evals.suites import Setting, Skipped
from evals.suites.behaviours_part import Part, Reading, sha256_of
from pipeline.domain.labels import in_force
from pipeline.domain.rubric import Behaviour, Rubric
from pipeline.domain.speech import Conversation
from pipeline.errors import FilmroomError

PREFIX = "behaviours.own"


def own_part(setting: Setting, reading: Reading) -> Part:
    """What a reader makes of a user's calls that name a rubric and have labels of it; nothing without any."""
    calls, refused = _labelled(setting)
    rubrics = {name: setting.rubric(name).rubric for name in dict.fromkeys(str(call.rubric) for call in calls)}
    judged = list(reading.judged(calls, lambda call: (_talk(call), rubrics[str(call.rubric)]), refused=refused))
    if not judged:
        return Part(skipped=refused)
    verdicts = [(call.id, _verdicts(call, found)) for call, found in judged]
    quotes = [_quotes(call, rubrics[str(call.rubric)], found) for call, found in judged]
    measures = []
    if sum(found.n for _, found in verdicts):
        measures.append(f1_measure(f"{PREFIX}.f1", "Behaviours shown in a call: F1", verdicts, of="verdicts"))
    if sum(one.n_quotes for one in quotes):
        measures.append(quotes_measure(f"{PREFIX}.quotes_right", [quotes]))
    levels = level_measures(PREFIX, [(call.id, _levels(call, found)) for call, found in judged])
    return Part(measures=(*measures, *levels), skipped=refused, inputs=(("own_calls", sha256_of(calls)),))


def _labelled(setting: Setting) -> tuple[list[LabelledCall], list[Skipped]]:
    calls, skipped = own_calls(setting.cases)
    blind, left_out = _labelled_blind(setting)
    wanted = [call for call in calls if call.rubric is not None and call.conversation is not None and _has_labels(call)]
    return [*wanted, *blind], [*skipped, *left_out]


def _labelled_blind(setting: Setting) -> tuple[list[LabelledCall], list[Skipped]]:
    """Calls that people labelled in the review room, on the rubric of this run; why each of the others is left out."""
    if setting.labelled is None:
        return [], []
    found, skipped = load_blind(setting.labelled)
    calls, left_out = [], list(skipped)
    for call in found:
        labelled_on = in_force(setting.labelled.labels.all(call.id))[0].rubric_sha256
        try:
            same = setting.rubric(str(call.rubric)).sha256 == labelled_on
        except FilmroomError as error:
            left_out.append(Skipped(what=call.id, reason=error.message))
            continue
        if same:
            calls.append(call)
        else:
            reason = f"was labelled on another version of {call.rubric}: give that one with --rubric"
            left_out.append(Skipped(what=call.id, reason=reason))
    return calls, left_out


def _has_labels(call: LabelledCall) -> bool:
    return bool(call.verdicts or call.levels or any(label.looked_for for label in call.turns))


def _talk(call: LabelledCall) -> Conversation:
    assert call.conversation is not None  # the others were left out
    return call.conversation


def _verdicts(call: LabelledCall, judged: Judged) -> Detection:
    """Of behaviours that people gave a verdict, those that more than half of them say are shown, against ours."""
    ours = {verdict.behaviour: verdict.state for verdict in judged.assessment.verdicts}
    said: dict[str, Counter[bool]] = {}
    for label in call.verdicts:
        said.setdefault(label.behaviour, Counter())[label.state == "shown"] += 1
    pairs = Counter((votes[True] > votes[False], ours[name] == "shown") for name, votes in said.items() if name in ours)
    return Detection(
        n=pairs.total(), hits=pairs[True, True], false_alarms=pairs[False, True], misses=pairs[True, False]
    )


def _quotes(call: LabelledCall, rubric: Rubric, judged: Judged) -> Counted:
    """The quotes of the rep's behaviours, over all of them, in turns that somebody labelled."""
    found = Found.of(judged, ())
    read = [b for b in rubric.behaviours if b.measure is None and b.role == "rep"]
    counted = [count_target(call, found, _target(behaviour)) for behaviour in read]
    return Counted(
        call=call.id,
        turns=_sum(one.turns for one in counted),
        shown=_sum(one.shown for one in counted),
        n_quotes=sum(one.n_quotes for one in counted),
        n_right=sum(one.n_right for one in counted),
    )


def _target(behaviour: Behaviour) -> Target:
    return Target(
        id=behaviour.id, about=behaviour.text, labels=frozenset([behaviour.id]), behaviours=(behaviour.id,)
    )  # fmt: skip


def _sum(counts: Iterable[Detection]) -> Detection:
    return sum(counts, Detection())


def _levels(call: LabelledCall, judged: Judged) -> Sequence[LevelPair]:
    """Every rater's level beside ours, where both give one."""
    ours = {score.capability: score.level for score in judged.assessment.scores}
    pairs = [(label.level, ours.get(label.capability)) for label in call.levels]
    return [(theirs, found) for theirs, found in pairs if theirs is not None and found is not None]
