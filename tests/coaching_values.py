"""Small conversations, rubrics and measures that the tests of the coaching logic are built from."""

from pipeline.domain.assessment import Assessment, Claim, Observation, Verification
from pipeline.domain.metrics import CallMetrics, Measure, MetricName, Unit
from pipeline.domain.recording import Role
from pipeline.domain.rubric import (
    Behaviour,
    Capability,
    Coaching,
    Level,
    MeasureRule,
    Needs,
    Opportunity,
    Part,
    Polarity,
    Rubric,
)
from pipeline.domain.span import Span
from pipeline.domain.speech import Conversation, Speaker, Turn, Unreliable, Word
from pipeline.stages.score import assess
from pipeline.stages.verify import verify

SECONDS_PER_WORD = 0.5
ROLES: dict[str, Role] = {"rep": "rep", "customer": "customer", "other": "other", "unknown": "unknown"}


def make_turn(
    number: int,
    line: str,
    *,
    start: float | None = 0.0,
    backchannel: bool = False,
    unreliable: Unreliable | None = None,
) -> Turn:
    """A turn from "rep: words", each word half a second long from `start`; no times with start=None."""
    who, _, said = line.partition(": ")
    words = [
        Word(
            text=text,
            span=None
            if start is None
            else Span(start=start + i * SECONDS_PER_WORD, end=start + (i + 1) * SECONDS_PER_WORD),
            unreliable=unreliable,
        )
        for i, text in enumerate(said.split())
    ]
    return Turn(id=f"t{number:04}", speaker=who, role=ROLES[who], words=tuple(words), backchannel=backchannel)


def make_conversation(*lines: str, timed: bool = True, backchannels: tuple[int, ...] = ()) -> Conversation:
    """Turns t0001, t0002, ... one after another without a pause."""
    turns: list[Turn] = []
    clock = 0.0
    for number, line in enumerate(lines, start=1):
        turn = make_turn(number, line, start=clock if timed else None, backchannel=number in backchannels)
        clock += len(turn.words) * SECONDS_PER_WORD
        turns.append(turn)
    speakers = tuple(
        Speaker(label=label, role=ROLES[label], confidence=1, source="transcript")
        for label in dict.fromkeys(turn.speaker for turn in turns)
    )
    return Conversation(
        call="call-1", turns=tuple(turns), speakers=speakers, duration=clock if timed else 0, timed=timed
    )


def make_behaviour(
    name: str,
    *,
    polarity: Polarity = Polarity.EFFECTIVE,
    role: Role = "rep",
    part: Part = Part.ANY,
    opportunity: Opportunity | None = None,
    measure: MeasureRule | None = None,
) -> Behaviour:
    return Behaviour(
        id=name,
        text=f"Shows {name}",
        polarity=polarity,
        role=role,
        part=part,
        examples=() if measure else ("first example here", "second example here"),
        opportunity=opportunity,
        measure=measure,
        praise=f"That is the behaviour the rubric calls {name}.",
        coaching=Coaching(
            gap=f"The behaviour the rubric calls {name} is what this is about.",
            questions=("What did you hear there?", "What would you ask next?", "What would you try in the next call?"),
            steps=("Write down two sentences of your own.", "Say each of them aloud once."),
            practice="Play this moment with a colleague, three times.",
        ),
    )


def make_capability(
    name: str, *behaviours: Behaviour, weight: int = 3, needs: tuple[Needs, ...] | None = None
) -> Capability:
    """A capability whose level 2 needs one effective behaviour shown, level 3 two, and so on, unless told."""
    n_effective = sum(b.polarity is Polarity.EFFECTIVE for b in behaviours)
    ladder = needs or (Needs(), *(Needs(at_least=n) for n in range(1, min(n_effective, 4) + 1)))
    return Capability(
        id=name,
        name=f"Capability {name}",
        goal="The customer agrees to a next step",
        weight=weight,
        behaviours=behaviours,
        levels=tuple(Level(level=i, anchor=f"Level {i} of it", needs=n) for i, n in enumerate(ladder, start=1)),
    )


def make_rubric(*capabilities: Capability) -> Rubric:
    return Rubric(id="test_rubric", version=1, title="A rubric for tests", stage="any", capabilities=capabilities)


def make_metrics(values: dict[MetricName, float | None] | None = None) -> CallMetrics:
    return CallMetrics(
        measures=tuple(
            Measure(name=name, value=value, unit=_unit(name), unavailable=None if value is not None else "no sound")
            for name, value in (values or {}).items()
        )
    )


def _unit(name: MetricName) -> Unit:
    if name.endswith("_ratio"):
        return "ratio"
    if name.endswith("_per_hour"):
        return "1/h"
    return "s" if name.endswith("_s") else "words/min" if name.endswith("_per_minute") else "count"


def claim(behaviour: str, turn: str, quote: str, *, first_word: int | None = None, strength: float = 1.0) -> Claim:
    return Claim(behaviour=behaviour, turn_id=turn, quote=quote, first_word=first_word, strength=strength)


def read(
    conversation: Conversation, rubric: Rubric, *claims: Claim, metrics: CallMetrics | None = None
) -> tuple[Verification, Assessment]:
    """Claims verified and assessed, with no measures unless given."""
    verification = verify(claims=claims, conversation=conversation, rubric=rubric)
    return verification, assess(
        conversation=conversation,
        rubric=rubric,
        metrics=metrics or make_metrics(),
        observations=verification.observations,
    )


def texts(observations: tuple[Observation, ...]) -> list[str]:
    return [observation.text for observation in observations]
