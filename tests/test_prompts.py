"""Prompt files: what they must hold, and how they are filled."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import InputError, UsageError
from pipeline.prompts import SHIPPED, Prompt, load_prompt, shipped_prompt

GREETING = (
    "---\nid: greeting\nversion: 2\nvariables: [name, place]\n---\n\nHello {{name}} in {{ place }}, {{name}}.\n\n"
)


def _write(folder: Path, text: str) -> Path:
    path = folder / "p.md"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_prompt_is_filled_wherever_its_variables_stand(tmp_path: Path) -> None:
    prompt = load_prompt(_write(tmp_path, GREETING))
    assert (prompt.id, prompt.version) == ("greeting", 2)
    assert prompt.render(name="Ada", place="Rome") == "Hello Ada in Rome, Ada."


def test_missing_and_unknown_values_are_all_named_at_once() -> None:
    prompt = Prompt(id="greeting", version=1, variables=("name", "place"), text="{{name}} {{place}}")
    with pytest.raises(UsageError, match="missing: name, place; unknown: colour, mood") as caught:
        prompt.render(mood="x", colour="y")
    assert caught.value.hint == "it takes name, place"


def test_all_unnamed_and_unused_variables_are_told_at_once(tmp_path: Path) -> None:
    path = _write(tmp_path, "---\nid: ab\nversion: 1\nvariables: [gone, lost]\n---\n{{new}} {{odd}}")
    with pytest.raises(InputError) as caught:
        load_prompt(path)
    for problem in ("uses new without", "uses odd without", "names gone without", "names lost without"):
        assert problem in caught.value.message
    assert caught.value.path == path


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Hello", "has no front matter"),
        ("---\nid: [\n---\nHello", "not YAML"),
        ("---\n- id\n---\nHello", "must be a mapping"),
        ("---\nid: ab\n---\nHello", "version: "),
        ("---\nid: ab\nversion: 1\nauthor: me\n---\nHello", "author: "),
        ("---\nid: ab\nversion: 1\n---\n\n", "text: "),
        ("---\nid: ab\nversion: 1\n---\nHello {{Name}}", "braces that are no variable"),
        ("---\nid: ab\nversion: 1\n---\nHello {{name", "braces that are no variable"),
    ],
)
def test_a_broken_prompt_file_is_refused_with_what_is_wrong(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(InputError, match=told):
        load_prompt(_write(tmp_path, text))


def test_a_prompt_that_is_not_there_is_an_input_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        load_prompt(tmp_path / "none.md")


@given(st.text())
def test_a_value_is_put_in_as_it_is_even_when_it_looks_like_a_variable(value: str) -> None:
    prompt = Prompt(id="quoted", version=1, variables=("left", "right"), text="<{{left}}|{{right}}>")
    assert prompt.render(left=value, right="{{left}}") == f"<{value}|{{{{left}}}}>"


def test_identity_changes_with_the_text_though_the_version_stays() -> None:
    one = Prompt(id="greeting", version=1, text="Hello")
    other = Prompt(id="greeting", version=1, text="Hello!")
    assert one.identity.startswith("greeting@1:")
    assert one.identity != other.identity


def test_line_ends_and_blank_lines_around_the_text_do_not_change_the_identity(tmp_path: Path) -> None:
    unix = load_prompt(_write(tmp_path, GREETING))
    path = tmp_path / "dos.md"
    path.write_bytes(GREETING.replace("\n", "\r\n").encode() + b"\r\n\r\n")
    assert load_prompt(path) == unix


def test_a_prompt_may_name_the_type_of_its_answer(tmp_path: Path) -> None:
    with_output = GREETING.replace("]\n---", "]\noutput: found\n---")
    assert load_prompt(_write(tmp_path, with_output)).output == "found"
    assert load_prompt(_write(tmp_path, GREETING)).output is None


def test_the_name_of_the_answers_type_is_no_part_of_the_identity(tmp_path: Path) -> None:
    without = load_prompt(_write(tmp_path, GREETING)).identity
    assert load_prompt(_write(tmp_path, GREETING.replace("]\n---", "]\noutput: found\n---"))).identity == without


def test_the_prompts_of_the_embedded_reader_are_those_its_figures_were_measured_with() -> None:
    assert shipped_prompt("turnwise").identity == "turnwise@1:d1f00fd75733"
    assert shipped_prompt("turnwise-turn").identity == "turnwise_turn@1:981812e5663a"


def test_every_shipped_prompt_loads_under_its_own_name() -> None:
    names = [path.stem for path in SHIPPED.glob("*.md")]
    assert {"turnwise", "turnwise-turn", "read", "read-capability"} <= set(names)
    for name in names:
        assert shipped_prompt(name).id == name.replace("-", "_")
