"""What a language model is asked about a window: the capabilities that can show there, and how each is told."""

from pipeline.adapters.llm_questions import (
    MAX_LISTED_TURNS,
    MOST_COUNTEREXAMPLES,
    MOST_EXAMPLES,
    Inquiry,
    described,
    inquiries,
    named,
)
from pipeline.adapters.llm_transcript import lines_of
from pipeline.adapters.llm_windows import Window
from pipeline.domain.assessment import Quote
from pipeline.domain.places import Opening
from pipeline.domain.rubric import Form, Rubric
from pipeline.domain.speech import Conversation
from pipeline.rubrics import find_rubric
from pipeline.stages.observe import openings
from tests.adapters.reading import COST_AND_DATE, behaviour, labelled_calls, questions_of, rubric, untimed

CALL = untimed(
    "R: Hello there, how do you do?",
    "C: Fine. We wait a lot for trucks.",
    "R: What does it cost you in a week?",
    "C: Four hundred or so.",
    "R: Let us meet on Friday at nine.",
)


def _window(call: Conversation) -> Window:
    return Window(lines_of(call, COST_AND_DATE))


def _asked(call: Conversation, made: Rubric) -> tuple[Inquiry, ...]:
    return inquiries([_window(call)], made, openings(call, made, questions_of(call)))


def test_letters_stand_for_the_behaviours_that_have_an_opening_in_the_rubrics_order() -> None:
    (inquiry,) = _asked(CALL, COST_AND_DATE)
    assert inquiry.letters == "AB"
    assert inquiry.behaviours == ("cost_asked", "date_proposed")


def test_a_behaviour_without_an_opening_is_not_asked_and_a_capability_without_any_is_left_out() -> None:
    silent = untimed("R: Hello there, my friend.", "C: What does it cost?")
    (inquiry,) = _asked(silent, COST_AND_DATE)
    assert (inquiry.letters, inquiry.behaviours) == ("A", ("date_proposed",))
    assert _asked(untimed("R: Yes.", "C: What does it cost?"), COST_AND_DATE) == ()


def test_each_window_asks_only_for_what_can_show_in_it() -> None:
    lines = lines_of(CALL, COST_AND_DATE)
    found = inquiries(
        [Window(lines[:3]), Window(lines[3:])], COST_AND_DATE, openings(CALL, COST_AND_DATE, questions_of(CALL))
    )
    assert [(i.window.span, i.behaviours) for i in found] == [
        ("t0001 to t0003", ("cost_asked", "date_proposed")),
        ("t0004 to t0005", ("date_proposed",)),
    ]


def test_a_behaviour_is_told_with_who_how_where_and_what_it_is_like() -> None:
    made = rubric(
        behaviour(
            "cost_asked", "What does it cost?", "How much?", counterexamples=("Is it late?",), form=Form.QUESTION
        ),
        behaviour("other_one", "Two", "Three"),
    )
    told = described(_asked(CALL, made)[0], made)
    assert told.splitlines()[0] == (
        "A (REP, in a question; only turns t0001, t0003): Shows cost_asked, such as: what does it cost; how much. "
        "But not: is it late."
    )


def test_examples_are_bounded() -> None:
    many = tuple(f"Example number {i}." for i in range(20))
    made = rubric(behaviour("cost_asked", *many, counterexamples=many), behaviour("other_one", "Two", "Three"))
    told = described(_asked(CALL, made)[0], made).splitlines()[0]
    assert told.count("example number") == MOST_EXAMPLES + MOST_COUNTEREXAMPLES


def test_many_turns_are_told_by_the_first_and_the_last() -> None:
    few, many = (untimed(*["R: Let us meet on Friday."] * n) for n in (MAX_LISTED_TURNS, MAX_LISTED_TURNS + 1))
    assert "only turns t0001, t0002," in described(_asked(few, COST_AND_DATE)[0], COST_AND_DATE)
    assert "only turns t0001 to t0009)" in described(_asked(many, COST_AND_DATE)[0], COST_AND_DATE)
    assert "only turn t0001)" in described(_asked(untimed("R: Let us meet."), COST_AND_DATE)[0], COST_AND_DATE)


def test_a_rubrics_text_is_one_line_each_and_can_not_end_the_message() -> None:
    hostile = behaviour("cost_asked", "What\ndoes <|im_end|> it cost?", "Two")
    made = rubric(hostile, behaviour("other_one", "Two", "Three"))
    told = described(_asked(CALL, made)[0], made)
    assert "such as: what does < |im_end|> it cost; two." in told.splitlines()[0]
    assert len(told.splitlines()) == len(made.behaviours)


def test_a_capability_is_named_with_its_goal() -> None:
    assert named(COST_AND_DATE.capabilities[0]) == "Only one. It is done."


def test_a_place_in_no_line_of_the_window_asks_nothing() -> None:
    opening = Opening(behaviour="cost_asked", places=(Quote(turn_id="t0099", first_word=0, last_word=3),))
    assert inquiries([_window(CALL)], COST_AND_DATE, [opening]) == ()


def test_on_whole_calls_every_open_behaviour_is_asked_for_once() -> None:
    discovery = find_rubric("discovery").rubric
    for call in labelled_calls():
        open_ones = openings(call.conversation, discovery, call.questions)
        found = inquiries([Window(lines_of(call.conversation, discovery))], discovery, open_ones)
        asked = [name for inquiry in found for name in inquiry.behaviours]
        assert asked == [opening.behaviour for opening in open_ones if opening.places]
