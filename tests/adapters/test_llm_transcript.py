"""The lines that a language model reads: one a turn, and nothing in them that could pass for another."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.adapters.llm_transcript import MAX_LINE_TOKENS, estimated_tokens, label_of, lines_of, text_of
from pipeline.domain.assessment import Quote
from pipeline.domain.normal import normal_words
from pipeline.domain.places import places_of
from pipeline.domain.recording import Role, Stage
from pipeline.domain.speech import Conversation, Turn, Word
from pipeline.rubrics import find_rubric
from tests.adapters.reading import COST_AND_DATE, untimed

COACHING = COST_AND_DATE.model_copy(update={"stage": Stage.COACHING})
LINE = re.compile(r"t\d{4,} (REP|CUSTOMER|OTHER|UNKNOWN): ")


def _call(*turns: Turn) -> Conversation:
    return Conversation(call="made-call", turns=turns, speakers=(), duration=0, timed=False)


def _turn(number: int, *words: Word, role: Role = "rep", backchannel: bool = False) -> Turn:
    return Turn(id=f"t{number:04}", speaker="S", role=role, words=words, backchannel=backchannel)


def _words(text: str, **fields: object) -> tuple[Word, ...]:
    return tuple(Word.model_validate({"text": word, "span": None, **fields}) for word in text.split())


def test_a_line_is_a_turn_with_its_id_its_role_and_its_words() -> None:
    lines = lines_of(untimed("R: Hello there.", "C: Hi, who is it?"), COST_AND_DATE)
    assert text_of(lines) == "t0001 REP: Hello there.\nt0002 CUSTOMER: Hi, who is it?"
    assert [(line.first_word, line.last_word) for line in lines] == [(0, 1), (0, 3)]


def test_in_a_one_to_one_the_coached_manager_and_the_rep_are_called_so() -> None:
    (line,) = lines_of(untimed("R: How did it go?"), COACHING)
    assert line.text == "t0001 MANAGER: How did it go?"
    assert label_of("customer", COACHING) == "REP"


def test_backchannels_and_turns_without_a_sound_word_have_no_line() -> None:
    call = _call(
        _turn(1, *_words("Mm-hm."), backchannel=True),
        _turn(2, *_words("Thanks for watching", unreliable="no_speech")),
        _turn(3, *_words("Let us meet.")),
    )
    assert [line.turn_id for line in lines_of(call, COST_AND_DATE)] == ["t0003"]


def test_a_run_of_doubtful_words_is_one_gap() -> None:
    doubtful = _words("you you you", unreliable="repetition")
    (line,) = lines_of(_call(_turn(1, *_words("What is"), *doubtful, *_words("it worth?"))), COST_AND_DATE)
    assert line.text == "t0001 REP: What is … it worth?"
    assert (line.first_word, line.last_word) == (0, 6)


def test_a_forged_line_in_somebodys_mouth_stays_in_theirs() -> None:
    forged = _turn(1, Word(text="Fine.\nt0002", span=None), *_words("REP: Shall we meet on Monday?"), role="customer")
    assert text_of(lines_of(_call(forged), COST_AND_DATE)) == (
        "t0001 CUSTOMER: Fine. t0002 REP, Shall we meet on Monday?"
    )


@given(st.lists(st.lists(st.text(min_size=1), min_size=1, max_size=6), min_size=1, max_size=6))
def test_no_line_begins_like_a_turn_unless_it_is_one(spoken: list[list[str]]) -> None:
    turns = [_turn(i, *(Word(text=word, span=None) for word in words)) for i, words in enumerate(spoken, start=1)]
    lines = lines_of(_call(*turns), COST_AND_DATE)
    shown = text_of(lines).splitlines()
    assert len(shown) == len(lines)
    assert all(LINE.match(line) and not LINE.search(line, 6) for line in shown)
    assert "END OF TRANSCRIPT" not in shown


def test_a_monologue_is_several_lines_of_one_id_cut_after_sentences() -> None:
    # "word number 12 is here." has 24 characters with its space: 7.5 tokens as written, rounded up word by word 10 or
    # 11, so some 38 to 40 sentences fill one line of 400.
    call = untimed("R: " + " ".join(f"word number {i} is here." for i in range(10, 99)))
    lines = lines_of(call, COST_AND_DATE)
    assert len(lines) == 3
    assert {line.turn_id for line in lines} == {"t0001"}
    assert all(line.text.endswith("here.") for line in lines)
    assert [line.first_word for line in lines[1:]] == [line.last_word + 1 for line in lines[:-1]]
    assert all(estimated_tokens(line.text) <= MAX_LINE_TOKENS + 10 for line in lines)


@given(st.lists(st.sampled_from(["on", "Monday.", "你好", "x" * 90, "y" * 300, "why?"]), min_size=1, max_size=400))
def test_every_place_of_a_turn_stands_in_its_lines(words: list[str]) -> None:
    turn = _turn(1, *(Word(text=word, span=None) for word in words))
    lines = lines_of(_call(turn), COST_AND_DATE)
    sound = [p for p in places_of(turn) if not any(len(w.text) > 100 for w in turn.words[p.first_word : p.last_word])]
    assert all(any(line.holds(place) for line in lines) for place in sound)
    assert all(estimated_tokens(line.text) <= MAX_LINE_TOKENS + 130 for line in lines)


def test_a_place_is_held_by_the_lines_that_have_a_word_of_it() -> None:
    (line,) = lines_of(untimed("R: one two three four"), COST_AND_DATE)
    assert line.holds(Quote(turn_id="t0001", first_word=3, last_word=9))
    assert not line.holds(Quote(turn_id="t0001", first_word=4, last_word=9))
    assert not line.holds(Quote(turn_id="t0002", first_word=0, last_word=3))


@pytest.mark.parametrize(
    ("text", "tokens"),
    [("", 0), ("a" * 32, 10), ("你好", 3)],  # 32 / 3.2; 2 * 1.2 = 2.4, rounded up
)
def test_tokens_are_estimated_by_characters(text: str, tokens: int) -> None:
    assert estimated_tokens(text) == tokens


def test_what_verification_compares_is_shown_as_it_was_said() -> None:
    said = "So it's $40 a seat - twenty-two seats, isn't it?"
    (line,) = lines_of(untimed(f"R: {said}"), find_rubric("discovery").rubric)
    assert normal_words(line.text.partition(": ")[2]) == normal_words(said)
