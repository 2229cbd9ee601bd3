"""Lines from labelled calls: what counts as a question when several people say different things."""

import pytest

from evals.collections.conversations import SpokenLine, turn_id, untimed
from evals.labelled import LabelledCall, TurnLabel
from evals.question_lines import lines_of, people_f1


def call(said: list[tuple[str, str]], *labels: TurnLabel) -> LabelledCall:
    lines = [SpokenLine(speaker, "unknown", text) for speaker, text in said]
    return LabelledCall(id="call-1", collection="own", conversation=untimed("call-1", lines), turns=labels)


def label(number: int, rater: str, asks: bool | None, **fields: object) -> TurnLabel:
    return TurnLabel.model_validate({"turn_id": turn_id(number), "rater": rater, "asks": asks, **fields})


SAID = [("a", "Where do you keep them?"), ("b", "In a shed."), ("a", "Right.")]


def test_more_than_half_of_the_raters_make_a_question() -> None:
    votes = [label(1, "x", True), label(1, "y", True), label(1, "z", False)]
    assert [line.asks for line in lines_of(call(SAID, *votes))] == [True]


def test_one_half_of_the_raters_makes_none() -> None:
    assert [line.asks for line in lines_of(call(SAID, label(1, "x", True), label(1, "y", False)))] == [False]


def test_a_turn_that_nobody_was_asked_about_is_no_line() -> None:
    assert [line.text for line in lines_of(call(SAID, label(1, "x", True), label(2, "x", None)))] == [SAID[0][1]]


def test_a_label_that_is_unclear_does_not_count() -> None:
    votes = [label(1, "x", True, unclear=True), label(1, "y", False)]
    assert [line.asks for line in lines_of(call(SAID, *votes))] == [False]
    assert lines_of(call(SAID, label(1, "x", True, unclear=True))) == ()


def test_the_openness_most_give_is_the_lines_own() -> None:
    votes = [label(1, r, True, openness=o) for r, o in (("x", "open"), ("y", "closed"), ("z", "open"))]
    assert lines_of(call(SAID, *votes))[0].openness == "open"
    assert lines_of(call(SAID, label(1, "x", False)))[0].openness is None


@pytest.mark.parametrize(
    ("said", "before"),
    [
        # b is answering a; what a said is what precedes it
        ([("a", "Where is it?"), ("b", "Here.")], ["", "Where is it?"]),
        # a goes on: what precedes is a's own turn so far
        (
            [("b", "He was ill."), ("a", "That was in May."), ("a", "And then?")],
            ["", "He was ill.", "That was in May."],
        ),
        # a backchannel ends no turn
        ([("a", "I went there."), ("b", "Uh-huh."), ("a", "And then?")], ["", "I went there.", "I went there."]),
    ],
)
def test_what_stands_before_a_line(said: list[tuple[str, str]], before: list[str]) -> None:
    labels = [label(n, "x", False) for n in range(1, len(said) + 1)]
    assert [line.previous for line in lines_of(call(said, *labels))] == before


def test_a_call_without_a_transcript_has_no_lines() -> None:
    assert lines_of(LabelledCall(id="call-1", collection="own", turns=(label(1, "x", True),))) == ()


def test_people_are_compared_with_the_majority_of_the_others() -> None:
    # turn 1: x and y say yes, z no. x against y and z: a tie, left out; y likewise; z says no against two yes: a miss
    # turn 2: all three say yes: three hits. F1 = 2 * 3 / (2 * 3 + 0 + 1)
    votes = [label(1, "x", True), label(1, "y", True), label(1, "z", False)]
    votes += [label(2, rater, True) for rater in "xyz"]
    assert people_f1([call(SAID, *votes)]) == pytest.approx(6 / 7)


def test_two_raters_are_too_few_to_compare_people() -> None:
    assert people_f1([call(SAID, label(1, "x", True), label(1, "y", True))]) is None


def test_only_lines_of_so_many_raters_can_be_asked_for() -> None:
    votes = [*(label(1, rater, True) for rater in "xyz"), label(2, "x", False)]
    assert [line.text for line in lines_of(call(SAID, *votes), raters=3)] == [SAID[0][1]]
    assert len(lines_of(call(SAID, *votes))) == 2
