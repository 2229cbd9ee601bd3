"""Every fault of an endpoint, for real against the double: nothing lost, nothing paid twice, a clear message."""

import re

import pytest

from tests.conftest import CHECKOUT
from tests.fault_table import SCENARIOS, Outcome, Scenario, outcome, table_head

DOCUMENT = (CHECKOUT / "docs" / "llm-faults.md").read_text(encoding="utf-8")
PER_ANSWER = 110  # what the double charges for an answer: 100 tokens in, 10 out


@pytest.fixture(scope="module")
def outcomes() -> dict[str, Outcome]:
    return {scenario.name: outcome(scenario) for scenario in SCENARIOS}


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_the_document_tells_what_happens(scenario: Scenario, outcomes: dict[str, Outcome]) -> None:
    assert outcomes[scenario.name].line in DOCUMENT.splitlines()


def test_the_document_tells_of_no_fault_that_is_not_run() -> None:
    after = DOCUMENT.split("\n".join(table_head()))[1]
    rows = re.match(r"(?:\n\|.*)+", after)
    assert rows is not None
    assert rows[0].count("\n") == len(SCENARIOS)


def test_every_answer_that_arrived_is_kept_and_counted_once(outcomes: dict[str, Outcome]) -> None:
    for found in outcomes.values():
        if not found.maybe_paid:
            assert found.counted == found.paid, found.name
            assert found.paid <= PER_ANSWER * found.kept, found.name


def test_what_may_have_been_charged_without_arriving_is_said_to_be_so(outcomes: dict[str, Outcome]) -> None:
    unsure = {found.name for found in outcomes.values() if found.maybe_paid}
    assert unsure == {
        "hangs",
        "drips a byte now and then",
        "connection cut in mid-body, then fine",
        "connection cut in mid-body for ever",
    }


def test_a_second_run_asks_nothing_of_what_was_answered(outcomes: dict[str, Outcome]) -> None:
    assert {found.again for found in outcomes.values()} == {0}


def test_no_request_is_sent_more_often_than_configured(outcomes: dict[str, Outcome]) -> None:
    assert max(found.requests for found in outcomes.values()) == 5


def test_every_error_says_what_to_do(outcomes: dict[str, Outcome]) -> None:
    errors = [found for found in outcomes.values() if found.result.startswith("error")]
    assert len(errors) > 10
    for found in errors:
        assert len(found.hint) > 20, found.name


def test_a_wrong_model_name_is_answered_with_the_nearest_names(outcomes: dict[str, Outcome]) -> None:
    assert "(nearest: double-2, double-1-mini)" in outcomes["wrong model name"].hint  # and not "else"


def test_a_bad_key_names_the_variable(outcomes: dict[str, Outcome]) -> None:
    assert "OPENAI_API_KEY" in outcomes["bad key"].hint


def test_a_request_that_is_too_long_names_the_setting(outcomes: dict[str, Outcome]) -> None:
    assert "context_tokens" in outcomes["context too long"].hint
