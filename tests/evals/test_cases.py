"""Labelled calls: what a file becomes, what is refused and where, and that the shipped ones keep their promises."""

from pathlib import Path

import pytest

from evals.cases import CASES, Case, Pace, SpokenTurn, labelled, load_case, load_cases
from pipeline.errors import InputError
from pipeline.rubrics import find_rubric
from pipeline.stages.measure import measure
from tests.adapters.reading import labelled_calls

BEHAVIOUR = """\
      - id: {id}
        text: Does {id}
        examples: [What does it cost?, How much is it?]
        praise: It was found.
        coaching: {{gap: None was found., questions: [What then?], steps: [Write it., Say it.], practice: Ask.}}
"""
HEAD = """\
id: tiny
version: 1
title: Tiny rubric
stage: any
capabilities:
  - id: asking
    name: Asking
    goal: Something is asked.
    behaviours:
"""
LEVELS = """\
    levels:
      - {level: 1, anchor: None was found.}
      - {level: 2, anchor: One was found., needs: {at_least: 1}}
"""
CALL = """\
id: made-call
about: Made for a test.
rubric: RUBRIC
pace: {words_per_s: 2, pause_s: 1}
turns:
  - rep: "What does it cost you?"
    shows: [cost_asked]
  - customer: "Forty a day."
  - rep: "And in a year?"
    may_show: [cost_asked]
not_shown: [date_named]
no_opportunity: []
levels: {asking: 2}
"""


@pytest.fixture
def rubric_file(tmp_path: Path) -> Path:
    path = tmp_path / "tiny.yaml"
    behaviours = "".join(BEHAVIOUR.format(id=name) for name in ("cost_asked", "date_named"))
    path.write_text(HEAD + behaviours + LEVELS, encoding="utf-8")
    return path


def load(rubric_file: Path, *changes: tuple[str, str]) -> Case:
    text = CALL
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path = rubric_file.parent / "made-call.yaml"
    path.write_text(text.replace("RUBRIC", str(rubric_file)), encoding="utf-8")
    return load_case(path)


def test_turns_get_ids_roles_and_texts_in_order(rubric_file: Path) -> None:
    call = load(rubric_file).conversation
    assert [(turn.id, turn.role, turn.text) for turn in call.turns] == [
        ("t0001", "rep", "What does it cost you?"),
        ("t0002", "customer", "Forty a day."),
        ("t0003", "rep", "And in a year?"),
    ]


def test_times_follow_from_the_pace(rubric_file: Path) -> None:
    # Two words a second from 0.5 s on: five words end at 3.0; after 1 s three words, 4.0 to 5.5; after 1 s four words.
    spans = [turn.span for turn in load(rubric_file).conversation.turns]
    assert [(s.start, s.end) for s in spans if s] == [(0.5, 3.0), (4.0, 5.5), (6.5, 8.5)]


def test_a_made_up_call_can_be_measured(rubric_file: Path) -> None:
    # The rep has nine words of twelve, all at the same pace; both pauses are 1 s.
    metrics = measure(load(rubric_file).conversation)
    assert metrics.get("rep_talk_ratio").value == 0.75
    assert metrics.get("patience_s").value == 1.0


def test_a_turn_that_may_show_a_behaviour_is_evidence_and_no_label(rubric_file: Path) -> None:
    case = load(rubric_file)
    assert case.states == {"cost_asked": "shown", "date_named": "not_shown"}
    assert case.evidence("cost_asked") == {"t0001", "t0003"}
    assert case.evidence("date_named") == frozenset()


@pytest.mark.parametrize(
    ("old", "new", "line", "told"),
    [
        ("shows: [cost_asked]", "shows: [cost_ask]", 6, "the rubric has no behaviour cost_ask"),
        (
            '- customer: "Forty a day."',
            '- customer: "Forty."\n    shows: [cost_asked]',
            8,
            "of the rep, not of the customer",
        ),
        ("not_shown: [date_named]", "not_shown: []", 11, "date_named has no label"),
        ("not_shown: [date_named]", "not_shown: [date_named, cost_asked]", 11, "cost_asked has a second label"),
        ("no_opportunity: []", "no_opportunity: [date_named]", 12, "date_named has a second label"),
        ("no_opportunity: []", "no_opportunity: [mood]", 12, "the rubric has no behaviour mood"),
        ("may_show: [cost_asked]", "may_show: [date_named]", 9, "no turn shows date_named, so none may show it"),
        ("levels: {asking: 2}", "levels: {asking: 3}", 13, "asking has no level 3"),
        ("levels: {asking: 2}", "levels: {telling: 2}", 13, "asking has no level"),
        ("levels: {asking: 2}", "levels: {asking: 2, telling: 1}", 13, "telling is no capability"),
        ("id: made-call", "id: other-call", 1, "is not the name of the file"),
    ],
)
def test_a_wrong_label_is_refused_with_its_line(rubric_file: Path, old: str, new: str, line: int, told: str) -> None:
    with pytest.raises(InputError, match=told) as refused:
        load(rubric_file, (old, new))
    assert refused.value.line == line


@pytest.mark.parametrize(
    ("old", "new", "line", "told"),
    [
        ('- customer: "Forty a day."', '- client: "Forty a day."', 8, "client"),
        (
            '- customer: "Forty a day."',
            '- customer: "Forty."\n    rep: "Oh."',
            8,
            "exactly one of rep, customer and other",
        ),
        (
            "may_show: [cost_asked]",
            "shows: [cost_asked]\n    may_show: [cost_asked]",
            9,
            "not one that it may show as well",
        ),
        ("pace: {words_per_s: 2,", "pace: {words_per_s: 0,", 4, "greater than 0"),
        ("about: Made for a test.", "about: 'Made", 3, "quoted scalar|end of"),
        ("levels: {asking: 2}", "levels: {asking: two}", 13, "integer"),
    ],
)
def test_a_wrong_form_is_refused_with_its_line(rubric_file: Path, old: str, new: str, line: int, told: str) -> None:
    with pytest.raises(InputError, match=told) as refused:
        load(rubric_file, (old, new))
    assert refused.value.line is not None
    assert refused.value.line >= line  # an open quotation mark is noticed further down


def test_everything_that_is_wrong_is_told_at_once(rubric_file: Path) -> None:
    with pytest.raises(InputError, match=r"(?s)no behaviour cost_ask .*also .*telling is no capability"):
        load(rubric_file, ("shows: [cost_asked]", "shows: [cost_ask]"), ("{asking: 2}", "{asking: 2, telling: 1}"))


def test_a_file_that_is_no_mapping_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "list.yaml"
    path.write_text("- one\n- two\n", encoding="utf-8")
    with pytest.raises(InputError, match="must be a mapping"):
        load_case(path)


def test_a_suite_without_calls_is_an_error_that_names_its_folder(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="nowhere"):
        load_cases("nowhere", folder=tmp_path)


def test_a_turn_has_exactly_one_speaker() -> None:
    with pytest.raises(ValueError, match="exactly one"):
        SpokenTurn()
    assert SpokenTurn(other="Sign here.").role == "other"


def test_without_a_pace_two_and_a_half_words_a_second_are_spoken() -> None:
    assert Pace() == Pace(words_per_s=2.5, pause_s=0.6)


def test_a_made_up_call_is_a_labelled_call_by_its_author(rubric_file: Path) -> None:
    # Two words a second: the rep says five and four words, the customer three.
    call = labelled(load(rubric_file))
    asked, none = frozenset({"cost_asked"}), frozenset[str]()
    assert (call.id, call.raters, call.rubric) == ("made-call", ("author",), str(rubric_file))
    assert [(label.turn_id, label.behaviours, label.may_show) for label in call.turns] == [
        ("t0001", asked, none), ("t0002", none, none), ("t0003", none, asked),
    ]  # fmt: skip
    assert {label.behaviour: label.state for label in call.verdicts} == {
        "cost_asked": "shown", "date_named": "not_shown",
    }  # fmt: skip
    assert [(label.capability, label.level) for label in call.levels] == [("asking", 2)]
    assert call.talk_s == {"rep": 4.5, "customer": 1.5}


def test_shipped_calls_load_and_are_at_least_ten_of_varied_length() -> None:
    cases = load_cases()
    assert len(cases) >= 10
    assert all(25 <= len(case.turns) <= 45 for case in cases)
    assert {path.stem for path in (CASES / "discovery").glob("*.yaml")} == {case.id for case in cases}


def test_shipped_calls_label_every_behaviour_both_ways() -> None:
    """Where all calls agree on a behaviour, no figure could tell a reader from a constant."""
    cases = load_cases()
    for behaviour in (b.id for b in find_rubric("discovery").rubric.behaviours if b.measure is None):
        shown = sum(case.states[behaviour] == "shown" for case in cases)
        assert 0 < shown < len(cases), behaviour


def test_some_shipped_calls_are_written_without_punctuation_and_some_have_no_concern() -> None:
    cases = load_cases()
    bare = [case for case in cases if not any(mark in turn.text for turn in case.turns for mark in ".,?!")]
    assert len(bare) == 2
    assert sum("concern_explored" in case.no_opportunity for case in cases) == 2


def test_shipped_calls_share_no_sentence_with_the_rubric_or_with_the_calls_for_tuning() -> None:
    examples = {s.lower() for b in find_rubric("discovery").rubric.behaviours for s in b.examples}
    tuned = {turn.text.lower() for call in labelled_calls() for turn in call.conversation.turns if len(turn.words) > 4}
    texts = {turn.text.lower() for case in load_cases() for turn in case.turns}
    assert not texts & tuned
    assert not [example for example in examples if any(example in text for text in texts)]
