"""Owns what the labelling pages show: the list, the sheet to fill in, and afterwards what everybody says."""

from collections.abc import Mapping

from pydantic import AwareDatetime

from pipeline.domain.assessment import Assessment, Verification
from pipeline.domain.base import Value
from pipeline.domain.labels import BlindLabel, LabelTask
from pipeline.domain.phrasing import clock
from pipeline.domain.recording import Role
from pipeline.domain.span import Span
from pipeline.export.untrusted import visible
from pipeline.export.wording import ROLES
from pipeline.review.guards import Entry
from pipeline.review.labelling.forms import NO_LEVEL, STATES, Filled, Ground
from pipeline.review.labelling.tasks import ground_of, labels_of, seen_by
from pipeline.review.room import Room

_MACHINE: dict[str, str] = {**{str(name): words for name, words in STATES.items()}, "unread": "Not read"}


class TaskRow(Value):
    """A call in a rater's list. `title` is by what a rater knows it: its rubric and its length, nobody's name."""

    call: str
    title: str
    minutes: float
    asked_by: str
    asked_at: AwareDatetime
    done: bool


class LabelTurn(Value):
    """A turn as raters see it: nothing is marked in it."""

    id: str
    number: int
    role: Role
    speaker: str
    clock: str
    span: Span | None
    text: str
    backchannel: bool


class LevelChoice(Value):
    """A level with its anchor; the value of the choice is `value`."""

    value: str
    text: str


class LabelBehaviour(Value):
    """A behaviour to decide: what counts, by examples of the rubric, and what the rater has filled in so far."""

    id: str
    text: str
    role: str
    examples: tuple[str, ...]
    counterexamples: tuple[str, ...]
    state: str
    turns: str
    mistake: str


class LabelCapability(Value):
    """A capability with its behaviours and its levels."""

    id: str
    name: str
    goal: str
    behaviours: tuple[LabelBehaviour, ...]
    levels: tuple[LevelChoice, ...]
    level: str
    mistake: str


class LabelSheet(Value):
    """All that a rater gets: the words, and what to look for; nothing of what anybody else makes of the call."""

    call: str
    rubric: str
    timed: bool
    language: str
    turns: tuple[LabelTurn, ...]
    capabilities: tuple[LabelCapability, ...]
    mistakes: tuple[str, ...] = ()


class Opinion(Value):
    """What one rater, or the software, says of one behaviour: a state in words, and the turns it is seen in."""

    by: str
    state: str
    turns: tuple[int, ...]
    agrees: bool


class ComparedBehaviour(Value):
    """A behaviour with everybody's opinion, the viewer's own first and the software's last."""

    capability: str
    text: str
    own: Opinion | None
    others: tuple[Opinion, ...]
    software: Opinion | None

    def with_software(self, opinion: Opinion | None) -> "ComparedBehaviour":
        """The same with what the software says, and whether it says what the viewer does."""
        if opinion is None:
            return self
        agrees = self.own is not None and opinion.state == self.own.state
        return self.model_copy(update={"software": opinion.model_copy(update={"agrees": agrees})})


class Comparison(Value):
    """What a rater sees once their own label stands."""

    call: str
    rubric: str
    rows: tuple[ComparedBehaviour, ...]
    n_agreed: int
    n_compared: int


def task_rows(entry: Entry) -> tuple[TaskRow, ...]:
    """The calls that the viewer is asked to label, those still to do first."""
    room, rater = entry.room, entry.viewer.user.id
    tasks = (room.workspace.label_tasks.last(call) for call in room.workspace.label_tasks.ids())
    mine = [task for task in tasks if task is not None and not task.withdrawn and rater in task.raters]
    rows = [_task_row(room, task, rater) for task in mine]
    return tuple(sorted(rows, key=lambda row: (row.done, row.asked_at, row.call)))


def _task_row(room: Room, task: LabelTask, rater: str) -> TaskRow:
    ground = ground_of(room, task)
    asker = room.people.get(task.by)
    return TaskRow(
        call=task.call,
        title=visible(ground.rubric.rubric.title),
        minutes=round(ground.conversation.duration / 60, 1),
        asked_by=visible(asker.name if asker else task.by),
        asked_at=task.at,
        done=any(label.rater == rater for label in labels_of(room, task.call)),
    )


def label_sheet(ground: Ground, fields: Mapping[str, str] | None = None, filled: Filled | None = None) -> LabelSheet:
    """The sheet, empty or as it was filled in, with what is wrong beside each field."""
    given = fields or {}
    wrong = {mistake.field: mistake.reason for mistake in (filled.mistakes if filled else ())}
    rubric, talk = ground.rubric.rubric, ground.conversation
    named = rubric.parties.named
    return LabelSheet(
        call=ground.call,
        rubric=visible(rubric.title),
        timed=talk.timed,
        language=visible(talk.language or ""),
        turns=tuple(
            LabelTurn(
                id=turn.id,
                number=ground.turn_number(turn.id),
                role=turn.role,
                speaker=named(ROLES[turn.role]),
                clock=clock(turn.span.start) if turn.span else "",
                span=turn.span,
                text=visible(turn.text),
                backchannel=turn.backchannel,
            )
            for turn in talk.turns
        ),
        capabilities=tuple(
            LabelCapability(
                id=c.id,
                name=visible(c.name),
                goal=visible(c.goal),
                behaviours=tuple(
                    LabelBehaviour(
                        id=b.id,
                        text=visible(b.text),
                        role=named(ROLES[b.role]),
                        examples=tuple(visible(e) for e in b.examples[:3]),
                        counterexamples=tuple(visible(e) for e in b.counterexamples[:2]),
                        state=given.get(f"state.{b.id}", ""),
                        turns=given.get(f"turns.{b.id}", ""),
                        mistake=wrong.get(f"state.{b.id}") or wrong.get(f"turns.{b.id}") or "",
                    )
                    for b in c.behaviours
                    if b.measure is None
                ),
                levels=(
                    *(LevelChoice(value=str(v.level), text=f"{v.level}: {visible(v.anchor)}") for v in c.levels),
                    LevelChoice(value=NO_LEVEL, text="It cannot be judged"),
                ),
                level=given.get(f"level.{c.id}", ""),
                mistake=wrong.get(f"level.{c.id}", ""),
            )
            for c in rubric.capabilities
        ),
        mistakes=tuple(m.reason for m in (filled.mistakes if filled else ())),
    )


def comparison(entry: Entry, task: LabelTask) -> Comparison:
    """The viewer's label beside everybody else's and the software's, behaviour by behaviour."""
    room, me = entry.room, entry.viewer.user.id
    ground = ground_of(room, task)
    labels = [
        label for label in labels_of(room, task.call) if label.ground == (ground.transcript, ground.rubric.sha256)
    ]
    software = _software_opinions(room, task, ground)
    own = next((label for label in labels if label.rater == me), None)
    rows = tuple(
        _compared(room, ground, b.id, labels, own).with_software(software.get(b.id)) for b in ground.behaviours
    )
    opinions = [o for row in rows if row.own for o in (*row.others, *((row.software,) if row.software else ()))]
    return Comparison(
        call=task.call,
        rubric=visible(ground.rubric.rubric.title),
        rows=rows,
        n_agreed=sum(o.agrees for o in opinions),
        n_compared=len(opinions),
    )


def software_says(room: Room, task: LabelTask) -> Assessment:
    """The verdicts of the record that is labelled."""
    record = room.workspace.calls.get(task.call, task.record)
    return room.workspace.objects.get("score", record.results["score"], Assessment)[0]


def _software_opinions(room: Room, task: LabelTask, ground: Ground) -> dict[str, Opinion]:
    """What the software says of each behaviour; whether that agrees with a rater is not told yet."""
    record = room.workspace.calls.get(task.call, task.record)
    found = room.workspace.objects.get("verify", record.results["verify"], Verification)[0].observations
    places = {o.id: ground.turn_number(o.quote.turn_id) for o in found}
    return {
        v.behaviour: Opinion(
            by="Filmroom",
            state=_MACHINE[v.state],
            turns=tuple(sorted({places[i] for i in v.observation_ids if i in places})),
            agrees=False,
        )
        for v in software_says(room, task).verdicts
    }


def said_by(label: BlindLabel, behaviour: str) -> str | None:
    """The state that a rater gives a behaviour; None where they left it out."""
    return next((v.state for v in label.verdicts if v.behaviour == behaviour), None)


def _compared(
    room: Room, ground: Ground, behaviour: str, labels: list[BlindLabel], own: BlindLabel | None
) -> ComparedBehaviour:
    found, capability = ground.rubric.rubric.behaviour(behaviour), ground.rubric.rubric.capability_of(behaviour)
    mine = said_by(own, behaviour) if own else None
    opinions = {
        label.rater: Opinion(
            by="You" if label is own else name_of(room, label.rater),
            state=_MACHINE[state],
            turns=tuple(sorted(ground.turn_number(t.turn_id) for t in label.turns if behaviour in t.behaviours)),
            agrees=state == mine,
        )
        for label in labels
        if (state := said_by(label, behaviour)) is not None
    }
    first = opinions.pop(own.rater, None) if own else None
    return ComparedBehaviour(
        capability=visible(capability.name) if capability else "",
        text=visible(found.text) if found else behaviour,
        own=first,
        others=tuple(opinions.values()),
        software=None,
    )


def name_of(room: Room, user_id: str) -> str:
    """What people call this user."""
    user = room.people.get(user_id)
    return visible(user.name if user else user_id)


class Candidate(Value):
    """Somebody who could be asked to label a call, whether they are, and whether they are done."""

    id: str
    name: str
    asked: bool
    done: bool
    why_not: str


class PutUp(Value):
    """Who labels a call; `customer` is absent where nobody named one."""

    call: str
    customer: str | None
    candidates: tuple[Candidate, ...]


def put_up_view(entry: Entry) -> PutUp:
    """The users who could label the call of the entry; those who saw what the software says of it cannot."""
    room, call = entry.room, entry.call
    task = room.workspace.label_tasks.last(call)
    asked = set(task.raters) if task is not None and not task.withdrawn else set()
    done = {label.rater for label in labels_of(room, call)}
    seen = seen_by(room, call)
    people = {user.id: visible(user.name) for user in room.people.all()} or {entry.viewer.user.id: "You"}
    customer = room.index.rows("SELECT customer FROM calls WHERE call = ?", (call,))[0][0]
    return PutUp(
        call=call,
        customer=visible(str(customer)) if customer else None,
        candidates=tuple(
            Candidate(
                id=user,
                name=name,
                asked=user in asked,
                done=user in done,
                why_not="has seen what the software says of this call" if user not in done and user in seen else "",
            )
            for user, name in sorted(people.items(), key=lambda pair: pair[1])
        ),
    )
