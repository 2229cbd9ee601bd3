"""Owns a run of the evaluation: suites carried out in order, and the value that keeps everything they found."""

import hashlib
import json
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cached_property

from pydantic import AwareDatetime, ConfigDict, model_validator

from evals.figures import Figure
from evals.measures import Measure
from evals.suites import SUITES, Setting, SuiteName, SuiteResult
from pipeline import __version__
from pipeline.domain.base import Value

Suite = Callable[[Setting], SuiteResult]


class Findings(Value):
    """What suites found, without when and how long: equal for two runs that found the same."""

    model_config = ConfigDict(ignored_types=(cached_property,))

    suites: tuple[SuiteResult, ...]
    reader: str
    code_sha256: str
    version: str = __version__

    @model_validator(mode="after")
    def _one_of_each(self) -> "Findings":
        names = [measure.name for suite in self.suites for measure in suite.measures]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"measured twice: {', '.join(twice)}")
        return self

    @cached_property
    def measures(self) -> dict[str, Measure]:
        """Every measure by its name, in the order of the suites."""
        return {measure.name: measure for suite in self.suites for measure in suite.measures}

    @cached_property
    def figures(self) -> dict[str, Figure]:
        """The figure of every measure."""
        return {name: measure.figure for name, measure in self.measures.items()}

    @property
    def sha256(self) -> str:
        """Of the canonical JSON of all of it."""
        canonical = json.dumps(self.model_dump(mode="json"), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(canonical.encode()).hexdigest()


class EvaluationRun(Value):
    """Findings with their id, when they were had, how long each suite took, and a note of whoever ran it."""

    id: str
    at: AwareDatetime
    findings: Findings
    seconds: dict[SuiteName, float]
    note: str = ""


def run_suites(setting: Setting, names: Sequence[SuiteName], *, code: str, note: str = "") -> EvaluationRun:
    """The run of these suites, in their fixed order. Raises: whatever stops a suite as a whole; a bad case does not."""
    suites, seconds = [], {}
    for name in (known for known in SUITES if known in names):
        started = time.perf_counter()
        suites.append(without_places(suite_of(name)(setting), setting))
        seconds[name] = round(time.perf_counter() - started, 1)
    return run_of(tuple(suites), reader=setting.reader_name, code=code, seconds=seconds, note=note)


def without_places(result: SuiteResult, setting: Setting) -> SuiteResult:
    """The result with paths told from the folders of the setting on: where these lie is no finding."""
    folders = [folder for folder in (setting.data, setting.scratch, *setting.cases) if folder is not None]
    places = [f"{each}/" for folder in folders for each in (folder, folder.resolve())]

    def told(text: str) -> str:
        for place in places:
            text = text.replace(place, "")
        return text

    skipped = (each.model_copy(update={"reason": told(each.reason)}) for each in result.skipped)
    failures = (each.model_copy(update={"found": told(each.found)}) for each in result.failures)
    return result.model_copy(update={"skipped": tuple(skipped), "failures": tuple(failures)})


def run_of(
    suites: Sequence[SuiteResult], *, reader: str, code: str, seconds: Mapping[SuiteName, float], note: str = ""
) -> EvaluationRun:
    """A run that ends now. Its id is when, and the beginning of the findings' sha256."""
    findings = Findings(suites=tuple(suites), reader=reader, code_sha256=code)
    at = datetime.now(UTC)
    name = f"e{at:%Y%m%d-%H%M%S}-{findings.sha256[:6]}"
    return EvaluationRun(id=name, at=at, findings=findings, seconds=dict(seconds), note=note)


def suite_of(name: SuiteName) -> Suite:
    """The function that carries out a suite, imported when it is needed."""
    from importlib import import_module

    found: Suite = getattr(import_module(f"evals.suites.{name}"), name)
    return found
