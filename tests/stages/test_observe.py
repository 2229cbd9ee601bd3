"""Observing: where a behaviour may show, and what the reader is asked."""

from collections.abc import Sequence

from pipeline.domain.assessment import Claim, Reading
from pipeline.domain.metrics import Question, QuestionKind
from pipeline.domain.places import Opening
from pipeline.domain.rubric import (
    Behaviour,
    Capability,
    Coaching,
    Form,
    Level,
    MeasureRule,
    Opportunity,
    Part,
    Rubric,
)
from pipeline.domain.speech import Conversation
from pipeline.ports import Progress, silent
from pipeline.stages.observe import observe, openings
from tests.conversations import conversation

COACHING = Coaching(gap="Not found.", questions=("What then?",), steps=("Write.", "Say."), practice="Ask a colleague.")

CALL = conversation(
    [
        ("rep", 0, 20, "Hello this is Ada from Routewell. Can we talk for half an hour?"),
        ("customer", 20, 40, "Yes we can. It looks too expensive to me though."),
        ("rep", 40, 80, "I can see why you say that. What would you compare it with?"),
        ("rep", 80, 90, "(mm-hm right okay)"),
        ("customer", 90, 300, "With doing nothing."),
        ("rep", 300, 500, "We plan with half of the trucks."),
        ("rep", 500, 590, "I suggest we talk again on Monday."),
        ("customer", 590, 600, "How do you plan the trucks?"),
    ]
)


def _question(turn_id: str, first: int, last: int, kind: QuestionKind = "open") -> Question:
    return Question(turn_id=turn_id, role="rep", kind=kind, first_word=first, last_word=last, text="as it stands there")


# t0001: "Can we talk for half an hour?" are words 6 to 12; t0003: "What would you compare it with?" are words 7 to 12.
QUESTIONS = (_question("t0001", 6, 12, "closed"), _question("t0003", 7, 12))


def _behaviour(name: str, **fields: object) -> Behaviour:
    given = {"examples": ("What is it?", "Why is it?"), "text": "Says it", "praise": "It was said.", **fields}
    return Behaviour.model_validate({"id": name, "coaching": COACHING, **given})


def _rubric(*behaviours: Behaviour) -> Rubric:
    measured = _behaviour("measured", examples=(), measure=MeasureRule(name="patience_s", low=0.5))
    capability = Capability(
        id="only_one",
        name="Only one",
        goal="It is said.",
        behaviours=(measured, *behaviours),
        levels=(Level(level=1, anchor="None."), Level(level=2, anchor="Some.")),
    )
    return Rubric(id="made", version=1, title="Made", stage="any", capabilities=(capability,))


def _open(**fields: object) -> list[str]:
    (opening,) = openings(CALL, _rubric(_behaviour("looked_for", **fields)), QUESTIONS)
    return [place.text(CALL) for place in opening.places]


def test_a_behaviour_decided_by_a_measure_is_not_read() -> None:
    found = openings(CALL, _rubric(_behaviour("looked_for")), QUESTIONS)
    assert [opening.behaviour for opening in found] == ["looked_for"]


def test_a_behaviour_of_any_form_may_show_in_every_sentence_of_its_role() -> None:
    assert _open(form=Form.ANY) == [
        "Hello this is Ada from Routewell.",
        "Can we talk for half an hour?",
        "I can see why you say that.",
        "What would you compare it with?",
        "We plan with half of the trucks.",
        "I suggest we talk again on Monday.",
    ]


def test_a_question_behaviour_needs_a_question_and_a_statement_behaviour_none() -> None:
    assert _open(form=Form.QUESTION) == ["Can we talk for half an hour?", "What would you compare it with?"]
    assert _open(form=Form.STATEMENT) == [
        "Hello this is Ada from Routewell.",
        "I can see why you say that.",
        "We plan with half of the trucks.",
        "I suggest we talk again on Monday.",
    ]


def test_a_statement_put_up_for_confirmation_is_a_question_and_a_statement() -> None:
    asked = (_question("t0006", 0, 6, "declarative"),)
    rubric = _rubric(_behaviour("asked", form=Form.QUESTION), _behaviour("told", form=Form.STATEMENT))
    question, statement = openings(CALL, rubric, asked)
    assert question.turn_ids == ("t0006",)
    assert "t0006" in statement.turn_ids


def test_the_opening_and_the_closing_of_the_call_are_looked_at_alone() -> None:
    # 600 s: the first fifth ends at 120 s, the last starts at 480 s.
    assert _open(part=Part.OPENING)[-1] == "What would you compare it with?"
    assert _open(part=Part.CLOSING) == ["We plan with half of the trucks.", "I suggest we talk again on Monday."]


def test_with_an_opportunity_only_the_turns_after_it_count() -> None:
    opportunity = Opportunity(phrases=("too expensive",), within_turns=1)
    assert _open(opportunity=opportunity) == ["I can see why you say that.", "What would you compare it with?"]
    assert _open(opportunity=Opportunity(phrases=("no budget",))) == []


def test_a_behaviour_of_the_customer_is_looked_for_in_the_customers_turns() -> None:
    assert _open(role="customer")[-1] == "How do you plan the trucks?"


class _Reader:
    """Claims the first place of each opening, and remembers what it was asked."""

    identity = "first place"

    def __init__(self) -> None:
        self.asked: list[tuple[str, Sequence[Opening]]] = []

    def read(
        self, conversation: Conversation, rubric: Rubric, openings: Sequence[Opening], *, progress: Progress = silent
    ) -> Reading:
        self.asked.append((rubric.id, openings))
        progress(1.0)
        places = [(o.behaviour, o.places[0]) for o in openings if o.places]
        return Reading(
            claims=tuple(
                Claim(behaviour=b, turn_id=p.turn_id, quote=p.text(conversation), first_word=p.first_word)
                for b, p in places
            )
        )


def test_the_reader_is_asked_once_with_the_openings_and_its_word_is_passed_on() -> None:
    reader, told = _Reader(), list[float]()
    rubric = _rubric(_behaviour("looked_for", form=Form.QUESTION))
    reading = observe(CALL, rubric, questions=QUESTIONS, reader=reader, progress=told.append)
    assert reader.asked == [("made", openings(CALL, rubric, QUESTIONS))]
    assert [claim.quote for claim in reading.claims] == ["Can we talk for half an hour?"]
    assert told == [1.0]


def test_the_reader_is_not_asked_when_nothing_is_open() -> None:
    reader, told = _Reader(), list[float]()
    rubric = _rubric(_behaviour("looked_for", opportunity=Opportunity(phrases=("no budget",))))
    assert observe(CALL, rubric, questions=QUESTIONS, reader=reader, progress=told.append) == Reading(claims=())
    assert (reader.asked, told) == ([], [1.0])
