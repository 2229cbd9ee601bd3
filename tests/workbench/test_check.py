"""Checking a rubric: each unclear thing is told once, with its place and what to do; a sound rubric has nothing."""

from pathlib import Path

import pytest

from pipeline.errors import RubricError
from pipeline.rubrics import SHIPPED, rubric_files
from pipeline.workbench.check import NO_WEIGHTS, check_rubric
from pipeline.workbench.findings import Checked, CheckFinding
from tests.workbench.rubrics import WordEmbedder, written


def checked(folder: Path, *changes: tuple[str, str]) -> Checked:
    return check_rubric(written(folder, *changes), embedder=WordEmbedder())


def only(folder: Path, *changes: tuple[str, str]) -> CheckFinding:
    """The one finding, where the file really says something at its line and column."""
    found = checked(folder, *changes)
    (finding,) = found.findings
    line = (folder / "small.yaml").read_text().splitlines()[finding.line - 1]
    assert line[finding.column - 1] != " "
    assert finding.column == 1 or line[finding.column - 2] in " ["
    return finding


def test_a_sound_rubric_has_nothing_to_look_at(tmp_path: Path) -> None:
    found = checked(tmp_path)
    assert (found.findings, found.not_looked_at) == ((), "")
    assert (found.rubric, found.version) == ("small", 1)


COST, PLAN, LAST = (
    "text: Asks what the problem costs",
    "text: Asks how the week is planned",
    "- When is the roster written?",
)
UNCLEAR = [
    # what is replaced, by what, the line of the finding, its rule, what is said, what to do
    (COST, "text: Asks good questions", 11, "wording", "“good” leaves open", "name what is said"),
    (COST, "text: Listens to the story", 11, "wording", "nobody can hear “listens”", "asks, says, names"),
    (PLAN, "text: Asks why and names a figure", 27, "wording", "joins two things (“and names”)", "two behaviours"),
    (PLAN, "text: Sounds annoyed about the price", 27, "wording", "“annoyed”: no emotion is inferred", "what is said"),
    ("        counterexamples:\n          - How are you today?\n", "", 26, "examples", "no counterexamples", "add"),
    (f"          {LAST}\n", "", 30, "examples", "plan_asked: 3 examples", "write 4 or more"),
    (LAST, "- When do you plan the week today?", 33, "examples", "example 4 says nearly", "in another way"),
    (LAST, "- The roster is written by you.", 33, "form", "form is question, and example 4", "`form: any`"),
    ("anchor: Both were found.", "anchor: Both went well.", 41, "wording", "its anchor says “well”", "in what number"),
]


@pytest.mark.parametrize(("old", "new", "line", "rule", "told", "fix"), UNCLEAR, ids=[case[4] for case in UNCLEAR])
def test_what_is_unclear_is_a_warning_with_its_line_and_what_to_do(
    tmp_path: Path, old: str, new: str, line: int, rule: str, told: str, fix: str
) -> None:
    finding = only(tmp_path, (old, new))
    assert (finding.severity, finding.rule, finding.line) == ("warning", rule, line)
    assert told in finding.text
    assert fix in finding.fix


def test_a_text_that_only_reports_what_is_asked_may_say_well(tmp_path: Path) -> None:
    assert checked(tmp_path, ("Asks how the week is planned", "Asks what went well in the good week")).findings == ()


def test_a_question_written_without_its_mark_is_one_all_the_same(tmp_path: Path) -> None:
    assert checked(tmp_path, ("How many hours go into it?", "How many hours go into it")).findings == ()


def test_a_text_that_says_asks_with_another_form_is_told(tmp_path: Path) -> None:
    change = ("text: Asks how the week is planned\n        form: question", "text: Asks how the week is planned")
    assert "its text says that something is asked, and its form is any" in only(tmp_path, change).text


def test_a_statement_behaviour_whose_example_asks_is_told(tmp_path: Path) -> None:
    change = (
        "text: Asks how the week is planned\n        form: question",
        "text: Says how it is\n        form: statement",
    )
    found = checked(tmp_path, change)
    assert [f.line for f in found.findings] == [30, 31, 32, 33]
    assert all("form is statement" in f.text and "asks something" in f.text for f in found.findings)


def test_levels_that_need_the_same_are_an_error_at_the_one_that_is_never_given(tmp_path: Path) -> None:
    finding = only(tmp_path, ("needs: {at_least: 2}", "needs: {at_least: 1}"))
    assert (finding.severity, finding.rule, finding.line) == ("error", "levels", 40)
    assert "levels 2 and 3 of impact need the same (at least 1 of the 2 behaviours)" in finding.text


def test_a_level_that_a_higher_one_always_covers_is_an_error(tmp_path: Path) -> None:
    swapped = ("needs: {at_least: 1}", "needs: {all: [cost_asked, plan_asked]}")
    finding = only(tmp_path, swapped, ("needs: {at_least: 2}", "needs: {at_least: 1}"))
    # both shown fulfils level 2 and level 3, which needs one of them: level 3 is given wherever 2 would be
    assert finding.severity == "error"
    assert "level 2 of impact is never given" in finding.text


def test_a_counterexample_that_is_an_example_is_an_error(tmp_path: Path) -> None:
    finding = only(tmp_path, ("- What is your budget?", "- can you put a number on that"))
    assert (finding.severity, finding.line) == ("error", 19)


OPPORTUNITY = "        form: question\n        opportunity: {phrases: [%s]}\n        examples:\n          - How do"
PLAIN = "        form: question\n        examples:\n          - How do"


@pytest.mark.parametrize(
    ("phrases", "severity", "told"),
    [
        ("'too *expensive'", "error", "will match nothing"),
        ("'…!?'", "error", "will match nothing"),
        ("too much, far too much", "warning", "“far too much” adds nothing, since “too much” stands in it"),
        ("it is", "warning", "only everyday words"),
    ],
)
def test_phrases_that_match_nothing_or_everything_are_told(
    tmp_path: Path, phrases: str, severity: str, told: str
) -> None:
    finding = only(tmp_path, (PLAIN, OPPORTUNITY % phrases))
    assert (finding.severity, finding.rule, finding.line) == (severity, "opportunity", 29)
    assert told in finding.text


def test_not_sure_is_no_everyday_phrase(tmp_path: Path) -> None:
    assert checked(tmp_path, (PLAIN, OPPORTUNITY % "not sure, can't do")).findings == ()


ASKED = "        form: question\n        examples:\n          - What does"


def test_a_list_that_two_behaviours_share_is_told_of_once(tmp_path: Path) -> None:
    first = (
        ASKED,
        ASKED.replace("        examples", "        opportunity: &same {phrases: [it is]}\n        examples"),
    )
    second = (PLAIN, PLAIN.replace("        examples", "        opportunity: *same\n        examples"))
    assert "cost_asked" in only(tmp_path, first, second).text


class TestOverlap:
    def test_an_example_nearer_to_another_behaviour_is_told_with_both_sentences(self, tmp_path: Path) -> None:
        finding = only(tmp_path, (LAST, "- What does a problem cost in a month?"))
        assert (finding.severity, finding.rule, finding.line) == ("warning", "overlap", 33)
        assert "plan_asked and cost_asked may be taken for each other" in finding.text
        assert "“What does a problem cost in a month?”" in finding.text
        assert "“What does that cost you in a month?”" in finding.text
        assert "counterexamples" in finding.fix

    def test_behaviours_that_no_sentence_could_show_both_do_not_overlap(self, tmp_path: Path) -> None:
        first = (ASKED, ASKED.replace("        examples", "        part: opening\n        examples"))
        second = (PLAIN, PLAIN.replace("        examples", "        part: closing\n        examples"))
        twin = (LAST, "- What does a problem cost in a month?")
        assert checked(tmp_path, twin, first, second).findings == ()

    def test_without_weights_it_says_that_it_was_not_looked_at(self, tmp_path: Path) -> None:
        found = check_rubric(written(tmp_path), embedder=None)
        assert found.not_looked_at == NO_WEIGHTS


class TestFilesThatAreNoRubric:
    def test_a_parser_s_error_is_a_finding_without_its_path(self, tmp_path: Path) -> None:
        finding = only(tmp_path, ("goal: Both", "goal Both"))
        assert (finding.severity, finding.rule) == ("error", "file")
        assert (finding.line, finding.text) == (8, "no colon stands after `goal`")

    def test_every_mistake_is_a_finding_of_its_own_and_the_rest_was_not_looked_at(self, tmp_path: Path) -> None:
        found = checked(tmp_path, ("version: 1", "version: one"), ("form: question", "from: question"))
        assert [(f.line, f.severity) for f in found.findings] == [(2, "error"), (12, "error"), (28, "error")]
        assert (found.rubric, bool(found.not_looked_at)) == (None, True)

    def test_what_no_draft_may_say_is_an_error_beside_the_other_findings(self, tmp_path: Path) -> None:
        praise = ("praise: You asked what the problem costs.", "praise: Great question.")
        found = checked(tmp_path, praise, ("          - When is the roster written?\n", ""))
        assert [(f.severity, f.rule) for f in found.findings] == [("error", "file"), ("warning", "examples")]

    def test_a_file_that_is_not_there_is_an_error_of_the_command(self, tmp_path: Path) -> None:
        with pytest.raises(RubricError, match="cannot be read"):
            check_rubric(tmp_path / "none.yaml", embedder=None)


@pytest.mark.parametrize("path", rubric_files(SHIPPED), ids=lambda path: path.stem)
def test_no_shipped_rubric_has_an_error(path: Path) -> None:
    assert check_rubric(path, embedder=None).errors == ()
