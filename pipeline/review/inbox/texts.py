"""Owns the words of rubrics that lists need: the text of a behaviour, read once for each rubric and version."""

import threading

from pipeline.errors import FilmroomError
from pipeline.log import get_logger
from pipeline.review.index import OpenIndex
from pipeline.store.workspace import Workspace

_log = get_logger(__name__)


class RubricTexts:
    """The behaviours of the rubrics that calls of a workspace were read against."""

    def __init__(self, workspace: Workspace, index: OpenIndex) -> None:
        self._workspace = workspace
        self._index = index
        self._known: dict[tuple[str, int], dict[str, str]] = {}
        self._reading = threading.Lock()

    def behaviour(self, rubric: str, version: int, behaviour: str) -> str:
        """What the behaviour says; its id in words where the rubric cannot be read, which is logged."""
        with self._reading:
            known = self._known.get((rubric, version))
            if known is None:
                known = self._known[(rubric, version)] = self._read(rubric, version)
        return known.get(behaviour) or behaviour.replace("_", " ").capitalize()

    def _read(self, rubric: str, version: int) -> dict[str, str]:
        found = self._index.rows(
            "SELECT call FROM calls WHERE rubric = ? AND rubric_version = ? ORDER BY recorded_at DESC LIMIT 1",
            [rubric, version],
        )
        if not found:
            return {}
        call = str(found[0][0])
        try:
            record = self._workspace.calls.last(call)
            loaded = self._workspace.rubric_of(record) if record else None
        except FilmroomError as error:
            _log.warning("the rubric %s %d of call %s cannot be read: %s", rubric, version, call, error.message)
            return {}
        capabilities = loaded.rubric.capabilities if loaded else ()
        return {b.id: b.text for capability in capabilities for b in capability.behaviours}
