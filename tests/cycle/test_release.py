"""Which scores leave for the evaluation of employees: none of practice, none of what a focus was open on."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from pipeline.cycle.focus import focuses
from pipeline.cycle.release import Release, Scored, release, was_open
from pipeline.domain.cycle.events import Event, Happened, History
from pipeline.domain.cycle.focus import FocusClosed, FocusOpened, RelapseAnswered
from pipeline.domain.cycle.past_calls import Level, PastCall

START = datetime(2026, 2, 2, 9, 0, tzinfo=UTC)


def day(n: float) -> datetime:
    return START + timedelta(days=n)


def call(name: str, on: float, *, mode: str = "live", stage: str = "discovery", rubric: str = "discovery") -> PastCall:
    levels = {"listening": Level(level=3, of=5), "next_step": Level(level=None, of=5)}
    return PastCall(
        call=name, at=day(on), mode=mode, stage=stage, customer=None, deal=None, rubric=rubric, rubric_version=2,
        duration=600.0, levels=levels, verdicts={},
    )  # fmt: skip


def history(*events: tuple[Event, float]) -> History:
    return tuple(Happened(number=n, author="mark", at=day(on), what=what) for n, (what, on) in enumerate(events, 1))


OPENED = FocusOpened(rubric="discovery", capability="listening", behaviour="impact_asked", shown=3, of=5)
CLOSED = FocusClosed(focus="f1", how="habit")
AGAIN = RelapseAnswered(focus="f1", call="call-1", choice="reopened")
LEFT = RelapseAnswered(focus="f1", call="call-1", choice="left")


def given_rows(found: Release) -> list[tuple[str, str]]:
    return [(row.call, row.capability) for row in found.rows]


def refused_rows(found: Release) -> list[tuple[str, str, str]]:
    return [(each.call, each.capability, each.reason) for each in found.refused]


def test_everything_leaves_for_coaching_practice_marked_as_such() -> None:
    scored = Scored(person="anna", calls=(call("c1", 3), call("c2", 4, mode="simulated")), history=history((OPENED, 1)))
    found = release([scored], "coaching")
    assert given_rows(found) == [("c1", "listening"), ("c1", "next_step"), ("c2", "listening"), ("c2", "next_step")]
    assert [row.mode for row in found.rows] == ["live", "live", "simulated", "simulated"]
    assert found.refused == ()
    assert "not to be used to judge" in found.says[0]


def test_practice_is_refused_for_evaluation() -> None:
    found = release([Scored(person="anna", calls=(call("c1", 1), call("c2", 2, mode="simulated")))], "evaluation")
    assert given_rows(found) == [("c1", "listening"), ("c1", "next_step")]
    assert refused_rows(found) == [("c2", "listening", "practice"), ("c2", "next_step", "practice")]
    assert all("practise" in each.why for each in found.refused)


def test_a_capability_is_refused_while_a_focus_of_it_is_open_and_others_are_not() -> None:
    worked_on = history((OPENED, 2), (CLOSED, 6))
    calls = (call("c1", 1), call("c2", 3), call("c3", 7))
    found = release([Scored(person="anna", calls=calls, history=worked_on)], "evaluation")
    assert refused_rows(found) == [("c2", "listening", "open_focus")]
    assert ("c2", "next_step") in given_rows(found)
    assert found.says[0] == "For evaluation of employees: 5 scores given, 1 refused."
    assert found.says[1].startswith("Refused 1: taken while the rep worked on a focus of this capability")


def test_a_capability_of_the_same_name_in_another_rubric_is_refused_as_well() -> None:
    found = release(
        [Scored(person="anna", calls=(call("c1", 3, rubric="demo"),), history=history((OPENED, 2)))], "evaluation"
    )
    assert refused_rows(found) == [("c1", "listening", "open_focus")]


def test_somebody_else_s_focus_refuses_nothing() -> None:
    anna = Scored(person="anna", calls=(call("c1", 3),), history=history((OPENED, 2)))
    bert = Scored(person="bert", calls=(call("c2", 3),))
    found = release([anna, bert], "evaluation")
    assert [each.person for each in found.refused] == ["anna"]


def test_a_recorded_one_to_one_is_refused() -> None:
    found = release([Scored(person="mark", calls=(call("t1", 1, stage="coaching"),))], "evaluation")
    assert {each.reason for each in found.refused} == {"one_to_one"}
    assert found.nothing_left


def test_no_level_of_a_refused_score_is_told() -> None:
    found = release([Scored(person="anna", calls=(call("c1", 1, mode="simulated"),))], "evaluation")
    assert "level" not in found.refused[0].model_dump()
    assert found.nothing_left


def test_nobody_s_scores_are_no_refusal() -> None:
    assert not release([], "evaluation").nothing_left


def test_a_focus_is_open_from_its_opening_until_its_end_and_again_when_taken_up() -> None:
    (state,) = focuses(history((OPENED, 2), (CLOSED, 6), (LEFT, 7), (AGAIN, 9), (CLOSED, 12)))
    open_on = [n for n in range(15) if was_open(state, day(n))]
    assert open_on == [2, 3, 4, 5, 9, 10, 11]


@given(st.lists(st.tuples(st.floats(0, 20), st.booleans()), max_size=12), st.floats(0, 20), st.floats(0, 20))
def test_every_score_is_either_given_or_refused_and_never_both(
    taken: list[tuple[float, bool]], opened: float, length: float
) -> None:
    calls = tuple(
        call(f"c{n}", on, mode="simulated" if rehearsed else "live") for n, (on, rehearsed) in enumerate(taken)
    )
    scored = Scored(person="anna", calls=calls, history=history((OPENED, opened), (CLOSED, opened + length)))
    found = release([scored], "evaluation")
    told = given_rows(found) + [(c, capability) for c, capability, _ in refused_rows(found)]
    assert sorted(told) == sorted((c.call, capability) for c in calls for capability in c.levels)
    assert not any(row.mode == "simulated" for row in found.rows)
    assert not any(row.capability == "listening" and day(opened) <= row.at < day(opened + length) for row in found.rows)
