"""What gives a rep or a customer away: for one side, against the other, each cue once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.text.role_cues import CUSTOMER_CUES, REP_CUES, role_evidence

REP = [
    "Thanks for taking the time today.",
    "Thank you so much for calling.",
    "How can I help?",
    "Hi, this is Ann from Heron Lane.",
    "My name is Ann and I was calling on behalf of Heron Lane.",
    "I'm Ann Lee, calling from Heron Lane.",
    "Is now a good time to talk?",
    "Let me show you our platform.",
    "I'll be happy to, and I can help you with that.",
    "Would it make sense to look at it together?",
    "Walk me through a normal week.",
    "Help me understand that.",
    "Is there anything else today?",
    "Could you please spell that?",
    "We help companies plan their weeks.",
    "What brings you here today?",
]
CUSTOMER = [
    "I'm calling about my claim.",
    "We need some help with the order.",
    "I wanted to check my policy number.",
    "I bought a car from you.",
    "We currently use a spreadsheet.",
    "We're looking at two others.",
    "My boss hates it.",
    "How much is it?",
    "Yes, please.",
]


@pytest.mark.parametrize("text", REP)
def test_what_reps_say_speaks_for_a_rep(text: str) -> None:
    found = role_evidence(text)
    assert found.value > 0
    assert found.cues


@pytest.mark.parametrize("text", CUSTOMER)
def test_what_customers_say_speaks_for_a_customer(text: str) -> None:
    found = role_evidence(text)
    assert found.value < 0
    assert found.cues


@pytest.mark.parametrize("text", ["", "The weather is fine.", "Hmm.", "Two hundred people work there."])
def test_what_anybody_says_speaks_for_nobody(text: str) -> None:
    assert role_evidence(text) == role_evidence("")
    assert role_evidence(text).value == 0


@pytest.mark.parametrize(
    "text",
    [
        "I'm happy with it.",
        "I'm good at that.",
        "It's fine with me.",
        "I'm not familiar with it.",
        "It's okay with my boss.",
        "I am here from nine to five.",
    ],
)
def test_how_somebody_feels_about_a_thing_names_no_company(text: str) -> None:
    assert role_evidence(text).value <= 0


def test_values_of_different_cues_add_up() -> None:
    # "how can i help" 3.0 and "is there anything else" 2.0
    assert role_evidence("How can I help? Is there anything else?").value == 5.0


def test_a_cue_said_twice_counts_once() -> None:
    assert role_evidence("How can I help? How can I help?") == role_evidence("How can I help?")


def test_cues_are_the_words_that_were_said() -> None:
    assert role_evidence("Hello. How can I help?").cues == ("how can i help",)


def test_case_and_typographic_apostrophes_make_no_difference() -> None:
    assert role_evidence("I\u2019M CALLING ABOUT IT") == role_evidence("i'm calling about it")


@given(st.lists(st.sampled_from(REP + CUSTOMER), max_size=30))
def test_evidence_never_exceeds_all_cues_together(texts: list[str]) -> None:
    most, least = sum(w for _, w in REP_CUES), sum(w for _, w in CUSTOMER_CUES)
    found = role_evidence(" ".join(texts))
    assert -least <= found.value <= most
    assert len(found.cues) <= len(REP_CUES) + len(CUSTOMER_CUES)
