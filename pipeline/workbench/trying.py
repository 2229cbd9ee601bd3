"""Owns trying out a change: calls that were heard are judged twice, side by side, and nothing of it counts.

What is read and scored is kept as objects under its work keys, so that a later run or trial need not do it again. No
record of a call is written, and no draft is kept: its dates would be past by the time it counted.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from statistics import mean
from typing import TypeVar

from pipeline.domain.assessment import Observation, Score, Verdict
from pipeline.domain.base import Value
from pipeline.domain.coaching import Draft
from pipeline.domain.rubric import Behaviour, LoadedRubric, Rubric
from pipeline.domain.rubric_diff import diff_rubrics
from pipeline.domain.work import CallRecord, StageName
from pipeline.errors import BudgetError, FilmroomError, NotAnsweredError, NotFoundError, StoreError
from pipeline.judgement import Judged, Judgement, Judges
from pipeline.keeping import Keeper, StageWatcher, unwatched
from pipeline.ports import Progress, Reader
from pipeline.rescore import heard
from pipeline.store.objects import Work
from pipeline.store.workspace import Workspace
from pipeline.workbench.trial import CallTrial, Effort, Flip, FlipKind, LevelMove, Picked, Shown

_V = TypeVar("_V", bound=Value)


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a trial: which rubric, read by whom, and what people call it."""

    name: str
    rubric: LoadedRubric
    reader: Reader


@dataclass(frozen=True, slots=True)
class Change:
    """The two sides of a trial. `was` gives the id that a renamed behaviour had before."""

    before: Side
    after: Side

    @property
    def was(self) -> Mapping[str, str]:
        """The earlier id of each behaviour that has another one now."""
        diff = diff_rubrics(self.before.rubric.rubric, self.after.rubric.rubric)
        return {b.id: b.was for b in diff.behaviours if b.was}


class _TrialKeeper(Keeper):
    """Keeps everything but drafts."""

    def kept(self, work: Work, kind: type[_V], make: Callable[[Progress], _V]) -> _V:
        """See `Keeper`; a draft is made for this once."""
        if work.stage != "draft":
            return super().kept(work, kind, make)
        self.keys["draft"] = work.key
        return make(lambda _: None)


class _Looker(Keeper):
    """Finds what is kept, and lets a reader that only collects its requests be asked for the rest."""

    def _make(self, work: Work, stage: StageName, make: Callable[[Progress], _V]) -> None:  # noqa: ARG002 - as Keeper
        make(lambda _: None)
        raise NotAnsweredError(f"{stage} is still to be done", hint="leave out --dry-run")


def try_out(
    workspace: Workspace,
    records: Sequence[CallRecord],
    change: Change,
    *,
    today: date,
    stage_at: StageWatcher = unwatched,
) -> Iterator[CallTrial]:
    """Each call before and after the change, in order; one that cannot be read says why, and the others go on.

    Raises: BudgetError, NotAnsweredError; what was read before stays kept.
    """
    for record in records:
        name = record.path.name
        try:
            judged = [_judged(workspace, record, side, today, stage_at) for side in (change.before, change.after)]
        except (BudgetError, NotAnsweredError):
            raise
        except FilmroomError as error:
            yield CallTrial(call=record.call, name=name, failed=error.message)
            continue
        before, after = judged
        yield CallTrial(
            call=record.call,
            name=name,
            flips=tuple(_flips(before, after, change.was)),
            moves=tuple(_moves(before, after)),
            before=_picked(before.draft),
            after=_picked(after.draft),
        )


def _judged(workspace: Workspace, record: CallRecord, side: Side, today: date, stage_at: StageWatcher) -> Judged:
    keeper = _TrialKeeper(workspace.objects, stage_at=stage_at)
    return Judgement(heard(workspace, record), side.rubric, Judges(side.reader), keeper=keeper).judge(today=today)


def _picked(draft: Draft) -> Picked:
    return Picked(
        strength=draft.strength.behaviour if draft.strength else None,
        improvement=draft.improvement.behaviour if draft.improvement else None,
    )


def effort(workspace: Workspace, records: Sequence[CallRecord], change: Change) -> Effort:
    """What a trial of these calls has to do; nothing is read, and nothing is kept."""
    n_readings = n_kept = n_behaviours = 0
    for rubric, judgement in _judgements(workspace, records, change):
        n_readings += 1
        if workspace.objects.has(judgement.reading_work):
            n_kept += 1
        else:
            n_behaviours += sum(b.measure is None for b in rubric.behaviours)
    each = _seconds_each(workspace, records, change.after.reader.identity)
    return Effort(
        n_calls=len(records),
        n_failed=len(records) - n_readings // 2,
        n_readings=n_readings,
        n_kept=n_kept,
        n_behaviours=n_behaviours,
        seconds=None if each is None else round(each * (n_readings - n_kept), 1),
    )


def ask_for_requests(workspace: Workspace, records: Sequence[CallRecord], change: Change) -> None:
    """Lets readers whose language model only collects requests see every call that is not read yet; nothing is kept."""
    for _, judgement in _judgements(workspace, records, change):
        with suppress(NotAnsweredError):
            judgement.read()


def _judgements(
    workspace: Workspace, records: Sequence[CallRecord], change: Change
) -> Iterator[tuple[Rubric, Judgement]]:
    """Both judgements of each call, yet to be made; none of a call that cannot be read, as `try_out` will tell."""
    for record in records:
        try:
            known = heard(workspace, record)
        except (NotFoundError, StoreError):
            continue
        for side in (change.before, change.after):
            keeper = _Looker(workspace.objects)
            yield side.rubric.rubric, Judgement(known, side.rubric, Judges(side.reader), keeper=keeper)


def _seconds_each(workspace: Workspace, records: Sequence[CallRecord], reader: str) -> float | None:
    """Seconds that readings of these calls by this reader took, on average; None where there was none."""
    found = []
    for record in records:
        try:
            provenance = workspace.objects.provenance("observe", record.results["observe"])
        except (KeyError, NotFoundError, StoreError):
            continue
        if provenance.model == reader:
            found.append(provenance.seconds)
    return mean(found) if found else None


def _flips(before: Judged, after: Judged, was: Mapping[str, str]) -> Iterator[Flip]:
    """The behaviours that turned out otherwise, in the new rubric's order; then those it does not have any more.

    What only one rubric has and no call shows is the rubrics' difference and none of the call's.
    """
    old, new = before.rubric.rubric, after.rubric.rubric
    kept = {was.get(b.id, b.id) for b in new.behaviours}
    pairs: list[tuple[Behaviour | None, Behaviour | None]] = [
        (old.behaviour(was.get(b.id, b.id)), b) for b in new.behaviours
    ]
    pairs += [(b, None) for b in old.behaviours if b.id not in kept]
    for one, other in pairs:
        flip = _flip(_Half.of(before, one), _Half.of(after, other))
        if flip is not None:
            yield flip


@dataclass(frozen=True, slots=True)
class _Half:
    """A behaviour on one side, as it turned out."""

    behaviour: Behaviour
    verdict: Verdict
    quotes: tuple[Shown, ...]

    @classmethod
    def of(cls, judged: Judged, behaviour: Behaviour | None) -> "_Half | None":
        if behaviour is None:
            return None
        verdict = judged.assessment.verdict(behaviour.id)
        found = {o.id: o for o in judged.verification.observations}
        quotes = tuple(_shown(found[name]) for name in verdict.observation_ids)
        return cls(behaviour, verdict, quotes)


def _shown(observation: Observation) -> Shown:
    return Shown(text=observation.text, role=observation.role, span=observation.span)


def _flip(before: _Half | None, after: _Half | None) -> Flip | None:
    known = after or before
    assert known is not None  # a pair has at least one side
    states = before.verdict.state if before else None, after.verdict.state if after else None
    kind = _kind(before, after)
    if kind is None:
        return None
    return Flip(
        kind=kind,
        id=known.behaviour.id,
        text=known.behaviour.text,
        capability=known.verdict.capability,
        polarity=known.behaviour.polarity,
        before=states[0],
        after=states[1],
        was=before.behaviour.id if before and after and before.behaviour.id != after.behaviour.id else "",
        before_quotes=before.quotes if before else (),
        after_quotes=after.quotes if after else (),
        before_reason=before.verdict.reason if before else "",
        after_reason=after.verdict.reason if after else "",
    )


def _kind(before: _Half | None, after: _Half | None) -> FlipKind | None:
    was_shown = before is not None and before.verdict.state == "shown"
    is_shown = after is not None and after.verdict.state == "shown"
    if was_shown != is_shown:
        return "gained" if is_shown else "lost"
    if before is None or after is None:
        one = before or after
        assert one is not None  # a pair has at least one side
        return "other" if one.verdict.state == "unread" else None
    if before.verdict.state != after.verdict.state:
        return "other"
    return "requoted" if is_shown and set(before.quotes) != set(after.quotes) else None


def _moves(before: Judged, after: Judged) -> Iterator[LevelMove]:
    """Capabilities with another score, in the new rubric's order; then those it does not have any more."""
    old = {score.capability: score for score in before.assessment.scores}
    new = {score.capability: score for score in after.assessment.scores}
    names = {c.id: c.name for rubric in (before.rubric.rubric, after.rubric.rubric) for c in rubric.capabilities}
    for capability in [*new, *(name for name in old if name not in new)]:
        one, other = old.get(capability), new.get(capability)
        if _told(one) != _told(other):
            yield LevelMove(capability=capability, name=names[capability], before=one, after=other)


def _told(score: Score | None) -> tuple[object, ...]:
    return () if score is None else (score.level, score.of, score.unscored)
