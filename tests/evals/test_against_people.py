"""Us against people: the same panels for both, tables by hand, verdicts, and levels."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.against_people import MARGIN, Verdict, level_measures, people_measures, people_unit, verdict_of
from evals.mapping import Target
from evals.measures import FEW_UNITS, Unit
from tests.evals.talks import labelled

SEEN = Target(id="seen", about="what is seen", labels=frozenset({"x"}), behaviours=("cost_asked",))
# the rep's turns are 1, 3 and 5
THREE = {"ann": ["x", "", "x", "", "", ""], "ben": ["x", "", "", "", "", ""], "eve": ["x", "", "x", "", "", ""]}


def test_everybody_faces_what_most_of_the_others_say() -> None:
    unit = people_unit(labelled("a", THREE), SEEN, frozenset({"t0001", "t0005"}))
    assert unit is not None
    # Panels: without ann (ben, eve) {1}, without ben (ann, eve) {1, 3}, without eve (ann, ben) {1}.
    # ann {1,3}: turn 1 yes-yes, 3 no-yes, 5 no-no. ben {1}: 1 yes-yes, 3 yes-no, 5 no-no. eve as ann.
    assert unit.people == (3, 2, 1, 3)
    # we say {1, 5}: without ann 1 yes-yes, 3 no-no, 5 no-yes; without ben 1 yes-yes, 3 yes-no, 5 no-yes; as ann.
    assert unit.ours == (2, 3, 1, 3)
    assert sum(unit.ours) == sum(unit.people) == unit.n_raters * unit.n_turns == 9


def test_coincidences_with_us_and_without() -> None:
    unit = people_unit(labelled("a", THREE), SEEN, frozenset({"t0001"}))
    assert unit is not None
    # Turns: 1 has three yes, 3 two yes and a no, 5 three no. Of 3: no-yes 2 / 2 each way, yes-yes 2 / 2.
    assert unit.among_people == (3, 1, 1, 4)
    # With us: 1 has four yes, 3 two and two: no-no 2 / 3, no-yes 4 / 3, yes-yes 2 / 3; 5 four no.
    assert unit.with_us == pytest.approx((4 + 2 / 3, 4 / 3, 4 / 3, 4 + 2 / 3))


def test_credit_is_turns_that_we_see_less_those_that_people_see_on_average() -> None:
    unit = people_unit(labelled("a", THREE), SEEN, frozenset({"t0001", "t0003", "t0005"}))
    assert unit is not None
    assert unit.credited == pytest.approx(3 - (1 + 2 / 3 + 0))


def test_a_call_with_one_rater_says_nothing_of_people() -> None:
    assert people_unit(labelled("a", {"ann": ["x"] * 6, "ben": []}), SEEN, frozenset()) is None
    assert people_measures("behaviours.made", SEEN, []) == ()


@given(st.lists(st.sampled_from(["", "x"]), min_size=6, max_size=6), st.integers(2, 4))
def test_where_all_agree_and_we_with_them_every_table_is_a_diagonal(said: list[str], raters: int) -> None:
    seen = frozenset(f"t{i:04d}" for i in (1, 3, 5) if said[i - 1])
    unit = people_unit(labelled("a", {f"r{i}": said for i in range(raters)}), SEEN, seen)
    assert unit is not None
    assert unit.ours == unit.people == (raters * (3 - len(seen)), 0, 0, raters * len(seen))
    assert unit.credited == 0


def units(*tables: tuple[float, ...]) -> list[Unit]:
    return [Unit(id=str(i), parts=table) for i, table in enumerate(tables)]


GOOD, POOR = (40.0, 2.0, 2.0, 40.0), (25.0, 20.0, 20.0, 25.0)


@pytest.mark.parametrize(
    ("ours", "people", "verdict"),
    [
        (units(*[GOOD] * 8), units(*[GOOD] * 8), "as good as a person"),
        (units(*[GOOD] * 8), units(*[POOR] * 8), "as good as a person"),
        (units(*[POOR] * 8), units(*[GOOD] * 8), "worse"),
        (units(*[GOOD] * (FEW_UNITS - 1)), units(*[GOOD] * (FEW_UNITS - 1)), "too few to say"),
        # very good in some calls and very poor in others: it could be either
        (units(GOOD, POOR, GOOD, POOR, GOOD, GOOD), units(POOR, GOOD, GOOD, GOOD, POOR, GOOD), "too few to say"),
        (units(*[(0.0, 0.0, 0.0, 9.0)] * 8), units(*[GOOD] * 8), "too few to say"),
    ],
    ids=["alike", "better", "worse", "four calls", "either", "nothing to disagree on"],
)
def test_the_verdict(ours: list[Unit], people: list[Unit], verdict: Verdict) -> None:
    assert verdict_of(ours, people) == verdict


def test_a_little_below_people_in_every_call_is_worse_however_little() -> None:
    # kappa 0.905 against 0.929: within the margin, and yet below in every resample
    slightly = (40.0, 2.0, 2.0, 40.0), (40.5, 1.5, 1.5, 40.5)
    assert -MARGIN < (40 - 2) / 42 - (40.5 - 1.5) / 42
    assert verdict_of(units(*[slightly[0]] * 8), units(*[slightly[1]] * 8)) == "worse"


def test_the_measures_of_a_target() -> None:
    rows = [people_unit(labelled(f"call-{i}", THREE), SEEN, frozenset({"t0001", "t0005"})) for i in range(6)]
    kappa, alpha, bias = people_measures("behaviours.made", SEEN, [row for row in rows if row is not None])
    # ours (2,3,1,3): 5 of 9 alike; by chance (5*3 + 4*6) / 81 = 39 / 81; people (3,2,1,3): 6 of 9, (5*4 + 4*5) / 81
    assert kappa.value == pytest.approx((5 / 9 - 39 / 81) / (1 - 39 / 81))
    assert kappa.people == pytest.approx((6 / 9 - 40 / 81) / (1 - 40 / 81))
    assert kappa.about.endswith("(3 a call): worse")
    assert alpha.people is not None
    # we see 2 of 3 turns, people 5 of 9
    assert bias.value == pytest.approx(2 / 3 - 5 / 9)
    assert [m.better for m in (kappa, alpha, bias)] == ["more", "neither", "neither"]


def test_levels_by_hand() -> None:
    # (theirs, ours): alike, one below, two above
    measures = level_measures("behaviours.made", [("a", [(3, 3), (3, 2)]), ("b", [(1, 3)]), ("c", [])])
    found = {measure.name.rpartition(".")[2]: measure for measure in measures}
    assert found["level_exact"].value == pytest.approx(1 / 3)
    assert found["level_adjacent"].value == pytest.approx(2 / 3)
    assert found["level_bias"].value == pytest.approx((0 - 1 + 2) / 3)
    # rows (theirs) 1: 1, 3: 2; columns 2: 1, 3: 2. Seen 0 + 1 + 4 = 5; by chance, over 3:
    # 1 with 2: 1*1*1, 1 with 3: 1*2*4, 3 with 2: 2*1*1, 3 with 3: 0: 11 / 3. kappa = 1 - 5 / (11 / 3)
    assert found["level_kappa"].value == pytest.approx(1 - 15 / 11)
    assert found["level_exact"].n == 3


def test_without_levels_nothing_is_measured() -> None:
    assert level_measures("behaviours.made", [("a", [])]) == ()
