"""Mentions: by phrases and by likeness, denied or not, with the owner and the day of a next step."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.recording import Role
from pipeline.domain.speech import Conversation, Turn
from pipeline.domain.tracker import Mention, Tracker
from pipeline.text.tracking import find_mentions
from pipeline.trackers import find_trackers
from tests.conversations import conversation
from tests.text.likeness import TopicEmbedder

CALL = date(2026, 3, 4)  # a Wednesday

PRICE = Tracker(
    id="price", version=1, title="Price", text="Money.", phrases=("(price|fee|budget)", "no budget left"),
    denials=("free of charge",), without=("at any price",),
)  # fmt: skip
STEP = Tracker(
    id="next_step", version=1, title="Next steps", text="To do.", commitment=True,
    phrases=("(i|we) will .. (send|meet|call)", "(could|can) you .. send", "{when} works", "let us .. meet", "send me"),
)  # fmt: skip
RIVAL = Tracker(
    id="competitor", version=1, title="Competitors", text="Others.", phrases=("{name}", "other vendors"),
    names=("Bright Desk", "Ledgerly"),
)  # fmt: skip
DOUBT = Tracker(
    id="objection",
    version=1,
    title="Objections",
    text="Doubts.",
    role="customer",
    phrases=("not interested", "worried"),
)


def said(
    text: str, *trackers: Tracker, role: Role = "customer", embedder: TopicEmbedder | None = None
) -> list[Mention]:
    talk = conversation([(role, 0.0, 10.0, text)])
    return [found.mention for found in find_mentions(talk, trackers, today=CALL, embedder=embedder)]


def quotes(text: str, *trackers: Tracker, role: Role = "customer") -> list[tuple[str, bool]]:
    talk = conversation([(role, 0.0, 10.0, text)])
    return [(m.quote.text(talk), m.negated) for m in said(text, *trackers, role=role)]


def test_a_mention_quotes_its_sentence_and_no_other() -> None:
    assert quotes("Hello there. What about the price? Fine.", PRICE) == [("What about the price?", False)]


def test_a_sentence_with_two_phrases_is_one_mention() -> None:
    assert quotes("The price and the fee.", PRICE) == [("The price and the fee.", False)]


def test_two_trackers_may_share_a_sentence() -> None:
    assert [m.tracker for m in said("I will send the price.", PRICE, STEP)] == ["price", "next_step"]


def test_where_a_phrase_that_means_something_else_stands_nothing_is_mentioned() -> None:
    assert quotes("We want to avoid that at any price.", PRICE) == []


@pytest.mark.parametrize(
    "text",
    [
        "There is no fee.",
        "We don't have a budget problem.",
        "I never asked for the price.",
        "It works without any setup fee.",
        "Price is not the issue.",
        "The budget won't be a problem for us.",
        "The price was never really a question.",
        "We don't think the price will matter.",
        "It comes free of charge.",
    ],
)
def test_a_mention_that_is_denied_is_kept_and_marked(text: str) -> None:
    assert quotes(text, PRICE) == [(text, True)]


@pytest.mark.parametrize(
    "text",
    [
        "What is the price?",
        "I don't know the price.",
        "I'm not sure what the fee is.",
        "The price does not include the setup.",
        "No, the price is what we said.",
        "No the price is what we said.",
        "Isn't the price a bit high?",
        "Why don't we talk about the price?",
        "Not only the price counts.",
        "There is no doubt about the price.",
        "There is no budget left.",  # the phrase itself says no
        "It's not here, but the price is.",
        "If that doesn't help we can talk about the fee.",
        "We do not work on Sundays because the last delivery that comes in is late and the price is high.",
    ],
)
def test_a_negation_that_does_not_reach_the_mention_denies_nothing(text: str) -> None:
    assert quotes(text, PRICE) == [(text, False)]


def test_a_negation_within_the_gap_of_a_phrase_denies_it() -> None:
    assert quotes("We will not meet.", STEP) == [("We will not meet.", True)]


def test_not_not_interested_is_denied() -> None:
    assert quotes("It's not that we're not interested.", DOUBT) == [("It's not that we're not interested.", True)]


def test_a_sentence_that_denies_one_thing_and_says_another_is_two_mentions_of_its_clauses() -> None:
    assert quotes("There is no fee, but the price is high.", PRICE) == [
        ("There is no fee,", True),
        ("but the price is high.", False),
    ]


def test_only_the_role_that_a_tracker_reads_counts_and_an_unknown_one_always() -> None:
    assert [bool(said("I'm worried.", DOUBT, role=role)) for role in ("customer", "rep", "other", "unknown")] == [
        True, False, False, True,
    ]  # fmt: skip


def test_names_are_found_in_any_case_and_over_several_words_but_not_inside_words() -> None:
    assert quotes("We use bright desk. And LEDGERLY? Ledgerlyish.", RIVAL) == [
        ("We use bright desk.", False),
        ("And LEDGERLY?", False),
    ]


def test_without_names_the_slot_matches_nothing() -> None:
    assert quotes("We use Ledgerly.", RIVAL.model_copy(update={"names": ()})) == []


@pytest.mark.parametrize(
    ("role", "text", "owner"),
    [
        ("rep", "I will send it.", "rep"),
        ("customer", "I will send it.", "customer"),
        ("rep", "Could you send it?", "customer"),
        ("customer", "Can you please send it?", "rep"),
        ("rep", "We will meet again.", "both"),
        ("rep", "We will send it to you.", "rep"),
        ("rep", "Let us meet.", "both"),
        ("customer", "Just send me the list.", "rep"),
        ("customer", "Tuesday works.", "unknown"),
        ("unknown", "I will send it.", "unknown"),
        ("unknown", "We will meet.", "both"),
        ("customer", "Send me the list and I will call.", "both"),
    ],
)
def test_whoever_is_named_nearest_owns_the_next_step(role: Role, text: str, owner: str) -> None:
    assert [m.owner for m in said(text, STEP, role=role)] == [owner]


def test_a_next_step_has_its_day_in_words_and_as_a_date() -> None:
    (mention,) = said("I will send it by next Tuesday, I think.", STEP)
    assert mention.date is not None
    assert (mention.date.words, mention.date.day) == ("next Tuesday", date(2026, 3, 10))


def test_the_day_in_the_phrase_counts_before_another_one() -> None:
    (mention,) = said("Today is bad, Friday works.", STEP)
    assert mention.date is not None
    assert mention.date.words == "Friday"


def test_what_is_no_commitment_has_neither_owner_nor_day() -> None:
    (mention,) = said("I will tell you the price on Tuesday.", PRICE)
    assert (mention.owner, mention.date) == (None, None)


def test_backchannels_and_words_that_may_be_invented_are_not_read() -> None:
    talk = conversation([("customer", 0, 1, "(price)"), ("customer", 1, 4, "Well the price is high.")])
    doubtful = talk.turns[1].words[2].model_copy(update={"unreliable": "low_confidence"})
    words = (*talk.turns[1].words[:2], doubtful, *talk.turns[1].words[3:])
    turns = (talk.turns[0], talk.turns[1].model_copy(update={"words": words}))
    assert find_mentions(talk.model_copy(update={"turns": turns}), [PRICE], today=CALL) == ()


def test_a_long_sentence_is_quoted_around_its_phrase() -> None:
    text = " ".join(["well"] * 40 + ["the", "price"] + ["then"] * 40)
    ((quote, _),) = quotes(text, PRICE)
    assert len(quote.split()) <= 30
    assert "the price" in quote


ALIKE = Tracker(
    id="price", version=1, title="Price", text="Money.", phrases=("price",), without=("apple pie",),
    examples=("That is quite a sum of money", "A large sum"), denied_examples=("It costs no euro",),
    counterexamples=("The sum of apples",),
)  # fmt: skip


def test_a_sentence_without_a_phrase_that_is_like_the_examples_is_a_mention_by_similarity() -> None:
    embedder = TopicEmbedder("sum", "apple", "euro")
    (mention,) = said("What a sum that is!", ALIKE, embedder=embedder)
    assert (mention.by, mention.negated) == ("similarity", False)


def test_likeness_needs_an_embedder_and_enough_words() -> None:
    assert said("What a sum that is!", ALIKE) == []
    assert said("Sum?", ALIKE, embedder=TopicEmbedder("sum", "apple", "euro")) == []


def test_what_is_nearer_to_a_counterexample_is_no_mention() -> None:
    # "sum apple" has cosine 1 / sqrt(2) = 0.707 with both examples and 1 with the counterexample: 0.707 - 0.293 / 2 is
    # 0.561, enough. "apple" alone has cosine 0 with the examples.
    embedder = TopicEmbedder("sum", "apple", "euro")
    assert said("The apple is very red", ALIKE, embedder=embedder) == []
    assert len(said("A sum for the apple", ALIKE, embedder=embedder)) == 1
    counter = ALIKE.model_copy(update={"counterexamples": ("The sum of the apple",), "examples": ("A sum, euro",)})
    # Example "sum euro", told "sum apple": cosine 0.5 against 1 of the counterexample, so 0.25: too little.
    assert said("A sum for the apple", counter, embedder=embedder) == []


def test_a_sentence_like_a_denied_example_is_denied_if_it_holds_a_negation() -> None:
    embedder = TopicEmbedder("sum", "apple", "euro")
    assert [m.negated for m in said("Not one euro for that.", ALIKE, embedder=embedder)] == [True]
    assert [m.negated for m in said("Only one euro for that.", ALIKE, embedder=embedder)] == [False]


def test_a_sentence_with_a_phrase_that_means_something_else_is_not_compared() -> None:
    assert said("What a sum for an apple pie", ALIKE, embedder=TopicEmbedder("sum", "euro")) == []


def test_a_phrase_counts_before_likeness() -> None:
    (mention,) = said("The price is quite a sum.", ALIKE, embedder=TopicEmbedder("sum", "apple", "euro"))
    assert mention.by == "phrases"


VOCABULARY = "I we you will not send me the price fee, no Tuesday works. Ledgerly is worried but problem?"
SPOKEN = st.lists(
    st.sampled_from(VOCABULARY.split()),
    min_size=1,
    max_size=40,
)


@given(st.lists(SPOKEN, min_size=1, max_size=4))
def test_every_mention_is_a_slice_of_its_turn_and_of_a_role_that_its_tracker_reads(turns: list[list[str]]) -> None:
    trackers = {t.tracker.id: t.tracker for t in find_trackers()}
    roles: list[Role] = ["rep", "customer", "unknown", "rep"]
    talk = conversation([(roles[i], i, i + 1.0, " ".join(words)) for i, words in enumerate(turns)])
    for found in find_mentions(talk, list(trackers.values()), today=CALL):
        mention, turn = found.mention, _turn(talk, found.mention.quote.turn_id)
        assert mention.quote.text(talk) in turn.text
        assert mention.role == turn.role
        assert trackers[mention.tracker].reads(turn.role)
        assert (mention.owner is not None) == trackers[mention.tracker].commitment


def _turn(talk: Conversation, turn_id: str) -> Turn:
    turn = talk.turn(turn_id)
    assert turn is not None
    return turn
