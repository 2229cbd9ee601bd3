"""Rubric files: what is loaded, what is refused with which line, what is hashed, and the rubric that ships."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.neutrality import lint
from pipeline.domain.rubric import (
    Behaviour,
    Capability,
    Coaching,
    Form,
    Level,
    LoadedRubric,
    MeasureRule,
    Needs,
    Opportunity,
    Part,
    Polarity,
    Rubric,
)
from pipeline.errors import NotFoundError, RubricError
from pipeline.rubrics import (
    SHIPPED,
    content_hash,
    dump_rubric,
    find_rubric,
    load_rubric,
    reading_hash,
    shipped_rubrics,
)

SMALL = """\
id: small
version: 1
title: A small rubric
stage: discovery
capabilities:
  - id: asking
    name: Asking
    goal: The need is known.
    behaviours:
      - id: why_asked
        text: Asks why
        form: question
        examples: [Why is that?, What is behind it?]
        praise: You asked why.
        coaching: &coaching
          gap: No question of this kind was found.
          questions: [What happened then?]
          steps: [Write one question., Ask it.]
          practice: Ask a colleague.
      - id: share
        text: Leaves room
        measure: {name: rep_talk_ratio, low: 0.3, high: 0.5}
        praise: You left room.
        coaching: *coaching
      - id: monologue
        text: Speaks for long
        polarity: ineffective
        measure: {name: longest_rep_monologue_s, low: 90}
        praise: No stretch went beyond 90 seconds.
        coaching: *coaching
    levels:
      - {level: 1, anchor: Nothing was found.}
      - {level: 2, anchor: It was asked., needs: {all: [why_asked]}}
"""


BOMB = "a: &a [" + "x, " * 10 + "]\n" + "".join(
    f"{name}: &{name} [{f'*{before}, ' * 10}]\n" for before, name in zip("abcde", "bcdef", strict=True)
)  # fmt: skip
"""Six lines that unfold to more than a million words."""


def _write(folder: Path, text: str, name: str = "small.yaml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def _refused(folder: Path, text: str) -> RubricError:
    with pytest.raises(RubricError) as caught:
        load_rubric(_write(folder, text))
    return caught.value


def _line_of(text: str, needle: str) -> tuple[int, int]:
    """Line and column, from 1, of the last place where a text stands."""
    at = text.rindex(needle)
    return text.count("\n", 0, at) + 1, at - (text.rfind("\n", 0, at) + 1) + 1


def test_a_rubric_is_loaded_with_its_aliases_and_defaults(tmp_path: Path) -> None:
    rubric = load_rubric(_write(tmp_path, SMALL)).rubric
    why, share, _ = rubric.behaviours
    assert (why.form, why.part, why.polarity) == (Form.QUESTION, Part.ANY, Polarity.EFFECTIVE)
    assert share.measure == MeasureRule(name="rep_talk_ratio", low=0.3, high=0.5)
    assert share.coaching == why.coaching


CHANGES = [
    # what is replaced, by what, where the error points, what it says, what the hint says
    ("        examples:", "        exampels:", "exampels", "unknown field", "`examples`"),
    ("low: 0.3", "lwo: 0.3", "lwo", "`lwo` in behaviour share: measure", "`low`"),
    ("    goal: The need is known.\n", "", "id: asking", "capability asking has no goal", "add `goal:`"),
    ("title: A small rubric\n", "", "id: small", "the rubric has no title", "add `title:`"),
    ("version: 1", "version: first", "first", "version: input should be a whole number, not", "whole number"),
    ("stage: discovery", "stage: discvery", "discvery", "stage: ", "`discovery`?"),
    ("form: question", "form: questions", "questions\n", "be 'question', 'statement' or 'any'", "`question`?"),
    ("name: rep_talk_ratio", "name: talk_ratio", "talk_ratio", "behaviour share: measure.name", "`rep_talk_ratio`?"),
    ("low: 0.3", "low: 0.6", "0.6", "low 0.6 is above high 0.5", "change low"),
    ("[Why is that?, What is behind it?]", "[Why is that?]", "[Why is that?]", "at least two", "change examples"),
    ("all: [why_asked]", "all: [how_asked]", "how_asked", "behaviours it does not have: how_asked", "change levels"),
    ("{level: 2,", "{level: 3,", "- {level: 1", "must be 1, 2, 3, ... in order, not [1, 3]", "change levels"),
    ("all: [why_asked]", "all: [monologue]", "monologue]", "asks for monologue, which is ineffective", "change all"),
    ("all: [why_asked]", "none: [why_asked]", "why_asked]", "forbids why_asked, which is effective", "change none"),
    ("low: 0.3", "low: 30", "30", "is from 0 to 1, so 30 per cent is 0.3", "change low"),
    ("[Why is that?, What is behind it?]", "Why is that?", "Why is that?", "a list, not 'Why is that?'", "after `- `"),
    ("[Write one question., Ask it.]", "[Ask it.]", "[Ask it.]", "list should have at least 2 items, not 1", "add"),
    ("id: why_asked", "id: Why asked", "Why asked", "id: input should be an id, not", "lower case letters"),
    ("title: A small rubric", "title: 2026", "2026", "title: input should be a valid string", "in quotes"),
    ("You asked why.", "Great question.", "Great", "praise says “Great question.”", "change “great”"),
    ("[What happened then?]", "[Tell me.]", "Tell me.", "coaching.questions says “Tell me.”", "question mark"),
    ("Ask it.]", "Say “why”.]", "Say “why”.", "coaching.steps says “Say “why”.”", "straight ones"),
    ("id: share", "id: why_asked", "why_asked\n        text: L", "unique across the rubric: why_asked", "another id"),
    ("all: [why_asked]", "at_least: 3", "3}", "level 2 of asking needs 3 effective", "at_least"),
    ("needs: {all: [why_asked]}", "needs: 1", "1}", "needs: fields should stand here, not 1", "{field: value}"),
    ("low: 0.3", "low: much", "much", "low: input should be a number", "use a number"),
    ("form: question", "form:", "form:", "behaviour why_asked: form is empty", "after the colon"),
    ("title: A small rubric\n", "title: A small rubric\n7: seven\n", "7: seven", "unknown field `7`", "fields here: "),
    ("stage: discovery", "stage: later", "later", "'closing', 'coaching' or 'any', not 'later'", "compare with"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "points_at", "told", "hint"), CHANGES)
def test_what_is_wrong_is_told_with_line_column_and_the_fix(
    tmp_path: Path, old: str, new: str, points_at: str, told: str, hint: str
) -> None:
    text = SMALL.replace(old, new)
    assert text != SMALL
    error = _refused(tmp_path, text)
    assert told in error.message
    assert hint in error.hint
    assert (error.line, error.column) == _line_of(text, points_at)
    assert error.message.startswith(f"{tmp_path / 'small.yaml'}:{error.line}:{error.column}: ")


def test_a_duplicate_id_is_pointed_at_where_it_stands_the_second_time(tmp_path: Path) -> None:
    error = _refused(tmp_path, SMALL.replace("levels:\n", "levels:\n", 1).replace("id: share", "id: asking"))
    assert (error.line, error.column) == (20, 13)  # line 20 is `      - id: asking`: its value starts at character 13


def test_two_wrong_choices_of_one_behaviour_are_told_each_with_its_own_words(tmp_path: Path) -> None:
    text = SMALL.replace("        form: question\n", "        form: bad\n        polarity: bad\n")
    error = _refused(tmp_path, text)
    assert "form: input should be 'question', 'statement' or 'any', not 'bad'" in error.message
    assert "also 13:19: behaviour why_asked: polarity: input should be 'effective' or 'ineffective'" in error.message


def test_everything_that_is_wrong_is_told_at_once_the_first_line_first(tmp_path: Path) -> None:
    text = SMALL.replace("version: 1", "version: no").replace("form: question", "shape: question")
    error = _refused(tmp_path, text)
    assert error.line == 2
    assert re.search(r"also 12:9: unknown field `shape` in behaviour why_asked", error.message)


def test_a_field_written_twice_is_refused_where_it_stands_again(tmp_path: Path) -> None:
    error = _refused(tmp_path, SMALL.replace("title: A small", "version: 2\ntitle: A small"))
    assert "duplicate key" in error.message
    assert (error.line, error.hint) == (3, "name each field once")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("id: small\n  version: 1\n", "the field `version` is indented by 2 spaces"),
        ("- a\n- b\n", "must be a mapping"),
        ("", "must be a mapping"),
        ("id: &a [*a]\n", "id: input should be a valid string"),
        (BOMB, "aliases"),
    ],
)  # fmt: skip
def test_what_is_no_rubric_at_all_is_refused(tmp_path: Path, text: str, told: str) -> None:
    assert told in _refused(tmp_path, text).message


def test_a_comment_or_a_moved_line_changes_no_hash_and_a_word_does(tmp_path: Path) -> None:
    loaded = load_rubric(_write(tmp_path, SMALL))
    moved = "# a comment\n" + SMALL.replace(
        "version: 1\ntitle: A small rubric\n", "title: A small rubric\nversion: 1\n"
    )
    assert load_rubric(_write(tmp_path, moved)).sha256 == loaded.sha256 == content_hash(loaded.rubric)
    assert load_rubric(_write(tmp_path, SMALL.replace("Asks why", "Asks how"))).sha256 != loaded.sha256


@pytest.mark.parametrize(
    ("old", "new"),
    [("You asked why.", "Why was asked."), ("It was asked.", "Asked."), ("Ask it.", "Say it."), ("0.5", "0.6")],
)
def test_wording_that_no_reader_sees_needs_no_new_reading(tmp_path: Path, old: str, new: str) -> None:
    before = load_rubric(_write(tmp_path, SMALL))
    after = load_rubric(_write(tmp_path, SMALL.replace(old, new)))
    assert before.sha256 != after.sha256
    assert reading_hash(before.rubric) == reading_hash(after.rubric)


def test_another_example_needs_a_new_reading(tmp_path: Path) -> None:
    before = load_rubric(_write(tmp_path, SMALL)).rubric
    after = load_rubric(_write(tmp_path, SMALL.replace("Why is that?", "How come?"))).rubric
    assert reading_hash(before) != reading_hash(after)


def test_a_rubric_is_found_by_file_and_by_name_with_the_first_folder_first(tmp_path: Path) -> None:
    mine = _write(tmp_path, SMALL, "discovery.yaml")
    assert find_rubric(str(mine)).rubric.id == "small"
    assert find_rubric("discovery").rubric.id == "discovery"
    assert find_rubric("discovery", folders=(tmp_path, SHIPPED)).rubric.id == "small"


def test_an_unknown_name_is_told_with_the_nearest_one() -> None:
    with pytest.raises(NotFoundError) as caught:
        find_rubric("discovry")
    assert caught.value.hint == "did you mean discovery?"


_prose = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=3, max_size=40
).filter(lambda text: len(text.strip()) >= 3).map(str.strip)  # fmt: skip
_said = _prose.filter(lambda text: not lint(text) and "“" not in text)
_asked = _said.map(lambda text: f"{text.rstrip('.!?')} then?").filter(lambda text: not lint(text))
_coaching = st.builds(
    Coaching, gap=_said, questions=st.tuples(_asked), steps=st.tuples(_said, _said), practice=_said
)  # fmt: skip
_read = st.builds(
    Behaviour,
    id=st.just("read_one"),
    text=_prose,
    form=st.sampled_from(Form),
    part=st.sampled_from(Part),
    examples=st.tuples(_prose, _prose),
    counterexamples=st.lists(_prose, max_size=2).map(tuple),
    opportunity=st.none() | st.builds(Opportunity, phrases=st.tuples(_prose)),
    praise=_said,
    coaching=_coaching,
)
_measured = st.builds(
    Behaviour,
    id=st.just("measured_one"),
    text=_prose,
    measure=st.builds(MeasureRule, name=st.just("patience_s"), low=st.floats(0, 9)),
    praise=_said,
    coaching=_coaching,
)
_LEVELS = (Level(level=1, anchor="Nothing."), Level(level=2, anchor="One.", needs=Needs(at_least=1)))


@given(_read, _measured, _prose)
def test_a_dumped_rubric_is_loaded_as_the_same_rubric(
    tmp_path_factory: pytest.TempPathFactory, read: Behaviour, measured: Behaviour, title: str
) -> None:
    capability = Capability(id="only_one", name=title, goal=title, behaviours=(read, measured), levels=_LEVELS)
    rubric = Rubric(id="made", version=3, title=title, stage="any", capabilities=(capability,))
    path = _write(tmp_path_factory.getbasetemp(), dump_rubric(rubric), "made.yaml")
    assert load_rubric(path) == LoadedRubric(rubric=rubric, sha256=content_hash(rubric))


def _discovery() -> Rubric:
    return find_rubric("discovery").rubric


def test_every_shipped_rubric_is_found_under_its_own_id() -> None:
    loaded = shipped_rubrics()
    assert {"discovery"} <= {rubric.rubric.id for rubric in loaded}
    assert all(find_rubric(rubric.rubric.id) == rubric for rubric in loaded)


def test_discovery_has_the_size_a_team_can_hold_in_mind() -> None:
    rubric = _discovery()
    assert 6 <= len(rubric.capabilities) <= 8
    assert all(3 <= len(capability.behaviours) <= 5 for capability in rubric.capabilities)


def test_every_level_of_discovery_can_be_reached_and_needs_more_than_the_one_before() -> None:
    for capability in _discovery().capabilities:
        n_effective = sum(b.polarity is Polarity.EFFECTIVE for b in capability.behaviours)
        needs = [level.needs.at_least for level in capability.levels]
        assert needs == sorted(set(needs)), capability.id
        assert needs[-1] <= n_effective, capability.id


def test_discovery_gives_readers_varied_examples_written_as_people_speak() -> None:
    for behaviour in _discovery().behaviours:
        if behaviour.measure is None:
            assert len(set(behaviour.examples)) >= 5, behaviour.id
            assert behaviour.counterexamples, behaviour.id
            assert len({example.split()[0].lower() for example in behaviour.examples}) >= 3, behaviour.id


def test_what_discovery_says_of_a_rep_passes_the_linter_of_drafts() -> None:
    for capability in _discovery().capabilities:
        said = [level.anchor for level in capability.levels]
        steps = []
        for behaviour in capability.behaviours:
            coaching = behaviour.coaching
            said += [behaviour.praise, coaching.gap, *coaching.questions]
            steps += [coaching.practice, *coaching.steps]
        found = [*(f for text in said for f in lint(text)), *(f for text in steps for f in lint(text, form="step"))]
        assert not found, capability.id


def test_praise_and_gap_of_discovery_are_one_sentence_each() -> None:
    for behaviour in _discovery().behaviours:
        for text in (behaviour.praise, behaviour.coaching.gap):
            assert re.fullmatch(r"[A-Z][^.?!]*\.", text), text


def test_coaching_questions_of_discovery_are_open_questions_to_the_rep() -> None:
    for behaviour in _discovery().behaviours:
        for question in behaviour.coaching.questions:
            assert question.endswith("?"), question
            assert re.search(r"\b(what|how|where|when|which|who)\b", question, re.IGNORECASE), question


def test_a_gap_of_discovery_that_rests_on_reading_says_that_nothing_was_found() -> None:
    for behaviour in _discovery().behaviours:
        if behaviour.measure is None and behaviour.polarity is Polarity.EFFECTIVE:
            assert "was found" in behaviour.coaching.gap, behaviour.id


def test_a_rubric_file_that_changed_is_read_again_and_one_that_did_not_is_the_same_value(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    text = (SHIPPED / "discovery.yaml").read_text(encoding="utf-8")
    path.write_text(text, encoding="utf-8")
    first = load_rubric(path)
    assert load_rubric(path) is first
    path.write_text(text.replace("weight: 3", "weight: 4", 1), encoding="utf-8")
    assert load_rubric(path).sha256 != first.sha256
