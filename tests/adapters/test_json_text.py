"""The JSON object in what a model wrote."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.adapters.json_text import NoJsonError, json_object

OBJECT = '{"a": {"b": [1, "}"]}}'

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.parametrize(
    "text",
    [
        OBJECT,
        f"\ufeff{OBJECT}",
        f"\n  {OBJECT}\n\n",
        f"```json\n{OBJECT}\n```",
        f"```\n{OBJECT}",
        f"Sure! Here it is:\n```JSON\n{OBJECT}\n```\nAnything else {{you}} need?",
        f"<think>Is it {{this}} or that?</think>{OBJECT}",
        f"\n<think>\n</think>\n\n```json\n{OBJECT}\n```",
        f"Is it {{this}} or that?\n</think>\n{OBJECT}",
        f"The answer: {OBJECT} {OBJECT}",
    ],
)
def test_what_stands_around_the_object_goes(text: str) -> None:
    assert json_object(text) == OBJECT


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "no JSON object"),
        ("I would say red.", "no JSON object"),
        ("[1, 2]", "no JSON object"),
        ('{"a": "b', "broken"),
        ("{'a': 1}", "broken"),
        ('{"a": 1, "a": 2}', "stands twice"),
        ('{"a": {"b": 1, "b": 1}}', "stands twice"),
        ('{"a": NaN}', "NaN"),
        ('{"a": -Infinity}', "Infinity"),
        ('<think>{"a": 1}', "reasoning that does not end"),
        ('{"a": ' * 200_000, "characters"),
        ('{"a": ' * 100_000, "nested too deeply"),
    ],
)
def test_anything_else_is_no_json(text: str, why: str) -> None:
    with pytest.raises(NoJsonError, match=why):
        json_object(text)


@pytest.mark.parametrize(
    "text", ['{"found": [{"a": 1}, {"a"', '{"said": "</think> {\\"a\\": 1}', '```json\n{"said": "</think>{\\"a\\": 1}']
)
def test_a_part_of_an_object_that_was_cut_off_is_not_taken_for_the_whole(text: str) -> None:
    with pytest.raises(NoJsonError):
        json_object(text)


@given(st.dictionaries(st.text(), values, max_size=4))
def test_every_object_is_found_as_it_is(content: dict[str, object]) -> None:
    text = json.dumps(content)
    assert json_object(f"```json\n{text}\n```") == text


@given(st.text())
def test_any_text_is_an_object_or_said_to_be_none(text: str) -> None:
    try:
        found = json_object(text)
    except NoJsonError:
        return
    assert isinstance(json.loads(found), dict)
    assert found in text
