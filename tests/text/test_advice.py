"""Which sentences ask and which tell: the rubric's own examples, and sentences that do neither."""

import pytest

from pipeline.rubrics import find_rubric
from pipeline.text.advice import AskTell, asks_and_tells


def examples(behaviour: str) -> tuple[str, ...]:
    rubric = find_rubric("coaching").rubric
    return next(b.examples for c in rubric.capabilities for b in c.behaviours if b.id == behaviour)


@pytest.mark.parametrize("text", examples("told_what_to_do"))
def test_what_the_coaching_rubric_calls_telling_is_telling(text: str) -> None:
    assert asks_and_tells(text) == AskTell(asks=0, tells=1)


@pytest.mark.parametrize("text", [*examples("more_asked"), *examples("idea_asked"), *examples("own_view_asked")])
def test_what_the_coaching_rubric_calls_asking_is_no_telling(text: str) -> None:
    found = asks_and_tells(text)
    assert found.asks >= 1
    assert found.tells == 0


@pytest.mark.parametrize(
    "text",
    [
        "At 00:39 the customer named a worry about the price.",
        "You asked what it costs them, at minute four.",
        "After the customer's words, no question about what was behind them was found.",
        "You said you would try it in three calls.",
        "",
    ],
)
def test_what_was_said_or_found_is_neither(text: str) -> None:
    assert asks_and_tells(text) == AskTell()


def test_a_quoted_question_is_the_customer_s_and_not_the_coach_s() -> None:
    assert asks_and_tells("The customer asked: “Why should I pay that?”") == AskTell()


def test_each_sentence_counts_once() -> None:
    # Two questions in one sentence are one sentence that asks; then one that tells, one that does neither.
    text = "What did you hear, and what did you make of it? You should slow down. The call took nine minutes."
    assert asks_and_tells(text) == AskTell(asks=1, tells=1)


def test_counts_of_two_texts_add_up_to_those_of_both() -> None:
    one, other = "You need to ask more.", "How did it go? What would you change?"
    assert asks_and_tells(one) + asks_and_tells(other) == asks_and_tells(f"{one} {other}") == AskTell(asks=2, tells=1)
