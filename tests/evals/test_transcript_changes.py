"""Small changes of a transcript: the same call by other ears, always changed in the same way, no word invented."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.transcript_changes import MIN_TURN_WORDS, Changed, changed
from pipeline.domain.speech import Conversation
from tests.coaching_values import make_conversation

CALL = make_conversation(
    "rep: Um, thanks for your time. How much is it, Ann? 50% or $90?",
    "customer: It’s about forty hours a month, uh, I would say. We write it all by hand.",
    "rep: Mm-hm.",
    "customer: Uh.",
    "rep: What would you change first, if you could change one thing about all of that?",
)


def by_name(call: Conversation = CALL) -> dict[str, Changed]:
    return {found.name: found for found in changed(call)}


def lines(found: Changed) -> list[str]:
    return [f"{turn.role}: {turn.text}" for turn in found.conversation.turns]


def test_case_and_punctuation_go_and_what_belongs_to_a_word_stays() -> None:
    assert lines(by_name()["unpunctuated"]) == [
        "rep: um thanks for your time how much is it ann 50% or $90",
        "customer: it's about forty hours a month uh i would say we write it all by hand",
        "rep: mm-hm",
        "customer: uh",
        "rep: what would you change first if you could change one thing about all of that",
    ]


def test_fillers_go_and_a_turn_of_nothing_else_goes_with_them() -> None:
    found = by_name()["without_fillers"]
    assert lines(found)[:2] == [
        "rep: thanks for your time. How much is it, Ann? 50% or $90?",
        "customer: It’s about forty hours a month, I would say. We write it all by hand.",
    ]
    assert [found.origin[turn.id] for turn in found.conversation.turns] == ["t0001", "t0002", "t0003", "t0005"]


def test_only_question_marks_become_full_stops_and_about_half_of_them() -> None:
    call = make_conversation(*["rep: Is it so? Or not, then? Fine."] * 100)
    text = " ".join(lines(by_name(call)["without_question_marks"]))
    # 200 marks, each lost with a chance of one half: 100, give or take 4 standard deviations of 7
    assert 72 <= text.count("?") <= 128
    assert text.replace(".", "?") == " ".join(["rep: Is it so? Or not, then? Fine?"] * 100)


def test_words_stay_in_their_order_whatever_the_turns() -> None:
    call = make_conversation(*["rep: one two three four. five six seven eight nine", "customer: and so on"] * 40)
    found = by_name(call)["other_turns"]
    assert " ".join(turn.text for turn in found.conversation.turns) == " ".join(turn.text for turn in call.turns)
    # 40 turns are long enough, a quarter of them is changed: 10, give or take 4 standard deviations of 2.7
    moved = sum(turn.text.startswith("nine ") for turn in found.conversation.turns)
    cut = len(found.conversation.turns) - 80
    assert moved >= 1
    assert cut >= 1
    assert moved + cut <= 21


def test_a_turn_that_lost_a_word_gives_it_to_the_other_speaker() -> None:
    call = make_conversation(*["rep: one two three four five six seven eight nine", "customer: and so on"] * 40)
    found = by_name(call)["other_turns"]
    robbed = [turn for turn in found.conversation.turns if turn.text == "nine and so on"]
    assert robbed
    assert {
        (turn.role, found.origin[turn.id] in {t.id for t in call.turns if t.role == "customer"}) for turn in robbed
    } == {("customer", True)}


def test_a_cut_falls_after_a_sentence_where_there_is_one() -> None:
    call = make_conversation(*["rep: one two three four. five six seven eight nine"] * 60)
    texts = {turn.text for turn in by_name(call)["other_turns"].conversation.turns}
    assert texts == {
        "one two three four. five six seven eight nine",
        "one two three four.",
        "five six seven eight nine",
    }


def test_short_turns_are_left_as_they_are() -> None:
    short = " ".join(["word"] * (MIN_TURN_WORDS - 1))
    call = make_conversation(*[f"rep: {short}", f"customer: {short}"] * 20)
    assert "other_turns" not in by_name(call)


def test_a_change_that_changes_nothing_is_no_second_reading() -> None:
    assert set(by_name(make_conversation("rep: so this is all in lower case", "customer: yes"))) == set()


def test_the_call_s_id_decides_and_nothing_else() -> None:
    assert changed(CALL) == changed(CALL.model_copy())
    call = make_conversation(*["rep: Is it so? Or not, then? Fine."] * 40)
    other = call.model_copy(update={"call": "another-call"})
    assert lines(by_name(call)["without_question_marks"]) != lines(by_name(other)["without_question_marks"])


WORDS = st.text("ab,.?!’ um", min_size=1, max_size=40).filter(lambda text: bool(text.strip()))


@given(st.lists(st.tuples(st.sampled_from(["rep", "customer"]), WORDS), min_size=1, max_size=12))
def test_every_change_is_a_sound_call_whose_turns_come_from_its_own(said: list[tuple[str, str]]) -> None:
    call = make_conversation(*(f"{who}: {text.strip()}" for who, text in said))
    for found in changed(call):
        turns = found.conversation.turns
        assert [turn.id for turn in turns] == [f"t{n:04}" for n in range(1, len(turns) + 1)]
        assert set(found.origin) == {turn.id for turn in turns}
        for turn in turns:
            origin = call.turn(found.origin[turn.id])
            assert origin is not None
            assert (turn.role, turn.speaker) == (origin.role, origin.speaker)
        assert (found.conversation.duration, found.conversation.speech) == (call.duration, call.speech)


@pytest.mark.parametrize("name", ["unpunctuated", "without_fillers", "without_question_marks", "other_turns"])
def test_times_of_words_stay(name: str) -> None:
    call = make_conversation(*(f"{turn.role}: {turn.text}" for turn in CALL.turns * 6))
    spans = {word.span for turn in call.turns for word in turn.words}
    assert {word.span for turn in by_name(call)[name].conversation.turns for word in turn.words} <= spans
