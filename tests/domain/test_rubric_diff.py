"""What changed between two rubrics: what came, went, or has another name, field by field, and how far it reaches."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.rubric import (
    Behaviour,
    Capability,
    Coaching,
    Form,
    Level,
    MeasureRule,
    Needs,
    Opportunity,
    Part,
    Parties,
    Polarity,
    Rubric,
)
from pipeline.domain.rubric_changes import BehaviourDiff, Change, Effect, FieldChange, LevelChange
from pipeline.domain.rubric_diff import READ, diff_rubrics, rule_in_words
from pipeline.rubrics import reading_hash

COACHING = Coaching(
    gap="No question of this kind was found.",
    questions=("What happened then?",),
    steps=("Write one question.", "Ask it."),
    practice="Ask a colleague.",
)


def behaviour(name: str, **fields: Any) -> Behaviour:
    own = {"examples": (f"{name} one", f"{name} two"), **fields}
    return Behaviour(**{"id": name, "text": f"Does {name}", "praise": f"You did {name}.", "coaching": COACHING} | own)


COST = behaviour("cost_asked", form=Form.QUESTION)
WAITING = behaviour("waiting_asked", counterexamples=("How long is it?",))
SHARE = behaviour("talk_share", examples=(), measure=MeasureRule(name="rep_talk_ratio", low=0.3, high=0.5))
DATE = behaviour("date_named", part=Part.CLOSING)
LATER = behaviour("later_said", polarity=Polarity.INEFFECTIVE)
IMPACT = Capability(
    id="impact",
    name="What it costs",
    goal="Both sides know the figure.",
    behaviours=(COST, WAITING, SHARE),
    levels=(
        Level(level=1, anchor="Nothing was found."),
        Level(level=2, anchor="One was found.", needs=Needs(at_least=1)),
        Level(level=3, anchor="A figure and more.", needs=Needs(at_least=2, all=("cost_asked",))),
    ),
)
NEXT = Capability(
    id="next_step",
    name="Next step",
    goal="A step is agreed.",
    behaviours=(DATE, LATER),
    levels=(
        Level(level=1, anchor="Nothing was found."),
        Level(level=2, anchor="A date was found.", needs=Needs(all=("date_named",), none=("later_said",))),
    ),
)
OLD = Rubric(id="small", version=1, title="A small rubric", stage="discovery", capabilities=(IMPACT, NEXT))


def with_behaviour(name: str, **fields: Any) -> Rubric:
    """The old rubric with other values in these fields of one behaviour."""
    return with_capabilities(
        *(
            c.model_copy(
                update={"behaviours": tuple(b.model_copy(update=fields) if b.id == name else b for b in c.behaviours)}
            )
            for c in OLD.capabilities
        )
    )


def with_capabilities(*capabilities: Capability, **fields: Any) -> Rubric:
    return OLD.model_copy(update={"capabilities": capabilities, "version": 2} | fields)


def only(new: Rubric) -> BehaviourDiff:
    (found,) = diff_rubrics(OLD, new).behaviours
    return found


def test_a_rubric_and_itself_differ_in_nothing() -> None:
    diff = diff_rubrics(OLD, OLD)
    assert diff.is_same
    assert not diff.changes_meaning


def test_another_version_alone_is_no_other_content() -> None:
    diff = diff_rubrics(OLD, OLD.model_copy(update={"version": 2}))
    assert (diff.old_version, diff.new_version) == (1, 2)
    assert diff.is_same


def test_a_new_title_is_told_and_reaches_the_wording_only() -> None:
    diff = diff_rubrics(OLD, with_capabilities(*OLD.capabilities, title="Another title"))
    assert diff.fields == (
        FieldChange(field="title", effect=Effect.WORDING, old="A small rubric", new="Another title"),
    )
    assert diff.changes_meaning


def test_which_examples_came_and_went_is_told_and_the_behaviour_is_read_again() -> None:
    found = only(with_behaviour("cost_asked", examples=("cost_asked two", "What is it in euros?")))
    (examples,) = found.fields
    assert (examples.field, examples.added, examples.removed) == (
        "examples",
        ("What is it in euros?",),
        ("cost_asked one",),
    )
    assert (found.change, found.affects) == (Change.CHANGED, Effect.READING)


def test_examples_in_another_order_are_no_change_of_meaning_and_it_is_said() -> None:
    diff = diff_rubrics(OLD, with_behaviour("cost_asked", examples=tuple(reversed(COST.examples))))
    (found,) = diff.behaviours
    assert [f.order_only for f in found.fields] == [True]
    assert found.is_order_only
    assert not diff.changes_meaning
    assert not diff.is_same


def test_an_entry_written_twice_is_more_than_another_order() -> None:
    found = only(with_behaviour("cost_asked", examples=(*COST.examples, COST.examples[0])))
    assert not found.is_order_only


@pytest.mark.parametrize(
    ("fields", "told", "effect"),
    [
        ({"form": Form.ANY}, FieldChange(field="form", effect=Effect.READING, old="question", new="any"), "reading"),
        ({"text": "Asks it"}, FieldChange(field="text", effect=Effect.READING, old="Does cost_asked", new="Asks it"),
         "reading"),
        ({"praise": "You asked."}, FieldChange(field="praise", effect=Effect.WORDING, old="You did cost_asked.",
                                               new="You asked."), "wording"),
        ({"coaching": COACHING.model_copy(update={"gap": "None was found."})},
         FieldChange(field="coaching.gap", effect=Effect.WORDING, old=COACHING.gap, new="None was found."), "wording"),
        ({"coaching": COACHING.model_copy(update={"steps": ("Ask it.", "Note it.")})},
         FieldChange(field="coaching.steps", effect=Effect.WORDING, added=("Note it.",),
                     removed=("Write one question.",)), "wording"),
    ],
)  # fmt: skip
def test_a_field_is_told_with_its_old_and_new_text(fields: dict[str, Any], told: FieldChange, effect: str) -> None:
    found = only(with_behaviour("cost_asked", **fields))
    assert found.fields == (told,)
    assert found.affects == effect


def test_an_opportunity_that_is_new_is_told_part_by_part() -> None:
    found = only(with_behaviour("cost_asked", opportunity=Opportunity(phrases=("too much",), within_turns=2)))
    told = {f.field: (f.old, f.new, f.added) for f in found.fields}
    assert told == {
        "opportunity.role": ("", "customer", ()),
        "opportunity.phrases": ("", "", ("too much",)),
        "opportunity.within_turns": ("", "2", ()),
    }


def test_another_bound_of_a_measure_is_scored_again_and_not_read_again() -> None:
    found = only(with_behaviour("talk_share", measure=MeasureRule(name="rep_talk_ratio", low=0.35)))
    assert found.fields == (
        FieldChange(
            field="measure",
            effect=Effect.SCORING,
            old="rep_talk_ratio from 0.3 up to 0.5",
            new="rep_talk_ratio from 0.35",
        ),
    )
    assert found.affects is Effect.SCORING


def test_the_text_of_a_measured_behaviour_reaches_no_reader() -> None:
    assert only(with_behaviour("talk_share", text="Leaves room")).affects is Effect.WORDING


def test_the_furthest_effect_of_several_changes_counts() -> None:
    assert only(with_behaviour("cost_asked", praise="You asked.", form=Form.ANY)).affects is Effect.READING


def test_a_behaviour_that_is_new_and_one_that_is_gone_are_told_with_their_capability() -> None:
    new = behaviour("budget_asked")
    diff = diff_rubrics(OLD, with_capabilities(IMPACT.model_copy(update={"behaviours": (COST, SHARE, new)}), NEXT))
    assert [(b.change, b.id, b.capability) for b in diff.behaviours] == [
        (Change.ADDED, "budget_asked", "impact"),
        (Change.REMOVED, "waiting_asked", "impact"),
    ]


def test_the_same_content_under_another_id_is_a_rename_and_is_read_again() -> None:
    found = only(with_behaviour("waiting_asked", id="delay_asked"))
    assert (found.change, found.was, found.id, found.fields) == (Change.RENAMED, "waiting_asked", "delay_asked", ())
    assert found.affects is Effect.READING


def test_a_rename_with_another_praise_is_a_rename_all_the_same() -> None:
    found = only(with_behaviour("waiting_asked", id="delay_asked", praise="You asked about delay."))
    assert (found.change, [f.field for f in found.fields]) == (Change.RENAMED, ["praise"])


def test_a_level_that_names_a_renamed_behaviour_has_the_same_rule() -> None:
    levels = (*IMPACT.levels[:2], Level(level=3, anchor="A figure and more.", needs=Needs(at_least=2, all=("price",))))
    renamed = COST.model_copy(update={"id": "price"})
    impact = IMPACT.model_copy(update={"behaviours": (renamed, WAITING, SHARE), "levels": levels})
    diff = diff_rubrics(OLD, with_capabilities(impact, NEXT))
    assert diff.capabilities == ()
    assert [b.was for b in diff.behaviours] == ["cost_asked"]


def test_another_rule_of_a_level_is_told_in_words_and_scored_again() -> None:
    levels = (*IMPACT.levels[:2], Level(level=3, anchor="A figure and more.", needs=Needs(at_least=3)))
    diff = diff_rubrics(OLD, with_capabilities(IMPACT.model_copy(update={"levels": levels}), NEXT))
    (found,) = diff.capabilities
    assert found.levels == (
        LevelChange(
            level=3,
            old_rule="at least 2 of the 3 behaviours, among them cost_asked",
            new_rule="at least 3 of the 3 behaviours",
            old_anchor="A figure and more.",
            new_anchor="A figure and more.",
        ),
    )
    assert found.affects is Effect.SCORING


def test_a_level_more_and_another_anchor_are_told() -> None:
    levels = (
        NEXT.levels[0].model_copy(update={"anchor": "No date was found."}),
        NEXT.levels[1],
        Level(level=3, anchor="More.", needs=Needs(at_least=1)),
    )
    diff = diff_rubrics(OLD, with_capabilities(IMPACT, NEXT.model_copy(update={"levels": levels})))
    (found,) = diff.capabilities
    assert [(c.level, c.effect) for c in found.levels] == [(1, Effect.WORDING), (3, Effect.SCORING)]
    assert found.levels[1].old_rule == ""


def test_another_weight_changes_which_improvement_is_chosen_and_no_level() -> None:
    diff = diff_rubrics(OLD, with_capabilities(IMPACT.model_copy(update={"weight": 5}), NEXT))
    (found,) = diff.capabilities
    assert (found.fields[0].field, found.fields[0].old, found.fields[0].new) == ("weight", "3", "5")
    assert found.affects is Effect.CHOICE


def test_a_behaviour_in_another_capability_is_told_from_where_and_read_again() -> None:
    impact = IMPACT.model_copy(update={"behaviours": (COST, WAITING, SHARE, DATE)})
    stays = NEXT.model_copy(update={"behaviours": (LATER, behaviour("who_asked")), "levels": NEXT.levels[:1]})
    diff = diff_rubrics(OLD, with_capabilities(impact, stays))
    moved = next(b for b in diff.behaviours if b.id == "date_named")
    assert (moved.change, moved.moved_from, moved.capability) == (Change.CHANGED, "next_step", "impact")
    assert moved.affects is Effect.READING


def test_a_capability_under_another_id_is_a_rename_and_its_behaviours_did_not_move() -> None:
    diff = diff_rubrics(OLD, with_capabilities(IMPACT, NEXT.model_copy(update={"id": "follow_up"})))
    assert [(c.change, c.was, c.id) for c in diff.capabilities] == [(Change.RENAMED, "next_step", "follow_up")]
    assert diff.behaviours == ()


def test_a_capability_that_is_gone_takes_its_behaviours_along() -> None:
    diff = diff_rubrics(OLD, with_capabilities(IMPACT))
    assert [(c.change, c.id) for c in diff.capabilities] == [(Change.REMOVED, "next_step")]
    assert [(b.change, b.id, b.capability) for b in diff.behaviours] == [
        (Change.REMOVED, "date_named", "next_step"),
        (Change.REMOVED, "later_said", "next_step"),
    ]


def test_another_order_of_capabilities_and_behaviours_is_told_and_no_change_of_meaning() -> None:
    turned = IMPACT.model_copy(update={"behaviours": (SHARE, COST, WAITING)})
    diff = diff_rubrics(OLD, with_capabilities(NEXT, turned))
    assert diff.reordered == ("capabilities", "behaviours of impact")
    assert not diff.changes_meaning
    assert not diff.is_same


def test_a_behaviour_put_between_others_leaves_their_order_as_it_was() -> None:
    impact = IMPACT.model_copy(update={"behaviours": (COST, behaviour("new_one"), WAITING, SHARE)})
    assert diff_rubrics(OLD, with_capabilities(impact, NEXT)).reordered == ()


@pytest.mark.parametrize(
    ("needs", "words"),
    [
        (Needs(), "nothing"),
        (Needs(at_least=2), "at least 2 of the 3 behaviours"),
        (Needs(all=("waiting_asked", "cost_asked")), "cost_asked, waiting_asked"),
        (Needs(at_least=1, all=("cost_asked",)), "cost_asked"),
        (Needs(none=("later_said",)), "without later_said"),
    ],
)
def test_a_rule_is_put_into_words(needs: Needs, words: str) -> None:
    assert rule_in_words(needs, IMPACT) == words


OTHERS: dict[str, Any] = {
    "id": "another_id",
    "text": "Another text",
    "polarity": Polarity.INEFFECTIVE,
    "role": "customer",
    "form": Form.STATEMENT,
    "part": Part.OPENING,
    "examples": ("One.", "Two."),
    "counterexamples": ("Three.",),
    "opportunity": Opportunity(phrases=("too much",)),
    "praise": "Another praise.",
    "coaching": COACHING.model_copy(update={"gap": "Another gap."}),
}


def test_how_far_it_reaches_is_known_of_every_field() -> None:
    assert set(READ) == set(Behaviour.model_fields)
    assert set(OTHERS) == set(Behaviour.model_fields) - {"measure"}


@pytest.mark.parametrize("field", list(OTHERS))
def test_a_field_is_read_again_exactly_when_a_run_would_read_again(field: str) -> None:
    new = with_behaviour("waiting_asked", **{field: OTHERS[field]})
    assert (only(new).affects is Effect.READING) == (reading_hash(new) != reading_hash(OLD))


@pytest.mark.parametrize(("field", "value"), [("name", "Another name"), ("goal", "Another goal."), ("weight", 1)])
def test_a_capability_s_field_is_read_again_exactly_when_a_run_would_read_again(field: str, value: Any) -> None:
    new = with_capabilities(IMPACT.model_copy(update={field: value}), NEXT)
    (found,) = diff_rubrics(OLD, new).capabilities
    assert (found.affects is Effect.READING) == (reading_hash(new) != reading_hash(OLD))


@pytest.mark.parametrize(
    ("field", "value"), [("title", "Another"), ("stage", "demo"), ("parties", Parties(rep="manager", talk="talk"))]
)
def test_the_rubric_s_own_field_is_read_again_exactly_when_a_run_would_read_again(field: str, value: Any) -> None:
    new = OLD.model_copy(update={field: value})
    effects = {found.effect for found in diff_rubrics(OLD, new).fields}
    assert (Effect.READING in effects) == (reading_hash(new) != reading_hash(OLD))


def test_names_of_a_capability_that_measures_alone_decide_reach_no_reader() -> None:
    other = SHARE.model_copy(update={"id": "monologue"})
    old = with_capabilities(IMPACT.model_copy(update={"behaviours": (SHARE, other), "levels": IMPACT.levels[:2]}))
    new = old.model_copy(update={"capabilities": (old.capabilities[0].model_copy(update={"goal": "Room is left."}),)})
    assert diff_rubrics(old, new).capabilities[0].affects is Effect.WORDING
    assert reading_hash(old) == reading_hash(new)


_fields = st.dictionaries(st.sampled_from(sorted(OTHERS.keys() - {"id"})), st.just(None), max_size=4)


@given(st.sampled_from([b.id for b in OLD.behaviours if b.measure is None]), _fields)
def test_what_came_into_the_new_rubric_goes_on_the_way_back(name: str, fields: dict[str, None]) -> None:
    new = with_behaviour(name, **{field: OTHERS[field] for field in fields})
    there, back = diff_rubrics(OLD, new), diff_rubrics(new, OLD)
    assert there.is_same == back.is_same
    for out, home in zip(there.behaviours, back.behaviours, strict=True):
        assert [(f.old, f.new, f.added, f.removed) for f in out.fields] == [
            (f.new, f.old, f.removed, f.added) for f in home.fields
        ]
