"""Scoring of question detection: what counts as a line that asks, how counts become rates, and the floors we hold."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evals.questions import (
    Detection,
    Failure,
    Line,
    as_variant,
    count,
    f1_interval,
    failures,
    finds_question,
    has_mark,
    openness_counts,
)


def line(text: str, *, asks: bool, conversation: str = "a") -> Line:
    return Line(conversation=conversation, text=text, previous="", asks=asks)


def test_rates_follow_from_counts() -> None:
    # Three hits, one false alarm, two misses: precision 3/4, recall 3/5, F1 = 6 / (6 + 1 + 2) = 2/3.
    found = Detection(n=10, hits=3, false_alarms=1, misses=2)
    assert (found.precision, found.recall) == (0.75, 0.6)
    assert found.f1 == pytest.approx(2 / 3)


def test_rates_of_nothing_are_absent() -> None:
    assert (Detection().precision, Detection().recall, Detection().f1) == (None, None, None)
    assert Detection(n=2, misses=2).precision is None
    assert Detection(n=2, misses=2).f1 == 0.0


def test_counts_come_from_each_lines_label_and_decision() -> None:
    lines = [line("a?", asks=True), line("b?", asks=False), line("c", asks=True), line("d", asks=False)]
    assert count(lines, lambda row: has_mark(row, variant="marks")) == Detection(n=4, hits=1, false_alarms=1, misses=1)


COUNTS = st.builds(
    lambda hits, alarms, misses, rest: Detection(
        n=hits + alarms + misses + rest, hits=hits, false_alarms=alarms, misses=misses
    ),
    *[st.integers(0, 30)] * 4,
)


@given(st.lists(st.tuples(st.booleans(), st.booleans()), max_size=12), st.integers(0, 12))
def test_adding_counts_equals_counting_together(labels: list[tuple[bool, bool]], cut: int) -> None:
    lines = [line("x?" if marked else "x", asks=asks) for asks, marked in labels]

    def decide(row: Line) -> bool:
        return has_mark(row, variant="marks")

    assert count(lines[:cut], decide) + count(lines[cut:], decide) == count(lines, decide)


@settings(deadline=None, max_examples=25)
@given(st.lists(COUNTS, min_size=1, max_size=6))
def test_interval_is_ordered_and_within_the_unit(conversations: list[Detection]) -> None:
    low, high = f1_interval(conversations)
    assert 0.0 <= low <= high <= 1.0


def test_interval_of_like_conversations_has_no_width() -> None:
    # Every resample of two equal conversations has the same F1: 2 / (2 + 1 + 1) = 0.5.
    same = Detection(n=3, hits=1, false_alarms=1, misses=1)
    assert f1_interval([same, same]) == (0.5, 0.5)


def test_variants_take_away_marks_then_everything() -> None:
    text = "So, you're in D.C.? Well--really?"
    assert as_variant(text, "marks") == text
    assert as_variant(text, "no_marks") == "So, you're in D.C.. Well--really."
    assert as_variant(text, "bare") == "so you're in dc wellreally"


def test_marks_are_not_read_where_a_variant_has_none() -> None:
    declarative = line("You're using spreadsheets?", asks=True)
    assert finds_question(declarative, variant="marks")
    assert not finds_question(declarative, variant="no_marks")


def test_openness_is_scored_only_where_a_question_is_seen_by_both() -> None:
    lines = [
        Line(conversation="a", text="How do you do that?", previous="", asks=True, openness="open"),
        Line(conversation="a", text="Do you do that?", previous="", asks=True, openness="open"),
        Line(conversation="a", text="Hm.", previous="", asks=True, openness="open"),
        Line(conversation="a", text="Do you?", previous="", asks=False),
    ]
    # Labelled open both; the second is heard as closed: a miss of open, a false alarm of closed.
    assert openness_counts(lines) == {
        "open": Detection(n=2, hits=1, misses=1),
        "closed": Detection(n=2, false_alarms=1),
    }


def test_failures_tell_the_line_and_what_was_heard() -> None:
    lines = [
        line("We renewed.", asks=False),
        line("Well, who did that?", asks=False, conversation="b"),
        Line(conversation="c", text="You renewed?", previous="", asks=True, declarative=True),
    ]
    assert failures(lines, "marks") == (
        Failure(kind="false alarm", conversation="b", text="Well, who did that?", heard=("who did that?",)),
    )
    assert failures(lines, "bare") == (
        Failure(kind="false alarm", conversation="b", text="Well, who did that?", heard=("who did that",)),
        Failure(kind="miss", conversation="c", text="You renewed?", declarative=True),
    )


@given(st.lists(st.tuples(st.sampled_from(["Who did it?", "We renewed.", "Tell me more."]), st.booleans())))
def test_there_are_as_many_failures_as_misses_and_false_alarms(labels: list[tuple[str, bool]]) -> None:
    lines = [line(text, asks=asks) for text, asks in labels]
    found = count(lines, lambda row: finds_question(row, variant="marks"))
    assert len(failures(lines, "marks")) == found.misses + found.false_alarms
