"""Session templates as files: three shipped, own ones beside them without any code, errors with line and column."""

from pathlib import Path

import pytest

from pipeline.cycle.session_templates import SHIPPED_SESSIONS, load_template, require_templates, shelf
from pipeline.errors import NotFoundError, RubricError, UsageError

OWN = """\
id: pipeline_talk
version: 1
title: What is open
about: Open deals, one after the other.
nature: strategic
minutes: 15
steps:
  - title: Your view
    part: rep
    minutes: 5
    questions:
      - Which deal do you want to speak of?
  - title: Agreed
    part: agree
    minutes: 4.5
fields:
  - id: deal
    title: The deal
"""


def written(folder: Path, text: str = OWN, name: str = "own.yaml") -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_three_templates_are_shipped() -> None:
    found = {template.id: template.nature for template in shelf().templates}
    assert found == {"first": "strategic", "strategic": "strategic", "tactical": "tactical"}
    assert shelf().problems == ()


@pytest.mark.parametrize("path", sorted(SHIPPED_SESSIONS.glob("*.yaml")), ids=lambda path: path.stem)
def test_a_shipped_template_is_called_as_its_file(path: Path) -> None:
    assert load_template(path).id == path.stem


@pytest.mark.parametrize("name", ["first", "strategic", "tactical"])
def test_a_shipped_session_asks_the_rep_before_it_says_anything_of_worth(name: str) -> None:
    """The rep's step has three questions, and stands before the positive, which stands before the change."""
    template = shelf().get(name)
    parts = [step.part for step in template.steps]
    rep = next(step for step in template.steps if step.part == "rep")
    assert len(rep.questions) == 3
    assert rep.questions[2].startswith("What, if anything,")
    assert parts.index("rep") < parts.index("positive")
    assert parts[-1] == "agree"


def test_a_new_template_needs_no_code(tmp_path: Path) -> None:
    written(tmp_path / "own")
    found = shelf(tmp_path / "own").get("pipeline_talk")
    assert [(step.part, step.minutes) for step in found.steps] == [("rep", 5), ("agree", 4.5)]
    assert [field.id for field in found.fields] == ["deal"]


def test_an_own_template_goes_before_a_shipped_one_of_its_id(tmp_path: Path) -> None:
    written(tmp_path / "own", OWN.replace("pipeline_talk", "tactical"))
    found = shelf(tmp_path / "own")
    assert found.get("tactical").title == "What is open"
    assert len(found.templates) == 3


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("    part: rep", "    part: reps", "9:11: steps.1.part"),
        ("    minutes: 4.5", "    minuts: 4.5", "15:5: unknown field steps.2.minuts"),
        ("    minutes: 4.5", "    minutes: soon", "15:14: steps.2.minutes"),
        ("version: 1", "version: one", "2:10: version"),
        ("title: What is open", "title:", "3:1: title is empty"),
        ("    part: rep", "    part: other", "rep's own view is heard before"),
        ("minutes: 15", "minutes: 9", "ask for 9.5 minutes, and the one-to-one has 9"),
        ("    title: The deal", "    name: The deal", "unknown field fields.1.name"),
        ("  - id: deal\n", "  - id: deal\n    title: x\n  - id: deal\n", "two fields have the id deal"),
        ("minutes: 15\n", "", "1:1: the template has no minutes"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(tmp_path: Path, before: str, after: str, told: str) -> None:
    path = written(tmp_path, OWN.replace(before, after, 1))
    with pytest.raises(RubricError) as refused:
        load_template(path)
    assert told in refused.value.message
    assert refused.value.hint


def test_a_misspelt_field_is_told_once_with_what_was_meant(tmp_path: Path) -> None:
    with pytest.raises(RubricError) as refused:
        load_template(written(tmp_path, OWN.replace("    minutes: 4.5", "    minuts: 4.5")))
    assert refused.value.hint == "did you mean `minutes`?"
    assert "also" not in refused.value.message


def test_steps_out_of_order_and_two_changes_are_refused(tmp_path: Path) -> None:
    swapped = OWN.replace("part: rep", "part: x").replace("part: agree", "part: rep").replace("part: x", "part: agree")
    with pytest.raises(RubricError, match="not in the order"):
        load_template(written(tmp_path, swapped))
    two = OWN.replace("part: agree", "part: improvement") + ""
    two = two.replace("fields:", "  - {title: Again, part: improvement, minutes: 1}\nfields:")
    with pytest.raises(RubricError, match="one thing at a time"):
        load_template(written(tmp_path, two))


def test_a_bad_file_keeps_nobody_from_the_others(tmp_path: Path) -> None:
    written(tmp_path / "own", "id: [", "bad.yaml")
    written(tmp_path / "own")
    found = shelf(tmp_path / "own")
    assert [template.id for template in found.templates] == ["first", "pipeline_talk", "strategic", "tactical"]
    assert len(found.problems) == 1
    assert "bad.yaml:1:" in found.problems[0]
    with pytest.raises(UsageError, match=r"bad\.yaml"):
        require_templates(tmp_path / "own")


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    found = shelf(tmp_path / "none")
    assert "there is no such folder" in found.problems[0]
    with pytest.raises(NotFoundError, match="no session template") as refused:
        found.get("other")
    assert "first, strategic, tactical" in refused.value.hint


def test_aliases_that_unfold_without_end_are_refused(tmp_path: Path) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 7)]
    with pytest.raises(RubricError, match="more than a session template can"):
        load_template(written(tmp_path, "\n".join(lines)))
