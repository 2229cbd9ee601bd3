"""A rater's form: what its fields mean, and what is said of wrong ones."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from pipeline.review.labelling.forms import Ground, read_form
from pipeline.rubrics import find_rubric
from tests.conversations import conversation

NOW = datetime(2026, 3, 5, 7, 0, tzinfo=UTC)
RUBRIC = find_rubric("discovery")
TALK = conversation(
    [
        ("rep", 0.0, 3.0, "How do you plan the week today?"),
        ("customer", 3.5, 8.0, "With one large spreadsheet."),
        ("rep", 8.5, 10.0, "What does that cost you?"),
    ]
)
GROUND = Ground(call="call-0001", conversation=TALK, transcript="a" * 64, rubric=RUBRIC)
FIRST, SECOND = (b.id for b in GROUND.behaviours[:2])


def test_a_shown_behaviour_is_seen_in_its_turns_and_in_no_other() -> None:
    fields = {f"state.{FIRST}": "shown", f"turns.{FIRST}": "1, 3"}
    label = read_form(GROUND, fields, rater="otto", now=NOW).label
    assert label is not None
    assert [(v.behaviour, v.state) for v in label.verdicts] == [(FIRST, "shown")]
    seen = {t.turn_id: FIRST in t.behaviours for t in label.turns if t.turn_id in ("t0001", "t0003")}
    assert seen == {"t0001": True, "t0003": True}


def test_what_was_left_out_may_be_in_any_turn() -> None:
    label = read_form(GROUND, {f"state.{FIRST}": "not_shown"}, rater="otto", now=NOW).label
    assert label is not None
    first = label.turns[0]
    assert FIRST not in first.behaviours | first.may_show
    assert SECOND in first.may_show


def test_shown_without_turns_may_be_in_any_turn() -> None:
    label = read_form(GROUND, {f"state.{FIRST}": "shown"}, rater="otto", now=NOW).label
    assert label is not None
    assert all(FIRST in t.may_show and not t.behaviours for t in label.turns)


def test_an_empty_form_is_no_label() -> None:
    filled = read_form(GROUND, {}, rater="otto", now=NOW)
    assert filled.label is None
    assert filled.mistakes[0].reason.startswith("nothing is labelled yet")


def test_a_turn_that_is_not_there_is_named() -> None:
    filled = read_form(GROUND, {f"state.{FIRST}": "shown", f"turns.{FIRST}": "2, 9"}, rater="otto", now=NOW)
    assert [(m.field, m.reason) for m in filled.mistakes] == [(f"turns.{FIRST}", "there is no turn 9")]


def test_turns_of_something_not_shown_are_a_mistake() -> None:
    filled = read_form(GROUND, {f"state.{FIRST}": "not_shown", f"turns.{FIRST}": "1"}, rater="otto", now=NOW)
    assert filled.label is None


def test_a_level_is_one_of_the_rubric_or_none() -> None:
    capability = RUBRIC.rubric.capabilities[0].id
    kept = read_form(GROUND, {f"level.{capability}": "none"}, rater="otto", now=NOW).label
    assert kept is not None
    assert kept.levels[0].level is None
    assert read_form(GROUND, {f"level.{capability}": "9"}, rater="otto", now=NOW).mistakes


@given(
    states=st.dictionaries(st.sampled_from([b.id for b in GROUND.behaviours]), st.text(max_size=20)),
    turns=st.dictionaries(st.sampled_from([b.id for b in GROUND.behaviours]), st.text(max_size=40)),
)
def test_any_form_is_a_label_or_says_what_is_wrong(states: dict[str, str], turns: dict[str, str]) -> None:
    fields = {f"state.{b}": s for b, s in states.items()} | {f"turns.{b}": t for b, t in turns.items()}
    filled = read_form(GROUND, fields, rater="otto", now=NOW)
    assert (filled.label is None) == bool(filled.mistakes)
