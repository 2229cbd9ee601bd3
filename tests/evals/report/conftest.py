"""The invented run and the page made of it, once for all tests, since some hundred plots are drawn for it."""

import pytest

from evals.comparing import Comparison, compare
from evals.report import render
from evals.running import EvaluationRun
from tests.evals.report.example import make_run, record_of

BEFORE = "e20260304-093000-abc123"
AFTER = "e20260311-093000-fff111"


@pytest.fixture(scope="session")
def before() -> EvaluationRun:
    return make_run(id=BEFORE, days=0)


@pytest.fixture(scope="session")
def run() -> EvaluationRun:
    """A week later: recognition of the phone calls is worse by 12.5 points, questions without marks are better."""
    return make_run(id=AFTER, days=7, wer=0.12, no_marks=-0.03, note="A new detector")


@pytest.fixture(scope="session")
def comparison(before: EvaluationRun, run: EvaluationRun) -> Comparison:
    return compare(before.findings, run.findings)


@pytest.fixture(scope="session")
def page(before: EvaluationRun, run: EvaluationRun, comparison: Comparison) -> str:
    history = (record_of(before), record_of(run))
    return render(run, before=before, changes=comparison.changes, history=history)
