"""Several raters: the tables of what they say, derived by hand, and the laws of coincidences."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.agreement import krippendorff_alpha, weighted_kappa
from evals.collections.conversations import SpokenLine, untimed
from evals.labelled import LabelledCall, LevelLabel, TurnLabel, VerdictLabel
from evals.measures import Measure
from evals.raters import RaterTables, coincidences, disagreements, rater_tables, ratings
from pipeline.domain.assessment import VerdictState

TALK = untimed(
    "call-1",
    [SpokenLine("A", "rep", "What is it?"), SpokenLine("B", "customer", "A list."), SpokenLine("A", "rep", "I see.")],
)


def label(turn: int, rater: str, *behaviours: str, asks: bool | None = None, unclear: bool = False) -> TurnLabel:
    return TurnLabel(
        turn_id=f"t{turn:04d}", rater=rater, behaviours=frozenset(behaviours), asks=asks, unclear=unclear
    )  # fmt: skip


def call(
    *labels: TurnLabel | VerdictLabel | LevelLabel, name: str = "call-1", rubric: str | None = None
) -> LabelledCall:
    return LabelledCall(
        id=name,
        collection="made_up",
        rubric=rubric,
        conversation=TALK,
        turns=tuple(x for x in labels if isinstance(x, TurnLabel)),
        verdicts=tuple(x for x in labels if isinstance(x, VerdictLabel)),
        levels=tuple(x for x in labels if isinstance(x, LevelLabel)),
    )


def verdict(rater: str, state: VerdictState, behaviour: str = "goal_asked") -> VerdictLabel:
    return VerdictLabel(behaviour=behaviour, rater=rater, state=state)


def table(tables: Sequence[RaterTables], question: str) -> RaterTables:
    (found,) = [t for t in tables if t.question == question]
    return found


class TestCoincidences:
    def test_two_raters_who_differ_make_one_coincidence_each_way(self) -> None:
        # Ordered pairs: (0, 1) and (1, 0), each 1 / (2 - 1).
        assert coincidences([0, 1], 2).tolist() == [[0, 1], [1, 0]]

    def test_of_three_raters_each_ordered_pair_counts_half(self) -> None:
        # Values 0, 0, 1: (0, 0) twice, (0, 1) twice, (1, 0) twice, each 1 / (3 - 1).
        assert coincidences([0, 0, 1], 2).tolist() == [[1, 1], [1, 0]]

    def test_a_single_rater_coincides_with_nobody(self) -> None:
        assert coincidences([1], 2).tolist() == [[0, 0], [0, 0]]
        assert coincidences([], 2).tolist() == [[0, 0], [0, 0]]

    @given(st.lists(st.integers(0, 3), max_size=12))
    def test_a_table_is_symmetric_and_sums_to_its_raters(self, categories: list[int]) -> None:
        found = coincidences(categories, 4)
        assert np.array_equal(found, found.T)
        assert found.sum() == pytest.approx(len(categories) if len(categories) > 1 else 0)

    @given(st.lists(st.integers(0, 3), min_size=2, max_size=12))
    def test_marginals_are_how_often_each_category_was_given(self, categories: list[int]) -> None:
        counts = [categories.count(category) for category in range(4)]
        assert coincidences(categories, 4).sum(axis=1).tolist() == pytest.approx(counts)


def test_krippendorffs_own_example_comes_out() -> None:
    """Two observers, ten binary units: alpha 0.095 (Krippendorff 2011, Computing Alpha-Reliability, example A).

    They differ on 4 units; 14 zeros and 6 ones in 20 values: 1 - 19 * 4 / (14 * 6) = 0.0952.
    """
    meg = [0, 1, 0, 0, 0, 0, 0, 0, 1, 0]
    owen = [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]
    calls = [
        call(
            verdict("Meg", "shown" if a else "not_shown"), verdict("Owen", "shown" if b else "not_shown"), name=f"c{n}"
        )
        for n, (a, b) in enumerate(zip(meg, owen, strict=True))
    ]
    (found,) = rater_tables(calls)
    total = sum(np.array(unit.parts).reshape(3, 3) for unit in found.units)
    assert float(krippendorff_alpha(np.asarray(total))) == pytest.approx(0.095, abs=5e-4)


class TestTables:
    def test_pairs_are_tables_whose_rows_are_the_first_raters(self) -> None:
        calls = [
            call(verdict("Ann", "shown"), verdict("Ben", "not_shown"), name="a"),
            call(verdict("Ben", "shown"), verdict("Ann", "shown"), verdict("Eve", "shown"), name="b"),
        ]
        found = table(rater_tables(calls), "goal_asked")
        assert found.categories == ("shown", "not_shown", "no_opportunity")
        assert found.pairs["Ann", "Ben"] == ((1, 1, 0), (0, 0, 0), (0, 0, 0))
        assert set(found.pairs) == {("Ann", "Ben"), ("Ann", "Eve"), ("Ben", "Eve")}
        assert (found.n_items, [unit.id for unit in found.units]) == (2, ["a", "b"])

    def test_equal_raters_have_kappa_and_alpha_of_one(self) -> None:
        states: dict[str, VerdictState] = {"a": "shown", "b": "not_shown"}
        calls = [call(verdict("Ann", state), verdict("Ben", state), name=name) for name, state in states.items()]
        (found,) = rater_tables(calls)
        assert float(weighted_kappa(np.array(found.pairs["Ann", "Ben"]))) == 1
        measure = Measure(
            name="made.up.alpha", about="Made.", statistic="alpha_nominal", units=found.units, n=2, of="verdicts"
        )
        assert measure.value == 1

    def test_levels_are_ordered_behind_none(self) -> None:
        labels = [LevelLabel(capability="asking", rater=r, level=level) for r, level in (("Ann", None), ("Ben", 5))]
        (found,) = rater_tables([call(*labels)])
        assert found.categories == ("none", "1", "2", "3", "4", "5")
        assert np.argwhere(np.array(found.pairs["Ann", "Ben"])).tolist() == [[0, 5]]

    def test_what_one_rater_alone_says_makes_no_table(self) -> None:
        assert rater_tables([call(label(1, "Ann", "open"), verdict("Ann", "shown"))]) == ()
        assert rater_tables([call(verdict("Ann", "shown"), verdict("Ben", "shown", "other"))]) == ()

    def test_unread_is_no_rating(self) -> None:
        assert rater_tables([call(verdict("Ann", "shown"), verdict("Ben", "unread"))]) == ()


class TestTurns:
    def test_a_behaviour_nobody_named_in_a_turn_is_a_no_there(self) -> None:
        calls = [call(label(1, "Ann", "open"), label(1, "Ben"), label(3, "Ann"), label(3, "Ben"))]
        found = table(rater_tables(calls), "open")
        # Turn 1: no and yes, one coincidence each way; turn 3: no twice.
        assert found.units[0].parts == (2, 1, 1, 0)

    def test_turns_of_a_role_that_never_shows_it_are_not_counted(self) -> None:
        calls = [call(label(1, "Ann", "open"), label(1, "Ben", "open"), label(2, "Ann"), label(2, "Ben"))]
        assert table(rater_tables(calls), "open").n_items == 1

    def test_calls_of_the_same_collection_share_their_behaviours_and_others_do_not(self) -> None:
        shown = call(label(1, "Ann", "open"), label(1, "Ben", "open"), name="a", rubric="one")
        for rubric, n in (("one", 2), ("two", 1)):
            empty = call(label(1, "Ann"), label(1, "Ben"), name="b", rubric=rubric)
            assert table(rater_tables([shown, empty]), "open").n_items == n

    def test_asking_is_a_question_of_its_own_and_unclear_is_no_rating(self) -> None:
        calls = [
            call(
                label(1, "Ann", asks=True),
                label(1, "Ben", asks=False),
                label(3, "Ann", asks=True),
                label(3, "Ben", unclear=True),
            )
        ]
        (found,) = rater_tables(calls)
        assert (found.kind, found.question, found.n_items) == ("asks", "asks", 1)

    def test_where_nobody_looked_or_a_turn_may_show_it_there_is_no_rating(self) -> None:
        ann = label(1, "Ann", "open", "closed")
        ben = TurnLabel(turn_id="t0001", rater="Ben", may_show=frozenset({"open"}))
        eve = TurnLabel(turn_id="t0001", rater="Eve", asks=True, looked_for=False)
        said = [(r.rater, r.question, r.category) for r in ratings([call(ann, ben, eve)])]
        assert said == [
            ("Ann", "closed", "yes"), ("Ann", "open", "yes"), ("Ben", "closed", "no"), ("Eve", "asks", "yes"),
        ]  # fmt: skip


class TestDisagreements:
    def test_who_said_what_of_which_turn(self) -> None:
        calls = [call(label(1, "Ann", "open"), label(1, "Ben"), label(1, "Eve", "open"), verdict("Ann", "shown"))]
        (found,) = disagreements(calls)
        assert (found.call, found.turn_id, found.question, found.text) == ("call-1", "t0001", "open", "What is it?")
        assert found.said == {"Ann": "yes", "Ben": "no", "Eve": "yes"}

    def test_of_a_whole_call_there_is_no_text(self) -> None:
        (found,) = disagreements([call(verdict("Ann", "shown"), verdict("Ben", "not_shown"))])
        assert (found.turn_id, found.text, found.said) == (None, "", {"Ann": "shown", "Ben": "not_shown"})

    def test_raters_who_agree_are_not_listed(self) -> None:
        assert disagreements([call(verdict("Ann", "shown"), verdict("Ben", "shown"))]) == ()
