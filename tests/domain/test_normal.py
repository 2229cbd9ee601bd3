"""How words are compared, and where a run of them stands."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.normal import WordRun, content_words, normal_turn, normal_words
from tests.coaching_values import make_turn


@pytest.mark.parametrize(
    ("written", "otherwise"),
    [
        ("$40 a seat,", "$40 A seat"),
        ("(roughly", "roughly"),
        ("don’t", "don't"),
        ("“Right?”", "right"),
        ("1,200 seats", "1200 seats"),
        ("$12,345,678.50", "$12345678.50"),
        ("follow-up", "follow up"),
        ("follow\u2011up", "follow-up"),
        ("budget—right now", "budget, right now"),
        ("ﬁne", "fine"),
        ("Straße", "STRASSE"),
        ("so\u00adft", "soft"),
        ("cafe\u0301", "café"),
        ("hello\u00a0there", "hello there"),
        ("e\u200bmail", "email"),
        ("(-40)", "-40"),
    ],
)
def test_only_the_way_of_writing_differs(written: str, otherwise: str) -> None:
    assert normal_words(written) == normal_words(otherwise)


@pytest.mark.parametrize(
    ("said", "not_said"),
    [
        ("$40", "40"),
        ("40%", "40"),
        ("#1", "1"),
        ("-40", "40"),
        ("4.0", "40"),
        (".5", "5"),
        ("$40", "€40"),
        ("don't", "dont"),
        ("don't", "do not"),
        ("we're", "were"),
        ("re-sign", "resign"),
        ("C++", "C"),
        ("AT&T", "ATT"),
        ("1,2345", "12345"),
        ("1.200", "1200"),
        ("café", "cafe"),
    ],
)
def test_what_changes_the_meaning_stays(said: str, not_said: str) -> None:
    assert normal_words(said) != normal_words(not_said)


def test_punctuation_alone_is_no_word() -> None:
    assert normal_words("— … ?! \u201c\u201d -- '") == ()


def test_run_starts_and_ends_at_whole_words() -> None:
    normal = normal_turn(make_turn(1, "rep: a quick follow-up yesterday, re. pricing"))
    # words: a0 quick1 follow-up2 yesterday,3 re.4 pricing5
    assert normal.runs_of(normal_words("quick follow up")) == (WordRun(1, 2),)
    assert normal.runs_of(normal_words("up yesterday")) == ()
    assert normal.runs_of(normal_words("quick follow")) == ()
    assert normal.runs_of(normal_words("yes")) == ()


def test_words_that_are_only_punctuation_may_stand_in_between() -> None:
    normal = normal_turn(make_turn(1, "rep: what — if anything – changed"))
    assert normal.runs_of(normal_words("what if anything changed")) == (WordRun(0, 5),)


def test_overlapping_runs_are_all_found() -> None:
    normal = normal_turn(make_turn(1, "rep: no no no no"))
    assert normal.runs_of(("no", "no", "no")) == (WordRun(0, 2), WordRun(1, 3))


def test_no_words_stand_nowhere() -> None:
    assert normal_turn(make_turn(1, "rep: hello there")).runs_of(()) == ()


def test_asking_words_carry_content_and_small_words_do_not() -> None:
    assert content_words(normal_words("and why is that")) == ("why",)
    assert content_words(normal_words("and then you")) == ()


TEXT = st.text(alphabet=st.characters(codec="utf-8"), max_size=40)


@given(TEXT)
def test_normal_words_of_normal_words_are_the_same(text: str) -> None:
    once = normal_words(text)
    assert normal_words(" ".join(once)) == once


@given(TEXT, TEXT)
def test_words_of_two_texts_are_the_words_of_both(left: str, right: str) -> None:
    assert normal_words(f"{left} {right}") == normal_words(left) + normal_words(right)


@given(st.lists(st.sampled_from(["a", "b", "c-d", "—", "$4,", "E."]), min_size=1, max_size=12), st.data())
def test_every_slice_is_found_where_it_stands(words: list[str], data: st.DataObject) -> None:
    first = data.draw(st.integers(0, len(words) - 1))
    last = data.draw(st.integers(first, len(words) - 1))
    wanted = normal_words(" ".join(words[first : last + 1]))
    runs = normal_turn(make_turn(1, "rep: " + " ".join(words))).runs_of(wanted)
    # the run found has no lone punctuation at its ends, so it lies within the slice
    assert not wanted or any(first <= run.first and run.last <= last for run in runs)
