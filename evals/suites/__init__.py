"""Suites: what is measured together. Each is a function from a `Setting` to a `SuiteResult`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from pydantic import Field

from evals.measures import Measure
from pipeline.domain.base import Value
from pipeline.domain.rubric import LoadedRubric
from pipeline.ports import Reader
from pipeline.rubrics import find_rubric
from pipeline.store.workspace import Workspace

SuiteName = Literal["speech", "questions", "behaviours", "drafts"]
SUITES: tuple[SuiteName, ...] = ("speech", "questions", "behaviours", "drafts")

Advance = Callable[[str, int, int], None]
"""Told what is being done, how many are done, and of how many."""


def unwatched(_what: str, _done: int, _of: int) -> None:
    """An advance that nobody watches."""


@dataclass(frozen=True)
class Setting:
    """What a suite is run on and with.

    `data` holds collections of others (audio/, labelled/, scorers/, imports/), None where there are none; `cases` are
    folders of a user's own labelled calls. `models` are the weights. `scratch` is a folder for what the pipeline makes
    on the way; what is found in it was made by the same code, so it is only a saving of time. `reader` makes the reader
    of this run when it is first needed; `reader_name` is its name. `rubrics` stand in for those of the same id that are
    found otherwise. `labelled` is the workspace whose calls people labelled blind in the review room, None where there
    is none.
    """

    data: Path | None
    models: Path
    scratch: Path
    reader: Callable[[], Reader]
    reader_name: str = "similarity"
    cases: tuple[Path, ...] = ()
    rubrics: Mapping[str, LoadedRubric] = field(default_factory=dict)
    labelled: Workspace | None = None
    threads: int = 2
    advance: Advance = unwatched

    def rubric(self, name: str, *, path: Path | None = None) -> LoadedRubric:
        """The rubric of this id that stands in, else the one of the file, else the shipped one. Raises: RubricError."""
        return self.rubrics.get(name) or find_rubric(str(path or name))


class Failure(Value):
    """One case in which we are wrong, for people to look at: expected against found, in which unit and where."""

    measure: str
    unit: str
    text: str = ""
    expected: str
    found: str


class Skipped(Value):
    """What was not measured, and why."""

    what: str
    reason: str


class Point(Value):
    """One dot of a plot; `low` and `high` are an interval of y."""

    id: str
    x: float
    y: float
    low: float | None = None
    high: float | None = None
    group: str = ""


class Points(Value):
    """Dots that belong in one plot; with `diagonal`, x and y are the same thing, told and true."""

    title: str
    x: str
    y: str
    dots: tuple[Point, ...]
    diagonal: bool = False


class SuiteResult(Value):
    """What a suite found. `inputs` name what the figures depend on, such as the reader's identity and data's sha256."""

    suite: SuiteName
    measures: tuple[Measure, ...]
    failures: tuple[Failure, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    points: tuple[Points, ...] = ()
    inputs: dict[str, str] = Field(default_factory=dict)
