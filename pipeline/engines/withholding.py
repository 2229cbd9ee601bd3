"""What a configuration withholds from drafts: behaviours by name, and those that a report found unsteady."""

from collections.abc import Callable, Sequence
from pathlib import Path

from pydantic import ValidationError

from pipeline.config import Withholding
from pipeline.domain.rubric import LoadedRubric
from pipeline.domain.stability import Repeatability, Withheld, listed, of_rubric, unsteady
from pipeline.errors import UsageError
from pipeline.ports import Reader
from pipeline.rubrics import reading_hash

_MEASURE = "measure it: filmroom eval repeat --reader NAME --rubric RUBRIC --out FILE; or take report out of [withhold]"


def make_withheld(
    settings: Withholding, rubrics: Sequence[LoadedRubric], reader: Callable[[], Reader]
) -> dict[str, tuple[Withheld, ...]]:
    """What is withheld, by the id of the rubric; one with nothing withheld is not in it.

    `reader` is asked for only where there is a report, which has to be of this reader and of one of these rubrics as
    readers see it now: what was measured of another says nothing of this one.
    Raises: UsageError naming what does not match; as making the reader.
    """
    behaviours = {loaded.rubric.id: {b.id for b in loaded.rubric.behaviours} for loaded in rubrics}
    strangers = sorted(set(settings.behaviours) - set().union(*behaviours.values()))
    if strangers:
        raise UsageError(
            f"[withhold] behaviours: {', '.join(strangers)} is no behaviour of {', '.join(behaviours)}",
            hint="use the ids of the rubric's behaviours: filmroom rubric show RUBRIC",
        )
    found = {name: listed(settings.behaviours) for name in behaviours}
    if settings.report is not None:
        report = load_report(settings.report)
        _require_reader(report, settings.report, reader().identity)
        _require_rubric(report, settings.report, rubrics)
        found[report.rubric] += _unsteady(report, settings)
    kept = {name: of_rubric(withheld, behaviours[name]) for name, withheld in found.items()}
    return {name: withheld for name, withheld in kept.items() if withheld}


def load_report(path: Path) -> Repeatability:
    """The report that a file holds. Raises: UsageError for a file that is none."""
    try:
        return Repeatability.model_validate_json(path.read_bytes())
    except OSError as error:
        raise UsageError(f"[withhold] report: cannot read {path}: {error.strerror}", hint=_MEASURE) from error
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "the file"
        raise UsageError(f"[withhold] report: {path} is no report: {place}: {first['msg']}", hint=_MEASURE) from error


def _require_reader(report: Repeatability, path: Path, identity: str) -> None:
    if report.reader != identity:
        raise UsageError(
            f"[withhold] report: {path} is of another reader\n  measured: {report.reader}\n  in force: {identity}",
            hint=_MEASURE,
        )


def _require_rubric(report: Repeatability, path: Path, rubrics: Sequence[LoadedRubric]) -> None:
    known = {loaded.rubric.id: loaded.rubric for loaded in rubrics}
    rubric = known.get(report.rubric)
    if rubric is not None and reading_hash(rubric) == report.rubric_reads:
        return
    in_force = ", ".join(f"{r.id} version {r.version}, read as {reading_hash(r)[:12]}" for r in known.values())
    measured = f"{report.rubric} version {report.rubric_version}, read as {report.rubric_reads[:12]}"
    raise UsageError(
        f"[withhold] report: {path} is of another rubric\n  measured: {measured}\n  in force: {in_force}",
        hint=_MEASURE,
    )


def _unsteady(report: Repeatability, settings: Withholding) -> tuple[Withheld, ...]:
    found = report.found(settings.by)
    if found is not None:
        return unsteady(found.behaviours, by=settings.by, limit=settings.flip_rate, pairs=settings.pairs)
    if settings.by == "readings":
        raise UsageError(
            f"[withhold] report: {settings.report} has no rates by readings: its reader reads equal words alike",
            hint='set by = "transcripts" under [withhold], or take report out of it',
        )
    raise UsageError(
        f"[withhold] report: {settings.report} has no readings of changed transcripts",
        hint='measure them: filmroom eval repeat --transcripts; or set by = "readings" under [withhold]',
    )
