"""Slips of people who write YAML by hand: each is told at its own line, not where the parser gave up, with the fix."""

from pathlib import Path

import pytest

from pipeline.domain.yaml_mistakes import Stop, find_mistake
from pipeline.errors import RubricError
from pipeline.rubrics import SHIPPED, load_rubric, read_rubric
from tests.test_rubrics import SMALL

BLOCKS = SMALL.replace(
    "examples: [Why is that?, What is behind it?]",
    "examples:\n          - Why is that?\n          - What is behind it?",
)
"""The small rubric with a list of examples on lines of their own."""

SLIPS = [
    # what is replaced, by what, line and column of the slip, what is said of it, what to do
    ("    goal: The need", "    goal The need", (8, 5), "no colon stands after `goal`", "write `goal: The need"),
    ("title: A small", "title A small", (3, 1), "no colon stands after `title`", "write `title: A small rubric`"),
    ("examples:\n", "examples\n", (13, 9), "no colon stands after `examples`", "write `examples:`"),
    ("version: 1\n", "version:1\n", (2, 1), "no space stands after the colon of `version`", "write `version: 1`"),
    ("- What is behind it?", "-What is behind it?", (15, 11), "no space stands after the dash", "`- What is behind"),
    ("        form: q", "       form: q", (12, 8), "`form` is indented by 7 spaces", "by 8 spaces"),
    ("        form: q", "         form: q", (12, 10), "`form` is indented by 9 spaces", "by 8 spaces"),
    ("        praise: You asked", "      praise: You asked", (16, 7), "`praise` is indented by 6", "by 8 spaces"),
    ("          - What is b", "         - What is b", (15, 10), "an entry is indented by 9 spaces", "by 10 spaces"),
    ("        form: q", "\t\tform: q", (12, 1), "a tab stands in the indent", "the line above is indented by 8"),
    ("        form: q", "    \t    form: q", (12, 5), "a tab stands in the indent", "use spaces"),
    ("version: 1", "version:\t1", (2, 9), "a tab stands after the colon", "use one space"),
    ("        form: q", "    \u00a0   form: q", (12, 5), "an invisible character (U+00A0)", "type spaces"),
    ("practice: Ask a", "practice: Role play: ask a", (21, 21), "a colon and a space is taken", "'Role play: ask a"),
    ("- Why is that?", "- Quick: why?", (14, 13), "a field `Quick`", '"Quick: …"'),
    ("- Why is that?", '- "Why", is it?', (14, 13), "text goes on after the closing", "'\"Why\", is it?'"),
    ("- Why is that?", '- "Why is that?', (14, 13), "the quotation mark that opens here", "the same mark at its end"),
    ("- Why is that?", "- % of that?", (14, 13), "may not begin with %", "'% of that?'"),
    ("- Why is that?", "- *really*?", (14, 13), "may not begin with *", "'*really*?'"),
    ("steps: [Write one question., Ask it.]", "steps: [Write it., Ask it.", (20, 18), "the `[` that opens", "put `]`"),
    ("needs: {all: [why_asked]}}", "needs: {all: [why_asked]}", (35, 9), "the `{` that opens", "put `}`"),
    ("needs: {all: [why_asked]}}", "needs: {at_least:1}}", (35, 51), "unknown field `at_least:1`", "`at_least: 1`"),
    ("anchor: It was asked.,", "anchor: It was, or is.,", (35, 36), "unknown field `or is.`", "that holds one"),
    ("goal: The need is known.", "goal:", (8, 5), "capability asking: goal is empty", "after the colon"),
    ("      - id: share", "        id: share", (22, 9), "duplicate key `id`", "put `- ` before it"),
    ("        form: q", "        form: any\n        form: q", (13, 9), "duplicate key `form`", "name each field once"),
    ("    goal: The", "---\n    goal: The", (8, 1), "a second document begins here", "take out the line `---`"),
    ("        praise: You asked", "        prais: You asked", (16, 9), "unknown field `prais`", "`praise`?"),
    ("version: 1", "version: 1.1", (2, 10), "version: input should be a whole number", "a whole number"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "at", "told", "fix"), SLIPS, ids=[slip[3] for slip in SLIPS])
def test_a_slip_is_told_where_it_was_made_with_what_to_write(
    tmp_path: Path, old: str, new: str, at: tuple[int, int], told: str, fix: str
) -> None:
    text = BLOCKS.replace(old, new, 1)
    assert text != BLOCKS
    path = tmp_path / "mine.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RubricError) as caught:
        load_rubric(path)
    error = caught.value
    assert (error.line, error.column) == at, error.message
    assert told in error.message
    assert fix in error.hint
    assert "\n" not in error.message, "one slip is one problem"


def test_what_nothing_known_explains_is_left_to_the_parser() -> None:
    stop = Stop(problem="something odd", line=1, column=1)
    assert find_mistake("id: x", stop, fields={"id"}) is None
    assert find_mistake("", stop, fields={"id"}) is None


def test_a_text_is_read_with_the_place_of_each_value() -> None:
    read = read_rubric(SHIPPED / "discovery.yaml")
    lines = (SHIPPED / "discovery.yaml").read_text().splitlines()
    line, column = read.place("capabilities", 0, "behaviours", 1, "examples", 2)
    assert read.rubric is not None
    assert lines[line - 1][column - 1 :] == read.rubric.behaviours[1].examples[2]
