"""The latest of all records of one kind, kept in memory and read again only where a file has changed."""

import os
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Generic, NamedTuple, TypeVar

from pipeline.domain.base import Value
from pipeline.store.records import Records

_V = TypeVar("_V", bound=Value)

FEW = 64
"""So many records are looked at whenever somebody asks: that costs less than a tenth of a millisecond."""
LOOK_EVERY_S = 1.0
_SETTLED_NS = 100_000_000
"""File times are as coarse as the kernel's tick: a folder that changed just now may change again at the same time."""


class Latest(NamedTuple, Generic[_V]):
    """What there is by now; `version` is another whenever anything changed."""

    version: int
    by_id: Mapping[str, _V]


class Watched(Generic[_V]):
    """The latest records below one folder, whoever writes them: this process or another.

    What changed counts at once where there are few records, else within `LOOK_EVERY_S`, and at once after `look`.
    """

    def __init__(self, root: Path, records: Records[_V], *, clock: Callable[[], float] = time.monotonic) -> None:
        self._root = root
        self._records = records
        self._clock = clock
        self._lock = threading.Lock()
        self._stamps: dict[str, int] = {}
        self._looked = float("-inf")
        self._latest: Latest[_V] = Latest(0, MappingProxyType({}))

    def latest(self) -> Latest[_V]:
        """All records as of now. Raises: StoreError naming a damaged file."""
        if len(self._stamps) > FEW and self._clock() - self._looked < LOOK_EVERY_S:
            return self._latest
        return self.look()

    def look(self) -> Latest[_V]:
        """The same, with a look at every folder first."""
        with self._lock:
            now, stamps = time.time_ns(), self._found()
            changed = {i for i, stamp in stamps.items() if self._stamps.get(i) != stamp}
            if changed or stamps.keys() != self._stamps.keys():
                self._read(changed, stamps)
            self._stamps = {i: stamp if now - stamp > _SETTLED_NS else 0 for i, stamp in stamps.items()}
            self._looked = self._clock()
            return self._latest

    def _read(self, changed: set[str], stamps: Mapping[str, int]) -> None:
        kept = {i: value for i, value in self._latest.by_id.items() if i in stamps}
        ours = changed.intersection(self._records.ids())
        kept.update({i: value for i in sorted(ours) if (value := self._records.last(i)) is not None})
        if kept != self._latest.by_id:
            self._latest = Latest(self._latest.version + 1, MappingProxyType(kept))

    def _found(self) -> dict[str, int]:
        try:
            with os.scandir(self._root) as entries:
                return {e.name: e.stat().st_mtime_ns for e in entries if not e.name.startswith(".") and e.is_dir()}
        except FileNotFoundError:
            return {}
