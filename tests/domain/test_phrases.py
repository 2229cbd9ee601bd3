"""Phrases: how they are written, and where they stand in a sentence."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.normal import WordRun
from pipeline.domain.phrases import MAX_GAP, Slots, parse_phrase, plain_words


def found(phrase: str, sentence: str, slots: Slots | None = None) -> list[tuple[int, int]]:
    """First and last word of the longest match at each word where there is one."""
    words = plain_words(sentence)
    matches = (parse_phrase(phrase).match_at(words, at, slots or {}) for at in range(len(words)))
    return [(match.run.first, match.run.last) for match in matches if match is not None]


@pytest.mark.parametrize(
    ("said", "plain"),
    [
        ("I'll", "i will"),
        ("we’re", "we are"),
        ("won't", "will not"),
        ("can't cannot", "can not can not"),
        ("doesn't", "does not"),
        ("Let's!", "let us"),
        ("it's what's", "it is what is"),
        ("Tom's follow-up", "tom's follow up"),
        ("I'd've", "i'd have"),
        ("$40,", "$40"),
    ],
)
def test_contractions_are_written_out_and_possessives_are_not(said: str, plain: str) -> None:
    assert " ".join(plain_words(said)) == plain


def test_a_phrase_stands_where_its_words_do_one_after_another() -> None:
    assert found("we also talked to", "Well, we also talked to Ann, and we talked to Bo.") == [(1, 4)]


def test_a_contraction_and_its_long_form_are_the_same() -> None:
    assert found("i'll send", "I will send it, and I'll send that.") == [(0, 2), (5, 7)]


def test_words_in_brackets_may_be_left_out_and_the_longest_match_counts() -> None:
    assert found("we [also|already] talked", "we talked, we already talked") == [(0, 1), (2, 4)]
    assert found("how much [is it]", "how much is it") == [(0, 3)]


def test_one_of_several_may_be_of_several_words() -> None:
    assert found("(price|list price) list", "price list, list price list") == [(0, 1), (2, 4), (3, 4)]


def test_a_gap_takes_up_to_three_words_and_says_which() -> None:
    assert found("will .. send", "will send") == [(0, 1)]
    assert found("will .. send", "will one two three send") == [(0, 4)]
    assert found("will .. send", "will one two three four send") == []
    match = parse_phrase("will .. send").match_at(plain_words("will not ever send"), 0, {})
    assert match is not None
    assert match.free == {1, 2}


def test_edges_bind_a_phrase_to_the_start_and_the_end() -> None:
    assert found("^ how much $", "How much?") == [(0, 1)]
    assert found("^ how much $", "So how much?") == []
    assert found("how much $", "How much time, how much?") == [(3, 4)]


def test_a_slot_is_filled_by_what_somebody_else_recognised() -> None:
    slots: Slots = {"when": (WordRun(1, 2),)}
    assert found("{when} works", "so next Tuesday works", slots) == [(1, 3)]
    assert found("{when} works", "so next Tuesday works") == []


@pytest.mark.parametrize(
    ("phrase", "told"),
    [
        ("..", "no word that must be said"),
        ("[really]", "no word that must be said"),
        ("^ $", "no word that must be said"),
        (".. send", "starts or ends with a gap"),
        ("send ..", "starts or ends with a gap"),
        ("(a|b", "without its partner"),
        ("a) b", "without its partner"),
        ("(a||b)", "an empty place"),
        ("{day} works", "unknown slot {day}; known: when, name, money"),
        ("{} works", "unknown slot"),
    ],
)
def test_a_phrase_that_says_nothing_is_refused_with_the_reason(phrase: str, told: str) -> None:
    with pytest.raises(ValueError, match=re.escape(told)) as refused:
        parse_phrase(phrase)
    assert phrase in str(refused.value)


def test_the_words_a_phrase_can_start_with_are_known_unless_a_slot_or_an_optional_word_comes_first() -> None:
    assert parse_phrase("(i|we) will").firsts == frozenset({"i", "we"})
    assert parse_phrase("[so] we will").firsts is None
    assert parse_phrase("{when} works").firsts is None


WORDS = st.lists(st.sampled_from(["we", "will", "send", "price", "it", "not"]), min_size=1, max_size=12)


@given(WORDS, st.integers(0, 11))
def test_a_match_lies_within_the_sentence_and_starts_where_it_was_looked_for(words: list[str], at: int) -> None:
    match = parse_phrase("(we|it) .. (send|price)").match_at(words, at, {})
    if match is not None:
        assert match.run.first == at
        assert match.run.last < len(words)
        assert words[match.run.last] in ("send", "price")
        assert len(match.free) == match.run.last - match.run.first - 1 <= MAX_GAP


@given(WORDS)
def test_plain_words_of_plain_words_are_themselves(words: list[str]) -> None:
    assert plain_words(" ".join(words)) == tuple(words)
