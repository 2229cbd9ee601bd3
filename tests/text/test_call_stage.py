"""The stage of a call: stated, told by rules, told by likeness, or unknown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.phrases import parse_phrase
from pipeline.domain.recording import Role, Stage
from pipeline.text.call_stage import MIN_POINTS, OPEN_QUESTIONS, WORDS_A_POINT, guess_stage
from pipeline.text.stage_cues import CUES, EXAMPLES
from tests.conversations import conversation
from tests.text.likeness import TopicEmbedder

DEMO: list[tuple[Role, float, float, str]] = [
    ("rep", 0, 5, "Can you see my screen? As you can see the list is empty."),
    ("customer", 5, 8, "Yes I do, thanks."),
]


@pytest.mark.parametrize("stage", list(Stage))
def test_every_stage_has_phrases_that_can_be_read_and_examples(stage: Stage) -> None:
    assert len(EXAMPLES[stage]) >= 5
    assert sum(weight for _, weight in CUES[stage]) > MIN_POINTS
    for text, weight in CUES[stage]:
        assert parse_phrase(text).slots == frozenset()
        assert weight in (1, 2, 3)


def test_what_people_state_wins_over_what_is_said() -> None:
    guess = guess_stage(conversation(DEMO), stated=Stage.CLOSING)
    assert (guess.stage, guess.by, guess.why) == (Stage.CLOSING, "metadata", ())


def test_phrases_of_a_stage_tell_it_and_are_quoted() -> None:
    talk = conversation(DEMO)
    guess = guess_stage(talk)
    assert (guess.stage, guess.by) == (Stage.DEMO, "rules")
    assert {quote.text(talk) for quote in guess.why} == {
        "Can you see my screen?",
        "As you can see the list is empty.",
    }


def test_too_little_is_unknown() -> None:
    guess = guess_stage(conversation([("rep", 0, 2, "Up here you see it.")]))
    assert (guess.stage, guess.confidence, guess.why) == ("unknown", 0.0, ())


def test_a_call_without_words_is_unknown() -> None:
    assert guess_stage(conversation([])).stage == "unknown"


def test_saying_it_again_adds_nothing() -> None:
    # One phrase of weight 3, however often, stays below the four points that are needed.
    assert guess_stage(conversation([("rep", 0, 9, "As you can see. " * 9)])).stage == "unknown"


def test_two_stages_with_equal_points_are_unknown() -> None:
    both = "Can you see my screen? As you can see it works. We have decided. We have a deal."
    assert guess_stage(conversation([("rep", 0, 9, both)])).stage == "unknown"


def test_a_long_talk_needs_more() -> None:
    # The demo above has points for a short call; 4,000 more words ask for ten more.
    long = [*DEMO, ("customer", 8.0, 2000.0, "and so on " * (10 * WORDS_A_POINT // 3))]
    assert guess_stage(conversation(DEMO)).stage is Stage.DEMO
    assert guess_stage(conversation(long)).stage == "unknown"


def test_many_open_questions_of_the_rep_speak_for_discovery() -> None:
    needed = OPEN_QUESTIONS[0][0]
    lines: list[tuple[Role, float, float, str]] = [
        ("rep", i, i + 1.0, f"What did the {thing} think about the move?")
        for i, thing in enumerate(("baker", "driver", "cook", "nurse", "guard")[:needed])
    ]
    asked = conversation([*lines, ("rep", 9, 10, "Tell me more.")])
    answered = conversation([("customer", s, e, t) for _, s, e, t in lines] + [("rep", 9, 10, "Tell me more.")])
    assert guess_stage(asked).stage is Stage.DISCOVERY
    assert guess_stage(answered).stage == "unknown"


def test_likeness_confirms_a_stage_that_rules_leave_unsure() -> None:
    # For the demo: "what you see" 3, "up here" 1, "feature" 1. For closing: "contract" 2, "lawyer" 2, "percent off" 1.
    # Five each, so that neither leads; of all examples only one of the demo speaks of a click.
    lines = [
        ("rep", 0.0, 4.0, "What you see up here is a feature."),
        ("rep", 4.0, 8.0, "The contract goes to our lawyer. The percent off is fine."),
        ("rep", 8.0, 20.0, "You see a click there. One more click follows. And click number three is here."),
    ]
    talk = conversation([("rep", start, end, text) for _, start, end, text in lines])
    assert guess_stage(talk).stage == "unknown"
    guess = guess_stage(talk, embedder=TopicEmbedder("click"))
    assert (guess.stage, guess.by) == (Stage.DEMO, "similarity")
    assert all("click" in quote.text(talk) for quote in guess.why)


def test_likeness_alone_tells_no_stage() -> None:
    talk = conversation([("rep", 0, 9, "One click follows then. Another click after it. A last click again.")])
    assert guess_stage(talk, embedder=TopicEmbedder("click")).stage == "unknown"


def test_no_sentence_is_embedded_where_rules_are_sure() -> None:
    embedder = TopicEmbedder("click")
    guess_stage(conversation(DEMO), embedder=embedder)
    assert embedder.asked == []


@given(st.lists(st.sampled_from([text for cues in CUES.values() for text, _ in cues]), max_size=12))
def test_a_guess_is_sure_only_of_a_stage_and_always_has_reasons(texts: list[str]) -> None:
    words = [text.translate(str.maketrans("()[]|", "     ")).replace("..", "") for text in texts]
    talk = conversation([("rep", i, i + 1.0, f"{text}.") for i, text in enumerate(words)])
    guess = guess_stage(talk)
    assert (guess.stage == "unknown") == (guess.confidence == 0.0) == (not guess.why)
    for quote in guess.why:
        assert quote.text(talk)
