"""What becomes of text that anybody may have written."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from pipeline.export.untrusted import paragraphs, visible


def test_a_direction_override_cannot_turn_a_file_s_name_round() -> None:
    assert visible("invoice\u202egnp.exe") == "invoicegnp.exe"


def test_an_escape_sequence_loses_what_a_terminal_obeys() -> None:
    assert visible("\x1b[31mred\x07") == "[31mred"


def test_line_ends_of_every_kind_become_spaces() -> None:
    assert visible("one\ntwo\r\nthree\u2028four\x85five") == "one two three four five"


def test_hidden_letters_of_the_tag_block_are_removed() -> None:
    assert visible("plain\U000e0069\U000e0067") == "plain"


def test_a_byte_of_a_file_s_name_that_is_no_unicode_can_be_written_out() -> None:
    assert visible("caf\udce9.wav").encode() == "caf\ufffd.wav".encode()


def test_letters_of_other_scripts_and_their_joiners_stay() -> None:
    # Persian needs the zero-width non-joiner inside words, a family emoji the joiner between its people.
    for text in ("می\u200cخواهم", "👨\u200d👩\u200d👧", "cafés", "שלום"):
        assert visible(text) == text


@given(st.text())
def test_nothing_unprintable_is_left(text: str) -> None:
    shown = visible(text)
    assert all(unicodedata.category(c) not in ("Cc", "Cs", "Zl", "Zp") for c in shown)
    assert not set(shown) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@given(st.text())
def test_what_is_visible_stays_as_it_is(text: str) -> None:
    assert visible(visible(text)) == visible(text)


def test_blank_lines_part_paragraphs_and_line_ends_do_not() -> None:
    assert paragraphs("One,\nstill one.\n\n \n\nTwo.\n") == ("One, still one.", "Two.")


def test_a_text_of_nothing_visible_has_no_paragraph() -> None:
    assert paragraphs("\n\u200b\n\n  ") == ()
