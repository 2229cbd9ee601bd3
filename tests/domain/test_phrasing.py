"""How times, days, amounts and facts are put into words."""

from datetime import date

import pytest

from pipeline.domain.assessment import Assessment, Quote
from pipeline.domain.evidence import Evidence, extent
from pipeline.domain.metrics import CallMetrics, Measure, MetricName, Question
from pipeline.domain.phrasing import amount, clock, day, facts
from pipeline.domain.span import Span
from tests.coaching_values import make_behaviour, make_capability, make_conversation, make_metrics, make_rubric

CALL = make_conversation("rep: So you use spreadsheets", "customer: Yes we do", "rep: Why is that?")


def evidence(metrics: CallMetrics) -> Evidence:
    rubric = make_rubric(make_capability("asking", make_behaviour("one"), make_behaviour("two")))
    empty = Assessment(rubric_id="test_rubric", rubric_version=1, verdicts=(), scores=())
    return Evidence(conversation=CALL, rubric=rubric, metrics=metrics, observations=(), assessment=empty)


def told(values: dict[MetricName, float | None]) -> list[str]:
    return [sentence.text for sentence in facts(evidence(make_metrics(values)))]


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "00:00"), (59.999, "00:59"), (60, "01:00"), (3599.9, "59:59"), (3661.2, "1:01:01")]
)
def test_clock_cuts_parts_of_a_second_off(seconds: float, text: str) -> None:
    assert clock(seconds) == text


def test_day_has_no_leading_zero() -> None:
    assert day(date(2026, 12, 4)) == "Friday, 4 December 2026"


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [(0.584, "ratio", "58%"), (0.64, "s", "0.6 s"), (72.4, "s", "72 s"), (14, "1/h", "14 an hour"), (7, "count", "7")],
)
def test_amount_is_written_with_its_unit(value: float, unit: str, text: str) -> None:
    assert amount(value, unit) == text


def test_at_most_three_facts_are_told_and_unavailable_measures_are_left_out() -> None:
    values: dict[MetricName, float | None] = {
        "rep_talk_ratio": None,
        "rep_questions": 2,
        "rep_open_questions": 1,
        "longest_rep_monologue_s": 30,
        "longest_customer_story_s": 40,
        "patience_s": 0.5,
    }
    assert told(values) == [
        "You asked 2 questions, 1 of them open.",
        "The longest stretch in which you spoke lasted 30 s.",
        "The longest stretch in which the customer spoke lasted 40 s.",
    ]


@pytest.mark.parametrize(("n", "text"), [(0, "You asked no questions."), (1, "You asked 1 question.")])
def test_few_questions_are_not_split_into_kinds(n: int, text: str) -> None:
    assert told({"rep_questions": n, "rep_open_questions": n}) == [text]


def test_fact_names_the_moment_its_measure_speaks_of() -> None:
    where = Span(start=95.0, end=125.0)
    measure = Measure(name="longest_rep_monologue_s", value=30.0, unit="s", where=where)
    (sentence,) = facts(evidence(CallMetrics(measures=(measure,))))
    assert sentence.text == "The longest stretch in which you spoke lasted 30 s, from 01:35."
    assert sentence.citations[0].span == where


def test_without_measures_the_turns_are_counted() -> None:
    assert told({}) == ["The call has 2 turns of yours and 1 of the customer's."]


def test_without_a_known_customer_no_turn_is_counted_as_theirs() -> None:
    alone = make_conversation("rep: So you use spreadsheets?", "unknown: We do, as it is.")
    bare = evidence(CallMetrics(measures=())).model_copy(update={"conversation": alone})
    assert [s.text for s in facts(bare)] == ["The call has 1 turn of yours and none of the customer's."]


def test_question_is_known_by_its_mark_or_by_having_been_counted() -> None:
    # So0 you1 use2 spreadsheets3: a declarative question without its mark
    counted = Question(
        turn_id="t0001", role="rep", kind="declarative", first_word=1, last_word=3, text="you use spreadsheets"
    )
    known = evidence(CallMetrics(measures=(), questions=(counted,)))
    assert known.is_question(Quote(turn_id="t0003", first_word=0, last_word=2))
    assert known.is_question(Quote(turn_id="t0001", first_word=0, last_word=1))
    assert not known.is_question(Quote(turn_id="t0001", first_word=0, last_word=0))
    assert not known.is_question(Quote(turn_id="t0002", first_word=0, last_word=2))


def test_extent_is_from_first_start_to_last_end() -> None:
    # 4 + 3 + 3 words of half a second
    assert extent(CALL.turns) == Span(start=0, end=5.0)
    assert extent(make_conversation("rep: no times here", timed=False).turns) is None
    assert extent(()) is None
