"""The interval of the talk ratio wherever people and programs see the talk ratio."""

import io
from collections.abc import Callable

import pytest
from rich.console import Console

from pipeline.domain.metrics import Measure
from pipeline.domain.result import CallResult
from pipeline.export.contract import call_fields
from pipeline.export.html import to_html
from pipeline.export.markdown import to_markdown
from pipeline.export.sheet import sheet
from pipeline.export.terminal import show_call
from pipeline.export.wording import IN_BRACKETS, interval_amount
from tests.export.call import metrics

RATIO = Measure(name="rep_talk_ratio", value=0.631, unit="ratio", low=0.584, high=0.676)


WithRatio = Callable[[Measure], CallResult]


@pytest.fixture
def with_ratio(call_with: Callable[..., CallResult]) -> WithRatio:
    others = tuple(m for m in metrics().measures if m.name != RATIO.name)
    return lambda ratio: call_with(metrics=metrics().model_copy(update={"measures": (ratio, *others)}))


@pytest.fixture
def call(with_ratio: WithRatio) -> CallResult:
    return with_ratio(RATIO)


def terminal(result: CallResult) -> str:
    out = io.StringIO()
    show_call(result, Console(file=out, width=100))
    return out.getvalue()


def line(shown: str, words: str) -> str:
    return " ".join(next(row for row in shown.splitlines() if words in row).split())


def test_an_interval_is_told_in_the_values_own_unit() -> None:
    assert interval_amount(RATIO) == "58 to 68%"
    assert interval_amount(RATIO.model_copy(update={"low": None, "high": None})) == ""


def test_the_terminal_has_it_behind_the_value(call: CallResult) -> None:
    assert line(terminal(call), "Rep's share of the talk") == "Rep's share of the talk 63 % (58 to 68%)"


def test_markdown_has_it_behind_the_value_and_says_what_it_is(call: CallResult) -> None:
    row = line(to_markdown(call), "Rep's share of the talk")
    assert "| 63 % (58 to 68%) |" in row
    assert IN_BRACKETS in row


def test_the_page_has_it_behind_the_value_and_says_what_it_is(call: CallResult) -> None:
    page = to_html(call)
    assert "<small>(58 to 68%)</small>" in page
    assert IN_BRACKETS in page


def test_the_contract_has_both_ends_beside_the_value(call: CallResult) -> None:
    fields = call_fields(call)
    assert fields.metrics["rep_talk_ratio"] == 0.631
    detail = {m.name: m for m in fields.metrics_detail}
    assert (detail["rep_talk_ratio"].low, detail["rep_talk_ratio"].high) == (0.584, 0.676)
    assert detail["rep_talk_s"].low is None


def test_a_condition_stands_beside_it_in_every_format(with_ratio: WithRatio) -> None:
    told = "if it is right who is the rep (confidence 0.72)"
    call = with_ratio(RATIO.model_copy(update={"trust": told}))
    assert f"(58 to 68%), {told}" in line(terminal(call), "Rep's share of the talk")
    assert "(58 to 68%), if it is right who is the rep" in to_markdown(call)
    assert "<small>I" + told[1:] + "</small>" in to_html(call)


def test_without_an_interval_the_reason_stands_there_and_no_brackets_are_explained(with_ratio: WithRatio) -> None:
    told = "no interval: too few calls of this kind have a known truth"
    call = with_ratio(RATIO.model_copy(update={"low": None, "high": None, "trust": told}))
    for shown in (terminal(call), to_markdown(call), to_html(call)):
        assert told[3:] in " ".join(shown.split())
        assert IN_BRACKETS not in shown


def test_other_measures_are_shown_as_before(call: CallResult) -> None:
    rows = {row.name: row for row in sheet(call).measures}
    others = [row for name, row in rows.items() if name != "rep_talk_ratio"]
    assert {(row.interval, row.trust) for row in others} == {("", "")}
    assert IN_BRACKETS not in rows["rep_talk_s"].definition
