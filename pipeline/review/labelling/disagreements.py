"""Owns where raters and the software differ, behaviour by behaviour: what a rubric's author mends first."""

from itertools import combinations

from pipeline.domain.base import Value
from pipeline.domain.labels import BlindLabel, LabelTask
from pipeline.errors import FilmroomError
from pipeline.export.untrusted import visible
from pipeline.review.guards import Entry
from pipeline.review.labelling.forms import STATES
from pipeline.review.labelling.tasks import ground_of, labels_of
from pipeline.review.labelling.views import name_of, said_by, software_says


class Split(Value):
    """A call on whose behaviour opinions differ. `link` is empty where the viewer may not see the call."""

    call: str
    opinions: tuple[tuple[str, str], ...]
    software: str
    link: str


class SplitBehaviour(Value):
    """A behaviour with its disagreements. Pairs are of two raters of one call; `software_pairs` of a rater and the
    software."""

    rubric: str
    version: int
    behaviour: str
    capability: str
    text: str
    n_calls: int
    n_pairs: int
    n_agreeing: int
    n_software_pairs: int
    n_software_agreeing: int
    splits: tuple[Split, ...]

    @property
    def n_apart(self) -> int:
        """Pairs that differ, of raters and of raters with the software."""
        return self.n_pairs - self.n_agreeing + self.n_software_pairs - self.n_software_agreeing


class Disagreements(Value):
    """All behaviours that somebody labelled, those with the most differences first.

    `hidden` counts calls that the viewer is still to label: nothing of them is told. `unread` are those whose labels or
    results cannot be read, with the reason.
    """

    behaviours: tuple[SplitBehaviour, ...]
    n_calls: int
    n_raters: int
    hidden: int
    unread: tuple[str, ...] = ()


class _Case(Value):
    """One labelled call on its ground."""

    task: LabelTask
    labels: tuple[BlindLabel, ...]
    states: dict[str, str]


def disagreements(entry: Entry) -> Disagreements:
    """Where opinions differ, over all calls that were labelled blind, as far as the viewer may know."""
    room, me = entry.room, entry.viewer.user.id
    found: dict[tuple[str, int, str], list[_Case]] = {}
    texts: dict[tuple[str, int, str], tuple[str, str]] = {}
    hidden, unread = 0, list[str]()
    calls, raters = set[str](), set[str]()
    for call in room.workspace.label_tasks.ids():
        task = room.workspace.label_tasks.last(call)
        labels = labels_of(room, call)
        if task is None or not labels:
            continue
        if not task.withdrawn and me in task.raters and all(label.rater != me for label in labels):
            hidden += 1
            continue
        try:
            ground = ground_of(room, task)
            states = {v.behaviour: v.state for v in software_says(room, task).verdicts}
        except FilmroomError as error:
            unread.append(f"{call}: {error.message}")
            continue
        case = _Case(task=task, labels=labels, states={b: str(s) for b, s in states.items()})
        calls.add(call)
        raters.update(label.rater for label in labels)
        for behaviour in ground.behaviours:
            if any(said_by(label, behaviour.id) for label in labels):
                key = (ground.rubric.rubric.id, ground.rubric.rubric.version, behaviour.id)
                capability = ground.rubric.rubric.capability_of(behaviour.id)
                texts[key] = (capability.name if capability else "", behaviour.text)
                found.setdefault(key, []).append(case)
    rows = [_row(entry, key, cases, texts[key]) for key, cases in found.items()]
    return Disagreements(
        behaviours=tuple(sorted(rows, key=lambda row: (-row.n_apart, row.rubric, row.behaviour))),
        n_calls=len(calls),
        n_raters=len(raters),
        hidden=hidden,
        unread=tuple(unread),
    )


def _row(entry: Entry, key: tuple[str, int, str], cases: list[_Case], texts: tuple[str, str]) -> SplitBehaviour:
    behaviour = key[2]
    pairs = [pair for case in cases for pair in combinations(_said(case, behaviour), 2)]
    beside = [
        (said, case.states[behaviour]) for case in cases for said in _said(case, behaviour) if _judged(case, behaviour)
    ]
    return SplitBehaviour(
        rubric=key[0],
        version=key[1],
        behaviour=behaviour,
        capability=visible(texts[0]),
        text=visible(texts[1]),
        n_calls=len(cases),
        n_pairs=len(pairs),
        n_agreeing=sum(a == b for a, b in pairs),
        n_software_pairs=len(beside),
        n_software_agreeing=sum(a == b for a, b in beside),
        splits=tuple(_split(entry, case, behaviour) for case in cases if _differs(case, behaviour)),
    )


def _said(case: _Case, behaviour: str) -> list[str]:
    return [said for label in case.labels if (said := said_by(label, behaviour)) is not None]


def _judged(case: _Case, behaviour: str) -> bool:
    """Whether the software says anything of the behaviour: what it could not read is no opinion."""
    return case.states.get(behaviour, "unread") != "unread"


def _differs(case: _Case, behaviour: str) -> bool:
    said = {*_said(case, behaviour), *([case.states[behaviour]] if _judged(case, behaviour) else [])}
    return len(said) > 1


def _split(entry: Entry, case: _Case, behaviour: str) -> Split:
    call = case.task.call
    people = entry.room.index.people_of(call)
    coach = people is not None and entry.scope.sight(*people) == "coach"
    rated = any(label.rater == entry.viewer.user.id for label in case.labels)
    opinions = (
        (name_of(entry.room, label.rater), _words(said))
        for label in case.labels
        if (said := said_by(label, behaviour)) is not None
    )
    link = f"/label/{call}/compare" if rated else f"/calls/{call}" if coach else ""
    return Split(call=call, opinions=tuple(opinions), software=_words(case.states.get(behaviour, "unread")), link=link)


def _words(state: str) -> str:
    return next((words for name, words in STATES.items() if name == state), "Not read")
