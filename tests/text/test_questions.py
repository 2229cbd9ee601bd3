"""What counts as a question in a sales call, as recognisers write it: a table of facts, and the laws of spans."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from pipeline.text.questions import QuestionMatch, find_questions
from tests.text.question_facts import (
    CHOICES,
    CLOSED_MARKED,
    CLOSED_UNMARKED,
    GROUPS,
    INVITATIONS,
    NOTHING,
    ONE_FACT,
    OPEN_MARKED,
    TAGS,
    Expected,
    asked,
)
from tests.text.question_facts_spoken import SPOKEN_GROUPS

FACTS = [
    pytest.param(turn, expected, id=f"{group}: {turn}")
    for group, facts in (GROUPS | SPOKEN_GROUPS).items()
    for turn, expected in facts
]


def read(turn: str, *, previous: str = "", use_marks: bool = True) -> Expected:
    words = turn.split()
    found = find_questions(turn, previous=previous, use_marks=use_marks)
    return tuple((match.kind, " ".join(words[match.first_word : match.last_word + 1])) for match in found)


@pytest.mark.parametrize(("turn", "expected"), FACTS)
def test_turn_asks_what_a_listener_would_hear(turn: str, expected: Expected) -> None:
    assert read(turn) == expected


def test_table_of_facts_is_as_large_as_promised() -> None:
    assert len(FACTS) >= 120


@pytest.mark.parametrize("turn", [turn for turn, _ in (*OPEN_MARKED, *CLOSED_MARKED, *ONE_FACT, *TAGS, *CHOICES)])
def test_word_order_needs_no_mark(turn: str) -> None:
    assert [kind for kind, _ in read(turn, use_marks=False)] == [kind for kind, _ in read(turn)]


@pytest.mark.parametrize("turn", [turn for turn, _ in (*OPEN_MARKED, *INVITATIONS, *ONE_FACT, *CLOSED_UNMARKED)])
def test_capitals_and_punctuation_are_not_needed(turn: str) -> None:
    bare = turn.lower().translate(str.maketrans("", "", ".,?"))
    assert [kind for kind, _ in read(bare)] == [kind for kind, _ in read(turn)]


@pytest.mark.parametrize("turn", ["You're using spreadsheets?", "And that takes two days?", "So about forty reps?"])
def test_statement_needs_its_mark_to_be_a_question(turn: str) -> None:
    assert read(turn, use_marks=False) == NOTHING


def test_wrong_mark_on_a_receipt_is_no_question() -> None:
    assert read("Okay? Yeah? Mm-hm.") == NOTHING


def test_question_after_a_lead_in_starts_at_its_first_asking_word() -> None:
    # Words: 0 Okay, 1 great. 2 So, 3 what 4 are 5 you 6 using 7 today?
    assert find_questions("Okay, great. So, what are you using today?") == (
        QuestionMatch(first_word=3, last_word=7, kind="open"),
    )


def test_declarative_covers_its_whole_sentence() -> None:
    # Words: 0 Got 1 it. 2 So 3 you're 4 on 5 spreadsheets? 6 Okay.
    assert find_questions("Got it. So you're on spreadsheets? Okay.") == (
        QuestionMatch(first_word=2, last_word=5, kind="declarative"),
    )


def test_choice_is_one_question() -> None:
    assert len(find_questions("do you do it in house or do you outsource it")) == 1


def test_restarted_question_is_counted_once() -> None:
    assert len(find_questions("What do you- how do you measure that?")) == 1


def test_notes_of_a_transcriber_are_not_read() -> None:
    assert read("[crosstalk] what?") == NOTHING
    assert read("what do you [unintelligible 00:01:22] need?") == asked(
        "open", "what do you [unintelligible 00:01:22] need?"
    )


def test_report_that_breaks_off_in_the_turn_before_goes_on() -> None:
    turn = "where did you get my number,"
    assert read(turn, previous="and they're like, who is this,") == NOTHING
    assert len(read(turn, previous="We called them, and")) == 1


def test_question_of_the_other_side_does_not_silence_the_answer() -> None:
    assert len(read("What did you tell him?", previous="My boss asked me why are we paying for this.")) == 1


def test_empty_turn_asks_nothing() -> None:
    assert find_questions("") == ()
    assert find_questions(" ? ... -- ") == ()


def test_match_cannot_end_before_it_starts() -> None:
    with pytest.raises(ValidationError, match="before its start"):
        QuestionMatch(first_word=3, last_word=2, kind="open")


TOKENS = (
    "what do you how is the are we so and , uh tell me about it? really? okay. right? i was wondering if that "
    '"why not" '
    "[noise] or did he said said, like - -- Mr. n't I'm which ? do-do it's"
)
WORDS = st.sampled_from(TOKENS.split())
TURNS = st.lists(WORDS, max_size=40).map(" ".join)


@given(TURNS, st.booleans())
def test_questions_lie_in_the_turn_in_order_without_overlap(turn: str, use_marks: bool) -> None:
    end = -1
    for match in find_questions(turn, use_marks=use_marks):
        assert end < match.first_word <= match.last_word < len(turn.split())
        end = match.last_word


@given(TURNS)
def test_without_marks_a_question_mark_is_a_full_stop(turn: str) -> None:
    assert find_questions(turn, use_marks=False) == find_questions(turn.replace("?", "."), use_marks=False)


@given(st.text(max_size=80))
def test_any_text_can_be_read(text: str) -> None:
    for match in find_questions(text):
        assert match.last_word < len(text.split())


def test_turn_takes_under_a_millisecond_on_average() -> None:
    turns = [turn for facts in GROUPS.values() for turn, _ in facts]
    started = time.process_time()
    for turn in turns:
        find_questions(turn)
    assert (time.process_time() - started) / len(turns) < 0.001
