"""Owns runs of the evaluation in a workspace: kept whole as objects, recorded for the index, found again by id."""

from collections.abc import Iterator
from pathlib import Path

from pydantic import ValidationError

from evals.running import EvaluationRun, Findings
from pipeline import __version__
from pipeline.domain.evaluation import EvaluationFigure, EvaluationRecord
from pipeline.domain.provenance import Provenance
from pipeline.errors import InputError, NotFoundError
from pipeline.store.objects import Work
from pipeline.store.workspace import Workspace

STAGE = "evaluation"
LAST = "last"


class History:
    """The runs of one workspace."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def keep(self, run: EvaluationRun) -> EvaluationRecord:
        """The record under which the run now stands. Equal findings share one object."""
        work = Work(stage=STAGE, code=1, inputs=(run.findings.sha256,))
        key = self._workspace.objects.put(work, run.findings, Provenance(stage=STAGE, code_version=__version__))
        record = EvaluationRecord(
            id=run.id,
            at=run.at,
            key=key,
            suites=tuple(suite.suite for suite in run.findings.suites),
            reader=run.findings.reader,
            code_sha256=run.findings.code_sha256,
            figures=tuple(
                EvaluationFigure(name=name, **figure.model_dump(exclude={"units"}))
                for name, figure in run.findings.figures.items()
            ),
            seconds=dict(run.seconds),
            note=run.note,
        )
        self._workspace.evaluations.append(run.id, record)
        return record

    def records(self) -> tuple[EvaluationRecord, ...]:
        """All records, oldest first."""
        found = (self._workspace.evaluations.last(known) for known in self._workspace.evaluations.ids())
        return tuple(sorted((record for record in found if record), key=lambda record: (record.at, record.id)))

    def run(self, name: str) -> EvaluationRun:
        """The run of this id, of its only beginning, of `last`, or of a file that `--out` wrote.

        Raises: NotFoundError; InputError for a file that holds no run.
        """
        path = Path(name)
        if path.suffix == ".json":
            return read_run(path)
        return self._loaded(self._record(name))

    def before(self, run: EvaluationRun) -> EvaluationRun | None:
        """The latest earlier run of the same reader with a suite in common."""
        suites = {suite.suite for suite in run.findings.suites}
        alike = [r for r in self.records() if r.reader == run.findings.reader and suites & set(r.suites)]
        earlier = [r for r in alike if r.at <= run.at and r.id != run.id]
        return self._loaded(earlier[-1]) if earlier else None

    def _record(self, name: str) -> EvaluationRecord:
        records = self.records()
        found = records[-1:] if name == LAST else [r for r in records if name and r.id.startswith(name)]
        if len(found) == 1:
            return found[0]
        known = f"{len(found)} runs begin with {name!r}" if found else f"no run {name!r} in {self._workspace.root}"
        raise NotFoundError(known, hint="see them with: filmroom eval list; the latest one is called last")

    def _loaded(self, record: EvaluationRecord) -> EvaluationRun:
        findings, _ = self._workspace.objects.get(STAGE, record.key, Findings)
        seconds = {suite.suite: record.seconds.get(suite.suite, 0.0) for suite in findings.suites}
        return EvaluationRun(id=record.id, at=record.at, findings=findings, seconds=seconds, note=record.note)


def read_run(path: Path) -> EvaluationRun:
    """The run that a file holds. Raises: InputError."""
    try:
        return EvaluationRun.model_validate_json(path.read_bytes())
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", hint="check the path", path=path) from error
    except ValidationError as error:
        problem = error.errors()[0]
        where = ".".join(map(str, problem["loc"]))
        hint = "give a file that filmroom eval run --out wrote with this version"
        raise InputError(f"holds no run: {where}: {problem['msg']}", hint=hint, path=path) from error


def each_figure(
    records: tuple[EvaluationRecord, ...], name: str
) -> Iterator[tuple[EvaluationRecord, EvaluationFigure]]:
    """The figure of this measure in each run that has it, oldest first."""
    for record in records:
        for figure in record.figures:
            if figure.name == name:
                yield record, figure
