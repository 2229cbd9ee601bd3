"""Who sees what in which turn: majorities, a rater left out, and labels that say nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.labelled import LabelledCall, TurnLabel
from evals.mapping import Target
from evals.rated_turns import rated_turns
from tests.evals.talks import labelled

SEEN = Target(id="seen", about="what is seen", labels=frozenset({"x", "y"}), behaviours=("cost_asked",))
ANSWER = Target(
    id="answer", about="an answer", labels=frozenset({"x"}), after=frozenset({"no"}), behaviours=("cost_asked",)
)


def test_only_turns_of_the_rep_count() -> None:
    # six turns, the rep's are 1, 3 and 5; the customer's turn 2 has a label of the same name
    rated = rated_turns(labelled("a", {"ann": ["x", "x", "", "", "y", ""]}), SEEN)
    assert rated.turns == ("t0001", "t0003", "t0005")
    assert rated.seen_by == {"ann": frozenset({"t0001", "t0005"})}


def test_a_majority_is_more_than_half() -> None:
    said = {"ann": ["x", "", "x", "", "", ""], "ben": ["x", "", "", "", "", ""], "eve": ["", "", "", "", "", ""]}
    rated = rated_turns(labelled("a", said), SEEN)
    # turn 1: two of three; turn 3: one of three
    assert rated.majority() == {"t0001"}
    # without eve, turn 1 has two of two and turn 3 one of two, which is no more than half
    assert rated.majority(without="eve") == {"t0001"}
    # without ben, turns 1 and 3 have ann, one of two
    assert rated.majority(without="ben") == set()


def test_a_turn_that_nobody_labelled_is_none() -> None:
    rated = rated_turns(labelled("a", {"ann": ["x", "", ""]}, n_turns=6), SEEN)
    assert rated.turns == ("t0001", "t0003")


def test_an_answer_counts_only_after_what_called_for_it() -> None:
    # the rep's turn 3 follows a no of the customer's, turn 5 does not, and before turn 1 there is nothing
    rated = rated_turns(labelled("a", {"ann": ["x", "no", "x", "", "x", ""]}), ANSWER)
    assert rated.seen_by["ann"] == {"t0003"}
    assert rated.turns == ("t0001", "t0003", "t0005")


@pytest.mark.parametrize(
    "fields",
    [{"unclear": True}, {"looked_for": False}, {"may_show": frozenset({"y"})}],
    ids=["unclear", "not looked for", "may show it"],
)
def test_a_label_that_says_nothing_is_left_out(fields: dict[str, object]) -> None:
    call = labelled("a", {"ann": ["x", "", "", "", "", ""]})
    unsaid = TurnLabel.model_validate({"turn_id": "t0001", "rater": "ben", **fields})
    rated = rated_turns(call.model_copy(update={"turns": (*call.turns, unsaid), "raters": ("ann", "ben")}), SEEN)
    assert rated.rated_by["ben"] == frozenset()
    assert rated.majority() == {"t0001"}


def test_a_call_without_words_has_no_turns() -> None:
    rated = rated_turns(LabelledCall(id="a", collection="made", raters=("ann",)), SEEN)
    assert (rated.turns, rated.rated_by, rated.majority()) == ((), {"ann": frozenset()}, frozenset())


@given(st.lists(st.lists(st.sampled_from(["", "x", "z"]), min_size=6, max_size=6), min_size=1, max_size=5))
def test_the_majority_lies_between_what_all_and_what_any_see(said: list[list[str]]) -> None:
    rated = rated_turns(labelled("a", {f"r{i}": labels for i, labels in enumerate(said)}), SEEN)
    seen = list(rated.seen_by.values())
    assert frozenset.intersection(*seen) <= rated.majority() <= frozenset.union(*seen)
