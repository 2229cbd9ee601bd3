"""What was found against what most raters say: counts of one call, and the measures of several."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.behaviours import Counted, Found, count_target, f1_measure, macro_measure, quotes_measure, target_measures
from evals.mapping import Target
from evals.questions import Detection
from pipeline.domain.metrics import Question
from tests.evals.talks import labelled, observation

COST = Target(id="cost", about="cost", labels=frozenset({"x"}), behaviours=("cost_asked", "price_asked"))
ASKS = Target(id="asks", about="questions", labels=frozenset({"x"}), questions=("open", "closed"))
# the rep's turns are 1, 3 and 5, and most say that 1 and 5 show it
CALL = labelled("a", {"ann": ["x", "", "", "", "x", ""]})


def test_turns_quotes_and_the_call_are_counted_each() -> None:
    found = Found(
        observations=(observation("cost_asked", 1), observation("price_asked", 1), observation("cost_asked", 3))
    )
    counted = count_target(CALL, found, COST)
    # turns: 1 is a hit, 3 a false alarm, 5 a miss; quotes: two of three in a labelled turn; the call: shown and found
    assert counted.turns == Detection(n=3, hits=1, false_alarms=1, misses=1)
    assert (counted.n_quotes, counted.n_right) == (3, 2)
    assert counted.shown == Detection(n=1, hits=1)


def test_observations_of_other_behaviours_and_in_other_turns_do_not_count() -> None:
    found = Found(observations=(observation("date_named", 1), observation("cost_asked", 2)))
    counted = count_target(CALL, found, COST)
    assert counted.turns == Detection(n=3, misses=2)
    assert counted.n_quotes == 0
    assert counted.shown == Detection(n=1, misses=1)


def test_a_quote_in_a_call_that_nobody_sees_it_in_is_a_false_alarm() -> None:
    counted = count_target(labelled("b", {"ann": [""] * 6}), Found(observations=(observation("cost_asked", 1),)), COST)
    assert counted.shown == Detection(n=1, false_alarms=1)
    assert (counted.n_quotes, counted.n_right) == (1, 0)


def test_questions_of_the_rep_are_found_without_a_reader() -> None:
    def asked(turn: str, role: str, kind: str) -> Question:
        return Question.model_validate(
            {"turn_id": turn, "role": role, "kind": kind, "first_word": 0, "last_word": 2, "text": "words"}
        )

    rows = (asked("t0001", "rep", "open"), asked("t0002", "customer", "open"), asked("t0003", "rep", "declarative"))
    assert Found(questions=rows).turns(ASKS) == {"t0001"}


def counted(call: str, *, hits: int = 0, alarms: int = 0, misses: int = 0, right: int = 0, quotes: int = 0) -> Counted:
    turns = Detection(n=10, hits=hits, false_alarms=alarms, misses=misses)
    shown = Detection(
        n=1, hits=int(bool(hits)), misses=int(bool(misses) and not hits), false_alarms=int(bool(alarms) and not hits)
    )
    return Counted(call=call, turns=turns, shown=shown, n_quotes=quotes, n_right=right)


ROWS = [
    counted("a", hits=2, misses=2, right=2, quotes=3),
    counted("b", alarms=1, quotes=1),
    counted("c", misses=1),
]


def test_the_measures_of_a_target_by_hand() -> None:
    measures = {m.name: m for m in target_measures("behaviours.made", COST, ROWS)}
    f1, right, recall = (measures[f"behaviours.made.cost_{what}"] for what in ("f1", "quotes_right", "recall"))
    # calls: a is a hit, b a false alarm, c a miss: 2 / (2 + 1 + 1); saying yes to all three: 2 * 2 / (2 + 3)
    assert (f1.value, f1.n) == (0.5, 3)
    assert f1.baseline == pytest.approx(0.8)
    # quotes: 2 of 4; by chance 5 labelled of 30 turns
    assert (right.value, right.n) == (0.5, 4)
    assert right.baseline == pytest.approx(5 / 30)
    # turns: 2 of 5, and no gate looks at it
    assert (recall.value, recall.better, recall.n) == (0.4, "neither", 5)


def test_what_is_found_without_a_reader_is_measured_by_turns() -> None:
    measures = {m.name.rpartition("_")[2]: m for m in target_measures("behaviours.made", ASKS, ROWS)}
    # turns: hits 2, false alarms 1, misses 3: F1 4 / 8, precision 2 / 3, recall 2 / 5; all: 2 * 5 / (5 + 30)
    assert measures["f1"].value == 0.5
    assert measures["f1"].baseline == pytest.approx(10 / 35)
    assert measures["precision"].value == pytest.approx(2 / 3)
    assert (measures["recall"].value, measures["recall"].better) == (0.4, "more")


def test_a_target_that_nobody_labels_is_not_measured() -> None:
    assert target_measures("behaviours.made", COST, [counted("a", alarms=2, quotes=2)]) == ()


def test_macro_is_the_mean_of_the_targets_f1() -> None:
    other = [counted("a", hits=1), counted("b", hits=1), counted("c")]
    measure = macro_measure("behaviours.made.macro_f1", "mean", [ROWS, other])
    # 0.5 above, and 1 here; yes to all: 0.8 above, and 2 * 2 / (2 + 3) here
    assert measure.value == pytest.approx(0.75)
    assert measure.baseline == pytest.approx(0.8)
    assert measure.n == 6


def test_quotes_by_chance_are_as_many_of_each_target() -> None:
    other = [counted("a", hits=9, right=1, quotes=1), counted("b"), counted("c")]
    measure = quotes_measure("behaviours.made.quotes_right", [ROWS, other])
    # 2 of 4 and 1 of 1; by chance 4 quotes at 5 / 30 and 1 quote at 9 / 30
    assert measure.value == pytest.approx(3 / 5)
    assert measure.baseline == pytest.approx((4 * 5 / 30 + 9 / 30) / 5)


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5), st.integers(0, 5)), min_size=1, max_size=8))
def test_f1_lies_between_0_and_1_and_is_that_of_the_added_counts(rows: list[tuple[int, int, int]]) -> None:
    found = [Detection(n=20, hits=h, false_alarms=f, misses=m) for h, f, m in rows]
    measure = f1_measure("behaviours.made.any_f1", "any", [(str(i), one) for i, one in enumerate(found)])
    assert measure.value == sum(found, Detection()).f1
    assert measure.value is None or 0 <= measure.value <= 1
