"""Owns the arithmetic of a one-to-one: its steps and clips in order, each with its time, to the millisecond."""

from collections.abc import Iterable, Sequence

from pydantic import Field

from pipeline.domain.base import Value
from pipeline.domain.cycle.rep_first import POWER_QUESTIONS
from pipeline.domain.cycle.sessions import AGENDA_PARTS, AgendaClip, AgendaPart, SessionPlan
from pipeline.domain.session_template import SessionStep, StepPart
from pipeline.domain.span import Span
from pipeline.errors import UsageError

BARE_STEPS = (
    SessionStep(title="The rep's own view", part="rep", minutes=4, questions=tuple(POWER_QUESTIONS.values())),
    SessionStep(title="What worked", part="positive", minutes=1),
    SessionStep(title="One thing to change", part="improvement", minutes=1),
    SessionStep(title="Practice", part="practice", minutes=4),
    SessionStep(title="Agreed steps, and the day to look again", part="agree", minutes=3),
)
"""The steps of a plan that follows no template."""

TALKS = (2.0, 1.0)
"""Minutes of talk about a proposed clip: the first that fits."""

_BEFORE_S, _AFTER_S = 5.0, 20.0
_MINUTE = 60_000


class AgendaItem(Value):
    """A step of the talk, or a clip in one: from `start_ms` after the start of the talk it takes `length_ms`.

    `clip` is the place of the clip among those of the plan, None for a step's own minutes.
    """

    part: StepPart
    title: str
    start_ms: int = Field(ge=0)
    length_ms: int = Field(ge=0)
    clip: int | None = None
    questions: tuple[str, ...] = ()
    note: str = ""


class Agenda(Value):
    """The talk in order. `minutes` are those of the plan; items lie end to end, from 0."""

    items: tuple[AgendaItem, ...]
    minutes: int

    @property
    def total_ms(self) -> int:
        """Milliseconds that all items take."""
        return sum(item.length_ms for item in self.items)

    @property
    def remaining_ms(self) -> int:
        """Milliseconds that are left; below 0 where it does not fit."""
        return self.minutes * _MINUTE - self.total_ms

    @property
    def fits(self) -> bool:
        """Whether it fits the minutes of the plan."""
        return self.remaining_ms >= 0

    @property
    def told(self) -> str:
        """Whether it fits, in words: "fits: 2 min 5 s left", "does not fit: 3 min 20 s over"."""
        if self.remaining_ms < 0:
            return f"does not fit: {length_told(-self.remaining_ms)} over"
        return f"fits: {length_told(self.remaining_ms)} left" if self.remaining_ms else "fits: nothing left"


class Moment(Value):
    """A moment that could be played: cited by an approved feedback, or commented by the rep."""

    call: str
    span: Span
    part: AgendaPart
    title: str = ""


def clip_ms(clip: AgendaClip) -> int:
    """Milliseconds of a clip: its length, and the talk about it."""
    return round(clip.span.end * 1000) - round(clip.span.start * 1000) + round(clip.talk * _MINUTE)


def in_order(clips: Iterable[AgendaClip]) -> tuple[AgendaClip, ...]:
    """The clips as they are played: the rep's, the positive, the one to change; those of a part as they were given.

    Raises: UsageError for a second one to change.
    """
    ordered = tuple(sorted(clips, key=lambda clip: AGENDA_PARTS.index(clip.part)))
    if sum(clip.part == "improvement" for clip in ordered) > 1:
        raise UsageError("two clips are to change something", hint="keep one: one thing at a time")
    return ordered


def agenda_of(plan: SessionPlan) -> Agenda:
    """The agenda of a plan, by its template's steps."""
    return agenda(plan.outline.steps if plan.outline else BARE_STEPS, plan.clips, plan.minutes)


def agenda(steps: Sequence[SessionStep], clips: Sequence[AgendaClip], minutes: int) -> Agenda:
    """The steps in order, each followed by the clips of its part; clips of a part without a step come where that part
    belongs in the talk: before the first step of a later part."""
    items: list[AgendaItem] = []
    left = list(enumerate(clips))
    at = 0

    def add(item: AgendaItem) -> None:
        nonlocal at
        items.append(item.model_copy(update={"start_ms": at}))
        at += item.length_ms

    def play(upto: int) -> None:
        for index, clip in [each for each in left if AGENDA_PARTS.index(each[1].part) <= upto]:
            title = clip.title or "A moment to hear"
            add(AgendaItem(part=clip.part, title=title, start_ms=0, length_ms=clip_ms(clip), clip=index))
            left.remove((index, clip))

    for step in steps:
        if step.part != "other":
            play(_place(step.part) - 1)
        add(_item(step))
        if step.part in AGENDA_PARTS:
            play(_place(step.part))
    play(len(AGENDA_PARTS))
    return Agenda(items=tuple(items), minutes=minutes)


def propose(moments: Sequence[Moment], steps: Sequence[SessionStep], minutes: int) -> tuple[AgendaClip, ...]:
    """Clips that fit: a positive first of all, one to change, one of the rep's own, in the order in which they are
    played; no other moment of theirs where one is too long. None where the steps alone take all minutes."""
    chosen: list[AgendaClip] = []
    for part in ("positive", "improvement", "rep"):
        for clip in _tried(moment for moment in moments if moment.part == part):
            if agenda(steps, in_order((*chosen, clip)), minutes).fits:
                chosen.append(clip)
                break
    return in_order(chosen)


def around(moment: float, duration: float) -> Span:
    """What is played for a comment at this second: from 5 s before it to 20 s after, within the call."""
    start = min(max(0.0, moment - _BEFORE_S), max(0.0, duration))
    return Span(start=start, end=max(start, min(moment + _AFTER_S, duration)))


def length_told(milliseconds: int) -> str:
    """A length in words: "3 min 20 s", "45 s", "20 min"; parts of a second are rounded up, so that none is hidden."""
    minutes, seconds = divmod(-(-milliseconds // 1000), 60)
    told = [f"{minutes} min"] * bool(minutes) + [f"{seconds} s"] * bool(seconds or not minutes)
    return " ".join(told)


def _tried(moments: Iterable[Moment]) -> Iterable[AgendaClip]:
    for moment in moments:
        for talk in TALKS:
            yield AgendaClip(call=moment.call, span=moment.span, part=moment.part, title=moment.title, talk=talk)


def _place(part: StepPart) -> int:
    """Where a part stands among those that have clips; after all of them for the others."""
    return AGENDA_PARTS.index(part) if part in AGENDA_PARTS else len(AGENDA_PARTS)


def _item(step: SessionStep) -> AgendaItem:
    return AgendaItem(
        part=step.part,
        title=step.title,
        start_ms=0,
        length_ms=round(step.minutes * _MINUTE),
        questions=step.questions,
        note=step.note,
    )
