"""Owns labelled calls: written by hand, with what every behaviour and every capability of a rubric is in them.

A label is a person's, from the rubric's texts alone. A turn that `shows` a behaviour makes it shown; one that
`may_show` it is no wrong evidence either, yet would not have been enough. Times are made up from a pace, so that
measures such as the talk ratio have something to stand on.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Self

from pydantic import Field, model_validator

from evals.documents import Document, Problem, read_document
from evals.labelled import LabelledCall, LevelLabel, TurnLabel, VerdictLabel
from pipeline.domain.assessment import VerdictState
from pipeline.domain.base import Value
from pipeline.domain.recording import CallId, Role
from pipeline.domain.rubric import Identifier, Rubric
from pipeline.domain.span import Span, total
from pipeline.domain.speech import Conversation, Speaker, SpeakerSegment, Turn, Word
from pipeline.errors import InputError
from pipeline.rubrics import find_rubric

CASES = Path(__file__).resolve().parent / "cases"
"""The folder of labelled calls: a folder for each rubric, a file for each call."""

SUITE = "discovery"
COLLECTION = "made_up"
AUTHOR = "author"

_LABELS: dict[Role, str] = {"rep": "S1", "customer": "S2", "other": "S3", "unknown": "unknown"}
_START_S = 0.5


class Pace(Value):
    """How fast a made-up call is spoken: words a second of everybody, and the seconds between two turns."""

    words_per_s: float = Field(default=2.5, gt=0, le=6)
    pause_s: float = Field(default=0.6, ge=0, le=5)


class SpokenTurn(Value):
    """What one side says, in exactly one of rep, customer and other, and the behaviours that it shows."""

    rep: str | None = Field(default=None, min_length=1)
    customer: str | None = Field(default=None, min_length=1)
    other: str | None = Field(default=None, min_length=1)
    shows: tuple[Identifier, ...] = ()
    may_show: tuple[Identifier, ...] = ()

    @model_validator(mode="after")
    def _one_side(self) -> Self:
        if sum(text is not None for text in (self.rep, self.customer, self.other)) != 1:
            raise ValueError("a turn has exactly one of rep, customer and other")
        if set(self.shows) & set(self.may_show):
            raise ValueError("a behaviour that a turn shows is not one that it may show as well")
        return self

    @property
    def role(self) -> Role:
        """Who says it."""
        return "rep" if self.rep is not None else "customer" if self.customer is not None else "other"

    @property
    def text(self) -> str:
        """What is said."""
        return self.rep or self.customer or self.other or ""


class WrittenCall(Value):
    """A call made up by a person, without labels or with them."""

    id: CallId
    about: str = Field(min_length=3)
    pace: Pace = Pace()
    turns: tuple[SpokenTurn, ...] = Field(min_length=2)

    @property
    def conversation(self) -> Conversation:
        """The call as the pipeline sees it: turns t0001, t0002, ... one after another, each word with its times."""
        return conversation_of(self.id, [(turn.role, turn.text) for turn in self.turns], pace=self.pace)


class Case(WrittenCall):
    """A labelled call. Every behaviour that needs reading is shown by a turn, not_shown or no_opportunity.

    `levels` has the level of every capability, null where a person would give none.
    """

    rubric: str
    not_shown: tuple[Identifier, ...] = ()
    no_opportunity: tuple[Identifier, ...] = ()
    levels: dict[Identifier, int | None]

    @property
    def states(self) -> dict[str, VerdictState]:
        """The label of each behaviour that needs reading."""
        shown: dict[str, VerdictState] = {name: "shown" for turn in self.turns for name in turn.shows}
        absent: dict[str, VerdictState] = dict.fromkeys(self.not_shown, "not_shown")
        return shown | absent | dict.fromkeys(self.no_opportunity, "no_opportunity")

    def evidence(self, behaviour: str) -> frozenset[str]:
        """Ids of all turns in which the behaviour is, or may be, shown."""
        return frozenset(
            _turn_id(i) for i, turn in enumerate(self.turns, start=1) if behaviour in (*turn.shows, *turn.may_show)
        )


def labelled(case: Case) -> LabelledCall:
    """The case with its labels as those of one rater, who is its author; every behaviour and capability has one."""
    talk = case.conversation
    return LabelledCall(
        id=case.id,
        collection=COLLECTION,
        conversation=talk,
        language=talk.language,
        roles={speaker.label: speaker.role for speaker in talk.speakers},
        talk_s={s.role: total(t.span for t in talk.speech if t.speaker == s.label) for s in talk.speakers},
        rubric=case.rubric,
        raters=(AUTHOR,),
        turns=tuple(
            TurnLabel(turn_id=_turn_id(i), rater=AUTHOR, behaviours=frozenset(t.shows), may_show=frozenset(t.may_show))
            for i, t in enumerate(case.turns, start=1)
        ),
        verdicts=tuple(VerdictLabel(behaviour=b, rater=AUTHOR, state=state) for b, state in case.states.items()),
        levels=tuple(LevelLabel(capability=c, rater=AUTHOR, level=level) for c, level in case.levels.items()),
    )


def conversation_of(call: str, lines: list[tuple[Role, str]], *, pace: Pace) -> Conversation:
    """These lines as a conversation at this pace; speech is exactly the turns' times."""
    at, turns = _START_S, []
    for number, (role, text) in enumerate(lines, start=1):
        words = _words(text, at, pace)
        turns.append(Turn(id=_turn_id(number), speaker=_LABELS[role], role=role, words=words))
        at += len(words) / pace.words_per_s + pace.pause_s
    roles: dict[Role, None] = dict.fromkeys(role for role, _ in lines)
    return Conversation(
        call=call,
        turns=tuple(turns),
        speakers=tuple(Speaker(label=_LABELS[r], role=r, confidence=1.0, source="transcript") for r in roles),
        speech=tuple(SpeakerSegment(span=turn.span, speaker=turn.speaker) for turn in turns if turn.span),
        duration=round(at, 3),
        language="en",
    )


def _turn_id(number: int) -> str:
    return f"t{number:04}"


def _words(text: str, start: float, pace: Pace) -> tuple[Word, ...]:
    spans = ((start + i / pace.words_per_s, start + (i + 1) / pace.words_per_s) for i in range(len(text.split())))
    return tuple(Word(text=word, span=Span(start=a, end=b)) for word, (a, b) in zip(text.split(), spans, strict=True))


def load_cases(suite: str = SUITE, *, folder: Path = CASES) -> tuple[Case, ...]:
    """The labelled calls of a folder's suite, by file name. Raises: InputError, also when there are none."""
    paths = sorted((folder / suite).glob("*.yaml"))
    if not paths:
        raise InputError("no labelled calls here", hint="a suite is a folder of .yaml files", path=folder / suite)
    return tuple(load_case(path) for path in paths)


def load_case(path: Path) -> Case:
    """The labelled call of a file, every label checked against its rubric.

    Raises: InputError with line and column of the first thing that is wrong, and a list of all of them.
    """
    document = read_document(path, Case)
    made = find_rubric(document.value.rubric).rubric
    hint = f"a behaviour is shown by a turn, or stands once in not_shown or no_opportunity; see {path.parent.name}.yaml"
    document.refuse(_problems(document, made), hint=hint)
    return document.value


def _problems(document: Document[Case], rubric: Rubric) -> Iterator[Problem]:
    case = document.value
    if case.id != document.path.stem:
        yield Problem(("id",), f"id {case.id} is not the name of the file")
    read = {b.id: b for b in rubric.behaviours if b.measure is None}
    for i, turn in enumerate(case.turns):
        for name in (*turn.shows, *turn.may_show):
            if name not in read:
                yield Problem(("turns", i), f"the rubric has no behaviour {name} that needs reading")
            elif read[name].role != turn.role:
                yield Problem(("turns", i), f"{name} is a behaviour of the {read[name].role}, not of the {turn.role}")
    yield from _wrong_states(case, frozenset(read))
    for field in sorted({c.id for c in rubric.capabilities} ^ set(case.levels)):
        told = "is no capability of the rubric" if field in case.levels else "has no level"
        yield Problem(("levels", field), f"{field} {told}")
    for capability in rubric.capabilities:
        level = case.levels.get(capability.id)
        if level is not None and not 1 <= level <= len(capability.levels):
            yield Problem(("levels", capability.id), f"{capability.id} has no level {level}")


def _wrong_states(case: Case, read: frozenset[str]) -> Iterator[Problem]:
    """Behaviours with no label, with two, or with one that no behaviour of the rubric has."""
    shown = {name for turn in case.turns for name in turn.shows}
    for i, turn in enumerate(case.turns):
        for name in sorted(set(turn.may_show) - shown):
            yield Problem(("turns", i), f"no turn shows {name}, so none may show it: decide")
    listed = [("not_shown", i, n) for i, n in enumerate(case.not_shown)]
    listed += [("no_opportunity", i, n) for i, n in enumerate(case.no_opportunity)]
    seen = set(shown)
    for field, i, name in listed:
        if name not in read:
            yield Problem((field, i), f"the rubric has no behaviour {name} that needs reading")
        elif name in seen:
            yield Problem((field, i), f"{name} has a second label here")
        seen.add(name)
    for name in sorted(read - seen):
        yield Problem(("not_shown",), f"{name} has no label")
