"""An invented run over all four suites, as large as real ones, and its forerunner; no number in it was measured."""

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from evals.measures import Measure
from evals.running import EvaluationRun, Findings
from evals.suites import Failure, Point, Points, Skipped, SuiteName, SuiteResult
from pipeline.domain.evaluation import EvaluationFigure, EvaluationRecord
from tests.evals.report.example_measures import behaviours, drafts, questions, speech

AT = datetime(2026, 3, 4, 9, 30, tzinfo=UTC)


def calibration() -> Points:
    drawn = random.Random(7)
    dots = []
    for n in range(57):
        x = min(0.9, max(0.1, drawn.gauss(0.5, 0.15)))
        y = min(1.0, max(0.0, x + drawn.gauss(0, 0.04)))
        dots.append(Point(id=f"consultation-{n:02d}", x=x, y=y, low=max(0.0, y - 0.06), high=min(1.0, y + 0.06)))
    return Points(
        title="Talk ratio without times", x="true ratio", y="told ratio, 90% interval", dots=tuple(dots), diagonal=True
    )


def scores() -> Points:
    drawn = random.Random(8)
    dots = tuple(
        Point(
            id=f"talk-{n:02d}", x=drawn.randint(1, 5), y=drawn.gauss(2.5, 0.8), group=("high", "low", "unsure")[n % 3]
        )
        for n in range(60)
    )
    return Points(
        title="Score against the annotators' level", x="level by annotators", y="score of the rubric", dots=dots
    )


FAILURES = (
    *(
        Failure(
            measure="questions.phone.f1.no_marks",
            unit=f"sw{n:04d}",
            text="and you went there by yourself or with people",
            expected="asks",
            found="does not ask",
        )
        for n in range(47)
    ),
    Failure(
        measure="questions.counselling.f1.as_written",
        unit="talk-03",
        text="Tell me how that was for you.",
        expected="asks",
        found="does not ask",
    ),
    Failure(measure="speech.phone.wer", unit="call-2", text="it was forty dollars", expected="forty", found="fourteen"),
)


def result(suite: SuiteName, measures: Sequence[Measure], **fields: Any) -> SuiteResult:
    failures = tuple(f for f in FAILURES if f.measure.split(".")[0] == suite)
    return SuiteResult(suite=suite, measures=tuple(measures), **{"failures": failures, **fields})


def run_of(*suites: SuiteResult, id: str = "e20260304-093000-abc123", days: int = 0, **fields: Any) -> EvaluationRun:
    """A run of these suites, so many days after the first."""
    findings = Findings(suites=suites, reader="similarity", code_sha256="c0de" * 16, version="0.1.0")
    times = {suite.suite: 100.0 + 7 * n for n, suite in enumerate(suites)}
    return EvaluationRun(id=id, at=AT + timedelta(days=days), findings=findings, seconds=times, **fields)


def make_run(*, days: int = 7, wer: float = 0.0, no_marks: float = 0.0, **fields: Any) -> EvaluationRun:
    """The whole run; `wer` and `no_marks` make its recognition and its questions so much worse."""
    return run_of(
        result(
            "speech",
            speech(wer),
            points=(calibration(),),
            skipped=(Skipped(what="speech.true_stereo", reason="the collection is not there"),),
            inputs={"audio": "5a" * 32, "recogniser": "whisper-base@d01c3014881c"},
        ),
        result("questions", questions(no_marks), inputs={"labels": "77" * 32}),
        result("behaviours", behaviours(), points=(scores(),), inputs={"rubric": "counselling 1, 9f" + "9f" * 31}),
        result("drafts", drafts()),
        days=days,
        **fields,
    )


def record_of(run: EvaluationRun) -> EvaluationRecord:
    """What the history keeps of a run."""
    figures = tuple(
        EvaluationFigure(name=name, **figure.model_dump(exclude={"units"}))
        for name, figure in run.findings.figures.items()
    )
    findings = run.findings
    suites = tuple(suite.suite for suite in findings.suites)
    return EvaluationRecord(
        id=run.id,
        at=run.at,
        key="k",
        suites=suites,
        reader=findings.reader,
        code_sha256=findings.code_sha256,
        figures=figures,
        seconds=dict(run.seconds),
    )
