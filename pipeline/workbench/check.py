"""Owns checking a rubric file beyond its schema: what its author should look at before anybody reads calls with it."""

from collections.abc import Iterator
from pathlib import Path

from pipeline.domain.rubric import Rubric
from pipeline.errors import RubricError
from pipeline.rubrics import RubricText, read_rubric
from pipeline.text.resemblance import Embedder
from pipeline.workbench.examples import example_findings, opportunity_findings
from pipeline.workbench.findings import Checked, CheckFinding, Found
from pipeline.workbench.ladders import level_findings
from pipeline.workbench.overlap import overlap_findings
from pipeline.workbench.wording import wording_findings

NO_WEIGHTS = (
    "overlapping behaviours were not looked at: the weights that compare sentences are not here "
    "(filmroom models pull minilm)"
)
_NO_RUBRIC = "only what keeps the file from being a rubric was looked at"


def check_rubric(path: Path, *, embedder: Embedder | None) -> Checked:
    """Everything an author should look at in a rubric file, in order of its lines.

    Without an embedder, overlapping behaviours are not looked at, and the result says so. What is no rubric has its
    errors as findings too. Raises: RubricError for a file that cannot be read at all.
    """
    try:
        text = read_rubric(path)
    except RubricError as error:
        if error.line is None:
            raise
        return Checked(path=path, rubric=None, version=None, findings=(_syntax(path, error),), not_looked_at=_NO_RUBRIC)
    findings = [
        CheckFinding(severity="error", rule="file", line=p.line, column=p.column, text=p.message, fix=p.hint)
        for p in text.problems
    ]
    rubric = text.rubric
    if rubric is not None:
        findings += [_placed(found, text) for found in _findings(rubric, embedder)]
    skipped = _NO_RUBRIC if rubric is None else NO_WEIGHTS if embedder is None else ""
    return Checked(
        path=path,
        rubric=rubric.id if rubric else None,
        version=rubric.version if rubric else None,
        findings=_in_order(findings),
        not_looked_at=skipped,
    )


def _in_order(findings: list[CheckFinding]) -> tuple[CheckFinding, ...]:
    """By line, each once: a list that several behaviours share by an alias has its findings in one place."""
    ordered = sorted(findings, key=lambda f: (f.line, f.column, f.text))
    return tuple({(f.line, f.column, f.rule, f.fix): f for f in reversed(ordered)}.values())[::-1]


def _findings(rubric: Rubric, embedder: Embedder | None) -> Iterator[Found]:
    for i, capability in enumerate(rubric.capabilities):
        for j, behaviour in enumerate(capability.behaviours):
            at = ("capabilities", i, "behaviours", j)
            yield from wording_findings(behaviour, at)
            yield from example_findings(behaviour, at)
            yield from opportunity_findings(behaviour, at)
        yield from level_findings(capability, ("capabilities", i))
    if embedder is not None:
        yield from overlap_findings(rubric, embedder)


def _placed(found: Found, text: RubricText) -> CheckFinding:
    line, column = text.place(*found.at)
    return CheckFinding(
        severity=found.severity, rule=found.rule, line=line, column=column, text=found.text, fix=found.fix
    )


def _syntax(path: Path, error: RubricError) -> CheckFinding:
    """The parser's error as a finding, without the place that its message begins with."""
    assert error.line is not None  # the caller has seen to it
    told = error.message.partition(f"{path}:{error.line}:")[2]
    column = error.column or 1
    return CheckFinding(
        severity="error", rule="file", line=error.line, column=column, text=told.removeprefix(f"{column}:").strip(),
        fix=error.hint,
    )  # fmt: skip
