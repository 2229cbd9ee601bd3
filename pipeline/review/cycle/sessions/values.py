"""Owns the values in which a one-to-one is shown, by its page, its sheet and the API alike."""

from datetime import date

from pydantic import AwareDatetime

from pipeline.cycle.causes import Help
from pipeline.cycle.sessions import Standing
from pipeline.domain.base import Value
from pipeline.domain.cycle.focus import Cause
from pipeline.domain.cycle.sessions import AgendaPart
from pipeline.domain.session_template import SessionNature, StepPart
from pipeline.review.cycle.focus.cards import LookView


class Missing(Value):
    """What must be said before it starts, by name and in words."""

    need: str
    told: str


class ImportanceView(Value):
    """Why it matters to the rep; `by_rep` is whether the rep wrote it, else `by` wrote down what the rep said."""

    text: str
    by: str
    by_rep: bool


class OwnAnswer(Value):
    """A power question and the rep's answer; no text and not `nothing` where there is none yet."""

    question: str
    text: str
    nothing: bool


class OwnView(Value):
    """What the rep said of a call of theirs before anybody else did."""

    call: str
    told: str
    why: str
    answers: tuple[OwnAnswer, ...]
    parked: tuple[str, ...]


class ClipView(Value):
    """A clip of the agenda, in order: where it is, how long it takes to hear, and minutes of talk about it.

    `sound` is the address of its part of the call's sound, empty where there is none to play.
    """

    place: int
    call: str
    told: str
    part: AgendaPart
    part_title: str
    title: str
    start: float
    end: float
    clock: str
    length: str
    talk: str
    sound: str


class ItemView(Value):
    """A step of the talk, or a clip in it: `start_s` and `length_s` are seconds of the talk, `at` when it is due."""

    part: StepPart
    part_title: str
    title: str
    start_s: float
    length_s: float
    at: str
    length: str
    questions: tuple[str, ...]
    note: str
    clip: ClipView | None


class AgendaView(Value):
    """The talk in order. `total_s` and `minutes` may differ either way: `told` says which, in words."""

    items: tuple[ItemView, ...]
    minutes: int
    total_s: float
    remaining_s: float
    total: str
    fits: bool
    told: str

    @property
    def axis_s(self) -> float:
        """Seconds that a drawing of it spans: the plan's minutes, or all items where these take longer."""
        return max(self.minutes * 60, self.total_s, 1)

    @property
    def clips(self) -> tuple[ClipView, ...]:
        """The clips, as they are played one after the other."""
        return tuple(item.clip for item in self.items if item.clip is not None)


class FieldView(Value):
    """A field of the session template, and what was written into it."""

    id: str
    title: str
    hint: str
    text: str


class GapView(Value):
    """A capability of the gap map: now, the target, the next step there, the rep's own goals; `now` is empty for goals
    of no one capability."""

    capability: str
    now: str
    target: str
    next_step: str
    goals: tuple[str, ...]


class StepAgreed(Value):
    """A step that was agreed; `told` is who does it."""

    text: str
    who: str
    told: str
    by: date | None


class HeldView(Value):
    """What the one-to-one agreed. `look` is the day to look at it again that waits, `looked` those on which somebody
    looked."""

    at: AwareDatetime
    steps: tuple[StepAgreed, ...]
    follow_up: date | None
    look: LookView | None
    looked: tuple[LookView, ...]
    rep_said: str
    notes: str


class CauseView(Value):
    """The coach's own mark of ability or motivation, and the help it calls for; no rep sees either."""

    cause: Cause
    told: str
    help: Help


class TalkChoice(Value):
    """A recorded one-to-one that this one may be."""

    call: str
    told: str


class SessionView(Value):
    """A one-to-one. `seen` is the number that a change of its plan sends back.

    `missing` is what must be said before it starts, `ready` whether it can: nothing is missing and the agenda fits.
    `cause`, `gaps` beside it and `recordings` are for coaches; `recorded` is there for whoever sees that call.
    """

    id: str
    person: str
    rep: str
    coach: str
    by_coach: bool
    state: Standing
    standing: tuple[str, str]
    seen: int
    starts_at: AwareDatetime
    started_at: AwareDatetime | None
    minutes: int
    template: str
    template_title: str
    nature: SessionNature | None
    nature_told: tuple[str, str] | None
    purpose: str
    reason: str
    importance: ImportanceView | None
    missing: tuple[Missing, ...]
    ready: bool
    own_views: tuple[OwnView, ...]
    agenda: AgendaView
    positive: str
    question: str
    fields: tuple[FieldView, ...]
    cause: CauseView | None
    gaps: tuple[GapView, ...]
    held: HeldView | None
    cancelled: str
    recorded: str
    recordings: tuple[TalkChoice, ...] = ()
