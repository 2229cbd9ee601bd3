"""Owns the report as one HTML file that asks nothing of any network and needs no script."""

import base64
import hashlib
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from evals.comparing import Change
from evals.measures import RESAMPLES
from evals.report.rows import COLUMNS
from evals.report.sections import section
from evals.report.wording import number
from evals.running import EvaluationRun
from pipeline.domain.evaluation import EvaluationRecord
from pipeline.export.untrusted import visible
from pipeline.export.wording import counted

_TEMPLATES = Path(__file__).parent / "templates"


def render(
    run: EvaluationRun,
    *,
    before: EvaluationRun | None = None,
    changes: Sequence[Change] = (),
    history: Sequence[EvaluationRecord] = (),
) -> str:
    """The page as one HTML document; equal bytes for equal input.

    `changes` are those from `before` to the run. `history` may hold the run itself; runs after it are left out.
    """
    found = {change.name: change for change in changes}
    sections = tuple(section(result, run, found, history) for result in run.findings.suites)
    return filled(
        "report.html.j2",
        run=run,
        before=before,
        sections=sections,
        columns=COLUMNS,
        resamples=RESAMPLES,
    )


def filled(template: str, **values: object) -> str:
    """A template of this package with the report's style, under a policy that lets nothing else in."""
    style = (_TEMPLATES / "report.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode("ascii")
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'"
    markup = Markup(style)  # noqa: S704  (our own file, and the policy names its hash)
    return _environment().get_template(template).render(style=markup, policy=policy, **values)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["visible"] = visible
    environment.filters["number"] = number
    environment.globals["counted"] = counted
    return environment
