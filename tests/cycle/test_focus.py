"""The focus ledger: k of n by hand and by simulation, one at a time, ends, relapses."""

from itertools import product
from math import comb
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.cycle.focus import FocusState, focuses, open_focuses, relapses, showings
from pipeline.domain.cycle.focus import FocusClosed, PraiseGiven, RelapseAnswered, StepMarked
from pipeline.domain.cycle.past_calls import PastCall
from pipeline.domain.rubric import Polarity
from tests.cycle.focus_values import day, days_of, habit, opening, past, story

SIGNS = st.text(alphabet="+-ou", max_size=12)


def state(shown: int = 3, of: int = 5, polarity: Polarity = Polarity.EFFECTIVE) -> FocusState:
    return focuses(story((0, opening(shown=shown, of=of, polarity=polarity))))[0]


def signs(focus: FocusState, calls: tuple[PastCall, ...]) -> str:
    names = {"shown": "+", "not_shown": "-", "no_opportunity": "o", "unread": "u"}
    return "".join(names[each.state] for each in showings(focus, calls).looked_at)


@pytest.mark.parametrize(
    ("pattern", "n_shown", "n_counted", "met"),
    [
        ("", 0, 0, False),
        ("+", 1, 1, False),
        ("+++", 3, 3, True),  # three of five, whatever the two to come bring
        ("+-+-+", 3, 5, True),
        ("+-+-+-", 2, 5, False),  # the first one is no longer among the last five
        ("-----+++", 3, 5, True),
        ("+o+u+", 3, 3, True),
        ("+++-----", 0, 5, False),  # not met any more: nobody called it a habit in time
    ],
)
def test_a_focus_is_met_when_it_shows_in_k_of_the_last_n(pattern: str, n_shown: int, n_counted: int, met: bool) -> None:
    found = showings(state(), days_of(pattern))
    assert (found.n_shown, found.n_counted, found.met) == (n_shown, n_counted, met)


def test_calls_without_opportunity_and_unread_ones_are_listed_and_take_no_place() -> None:
    # The last three that count are "+", "-", "+"; what lies among and after them is listed, what lies before is not.
    assert signs(state(2, 3), days_of("-ou+o-u+o")) == "+o-u+o"


def test_what_is_before_the_first_counted_call_is_listed_while_there_is_room() -> None:
    assert signs(state(2, 3), days_of("ou+-")) == "ou+-"


def test_calls_before_the_opening_do_not_count_nor_one_at_its_very_moment() -> None:
    assert signs(state(), (past(-1), past(0), past(1, "not_shown"))) == "-"


@pytest.mark.parametrize(
    "other",
    [
        past(2, rubric="closing"),
        past(2, None),
        past(2, behaviour="another"),
        past(2, mode="simulated"),
        past(2, stage="coaching"),
    ],
)
def test_calls_that_are_no_live_calls_of_this_rubric_change_nothing(other: PastCall) -> None:
    calls = days_of("+-")
    assert showings(state(), (*calls, other)) == showings(state(), calls)


def test_a_behaviour_that_works_against_the_goal_is_met_where_it_does_not_show() -> None:
    found = showings(state(2, 3, Polarity.INEFFECTIVE), days_of("+-o-"))
    assert [each.wanted for each in found.looked_at] == [False, True, None, True]
    assert found.met


def test_the_latest_call_is_the_last_that_counts() -> None:
    found = showings(state(), days_of("+-o")).latest
    assert found is not None
    assert found.at == day(2)
    assert showings(state(), days_of("ou")).latest is None


@given(SIGNS, st.integers(1, 6), st.data())
def test_a_simulated_call_never_changes_anything(pattern: str, of: int, data: st.DataObject) -> None:
    focus = state(data.draw(st.integers(1, of)), of)
    calls, at = days_of(pattern), data.draw(st.floats(-1, 15))
    assert showings(focus, (*calls, past(at, mode="simulated"))) == showings(focus, calls)


@given(SIGNS, st.integers(1, 6), st.randoms(use_true_random=False))
def test_the_order_in_which_calls_are_given_does_not_matter(pattern: str, of: int, chance: Random) -> None:
    calls = list(days_of(pattern))
    chance.shuffle(calls)
    assert showings(state(1, of), tuple(calls)) == showings(state(1, of), days_of(pattern))


@given(SIGNS, st.integers(1, 6), st.data())
def test_showings_are_the_plain_definition(pattern: str, of: int, data: st.DataObject) -> None:
    """Written the other way round: drop what takes no place, keep the last n, count."""
    shown = data.draw(st.integers(1, of))
    counted = [sign for sign in pattern if sign in "+-"][-of:]
    found = showings(state(shown, of), days_of(pattern))
    assert (found.n_shown, found.n_counted) == (counted.count("+"), len(counted))
    assert found.met == (counted.count("+") >= shown)


@given(SIGNS, st.integers(1, 6))
def test_one_more_showing_never_lowers_the_count(pattern: str, of: int) -> None:
    assert showings(state(1, of), days_of(pattern + "+")).n_shown >= showings(state(1, of), days_of(pattern)).n_shown


def test_k_of_n_by_all_outcomes_is_the_binomial() -> None:
    """Two of the last three, each shown with 1/4: the last 3 of 4 calls count, so 3 * 1/16 * 3/4 + 1/64 = 10/64."""
    likely = 0.0
    for outcome in product("+-", repeat=4):
        if showings(state(2, 3), days_of("".join(outcome))).met:
            likely += 0.25 ** outcome.count("+") * 0.75 ** outcome.count("-")
    assert likely == pytest.approx(10 / 64)


def test_k_of_n_simulated_meets_as_often_as_the_binomial_says() -> None:
    """Three of the last five, shown with 0.6 on each of 9 calls: sum of C(5, j) 0.6^j 0.4^(5-j), j = 3..5 = 0.68256."""
    expected = sum(comb(5, j) * 0.6**j * 0.4 ** (5 - j) for j in (3, 4, 5))
    assert expected == pytest.approx(0.68256)
    chance, n = Random(6), 2000
    met = sum(
        showings(state(), days_of("".join("+" if chance.random() < 0.6 else "-" for _ in range(9)))).met
        for _ in range(n)
    )
    # The standard error of 2000 tries is 0.0104: four of them.
    assert abs(met / n - expected) < 4 * (expected * (1 - expected) / n) ** 0.5


def test_a_focus_has_its_steps_praise_and_end_from_its_events() -> None:
    praise = PraiseGiven(focus="f1", call="a" * 16, record=1, observation="o001", text="You asked.")
    history = story(
        (0, opening()),
        (1, StepMarked(focus="f1", step=1, status="tried", note="they laughed")),
        (2, praise),
        (3, FocusClosed(focus="f1", how="set_aside", reason="a new role")),
    )
    (found,) = focuses(history)
    assert [(s.status, s.note, s.author) for s in found.steps] == [("open", "", ""), ("tried", "they laughed", "mark")]
    assert [(p.number, p.given) for p in found.praise] == [(3, praise)]
    assert found.closed is not None
    assert (found.closed.how, found.closed.at, found.is_habit) == ("set_aside", day(3), False)
    assert open_focuses(history) == ()


def test_events_of_an_unknown_focus_or_step_are_passed_over() -> None:
    history = story(
        (0, opening()),
        (1, StepMarked(focus="f9", step=0, status="done")),
        (2, StepMarked(focus="f1", step=7, status="done")),
    )
    assert [s.status for s in focuses(history)[0].steps] == ["open", "open"]


def test_a_habit_that_is_taken_up_again_is_open_and_counts_from_then_on() -> None:
    history = story(*habit(5), (20, RelapseAnswered(focus="f1", call="c" * 16, choice="reopened")))
    (found,) = open_focuses(history)
    assert (found.id, found.at, found.since) == ("f1", day(0), day(20))
    assert showings(found, days_of("+++", first=10)).n_counted == 0
    assert showings(found, days_of("+", first=21)).n_shown == 1


@pytest.mark.parametrize(
    ("pattern", "noticed"),
    [
        ("----", False),  # four calls are too few to say so
        ("-----", True),
        ("+----", True),  # one is fewer than half of three
        ("++---", False),  # two are not
        ("+-o-u--", True),  # five that count
        ("+++++-----", True),  # by the last five
    ],
)
def test_a_relapse_is_noticed_when_fewer_than_half_of_k_show_in_n_calls_after_the_habit(
    pattern: str, noticed: bool
) -> None:
    assert bool(relapses(story(*habit(8)), days_of(pattern, first=10))) is noticed


def test_calls_before_the_habit_do_not_make_a_relapse() -> None:
    assert relapses(story(*habit(8)), (*days_of("-----"), *days_of("----", first=10))) == ()


def test_exactly_half_of_k_is_no_relapse() -> None:
    assert relapses(story(*habit(8, shown=4)), days_of("++---", first=10)) == ()
    assert relapses(story(*habit(8, shown=4)), days_of("+----", first=10)) != ()


def test_what_was_set_aside_cannot_relapse() -> None:
    history = story((0, opening()), (8, FocusClosed(focus="f1", how="set_aside", reason="a new role")))
    assert relapses(history, days_of("-----", first=10)) == ()


def test_a_relapse_that_was_left_is_offered_again_only_after_n_further_calls() -> None:
    calls = days_of("-----", first=10)
    left = RelapseAnswered(focus="f1", call=calls[-1].call, choice="left")
    history = story(*habit(8), (15, left))
    assert relapses(history, calls) == ()
    assert relapses(history, (*calls, *days_of("----", first=15.5))) == ()
    (again,) = relapses(history, (*calls, *days_of("-----", first=15.5)))
    assert again.showings.n_counted == 5


def test_an_answer_to_an_earlier_relapse_does_not_quieten_the_next() -> None:
    calls = days_of("-----", first=10)
    reopened = RelapseAnswered(focus="f1", call=calls[-1].call, choice="reopened")
    history = story(*habit(8), (15, reopened), (30, FocusClosed(focus="f1", how="habit")))
    assert relapses(history, calls) == ()
    assert len(relapses(history, (*calls, *days_of("-----", first=31)))) == 1


def test_a_behaviour_that_is_worked_on_again_is_no_relapse() -> None:
    history = story(*habit(8), (9, opening()))
    assert relapses(history, days_of("-----", first=10)) == ()


def test_of_two_habits_of_one_behaviour_the_later_one_relapses() -> None:
    history = story(*habit(8), (9, opening()), (12, FocusClosed(focus="f3", how="habit")))
    assert [each.focus.id for each in relapses(history, days_of("-----", first=13))] == ["f3"]


@given(SIGNS, st.floats(8.5, 30))
def test_a_relapse_never_comes_of_practice(pattern: str, at: float) -> None:
    calls = days_of(pattern, first=10)
    rehearsal = past(at, "not_shown", mode="simulated")
    assert relapses(story(*habit(8)), (*calls, rehearsal)) == relapses(story(*habit(8)), calls)
