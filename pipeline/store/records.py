"""Append-only records: <kind>/<id>/r.000001.json, r.000002, ...; a later one never changes an earlier one."""

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import ValidationError

from pipeline.domain.base import Value
from pipeline.errors import StaleError, StoreError
from pipeline.store.changes import Changes
from pipeline.store.durable import create

_V = TypeVar("_V", bound=Value)
_NAME = re.compile(r"^r\.(\d{6})\.json$")
_ID = re.compile(r"^[a-z0-9][a-z0-9-]{3,80}$")


class Records(Generic[_V]):
    """All records of one kind below one folder, by id."""

    def __init__(self, root: Path, kind: type[_V], changes: Changes | None = None) -> None:
        self._root = root
        self._kind = kind
        self._changes = changes

    @property
    def root(self) -> Path:
        """The folder of this kind."""
        return self._root

    def append(self, record_id: str, record: _V, *, after: int | None = None) -> int:
        """The number of the record, from 1.

        With `after`, the number of the last record that the writer has seen: a record that came in between makes this
        one stale. Raises: StaleError; StoreError.
        """
        last = self.last_number(record_id)
        if after is not None and after != last:
            raise StaleError(
                f"{record_id} was changed in between (record {last}, not {after})",
                hint="look at the newer state and save again",
            )
        data = json.dumps(record.model_dump(mode="json"), ensure_ascii=False, indent=1).encode()
        while not self._created(record_id, last + 1, data):
            if after is not None:
                raise StaleError(
                    f"{record_id} was changed at the same time", hint="look at the newer state and save again"
                )
            last += 1
        return last + 1

    def _created(self, record_id: str, number: int, data: bytes) -> bool:
        """Announced before and after: whoever is killed in between leaves a line about a record that may be there."""
        path = self._folder(record_id) / f"r.{number:06d}.json"
        self._announce(record_id, number)
        created = create(path, data)
        if created:
            self._announce(record_id, number)
        return created

    def _announce(self, record_id: str, number: int) -> None:
        if self._changes is not None and self._root.parent.is_dir():
            self._changes.announce(self._root.name, record_id, number)

    def last(self, record_id: str) -> _V | None:
        """The latest record, or None. Raises: StoreError for a damaged file."""
        number = self.last_number(record_id)
        return self._read(record_id, number) if number else None

    def get(self, record_id: str, number: int) -> _V:
        """The record of this number. Raises: StoreError where there is none, or for a damaged file."""
        self._folder(record_id)
        return self._read(record_id, number)

    def all(self, record_id: str) -> tuple[_V, ...]:
        """Every record of one id, in order."""
        return tuple(self._read(record_id, n) for n in range(1, self.last_number(record_id) + 1))

    def ids(self) -> Iterator[str]:
        """All ids that have records, sorted."""
        if self._root.is_dir():
            with os.scandir(self._root) as entries:
                found = sorted(entry.name for entry in entries if _ID.match(entry.name) and entry.is_dir())
            yield from found

    def differing(self, known: set[str]) -> set[str]:
        """The ids that are only here or only among those known: one listing, and a look at what is new in it."""
        try:
            names = set(os.listdir(self._root))  # noqa: PTH208 - names are enough, and ten times as quick
        except FileNotFoundError:
            return known
        return (known - names) | {name for name in names - known if self.has(name)}

    def has(self, record_id: str) -> bool:
        """Whether this is an id that has records; False for what is no id."""
        return _ID.match(record_id) is not None and (self._root / record_id).is_dir()

    def _folder(self, record_id: str) -> Path:
        if not _ID.match(record_id):
            raise StoreError(f"not an id: {record_id!r}", hint="ids are lower-case letters, digits and hyphens")
        return self._root / record_id

    def last_number(self, record_id: str) -> int:
        """The number of the latest record, 0 when there is none."""
        try:
            names = os.listdir(self._folder(record_id))  # noqa: PTH208 - names are enough, and ten times as quick
        except (FileNotFoundError, NotADirectoryError):
            return 0
        return max((int(m.group(1)) for name in names if (m := _NAME.match(name))), default=0)

    def number_since(self, record_id: str, number: int) -> int:
        """The number of the latest record for somebody who knows that this one was there: one look where it still is
        the latest. Records have no gaps, since each is appended to the one before."""
        if number and not os.access(f"{self._root}/{record_id}/r.{number + 1:06d}.json", os.F_OK):
            return number
        return self.last_number(record_id)

    def _read(self, record_id: str, number: int) -> _V:
        path = self._folder(record_id) / f"r.{number:06d}.json"
        try:
            return self._kind.model_validate_json(path.read_bytes())
        except (OSError, ValidationError) as error:
            raise StoreError(
                f"cannot read {path}: {error}", hint="the file is damaged; restore it from a copy"
            ) from error
