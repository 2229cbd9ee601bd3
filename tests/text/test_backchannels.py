"""What counts as a backchannel: listening tokens, and nothing that adds content."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.text.backchannels import is_backchannel

LISTENING = (
    "mm-hm",
    "Mm-hmm.",
    "Mhm.",
    "Uh-huh.",
    "uh huh",
    "yeah",
    "Yeah, yeah.",
    "Right.",
    "Okay.",
    "OK",
    "I see.",
    "uh-huh, sure",
    "Oh, okay. Right.",
    "Got it.",
    "Makes sense.",
    "That’s right.",
    "Oh really?",
    "All right, great.",
    "Yes.",
    "Hmm.",
    "Right <noise>.",
    "[chuckles] Yeah.",
)
CONTENT = (
    "",
    "...",
    "No.",
    "Yeah, we use Salesforce.",
    "right now",
    "Okay so tell me more.",
    "I see the report.",
    "It's good.",
    "What?",
    "sure thing, Monday",
    "yeah yeah yeah yeah yeah yeah",
    "thirty",
    "okay, forty dollars",
    "great question",
    "I know him",
)


@pytest.mark.parametrize("text", LISTENING)
def test_listening_tokens_are_a_backchannel(text: str) -> None:
    assert is_backchannel(text)


@pytest.mark.parametrize("text", CONTENT)
def test_text_that_adds_something_is_none(text: str) -> None:
    assert not is_backchannel(text)


@given(st.sampled_from(LISTENING))
def test_marks_and_capitals_change_nothing(text: str) -> None:
    assert is_backchannel(text.upper())
    assert is_backchannel(text.strip(".?") + "!")


@given(st.sampled_from(LISTENING), st.sampled_from(["budget", "Monday", "Salesforce", "tomorrow"]))
def test_one_word_of_content_is_enough_for_a_turn(text: str, word: str) -> None:
    assert not is_backchannel(f"{text} {word}")
