"""Owns the index while the room is open: one connection, a cursor for each question, and what is new picked up."""

import threading
from collections.abc import Sequence

from pipeline.store.index import Index
from pipeline.store.workspace import Refreshed, Workspace


class OpenIndex:
    """The index of a workspace, open as long as the room is; any thread may ask."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._index = Index(workspace.index_path)
        self._writing = threading.Lock()

    def close(self) -> None:
        """Let other processes have the index."""
        self._index.__exit__()

    def refresh(self) -> Refreshed:
        """What was new since the last time, by now in the index."""
        with self._writing:
            return self._workspace.refresh_index(self._index)

    def rows(self, query: str, parameters: Sequence[object] = ()) -> list[tuple[object, ...]]:
        """The rows that a query gives."""
        return self._index.rows(query, parameters)

    def people_of(self, call: str) -> tuple[str | None, str | None] | None:
        """Rep and manager of a call as its metadata names them; None for a call that is not in the index."""
        found = self.rows("SELECT rep, manager FROM calls WHERE call = ?", [call])
        if not found:
            return None
        rep, manager = found[0]
        return (None if rep is None else str(rep), None if manager is None else str(manager))
