"""A draft says in one quiet line what it does not use, and the scorecard goes on showing it, marked."""

import json
from collections.abc import Callable
from html import unescape

import pytest

from pipeline.domain.result import CallResult
from pipeline.domain.stability import Withheld, listed
from pipeline.export.contract import to_json
from pipeline.export.html import to_html
from pipeline.export.markdown import to_markdown
from pipeline.export.sheet import sheet
from pipeline.export.terminal import to_text

WHY = "7 of 30 pairs of readings differ: 23%, above 20%"
UNSTEADY = Withheld(behaviour="open_question", cause="readings", why=WHY)
SHOWN_AS = "unstable, not used in drafts"


@pytest.fixture
def shown(call: CallResult, call_with: Callable[..., CallResult]) -> Callable[..., CallResult]:
    """The call with a draft from which these are withheld."""
    return lambda *withheld: call_with(draft=call.draft.model_copy(update={"withheld": withheld}))


def text_of(call: CallResult, behaviour: str) -> str:
    found = call.rubric.behaviour(behaviour)
    assert found is not None
    return found.text


def pages(call: CallResult) -> list[str]:
    return [" ".join(page.split()) for page in (to_text(call), to_markdown(call), unescape(to_html(call)))]


def test_by_default_no_page_says_anything(call: CallResult) -> None:
    assert sheet(call).draft.withheld == ()
    assert all("Not used" not in page and "not used in drafts" not in page for page in pages(call))


def test_every_page_has_the_line_once(call: CallResult, shown: Callable[..., CallResult]) -> None:
    line = f"Not used, since readings of it differ: {text_of(call, 'open_question')}."
    for page in pages(shown(UNSTEADY)):
        assert page.count(line) == 1


def test_every_scorecard_marks_the_verdict_and_keeps_its_quote(shown: Callable[..., CallResult]) -> None:
    found = pages(shown(UNSTEADY))
    for page in found:
        assert page.lower().count(SHOWN_AS) == 1
        assert WHY in page
    said = "How do the orders from your cafés reach the kitchen today?"
    assert [said in page for page in found] == [False, True, True]
    assert ": shown [00:14]; unstable, not used in drafts" in found[0]


def test_several_stand_in_one_line_and_each_cause_has_its_own(
    call: CallResult, shown: Callable[..., CallResult]
) -> None:
    others = Withheld(behaviour="names_agenda", cause="transcripts", why="3 of 9 pairs")
    more = Withheld(behaviour="right_people", cause="readings", why="9 of 9 pairs")
    lines = sheet(shown(UNSTEADY, others, more, *listed(["asks_cost"]))).draft.withheld
    assert lines == (
        f"Not used, since readings of it differ: {text_of(call, 'open_question')}; {text_of(call, 'right_people')}.",
        f"Not used, since small changes of the transcript change its reading: {text_of(call, 'names_agenda')}.",
        f"Not used, as the settings say: {text_of(call, 'asks_cost')}.",
    )


@pytest.mark.parametrize("behaviour", ["asks_authority", "asks_budget"])
def test_what_this_call_says_nothing_of_is_not_told(
    call: CallResult, shown: Callable[..., CallResult], behaviour: str
) -> None:
    assert call.assessment.verdict(behaviour).state in ("no_opportunity", "unread")
    assert sheet(shown(UNSTEADY.model_copy(update={"behaviour": behaviour}))).draft.withheld == ()


def test_a_behaviour_that_a_person_listed_is_not_called_unstable(shown: Callable[..., CallResult]) -> None:
    for page in pages(shown(*listed(["asks_cost"]))):
        assert SHOWN_AS not in page.lower()
        assert "not used in drafts: withheld by the settings" in page.lower()


def test_programs_are_told_which_and_why(shown: Callable[..., CallResult]) -> None:
    assert json.loads(to_json(shown(UNSTEADY)))["draft"]["withheld"] == [
        {"behaviour": "open_question", "cause": "readings", "why": WHY}
    ]


def test_a_why_from_a_file_steers_nothing(shown: Callable[..., CallResult]) -> None:
    hostile = UNSTEADY.model_copy(update={"why": "\x1b[31m<script>alert(1)</script>\u202e"})
    assert "\x1b" not in to_text(shown(hostile))
    assert "\u202e" not in to_markdown(shown(hostile))
    assert "<script>alert" not in to_html(shown(hostile))
