"""The word diff: nothing is lost or made up, whatever the texts."""

import time

from hypothesis import given
from hypothesis import strategies as st

from pipeline.review.drafts.differences import differences

texts = st.text(alphabet="ab \n.“”", max_size=60)


def told(before: str, after: str) -> list[tuple[str, str]]:
    return [(piece.kind, piece.text) for piece in differences(before, after)]


def test_a_changed_word_is_gone_and_new_between_what_is_the_same() -> None:
    assert told("You asked once.", "You asked twice.") == [
        ("same", "You asked"),
        ("gone", " once."),
        ("new", " twice."),
    ]


def test_equal_texts_are_one_piece_and_empty_ones_none() -> None:
    assert told("As it was.", "As it was.") == [("same", "As it was.")]
    assert told("", "") == []


@given(before=texts, after=texts)
def test_the_pieces_make_up_both_texts(before: str, after: str) -> None:
    pieces = differences(before, after)
    assert "".join(p.text for p in pieces if p.kind != "new") == before
    assert "".join(p.text for p in pieces if p.kind != "gone") == after


def test_long_texts_of_equal_words_take_no_time() -> None:
    start = time.perf_counter()
    differences("a " * 10_000, "b a " * 5_000)
    assert time.perf_counter() - start < 5
