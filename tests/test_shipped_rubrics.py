"""The rubrics that ship for each stage: their form, what their texts say, and how they score labelled calls."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from pipeline.adapters.similarity import SimilarityReader
from pipeline.domain.draft_lint import lint_draft
from pipeline.domain.levels import level_of
from pipeline.domain.neutrality import lint
from pipeline.domain.recording import Stage
from pipeline.domain.rubric import Behaviour, Capability, Form, Part, Polarity, Rubric
from pipeline.rubrics import SHIPPED, dump_rubric, find_rubric, load_rubric
from pipeline.stages.observe import observe
from pipeline.text.resemblance import Embedder
from pipeline.workbench.check import check_rubric
from tests.adapters.reading import minilm
from tests.stage_calls import LabelledCall, Reviewed, by_hand, labelled, reviewed, rubric

NAMES = ("prospecting", "demo", "closing", "coaching")


def capabilities() -> tuple[tuple[str, Capability], ...]:
    return tuple((name, capability) for name in NAMES for capability in rubric(name).capabilities)


def read_behaviours(name: str) -> tuple[Behaviour, ...]:
    """Those that a reader decides."""
    return tuple(b for b in rubric(name).behaviours if b.measure is None)


@pytest.mark.parametrize("name", NAMES)
def test_each_is_for_its_own_stage_and_has_a_size_that_can_be_held_in_mind(name: str) -> None:
    made = rubric(name)
    assert (made.id, made.stage) == (name, Stage(name))
    assert 4 <= len(made.capabilities) <= 7
    assert all(3 <= len(capability.behaviours) <= 5 for capability in made.capabilities)


@pytest.mark.parametrize("name", NAMES)
def test_each_is_the_same_after_being_written_and_read_again(name: str, tmp_path: Path) -> None:
    path = tmp_path / f"{name}.yaml"
    path.write_text(dump_rubric(rubric(name)), encoding="utf-8")
    assert load_rubric(path) == find_rubric(name)


@pytest.mark.parametrize(("name", "capability"), capabilities(), ids=lambda value: getattr(value, "id", value))
def test_every_level_can_be_reached_and_needs_more_than_the_one_before(name: str, capability: Capability) -> None:
    effective = [b.id for b in capability.behaviours if b.polarity is Polarity.EFFECTIVE]
    shown = [level_of(capability, {b.id: "not_shown" for b in capability.behaviours})]
    for n in range(1, len(effective) + 1):
        # What a level asks for by name comes first, so that n behaviours bring as much as n can bring.
        named = {b for level in capability.levels for b in level.needs.all}
        best = sorted(effective, key=lambda b: b not in named)[:n]
        shown.append(
            level_of(capability, {b.id: "shown" if b.id in best else "not_shown" for b in capability.behaviours})
        )
    reached = [0 if isinstance(level, str) else level.level for level in shown]
    assert sorted(set(reached)) == [level.level for level in capability.levels]
    assert reached == sorted(reached)


@pytest.mark.parametrize("name", NAMES)
def test_examples_are_varied_and_no_sentence_stands_for_two_things(name: str) -> None:
    said: dict[str, str] = {}
    for behaviour in read_behaviours(name):
        assert len(behaviour.examples) >= 5, behaviour.id
        assert behaviour.counterexamples, behaviour.id
        assert len({example.split()[0].lower() for example in behaviour.examples}) >= 3, behaviour.id
        for example in behaviour.examples:
            plain = example.lower().strip(" .?!")
            assert plain not in said, f"{example}: {behaviour.id} and {said[plain]}"
            said[plain] = behaviour.id
        assert not set(behaviour.counterexamples) & set(behaviour.examples), behaviour.id


@pytest.mark.parametrize("name", NAMES)
def test_some_examples_are_written_as_recognisers_write(name: str) -> None:
    for behaviour in read_behaviours(name):
        assert any(example[-1] not in ".?!" for example in behaviour.examples), behaviour.id


@pytest.mark.parametrize(("name", "capability"), capabilities(), ids=lambda value: getattr(value, "id", value))
def test_what_is_told_and_asked_is_neutral_one_sentence_and_an_open_question(name: str, capability: Capability) -> None:
    told = [level.anchor for level in capability.levels]
    for behaviour in capability.behaviours:
        for text in (behaviour.praise, behaviour.coaching.gap):
            assert re.fullmatch(r"[A-Z][^.?!]*\.", text), text
        for question in behaviour.coaching.questions:
            assert re.search(r"\b(what|how|where|when|which|whose|whom|who)\b", question, re.IGNORECASE), question
        if behaviour.measure is None and behaviour.polarity is Polarity.EFFECTIVE:
            assert "was found" in behaviour.coaching.gap, behaviour.id
        told += [behaviour.praise, behaviour.coaching.gap, *behaviour.coaching.questions]
    assert [finding for text in told for finding in lint(text)] == []


def test_questions_of_the_one_to_one_need_none_that_speak_of_the_next_call() -> None:
    # A draft asks three beside the first; with fewer of its own it adds fixed ones.
    assert {len(b.coaching.questions) for b in rubric("coaching").behaviours} == {4}


def test_the_one_to_one_looks_for_what_the_cycle_asks_of_a_manager() -> None:
    coaching = rubric("coaching")
    share = coaching.behaviour("manager_share")
    assert share is not None
    assert share.measure is not None
    assert (share.measure.name, share.measure.high) == ("rep_talk_ratio", 0.5)
    wanted = {"own_view_asked", "did_well_asked", "change_asked", "more_asked", "idea_asked", "positive_named"}
    wanted |= {"one_thing_chosen", "practised", "step_asked", "look_again_dated", "last_step_asked", "purpose_said"}
    assert wanted <= {b.id for b in coaching.behaviours if b.polarity is Polarity.EFFECTIVE}
    against = {b.id for b in coaching.behaviours if b.polarity is Polarity.INEFFECTIVE}
    assert against == {"judged_first", "told_what_to_do", "points_piled_up", "wish_voiced"}


def test_urgency_that_the_rep_brings_along_works_against_the_goal_of_closing() -> None:
    pressure = rubric("closing").behaviour("pressure_put")
    assert pressure is not None
    assert pressure.polarity is Polarity.INEFFECTIVE
    urgency = next(c for c in rubric("closing").capabilities if c.id == "urgency")
    assert all("pressure_put" in level.needs.none for level in urgency.levels[2:])


@pytest.mark.parametrize("name", NAMES)
def test_the_end_of_a_call_is_looked_for_at_its_end_and_its_start_at_its_start(name: str) -> None:
    parts = {c.id: {b.part for b in c.behaviours if b.measure is None} for c in rubric(name).capabilities}
    if name != "coaching":
        assert parts["next_step"] == {Part.CLOSING}
    first = {"prospecting": "first_words", "demo": "framing", "coaching": "frame"}.get(name)
    assert first is None or parts[first] == {Part.OPENING}


# By hand, from the labels and the rules. Beside what the comments name, a level follows from how many are shown:
# 3 of 3 is the top, 2 the one below, 1 the second.
LEVELS: dict[str, dict[str, int | None]] = {
    # interest: 63% of the talk is above 60%, so two of three.
    "bakery-vans": {"first_words": 4, "fit": 4, "interest": 3, "reluctance": 3, "next_step": 4},
    "office-coffee": {"first_words": 2, "fit": 2, "interest": 1, "reluctance": 1, "next_step": 1},
    # relevance: all three, and a feature listed, which level 4 forbids; dialogue: three and short stretches.
    "clinic-appointments": {
        "framing": 4, "relevance": 3, "dialogue": 4, "credibility": 4, "concerns": 4, "next_step": 4,
    },
    # dialogue: short stretches alone, and its level 2 needs two.
    "school-timetable": {"framing": 1, "relevance": 1, "dialogue": 1, "credibility": 2, "concerns": 1, "next_step": 1},
    # urgency: all three, and pressure, which levels 3 and 4 forbid.
    "workshop-machines": {"authority": 4, "urgency": 2, "value": 4, "concerns": 4, "commitment": 4, "next_step": 4},
    # concerns: what the customer says of the price is none of the phrases, so nothing called for it.
    "hotel-linen": {"authority": 1, "urgency": 1, "value": 2, "concerns": None, "commitment": 2, "next_step": 1},
    # asking: all three (8 open questions), and telling; agreement: all four, and a wish; listening: 46%, 11 s, 0.6 s.
    "one-to-one-with-emma": {"frame": 4, "rep_first": 4, "asking": 3, "listening": 4, "feedback": 4, "agreement": 2},
    # listening: 27 s and 0.6 s, while 90% of the talk is the manager's.
    "one-to-one-with-paul": {"frame": 1, "rep_first": 1, "asking": 1, "listening": 2, "feedback": 1, "agreement": 1},
}  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_labels_name_behaviours_of_the_rubric_in_turns_of_who_is_coached(name: str) -> None:
    known = {b.id for b in read_behaviours(name)}
    for call in labelled(name):
        roles = {turn.id: turn.role for turn in call.conversation.turns}
        assert {behaviour for _, behaviour in call.shows} <= known
        assert {roles[turn] for turn, _ in call.shows} == {"rep"}
        assert 16 <= len(roles) <= 40


@pytest.mark.parametrize("name", NAMES)
def test_a_reader_that_is_right_throughout_leads_to_the_levels_derived_by_hand(name: str) -> None:
    assert {call.id: reviewed(call, rubric(name), by_hand(call)).levels for call in labelled(name)} == {
        call.id: LEVELS[call.id] for call in labelled(name)
    }


@pytest.mark.parametrize("name", NAMES)
def test_drafts_of_labelled_calls_pass_the_linter_and_quote_the_call(name: str) -> None:
    for call in labelled(name):
        outcome = reviewed(call, rubric(name), by_hand(call))
        assert lint_draft(outcome.draft, outcome.evidence) == ()
        quotes = [c.quote for s in outcome.draft.sentences for c in s.citations if c.quote is not None]
        assert quotes
        assert all(quote.text(call.conversation) in outcome.draft.text for quote in quotes)


def test_the_one_to_one_is_told_to_the_manager_about_the_rep() -> None:
    call = labelled("coaching")[0]
    told = reviewed(call, rubric("coaching"), by_hand(call)).draft.text
    assert "You spoke for 46% of the talking time." in told
    assert "in which the customer spoke" not in told
    assert "call has" not in told


def _matching(one: Behaviour, other: Behaviour) -> bool:
    """Whether the same sentence may be looked at for both, as far as its form goes."""
    return one.form is other.form or Form.ANY in (one.form, other.form)


def nearest_own(made: Rubric, embedder: Embedder) -> dict[str, tuple[int, int]]:
    """For each behaviour, how many of its examples are nearer to the others of its own than to those of any other.

    Nearness as the similarity reader's: the mean of the nearest cosine and of the three nearest.
    """
    behaviours = [b for b in made.behaviours if b.measure is None]
    vectors = {b.id: embedder.embed(list(b.examples)) for b in behaviours}

    def near(cosines: np.ndarray) -> float:
        ranked = np.sort(cosines)[::-1]
        return float((ranked[0] + ranked[:3].mean()) / 2)

    found = {}
    for behaviour in behaviours:
        own = vectors[behaviour.id]
        rivals = [vectors[b.id] for b in behaviours if b.id != behaviour.id and _matching(b, behaviour)]
        right = sum(
            near(np.delete(own @ vector, i)) > max(near(rival @ vector) for rival in rivals)
            for i, vector in enumerate(own)
        )
        found[behaviour.id] = (right, len(own))
    return found


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    return minilm()


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_examples_resemble_their_own_behaviour_more_than_any_other(
    name: str, embedder: Embedder, record_property: Callable[[str, object], None]
) -> None:
    found = nearest_own(rubric(name), embedder)
    right, of = (sum(values) for values in zip(*found.values(), strict=True))
    record_property("nearest_own", f"{right}/{of}")
    # By chance one of about 17 to 23 behaviours is nearest, so 1 of 20; the discovery rubric's own rate is 0.4.
    assert right / of >= 0.5, f"{right}/{of}"
    lost = [behaviour for behaviour, (n_right, _) in found.items() if n_right == 0]
    assert lost == []


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_the_workbench_finds_nothing_to_look_at(name: str, embedder: Embedder) -> None:
    checked = check_rubric(SHIPPED / f"{name}.yaml", embedder=embedder)
    assert (checked.findings, checked.not_looked_at) == ((), "")


@dataclass(frozen=True)
class Hits:
    """(turn, behaviour) pairs: claimed rightly, claimed at all, labelled."""

    right: int
    claimed: int
    labelled: int

    def __add__(self, other: "Hits") -> "Hits":
        return Hits(self.right + other.right, self.claimed + other.claimed, self.labelled + other.labelled)

    @property
    def f1(self) -> float:
        return 2 * self.right / (self.claimed + self.labelled)


@pytest.fixture(scope="module")
def read_calls(embedder: Embedder) -> dict[str, tuple[tuple[LabelledCall, Reviewed], ...]]:
    reader = SimilarityReader(embedder)
    return {
        name: tuple(
            (
                call,
                reviewed(
                    call,
                    rubric(name),
                    observe(call.conversation, rubric(name), questions=call.metrics.questions, reader=reader).claims,
                ),
            )
            for call in labelled(name)
        )
        for name in NAMES
    }


@pytest.mark.slow
def test_drafts_of_what_the_similarity_reader_found_pass_the_linter(
    read_calls: dict[str, tuple[tuple[LabelledCall, Reviewed], ...]],
) -> None:
    for calls in read_calls.values():
        for _, outcome in calls:
            assert lint_draft(outcome.draft, outcome.evidence) == ()
            assert outcome.draft.improvement is not None


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_the_similarity_reader_scores_the_fuller_call_higher(
    name: str, read_calls: dict[str, tuple[tuple[LabelledCall, Reviewed], ...]]
) -> None:
    (_, fuller), (_, poorer) = read_calls[name]
    # By hand the means are 0.83 to 0.94 against 0.06 to 0.13; half of that distance is left to the reader's errors.
    assert fuller.mean_level - poorer.mean_level >= 0.35


@pytest.mark.slow
def test_the_similarity_reader_finds_what_people_found_more_often_than_not(
    read_calls: dict[str, tuple[tuple[LabelledCall, Reviewed], ...]], record_property: Callable[[str, object], None]
) -> None:
    hits = {"tuning": Hits(0, 0, 0), "held_out": Hits(0, 0, 0)}
    for calls in read_calls.values():
        for call, outcome in calls:
            found = {(o.quote.turn_id, o.behaviour) for o in outcome.observations}
            hits[call.split] += Hits(len(found & call.shows), len(found), len(call.shows))
    for split, counted in hits.items():
        record_property(f"f1_{split}", f"{counted.f1:.2f} of {counted}")
    # On the discovery calls the reader has 0.66 where it was tuned and 0.44 on calls held out; each with some room.
    assert hits["tuning"].f1 >= 0.55, hits
    assert hits["held_out"].f1 >= 0.35, hits
