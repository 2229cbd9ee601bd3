"""Owns which way calls went, as their metadata says: the index does not have it, so it is read once and kept."""

import threading
from collections.abc import Sequence

from pipeline.cycle.contact_calls import Stated
from pipeline.cycle.prospecting import Direction
from pipeline.domain.recording import Recording
from pipeline.store.workspace import Workspace


class StatedDirections:
    """The directions of the calls of a workspace, for any thread."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._lock = threading.Lock()
        self._known: dict[Stated, Direction | None] = {}

    def __call__(self, calls: Sequence[Stated]) -> dict[str, Direction]:
        """Which way these calls went; nothing of those where nobody said so. Raises: StoreError."""
        found: dict[str, Direction] = {}
        for call in calls:
            with self._lock:
                known = call in self._known
                way = self._known.get(call)
            if not known:
                way = self._read(call[0])
                with self._lock:
                    self._known[call] = way
            if way is not None:
                found[call[0]] = way
        return found

    def _read(self, call: str) -> Direction | None:
        record = self._workspace.calls.last(call)
        if record is None:
            return None
        return self._workspace.objects.get("ingest", record.results["ingest"], Recording)[0].metadata.direction
