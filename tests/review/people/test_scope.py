"""Who sees which calls: laws for every team, then the cases that a law alone leaves open."""

from collections.abc import Mapping

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.people import User, UserRole, same_name
from pipeline.review.people import scope_of
from pipeline.review.scope import Scope, Sight
from tests.review.people.trees import Team, teams, user

NAMES = st.frozensets(st.sampled_from(["anna", "bert", "mark", "vera", "é"]), max_size=4)
SCOPES = st.builds(Scope, everything=st.booleans(), own=NAMES, coached=NAMES, managers=NAMES, known=NAMES)
NAMED = st.sampled_from(["Anna", " anna", "BERT", "mark", "Vera", "É", "", "  ", None, "stranger"])
CALLS = st.lists(st.tuples(NAMED, NAMED), min_size=1, max_size=12)
Named = tuple[str | None, str | None]


def sights(scope: Scope, calls: list[Named]) -> list[Sight | None]:
    return [scope.sight(rep, manager) for rep, manager in calls]


def by_sql(scope: Scope, calls: list[Named], *, coach: bool) -> set[int]:
    """Which of the calls a real DuckDB finds by the scope's condition."""

    with duckdb.connect() as database:
        database.execute("CREATE TABLE calls (n INTEGER, rep_key VARCHAR, manager_key VARCHAR)")
        for n, call in enumerate(calls):
            keys = [None if name is None else same_name(name) for name in call]
            database.execute("INSERT INTO calls VALUES (?, ?, ?)", [n, *keys])
        condition, parameters = scope.condition(coach=coach)
        found = database.execute(f"SELECT n FROM calls WHERE {condition}", list(parameters)).fetchall()
    return {n for (n,) in found}


class TestEveryTeam:
    @given(teams())
    def test_nobody_outside_the_line_sees_a_call(self, team: Team) -> None:
        for who in team.users.values():
            scope = scope_of(who, team.users)
            for (rep, manager), sight in zip(team.calls, sights(scope, team.calls), strict=True):
                if sight is None:
                    continue
                assert not who.removed
                owner, named = team.named(rep), team.named(manager)
                if owner is not None and owner.has_calls:
                    assert sight == ("own" if owner == who else "coach")
                    assert owner == who or who.id in team.above(owner.id)
                else:  # the rep is no user: the manager whom the call names, and those above
                    assert sight == "coach"
                    assert named is not None
                    assert named == who or who.id in team.above(named.id)

    @given(teams())
    def test_everybody_of_the_line_who_manages_sees_it(self, team: Team) -> None:
        for rep, manager in team.calls:
            owner = team.named(rep)
            if owner is None or not owner.has_calls:
                continue
            for above in map(team.users.__getitem__, team.above(owner.id)):
                if above.manages and not above.removed:
                    assert scope_of(above, team.users).sight(rep, manager) == "coach"

    @given(teams())
    def test_nobody_coaches_their_own_call(self, team: Team) -> None:
        for who in team.users.values():
            for name in (who.name, *who.known_as):
                assert scope_of(who, team.users).sight(name, who.name) != "coach"

    @given(teams(), st.data())
    def test_removing_somebody_shows_nobody_anything_new(self, team: Team, data: st.DataObject) -> None:
        gone = data.draw(st.sampled_from(sorted(team.users)))
        after = {**team.users, gone: team.users[gone].model_copy(update={"removed": True})}
        for who in team.users.values():
            before = sights(scope_of(who, team.users), team.calls)
            assert sights(scope_of(after[who.id], after), team.calls) == (
                [None] * len(before) if who.id == gone else before
            )


class TestSql:
    @given(SCOPES, CALLS)
    def test_sql_and_python_agree_on_every_call(self, scope: Scope, calls: list[Named]) -> None:
        seen = sights(scope, calls)
        assert by_sql(scope, calls, coach=False) == {n for n, sight in enumerate(seen) if sight is not None}
        assert by_sql(scope, calls, coach=True) == {n for n, sight in enumerate(seen) if sight == "coach"}

    def test_a_name_is_a_parameter_and_no_sql(self) -> None:
        scope = Scope(own=frozenset({"'; drop table calls; --"}))
        assert by_sql(scope, [("'; DROP TABLE calls; --", None), ("anna", None)], coach=False) == {0}


MARK, VERA = user("mark", "manager", above="vera"), user("vera", "second_level")
ANNA = user("anna", "rep", above="mark")


def known(*users: User) -> Mapping[str, User]:
    return {u.id: u for u in users}


class TestCases:
    def test_the_manager_named_in_a_call_sees_it_where_the_rep_is_no_user(self) -> None:
        users = known(VERA, MARK, ANNA)
        assert [scope_of(u, users).sight("Stranger", "mark surname") for u in users.values()] == [
            "coach",
            "coach",
            None,
        ]

    def test_the_manager_named_in_a_call_of_another_s_rep_does_not(self) -> None:
        nina = user("nina", "manager", above="vera")
        assert scope_of(nina, known(VERA, MARK, ANNA, nina)).sight("Anna", "Nina") is None

    def test_a_rep_who_also_manages_sees_both_ways(self) -> None:
        lead = user("lead", "rep", "manager", above="vera")
        carl = user("carl", "rep", above="lead")
        scope = scope_of(lead, known(VERA, lead, carl))
        assert [scope.sight("Lead", None), scope.sight("Carl", None)] == ["own", "coach"]
        assert scope_of(carl, known(VERA, lead, carl)).sight("Lead", None) is None
        assert scope_of(VERA, known(VERA, lead, carl)).sight("Lead", None) == "coach"

    def test_a_manager_s_own_call_is_theirs_and_not_theirs_to_coach(self) -> None:
        users = known(VERA, MARK, ANNA)
        assert scope_of(MARK, users).sight("Mark", "Mark") == "own"
        assert scope_of(VERA, users).sight("Mark", "Mark") == "coach"

    def test_those_above_a_removed_manager_go_on_seeing_and_nobody_new_does(self) -> None:
        gone = MARK.model_copy(update={"removed": True})
        nina = user("nina", "manager", above="vera")
        users = known(VERA, gone, ANNA, nina)
        found = {u.id: scope_of(u, users).sight("Anna", "Mark") for u in users.values()}
        assert found == {"vera": "coach", "mark": None, "anna": "own", "nina": None}

    def test_a_removed_rep_s_calls_stay_with_those_above_whoever_the_call_names(self) -> None:
        gone = ANNA.model_copy(update={"removed": True})
        nina = user("nina", "manager")
        users = known(VERA, MARK, gone, nina)
        found = {u.id: scope_of(u, users).sight("Anna", "Nina") for u in users.values()}
        assert found == {"vera": "coach", "mark": "coach", "anna": None, "nina": None}

    @pytest.mark.parametrize("role", ["author", "admin"])
    def test_authors_and_admins_see_no_call_by_it_not_even_one_of_their_name(self, role: UserRole) -> None:
        otto = user("otto", role)
        assert sights(scope_of(otto, known(otto, ANNA)), [("Anna", None), ("Otto", "Otto"), (None, None)]) == [None] * 3

    def test_a_circle_in_damaged_files_ends(self) -> None:
        one, two = user("one1", "manager", above="two2"), user("two2", "manager", above="one1")
        rep = user("rep1", "rep", above="two2")
        assert scope_of(one, known(one, two, rep)).sight("Rep1", None) == "coach"

    def test_a_call_that_names_nobody_is_seen_by_nobody_but_at_one_s_own_machine(self) -> None:
        assert scope_of(VERA, known(VERA, MARK, ANNA)).sight(None, None) is None
        assert scope_of(VERA, known(VERA, MARK, ANNA)).sight(" ", "") is None
        assert Scope(everything=True).sight(None, None) == "coach"


def test_at_one_s_own_machine_every_call_is_another_s() -> None:
    assert Scope(everything=True).condition(coach=True) == ("true", ())
    assert Scope(everything=True).condition() == ("true", ())
