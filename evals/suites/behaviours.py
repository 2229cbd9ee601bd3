"""The suite `behaviours`: what a reader finds in labelled calls, against what people say is there.

A unit is a call. Readings are kept in the setting's scratch, so that only what is new is read again.
"""

from evals.collections.catalogue import load_or_skip
from evals.mapping import RUBRICS
from evals.readings import KeptReader
from evals.suites import Setting, Skipped, SuiteResult
from evals.suites.behaviours_cases import cases_part
from evals.suites.behaviours_labelled import RUBRIC_OF, labelled_part
from evals.suites.behaviours_own import own_part
from evals.suites.behaviours_part import Part, Reading
from pipeline.errors import InputError
from pipeline.ports import Reader
from pipeline.store.objects import ObjectStore

READINGS = "readings"
"""The folder in a setting's scratch in which readings are kept."""


def behaviours(setting: Setting) -> SuiteResult:
    """Every collection that is there, the cases written for this project, and the user's own calls.

    Raises: WeightsError where the reader's models are missing; a call that cannot be read is skipped, with the reason.
    """
    reader = KeptReader(setting.reader(), ObjectStore(setting.scratch / READINGS))
    parts = [cases_part(setting, Reading(reader, "cases", setting.advance))]
    parts += [_collection(name, setting, reader) for name in RUBRIC_OF]
    parts.append(own_part(setting, Reading(reader, "own", setting.advance)))
    return SuiteResult(
        suite="behaviours",
        measures=tuple(measure for part in parts for measure in part.measures),
        failures=tuple(failure for part in parts for failure in part.failures),
        skipped=tuple(skipped for part in parts for skipped in part.skipped),
        points=tuple(points for part in parts for points in part.points),
        inputs=dict([("reader", reader.identity), *(one for part in parts for one in part.inputs)]),
    )


def _collection(name: str, setting: Setting, reader: Reader) -> Part:
    calls = load_or_skip(name, setting.data)
    if isinstance(calls, Skipped):
        return Part(skipped=[calls])
    try:
        rubric = setting.rubric(RUBRIC_OF[name], path=RUBRICS / f"{RUBRIC_OF[name]}.yaml").rubric
        return labelled_part(name, calls, Reading(reader, name, setting.advance), rubric=rubric)
    except InputError as error:
        return Part(skipped=[Skipped(what=name, reason=error.message)])
