"""What a sentence is about, by its words: price, and what happens after the call."""

import pytest

from pipeline.text.topics import speaks_of_next_step, speaks_of_price


@pytest.mark.parametrize(
    "sentence",
    [
        "What does that cost you in a month?",
        "We have a budget for this quarter.",
        "It is $40 a seat.",
        "That would be € 1,200.",
        "That is too expensive for us.",
        "Could you do a discount?",
        "The pricing is per user.",
        "I would guess three thousand dollars.",
        "We cannot afford another subscription.",
        "Is there a setup fee?",
        "PRICE IS EVERYTHING",
    ],
)
def test_price_cost_and_budget_are_about_price(sentence: str) -> None:
    assert speaks_of_price(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "",
        "How do you plan the week?",
        "That was a priceless story.",
        "Forty people use it.",
        "He accosted me.",
        "$ was",
    ],
)
def test_the_rest_is_not_about_price(sentence: str) -> None:
    assert not speaks_of_price(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "What would be a good next step?",
        "The next steps are clear.",
        "I will send you the summary.",
        "Let's schedule half an hour.",
        "Could we book a call with your controller?",
        "I'll put an invite in your calendar.",
        "Shall we talk again on Thursday?",
        "We can meet next Tuesday at ten.",
        "Let me pencil you in for Friday.",
        "I'll get back to you on that.",
        "I will do a follow-up.",
        "I will do a follow up.",
    ],
)
def test_what_happens_after_the_call_is_a_next_step(sentence: str) -> None:
    assert speaks_of_next_step(sentence)


@pytest.mark.parametrize(
    "sentence",
    ["", "We met last year.", "The send-off was nice.", "Then comes the next question.", "I read a book about it."],
)
def test_what_happened_before_is_no_next_step(sentence: str) -> None:
    assert not speaks_of_next_step(sentence)
