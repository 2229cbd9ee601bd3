"""What a check of a rubric file found: how grave, where it stands, what it is, and what to do."""

from pathlib import Path
from typing import Literal

from pydantic import Field

from pipeline.domain.base import Value

Severity = Literal["error", "warning"]
"""error: the rubric cannot be used, or not as it reads; warning: it can, and may find less or other than is meant."""

Rule = Literal["file", "wording", "examples", "form", "opportunity", "overlap", "levels"]
"""file: it is no rubric; wording: a text is not observable; examples: too few, too alike, none to hold against;
form: examples that the behaviour's own form shuts out; opportunity: phrases; overlap: two behaviours; levels: rules."""


class CheckFinding(Value):
    """One thing an author should look at. Line and column are from 1."""

    severity: Severity
    rule: Rule
    line: int = Field(ge=1)
    column: int = Field(ge=1)
    text: str
    fix: str


class Checked(Value):
    """Everything found in a rubric file, in order of its lines.

    `not_looked_at` says which part of the check could not be made, and why; empty when all was.
    """

    path: Path
    rubric: str | None
    version: int | None
    findings: tuple[CheckFinding, ...]
    not_looked_at: str = ""

    @property
    def errors(self) -> tuple[CheckFinding, ...]:
        """What keeps the rubric from being used as it reads."""
        return tuple(f for f in self.findings if f.severity == "error")

    @property
    def warnings(self) -> tuple[CheckFinding, ...]:
        """What its author should look at."""
        return tuple(f for f in self.findings if f.severity == "warning")


class Found(Value):
    """A finding before its place in the file is known; `at` is the way to it: capabilities, 0, behaviours, 2, text."""

    severity: Severity = "warning"
    rule: Rule
    at: tuple[int | str, ...]
    text: str
    fix: str
