"""Every page of a draft says in one small line whose words it is in."""

import json
from collections.abc import Callable

import pytest

from pipeline.domain.coaching import Phrasing
from pipeline.domain.result import CallResult
from pipeline.export.contract import to_json
from pipeline.export.draft_sheet import phrased_by
from pipeline.export.html import to_html
from pipeline.export.markdown import to_markdown
from pipeline.export.terminal import to_text

BY_MODEL = Phrasing(by="model", model="openai/gpt-x temperature=0 answers=auto json_answer@1:0123456789ab")
LEFT = Phrasing(model=BY_MODEL.model, reason="the model's words say something else", problems=("s01 says “great”",))


@pytest.mark.parametrize(
    ("phrasing", "line"),
    [
        (Phrasing(), "Words: template."),
        (BY_MODEL, "Phrased by openai/gpt-x; its quotes and figures are the call's own."),
        (LEFT, "Template stands: the model's words say something else."),
        (
            BY_MODEL.model_copy(update={"model": None}),
            "Phrased by a language model; its quotes and figures are the call's own.",
        ),
    ],
)
def test_line_says_whose_words_they_are(phrasing: Phrasing, line: str) -> None:
    assert phrased_by(phrasing) == line


@pytest.mark.parametrize("phrasing", [Phrasing(), BY_MODEL, LEFT])
def test_every_page_has_the_line_once(
    call: CallResult, call_with: Callable[..., CallResult], phrasing: Phrasing
) -> None:
    shown = call_with(draft=call.draft.model_copy(update={"phrasing": phrasing}))
    line = phrased_by(phrasing)
    assert " ".join(to_text(shown).split()).count(line) == 1
    assert to_markdown(shown).count(f"\n{line}\n") == 1
    assert to_html(shown).replace("&#39;", "'").count(line) == 1
    assert json.loads(to_json(shown))["draft"]["phrasing"]["reason"] == phrasing.reason


def test_a_reason_that_a_server_worded_steers_nothing(call: CallResult, call_with: Callable[..., CallResult]) -> None:
    hostile = Phrasing(reason="model_failed: \x1b[31m<script>alert(1)</script>\u202e")
    shown = call_with(draft=call.draft.model_copy(update={"phrasing": hostile}))
    assert "\x1b" not in to_text(shown)
    assert "\u202e" not in to_markdown(shown)
    assert "<script>alert" not in to_html(shown)
