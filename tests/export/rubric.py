"""A small rubric with every kind of behaviour: read, measured, tied to an opportunity, effective and ineffective."""

from pipeline.domain.rubric import (
    Behaviour,
    Capability,
    Coaching,
    Form,
    Level,
    MeasureRule,
    Needs,
    Opportunity,
    Part,
    Polarity,
    Rubric,
)

_COACHING = Coaching(
    gap="It did not come up.",
    questions=("What could you have asked?",),
    steps=("Listen to the moment.", "Write down a question."),
    practice="Rehearse the moment with a colleague.",
)


def _behaviour(
    name: str,
    text: str,
    *,
    polarity: Polarity = Polarity.EFFECTIVE,
    part: Part = Part.ANY,
    opportunity: Opportunity | None = None,
    measure: MeasureRule | None = None,
) -> Behaviour:
    return Behaviour(
        id=name,
        text=text,
        polarity=polarity,
        form=Form.ANY,
        part=part,
        examples=() if measure else ("One example.", "Another example."),
        opportunity=opportunity,
        measure=measure,
        praise="That helped the customer to speak.",
        coaching=_COACHING,
    )


def _capability(name: str, title: str, goal: str, *behaviours: Behaviour) -> Capability:
    levels = (
        Level(level=1, anchor="Nothing of it is heard."),
        Level(level=2, anchor="Some of it is heard.", needs=Needs(at_least=1)),
        Level(level=3, anchor="All of it is heard.", needs=Needs(at_least=1)),
    )
    return Capability(id=name, name=title, goal=goal, behaviours=behaviours, levels=levels)


RUBRIC = Rubric(
    id="first_call",
    version=3,
    title="First call",
    stage="any",
    capabilities=(
        _capability(
            "opening",
            "Opening",
            "The customer agrees to the talk and knows what it is about.",
            _behaviour("asks_permission", "Asks whether the time is right", part=Part.OPENING),
            _behaviour("names_agenda", "Says what the call is about and how it will end", part=Part.OPENING),
        ),
        _capability(
            "discovery_questions",
            "Questions that go below the surface",
            "The customer says what the problem is and what it costs.",
            _behaviour("open_question", "Asks an open question about how things are done today"),
            _behaviour("asks_cost", "Asks what the problem costs"),
            _behaviour(
                "balanced_talk",
                "Leaves the customer room to speak",
                measure=MeasureRule(name="rep_talk_ratio", low=0.35, high=0.65),
            ),
        ),
        _capability(
            "objections",
            "Exploring objections",
            "The customer's worry is understood before it is answered.",
            _behaviour("pitches_at_once", "Answers a worry with a pitch", polarity=Polarity.INEFFECTIVE),
            _behaviour(
                "explores_objection",
                "Asks about a worry before answering it",
                opportunity=Opportunity(phrases=("is a lot", "too expensive")),
            ),
        ),
        _capability(
            "next_step",
            "Next step",
            "Both sides know what happens next, and when.",
            _behaviour("dated_next_step", "Proposes a next step with a date"),
            _behaviour("right_people", "Asks who else should be there"),
        ),
        _capability(
            "decision",
            "Decision and budget",
            "It is known who decides, and on what.",
            _behaviour("asks_authority", "Asks who decides", opportunity=Opportunity(phrases=("my boss",))),
            _behaviour("asks_budget", "Asks for the budget"),
        ),
    ),
)
